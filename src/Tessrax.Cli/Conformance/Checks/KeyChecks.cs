using System.Globalization;
using System.Numerics;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Seeds, notes and signatures, by vectors of others.</summary>
internal static class KeyChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "2.5",
            Clauses.Aep,
            "the mnemonics of BIP-39 give their seeds",
            Mnemonics,
            "the passphrase of a mnemonic is not used",
            Flaws.Asked("plumbing bip39", call => call.Without("--mnemonic-passphrase-file"))
        ),
        new(
            "2.5",
            Clauses.Aep,
            "the seeds of SLIP-0010 give their keys",
            Derived,
            "the last step of a path is one too far",
            Flaws.Asked("plumbing slip10", OneTooFar)
        ),
        new(
            "2.5",
            Clauses.Aep,
            "HKDF gives what the vectors of RFC 5869 and Wycheproof want",
            Expanded,
            "the info goes unused",
            Flaws.Asked("plumbing hkdf", call => call.With("--info", ""))
        ),
        new(
            "B1",
            Clauses.Dlk,
            "signed notes of others verify, and those that were changed do not",
            Notes,
            "only the name of a note's signer is looked at",
            Flaws.On("plumbing note-verify", ByName)
        ),
        new(
            "B1",
            Clauses.Aep,
            "signatures of Ed25519 are judged by one rule: 151 tests of Wycheproof and 66 edge cases",
            Signatures,
            "a signature plus the order of the group is as good",
            Flaws.Asked("plumbing ed25519-verify", Reduced)
        ),
    ];

    // The order of the base point of Curve25519 (RFC 8032, section 5.1).
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    private static void Mnemonics(Trial trial)
    {
        string passphrase = trial.Write("passphrase", "TREZOR\n");
        foreach (JsonValue vector in Vectors.Json("vectors/kdf/bip39.json")["cases"]!.Items)
        {
            string[] line = ["plumbing", "bip39", "--mnemonic-passphrase-file", passphrase];
            Ran ran = trial.RunWith(vector["mnemonic"]!.AsString(), line);
            trial.Same(vector["seed"]!.AsString(), ran.Text.TrimEnd('\n'), "the seed of a mnemonic");
        }
    }

    private static void Derived(Trial trial)
    {
        foreach (JsonValue vector in Vectors.Json("vectors/kdf/slip10.json")["vectors"]!.Items)
        {
            foreach (JsonValue chain in vector["chains"]!.Items)
            {
                string path = chain["path"]!.AsString();
                Ran key = trial.RunWith(vector["seed"]!.AsString(), "plumbing", "slip10", "--path", path);
                string wanted =
                    $"{chain["private"]!.AsString()}\n{chain["chain_code"]!.AsString()}\n{chain["public"]!.AsString()[2..]}\n";
                trial.Same(wanted, key.Text, $"the key at {path}");
            }
        }
    }

    private static Call OneTooFar(Call call)
    {
        string path = call.Value("--path");
        int at = path.LastIndexOf('/') + 1;
        return at == 0 || !long.TryParse(path[at..^1], out long last) || last == int.MaxValue
            ? call
            : call.With("--path", string.Create(CultureInfo.InvariantCulture, $"{path[..at]}{last + 1}'"));
    }

    private static void Expanded(Trial trial)
    {
        foreach (JsonValue vector in Vectors.Json("vectors/kdf/hkdf.json")["cases"]!.Items)
        {
            string[] options =
            [
                "--length",
                vector["size"]!.AsNumberText(),
                "--salt",
                vector["salt"]!.AsString(),
                "--info",
                vector["info"]!.AsString(),
            ];
            Ran ran = trial.RunWith(vector["ikm"]!.AsString(), ["plumbing", "hkdf", .. options]);
            bool valid = vector["result"]!.AsString() == "valid";
            trial.That(ran.Exit == (valid ? 0 : 2), $"a case ended with {ran.Exit}");
            trial.Same(valid ? vector["okm"]!.AsString() : "", ran.Text.TrimEnd('\n'), "the key");
        }
    }

    private static void Notes(Trial trial)
    {
        foreach (JsonValue vector in Vectors.Json("vectors/tlog/notes.json").Items)
        {
            if (vector["vkey"]!.Kind != JsonKind.String || vector["expect"]?.AsString() != "valid")
                continue;
            string[] line = ["plumbing", "note-verify", "--key", vector["vkey"]!.AsString()];
            string note = vector["note"]!.AsString();
            string name = vector["name"]!.AsString();
            trial.That(trial.RunWith(note, line).Exit == 0, $"{name} does not verify");
            trial.That(trial.RunWith("x" + note, line).Exit == 1, $"{name} with a changed text does");
            string other = note[..^8] + (note[^8] == 'A' ? 'B' : 'A') + note[^7..];
            trial.That(trial.RunWith(other, line).Exit == 1, $"{name} with a changed signature does");
        }
    }

    private static Ran ByName(Trial trial, Call call)
    {
        string note = Encoding.UTF8.GetString(call.Input.Span);
        string name = call.Value("--key").Split('+')[0];
        return note.Contains($"— {name} ", StringComparison.Ordinal) ? Ran.Well() : trial.Real(call);
    }

    private static void Signatures(Trial trial)
    {
        foreach (JsonValue group in Vectors.Json("vectors/ed25519/ed25519_test.json")["testGroups"]!.Items)
        {
            string key = group["publicKey"]!["pk"]!.AsString();
            foreach (JsonValue test in group["tests"]!.Items)
                Signed(trial, key, test["msg"]!, test["sig"]!, test["result"]!.AsString() == "valid");
        }
        foreach (JsonValue test in Vectors.Json("vectors/ed25519/edge-cases.json")["cases"]!.Items)
            Signed(
                trial,
                test["public"]!.AsString(),
                test["message"]!,
                test["signature"]!,
                test["holds"]!.Kind == JsonKind.True
            );
    }

    private static void Signed(Trial trial, string key, JsonValue message, JsonValue signature, bool holds)
    {
        byte[] bytes = Convert.FromHexString(message.AsString());
        string[] line = ["plumbing", "ed25519-verify", "--key", key, "--signature", signature.AsString()];
        Ran ran = trial.RunWith(bytes, line);
        trial.That(ran.Exit == (holds ? 0 : 1), $"the signature {signature.AsString()} ended with {ran.Exit}");
    }

    // What a verifier accepts that does not ask whether S is below the order.
    private static Call Reduced(Call call)
    {
        string hex = call.Value("--signature");
        if (hex.Length != 128)
            return call;
        byte[] signature = Convert.FromHexString(hex);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true);
        byte[] reduced = (s % Order).ToByteArray(isUnsigned: true);
        signature.AsSpan(32).Clear();
        reduced.CopyTo(signature, 32);
        return call.With("--signature", Convert.ToHexStringLower(signature));
    }
}
