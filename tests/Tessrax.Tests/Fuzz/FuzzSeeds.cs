using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Tests.Ledger;
using Samples = Tessrax.Tests.Keys.Samples;

namespace Tessrax.Tests.Fuzz;

/// <summary>What the mutations start from: the samples, the vectors, and a ledger with every event.</summary>
internal static class FuzzSeeds
{
    private static readonly Lazy<SampleLedger> Whole = new(SampleLedger.Whole);

    public static SampleLedger Ledger => Whole.Value;

    /// <summary>Cases about claims of the samples, of which the first holds under their policy.</summary>
    public static IReadOnlyList<string> PolicyCases { get; } =
    [
        """{"subject":"CVE-2020-11022","metric":"cvss_v3_base_score","unit":"score_0_10","contradiction":true,"kind":"numeric","severity":"moderate","strategy":"prefer-source","rule":"resolution.moderate/prefer-source","outcome":6.1,"source":"cisa-ics-csaf","action":null,"approvals":[],"deadline":null,"lane":null}""",
        """{"subject":"s","metric":"m","outcome":["a",1,true],"action":"review","approvals":[{"role":"security","k":2}],"deadline":"P7D","lane":"triage"}""",
        """{"subject":"CVE-2020-11022","metric":"cvss_v3_base_score","unit":"score_0_10","contradiction":false}""",
    ];

    public static SnapshotTaken Taken => new(12, $"sha256:{Ledger.Id.ToHex()}", Ledger.Id, 4096);

    public static IEnumerable<byte[]> JsonTexts() =>
        Directory
            .GetFiles(Spec.Path("vectors", "jcs", "input"))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .Append(
                Bytes(
                    """{"\ud83d\ude00":[0,-0.0,1e21,4.50,1E-7,9007199254740991,333333333.33333329,"\u000f\u20ac\"\\\/"]}"""
                )
            )
            .Append(Bytes(" [ 1 , { \"b\" : null , \"a\" : true } ] "));

    public static IEnumerable<byte[]> Notes()
    {
        SignedNote note = Samples.Checkpoint.Sign(Samples.LogKey);
        yield return note.ToBytes();
        yield return note.With(Cosignature.Sign(Samples.Checkpoint, "witness", Samples.Key(11), Samples.Noon))
            .ToBytes();
        foreach ((_, SignedNote signed) in Ledger.Checkpoints)
            yield return signed.ToBytes();
    }

    public static IEnumerable<byte[]> AddCheckpoints() =>
        Notes()
            .Select(
                (note, i) =>
                    AddCheckpointRequest
                        .Create(i, [.. Enumerable.Repeat(default(Digest), i)], SignedNote.Parse(note))
                        .ToBytes()
            );

    public static IEnumerable<byte[]> CosignatureLines()
    {
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, "witness", Samples.Key(11), Samples.Noon);
        yield return Bytes($"{line}\n");
        yield return Bytes($"{line}\n{line}\n");
    }

    public static IEnumerable<byte[]> Mnemonics() =>
        Seeds("bip39.json").Select(vector => Bytes(vector["mnemonic"]!.AsString()));

    public static IEnumerable<byte[]> Shares() =>
        Seeds("slip39.json").Select(vector => Bytes(vector["shares"]!.Items[0].AsString()));

    private static JsonValue[] Seeds(string file) =>
        JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "kdf", file)))["cases"]!.Items.ToArray();

    public static IEnumerable<string> CheckpointBodies() =>
        [
            Samples.Checkpoint.Body,
            Samples.Checkpoint.Body + "an extension\n",
            .. Ledger.Checkpoints.Select(c => c.Note.Text),
        ];

    public static IEnumerable<string> Vkeys() =>
        [
            $"{Samples.Log}",
            $"{VerifierKey.Create("witness", Samples.Key(11).PublicKey, VerifierKey.Ed25519Cosignature)}",
        ];

    public static IEnumerable<string> TlogPolicies()
    {
        string witnesses = string.Concat(
            Enumerable
                .Range(11, 4)
                .Select(n =>
                    $"witness W{n} {VerifierKey.Create($"w{n}", Samples.Key((byte)n).PublicKey, VerifierKey.Ed25519Cosignature)} https://w.example/\n"
                )
        );
        yield return $"log {Samples.Log} https://example.com/\n{witnesses}group G 2 W11 W12 W13\ngroup H all G W14\nquorum H\n";
        yield return $"# alone\n\nlog {Samples.Log}\nquorum none\n";
    }

    public static IEnumerable<byte[]> TrustRoots()
    {
        yield return SampleLedger.TrustIn(Ledger.Id).ToJson();
        yield return SampleLedger.TrustIn(Ledger.Id).Accepting(Ledger.Checkpoints[0].Note).ToJson();
    }

    public static IEnumerable<byte[]> KeyFiles()
    {
        foreach (KeyPurpose purpose in (KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Approver, KeyPurpose.Witness])
            yield return KeyFile.Encrypt(
                "example.com/key",
                purpose,
                new byte[32],
                "a passphrase"u8,
                new byte[KeyFile.SaltSize],
                new byte[KeyFile.NonceSize],
                new KdfCost(8, 1)
            );
    }

    public static IEnumerable<byte[]> Leaves() => Ledger.Receipts.Select(receipt => receipt.Leaf.ToArray());

    public static IEnumerable<JsonValue> Entries() => Ledger.Receipts.Select(receipt => receipt.Entry.ToJson());

    public static IEnumerable<JsonValue> Bodies() => Ledger.Receipts.Select(receipt => receipt.Entry.Body.ToJson());

    /// <summary>The payloads of one event.</summary>
    public static IEnumerable<JsonValue> Payloads(string name) =>
        Ledger
            .Receipts.Where(receipt => receipt.Entry.Body.Event == name)
            .Select(receipt => JsonValue.Parse(receipt.Payload!.Bytes));

    public static IEnumerable<JsonValue> Claims() =>
        Directory
            .GetFiles(Path.Combine(Spec.Root, "samples", "claims"), "*.jsonl")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadLines(file).Take(4))
            .Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line)));

    public static IEnumerable<byte[]> Policies() =>
        [
            File.ReadAllBytes(Path.Combine(Spec.Root, "samples", "policy.json")),
            Policy.Default.Document.ToCanonicalBytes(),
            SampleLedger.Policy.Document.ToCanonicalBytes(),
            Encoding.UTF8.GetBytes(Governance.PolicyExtensionTests.Text),
        ];

    /// <summary>A request file with everything that waits.</summary>
    public static ApprovalRequest Request()
    {
        var ledger = new SampleLedger();
        ledger.Settle("Q", 1.0, 9.0);
        return ApprovalRequest.From(ledger.Fold);
    }

    public static SignedApprovals Approvals()
    {
        var ledger = new SampleLedger();
        long proposal = ledger.Settle("Q", 1.0, 9.0);
        return new SignedApprovals(ledger.Id, [ledger.Verdict(proposal, SampleLedger.ApproverSeeds[0], true)]);
    }

    public static IEnumerable<byte[]> Bundles() =>
        [
            Ledger.BundleOf(9, 4, 5, 6, 7, 8).ToBytes(),
            Ledger.BundleOf(3, 1, 2).ToBytes(),
            Ledger.BundleOf(11).ToBytes(),
        ];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
