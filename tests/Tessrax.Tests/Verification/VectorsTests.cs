using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>The ledger under <c>spec/vectors/ledger/</c>: written by this code to the byte, and verified from its files alone.</summary>
public sealed class VectorsTests
{
    [Fact]
    public void The_files_are_what_the_code_writes()
    {
        foreach ((string name, byte[] bytes) in VectorFiles.Make())
            Spec.MustHold(bytes, "vectors", "ledger", name);
    }

    [Fact]
    public void The_ledger_verifies_from_its_files()
    {
        using JsonDocument ledger = Read();
        var verifier = new LedgerVerifier(StoppedClock.Instance, Trust());
        long index = 0;
        Dictionary<long, string> checkpoints = Checkpoints(ledger);
        foreach (JsonElement entry in ledger.RootElement.GetProperty("entries").EnumerateArray())
        {
            verifier.Add(Bytes(entry, "leaf"), Bytes(entry, "payload"), Salt(entry));
            if (checkpoints.TryGetValue(++index, out string? note))
                verifier.AddCheckpoint(Encoding.UTF8.GetBytes(note));
        }
        Verdict verdict = verifier.Finish();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(ledger.RootElement.GetProperty("root").GetString(), verdict.Root!.Value.ToBase64());
        Assert.Equal(
            ledger.RootElement.GetProperty("genesis").GetProperty("ledger_id").GetString(),
            verdict.Ledger.ToString()
        );
    }

    [Fact]
    public void The_bundle_verifies_from_its_files()
    {
        byte[] bundle = File.ReadAllBytes(Spec.Path("vectors", "ledger", VectorFiles.BundleFile));
        Verdict verdict = BundleVerifier.Verify(bundle, Trust(), StoppedClock.Instance);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(4, verdict.Stages.Single(s => s.Name == "approvals").Checked);
        Assert.Equal(3, verdict.Stages.Single(s => s.Name == "decisions").Checked);
    }

    [Fact]
    public void The_bundle_does_not_hold_for_another_trust_root()
    {
        byte[] bundle = File.ReadAllBytes(Spec.Path("vectors", "ledger", VectorFiles.BundleFile));
        TrustRoot trust = Trust() with { Ledger = HashEngine.Sha256.Hash("another"u8) };
        Assert.False(BundleVerifier.Verify(bundle, trust, StoppedClock.Instance).Holds);
        Assert.False(BundleVerifier.Verify(bundle, null, StoppedClock.Instance).Holds);
    }

    // The rest recomputes the vectors by the sentences of spec/ledger.md, not by the code under test.

    [Fact]
    public void The_ledger_id_is_the_hash_of_the_genesis_body()
    {
        using JsonDocument ledger = Read();
        JsonElement genesis = ledger.RootElement.GetProperty("genesis");
        byte[] id = Sha256("tessrax/ledger/v1\n"u8, Bytes(genesis, "body"));
        Assert.Equal(genesis.GetProperty("ledger_id").GetString(), Text(id));
    }

    [Fact]
    public void The_signed_bytes_are_label_ledger_id_and_body_and_the_signature_holds()
    {
        using JsonDocument ledger = Read();
        JsonElement genesis = ledger.RootElement.GetProperty("genesis");
        byte[] id = Sha256("tessrax/ledger/v1\n"u8, Bytes(genesis, "body"));
        byte[] signed = [.. "tessrax/entry/v1\n"u8, .. id, .. Bytes(genesis, "body")];
        Assert.Equal(genesis.GetProperty("signed_bytes_hex").GetString(), Convert.ToHexStringLower(signed));
        Assert.True(PublicOf(ledger, "author").Verify(signed, genesis.GetProperty("sig").GetBytesFromBase64()));
    }

    [Fact]
    public void Leaf_hashes_commitments_and_body_digests_recompute()
    {
        using JsonDocument ledger = Read();
        byte[] id = Id(ledger);
        foreach (JsonElement entry in ledger.RootElement.GetProperty("entries").EnumerateArray())
        {
            byte[] leaf = Bytes(entry, "leaf");
            Assert.Equal(entry.GetProperty("leaf_hash").GetString(), Convert.ToBase64String(Sha256([0], leaf)));
            byte[] body = Entry.Parse(leaf).Body.ToJson().ToCanonicalBytes();
            Assert.Equal(
                entry.GetProperty("body_digest").GetString(),
                Text(Sha256("tessrax/entry/v1\n"u8, [.. id, .. body]))
            );
            if (entry.GetProperty("payload").ValueKind == JsonValueKind.Null)
                continue;
            byte[] commitment = Sha256("tessrax/payload/v1\n"u8, [.. id, .. Salt(entry), .. Bytes(entry, "payload")]);
            Assert.Equal(entry.GetProperty("commitment").GetString(), Text(commitment));
        }
    }

    [Fact]
    public void The_governance_digest_recomputes_and_chains_to_genesis()
    {
        using JsonDocument ledger = Read();
        JsonElement genesis = ledger.RootElement.GetProperty("genesis");
        string gov = Text(Sha256("tessrax/gov/v1\n"u8, Bytes(genesis, "state")));
        Assert.Equal(genesis.GetProperty("gov").GetString(), gov);
        JsonElement[] entries = [.. ledger.RootElement.GetProperty("entries").EnumerateArray()];
        foreach (JsonElement entry in entries[1..])
            Assert.Equal(gov, Entry.Parse(Bytes(entry, "leaf")).Gov.Digest.ToString());
        using JsonDocument state = JsonDocument.Parse(Bytes(genesis, "state"));
        byte[] leafHash = entries[0].GetProperty("leaf_hash").GetBytesFromBase64();
        Assert.Equal(state.RootElement.GetProperty("chain").GetString(), Text(Sha256(new byte[32], leafHash)));
    }

    [Fact]
    public void The_approval_recomputes()
    {
        using JsonDocument ledger = Read();
        JsonElement vector = ledger.RootElement.GetProperty("approval");
        using JsonDocument approval = JsonDocument.Parse(Bytes(vector, "approval"));
        // In canonical form "body" comes first, and "sig" stands between "role" and "verdict".
        string sig = approval.RootElement.GetProperty("sig").GetString()!;
        string unsigned = vector
            .GetProperty("approval")
            .GetString()!
            .Replace($"\"sig\":\"{sig}\",", "", StringComparison.Ordinal);
        string named = $"{{\"body\":\"{vector.GetProperty("body_digest").GetString()}\",{unsigned[1..]}";
        byte[] signed = [.. "tessrax/approval/v1\n"u8, .. Id(ledger), .. Encoding.UTF8.GetBytes(named)];
        Assert.Equal(vector.GetProperty("signed_bytes_hex").GetString(), Convert.ToHexStringLower(signed));
        string key = approval.RootElement.GetProperty("key").GetString()!;
        JsonElement known = ledger
            .RootElement.GetProperty("keys")
            .EnumerateArray()
            .Single(k => k.GetProperty("id").GetString() == key);
        Assert.True(
            PublicOf(ledger, known.GetProperty("name").GetString()!).Verify(signed, Convert.FromBase64String(sig))
        );
    }

    [Fact]
    public void The_checkpoints_sign_the_roots_of_their_leaves()
    {
        using JsonDocument ledger = Read();
        var frontier = new Frontier(TreeHasher.Sha256);
        Dictionary<long, string> checkpoints = Checkpoints(ledger);
        int signed = 0;
        foreach (JsonElement entry in ledger.RootElement.GetProperty("entries").EnumerateArray())
        {
            frontier.Append(TreeHasher.Sha256.Leaf(Bytes(entry, "leaf")));
            if (!checkpoints.TryGetValue(frontier.Size, out string? note))
                continue;
            Assert.Equal(frontier.Head, Checkpoint.ParseBody(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text).Head);
            signed++;
        }
        Assert.Equal(checkpoints.Count, signed);
    }

    [Fact]
    public void Every_event_that_this_version_writes_is_there()
    {
        using JsonDocument ledger = Read();
        string[] events =
        [
            .. ledger
                .RootElement.GetProperty("entries")
                .EnumerateArray()
                .Select(e => Entry.Parse(Bytes(e, "leaf")).Body.Event)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            [
                Events.ApprovalRecorded,
                Events.ClaimsRecorded,
                Events.ContradictionDetected,
                Events.DecisionClosed,
                Events.DecisionProposed,
                Events.DecisionRecorded,
                Events.EvidenceAdded,
                Events.LedgerCreated,
                Events.StateAudited,
                "x-vectors",
            ],
            events
        );
    }

    private static JsonDocument Read() =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "ledger", VectorFiles.LedgerFile)));

    private static TrustRoot Trust() =>
        TrustRoot.Parse(File.ReadAllBytes(Spec.Path("vectors", "ledger", VectorFiles.TrustFile)));

    private static byte[] Bytes(JsonElement parent, string name) =>
        Encoding.UTF8.GetBytes(parent.GetProperty(name).GetString() ?? "");

    private static byte[] Salt(JsonElement entry) =>
        Convert.FromBase64String(entry.GetProperty("salt").GetString() ?? "");

    private static byte[] Sha256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        SHA256.HashData([.. first, .. second]);

    private static string Text(byte[] hash) => $"sha256:{Convert.ToHexStringLower(hash)}";

    private static byte[] Id(JsonDocument ledger) =>
        Convert.FromHexString(
            ledger.RootElement.GetProperty("genesis").GetProperty("ledger_id").GetString()!["sha256:".Length..]
        );

    private static PublicKey PublicOf(JsonDocument ledger, string name)
    {
        JsonElement known = ledger
            .RootElement.GetProperty("keys")
            .EnumerateArray()
            .Single(k => k.GetProperty("name").GetString() == name);
        Assert.True(
            PublicKey.TryCreate(Convert.FromHexString(known.GetProperty("public_hex").GetString()!), out PublicKey key)
        );
        return key;
    }

    private static Dictionary<long, string> Checkpoints(JsonDocument ledger) =>
        ledger
            .RootElement.GetProperty("checkpoints")
            .EnumerateArray()
            .Select(c => c.GetString()!)
            .ToDictionary(note => Checkpoint.ParseBody(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text).Head.Size);
}
