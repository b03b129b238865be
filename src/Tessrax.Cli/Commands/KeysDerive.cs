using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys derive --mnemonic FILE --purpose P</c>: a key that a mnemonic stands for: its public half, or a key file.</summary>
internal static class KeysDerive
{
    public static Command Create(CliContext context)
    {
        var seeds = new SeedOptions("the key is derived from it");
        Option<string> purpose = new("--purpose")
        {
            Description = "what the key is for, once and for ever: " + string.Join(", ", KeyPurposes.All),
            HelpName = "PURPOSE",
            Required = true,
        };
        purpose.AcceptOnlyFromAmong([.. KeyPurposes.All]);
        Option<string?> generation = new("--generation")
        {
            Description = "which key after another, from 0 on (0 if left out)",
            HelpName = "G",
        };
        Option<string?> name = new("--name")
        {
            Description = "names the key in its vkey: the origin for a log key; needed for a vkey and a key file",
            HelpName = "NAME",
        };
        Option<bool> commitment = new("--commitment")
        {
            Description = "of a recovery key, show only what a ledger commits to: init --recovery",
        };
        Option<string?> output = new("--output", "-o") { Description = "the new key file", HelpName = "FILE" };
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "derive",
            "Show a key that a mnemonic stands for, or make its key file",
            "tessraxctl keys derive --mnemonic words.txt --purpose approver --name alice@example.com -o alice.key",
            "tessraxctl keys derive --mnemonic words.txt --purpose log --name example.com/decisions",
            "tessraxctl keys derive --mnemonic recovery.txt --purpose recovery --commitment"
        );
        seeds.AddTo(verb);
        foreach (Option option in new Option[] { purpose, generation, name, commitment, output, passphrase })
            verb.Add(option);
        verb.SetAction(parsed =>
        {
            var place = new Place(
                KeyPurposes.Parse(parsed.GetRequiredValue(purpose)),
                WholeNumber.ParseIndex(parsed.GetValue(generation), "--generation"),
                parsed.GetValue(name)
            );
            string? file = parsed.GetValue(output);
            if (file is not null && place.Name is null)
                throw ErrorCodes.BadUsage.Because("a key file needs --name", "it is part of the vkey");
            if (file is not null && Path.Exists(file))
                throw ErrorCodes.KeyExists.Because($"{file} exists already");
            if (parsed.GetValue(commitment) && (place.Purpose != KeyPurpose.Recovery || file is not null))
                throw ErrorCodes.BadUsage.Because("--commitment is of a recovery key, and goes into no key file");
            using LedgerSeed seed =
                seeds.Open(context, parsed)
                ?? throw ErrorCodes.BadUsage.Because("derived from what?", "give --mnemonic FILE");
            using DerivedKey key = seed.Key(place.Purpose, place.Generation);
            if (parsed.GetValue(commitment))
            {
                ShowCommitment(context, seed.PathOf(place.Purpose, place.Generation), key);
                return 0;
            }
            if (file is not null)
            {
                byte[] secret = context.Passphrase($"the key '{place.Name}'", parsed.GetValue(passphrase), isNew: true);
                KeyStore.Keep(file, place.Name!, place.Purpose, key.Secret, secret, context.Random);
                context.Notice($"wrote {file}");
            }
            Show(context, place, seed.PathOf(place.Purpose, place.Generation), key, file);
            return 0;
        });
        return verb;
    }

    // Its public half stays unseen until it is used.
    private static void ShowCommitment(CliContext context, DerivationPath path, DerivedKey key)
    {
        using PrivateKey privateKey = key.ToPrivateKey();
        string commitment = RecoveryCommitment.Of(privateKey.PublicKey).ToString();
        context.WriteJson(() => JsonValue.Object(("path", path.ToString()), ("commitment", commitment)));
        context.Line(commitment);
    }

    private static void Show(CliContext context, Place place, DerivationPath path, DerivedKey key, string? file)
    {
        using PrivateKey privateKey = key.ToPrivateKey();
        PublicKey publicKey = privateKey.PublicKey;
        VerifierKey? vkey = place.Name is null ? null : KeyFile.VerifierKeyOf(place.Name, place.Purpose, publicKey);
        context.WriteJson(() =>
            JsonValue.Object(
                ("path", path.ToString()),
                ("purpose", place.Purpose.ToText()),
                ("public", publicKey.ToBase64()),
                ("key", publicKey.Id.ToString()),
                ("vkey", vkey is null ? JsonValue.Null : JsonValue.String(vkey.ToString())),
                ("file", file is null ? JsonValue.Null : JsonValue.String(file))
            )
        );
        context.Line(Tone.Strong, vkey?.ToString() ?? publicKey.ToBase64());
        context.Line($"  path    {path}");
        context.Line($"  key id  {publicKey.Id}");
    }

    private sealed record Place(KeyPurpose Purpose, int Generation, string? Name);
}
