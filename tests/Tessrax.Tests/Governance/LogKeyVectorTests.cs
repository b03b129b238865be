using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Verification;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors of a log that changed its key twice, <c>spec/vectors/keys/log-keys.json</c>: written by this code to the byte, and judged from the file alone.</summary>
public sealed class LogKeyVectorTests
{
    private static string File => Spec.Path("vectors", "keys", "log-keys.json");

    [Fact]
    public void The_file_is_what_the_code_writes() =>
        Spec.MustHold(Spec.Lay(Make()), "vectors", "keys", "log-keys.json");

    [Fact]
    public void The_ledger_verifies_from_the_file_and_only_the_key_for_a_size_makes_a_checkpoint_count()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        JsonElement root = file.RootElement;
        JsonElement[] entries = [.. root.GetProperty("entries").EnumerateArray()];
        JsonElement[] checkpoints = [.. root.GetProperty("checkpoints").EnumerateArray()];
        int counted = 0;
        foreach (JsonElement checkpoint in checkpoints)
        {
            var trust = new TrustRoot(
                Digest.Parse(Text(root, "ledger")),
                TlogPolicy.LogAlone(VerifierKey.Parse(Text(root.GetProperty("keys")[0], "vkey")))
            );
            var verifier = new LedgerVerifier(StoppedClock.Instance, trust);
            foreach (JsonElement entry in entries.Take(checkpoint.GetProperty("size").GetInt32()))
                verifier.Add(
                    Encoding.UTF8.GetBytes(Text(entry, "leaf")),
                    entry.TryGetProperty("payload", out JsonElement payload)
                        ? Encoding.UTF8.GetBytes(payload.GetString()!)
                        : [],
                    entry.TryGetProperty("salt", out JsonElement salt) ? Convert.FromHexString(salt.GetString()!) : []
                );
            verifier.AddCheckpoint(Encoding.UTF8.GetBytes(Text(checkpoint, "note")));
            Verdict verdict = verifier.Finish();
            bool counts = checkpoint.GetProperty("counts").GetBoolean();
            Assert.True(counts == verdict.Holds, $"{Text(checkpoint, "why")}: {verdict.ToJson()}");
            counted += counts ? 1 : 0;
        }
        Assert.InRange(counted, 1, checkpoints.Length - 1);
    }

    [Fact]
    public void The_keys_follow_from_genesis_and_the_entries_that_change_them()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        byte[][] leaves =
        [
            .. file
                .RootElement.GetProperty("entries")
                .EnumerateArray()
                .Select(e => Encoding.UTF8.GetBytes(Text(e, "leaf"))),
        ];
        LogKeyTrail trail = LogKeyTrail.From(
            Digest.Parse(Text(file.RootElement, "ledger")),
            Genesis.Read(Entry.Parse(leaves[0]).Body)
        );
        foreach (byte[] leaf in leaves)
            trail = trail.After(leaf);
        Assert.Equal(
            file.RootElement.GetProperty("keys")
                .EnumerateArray()
                .Select(k => (Text(k, "vkey"), k.GetProperty("from").GetInt64())),
            trail.Log.Spans.Select(span => (span.Key.ToString(), span.From))
        );
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static JsonObject Make()
    {
        FoldLedger ledger = KeyLedger.WithoutApprovers();
        var states = new Dictionary<long, GovernanceState> { [0] = ledger.Fold.State };
        PrivateKey[] keys = [FoldLedger.Log, FoldLedger.Seeded(61), FoldLedger.Seeded(62)];
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("by the first key")));
        for (int i = 1; i < keys.Length; i++)
        {
            KeyRotated rotated = LogRotationTests.Rotation(ledger, keys[i], old: keys[i - 1]);
            Receipt recorded = ledger.Add(ledger.Control(Events.KeyRotated, rotated.ToControl()));
            states[recorded.Entry.Index] = ledger.Fold.State;
            ledger.Add(ledger.Make("x-own", FoldLedger.Own($"after rotation {i}")));
        }
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["keys"] = new JsonArray([
                .. ledger.Fold.State.LogKeys!.Spans.Select(span =>
                    (JsonNode)new JsonObject { ["vkey"] = span.Key.ToString(), ["from"] = span.From }
                ),
            ]),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, states))]),
            ["checkpoints"] = new JsonArray([
                Checkpoint(ledger, 2, true, "by the first key", keys[0]),
                Checkpoint(ledger, 2, false, "by the second key before its turn", keys[1]),
                Checkpoint(ledger, 3, true, "of the batch that records the rotation, by the new key", keys[1]),
                Checkpoint(ledger, 3, true, "of the batch that records the rotation, by both", keys[1], keys[0]),
                Checkpoint(ledger, 3, true, "in the other order", keys[0], keys[1]),
                Checkpoint(ledger, 3, false, "by the retired key alone", keys[0]),
                Checkpoint(ledger, 4, true, "by the second key", keys[1]),
                Checkpoint(ledger, 6, true, "by the third key", keys[2]),
                Checkpoint(ledger, 6, true, "by the third and the second", keys[2], keys[1]),
                Checkpoint(ledger, 6, false, "by both retired keys", keys[1], keys[0]),
                Checkpoint(ledger, 6, false, "by a stranger of that name", FoldLedger.Seeded(99)),
                Checkpoint(ledger, 6, false, "with a line of a retired key that does not hold", keys[2], null),
            ]),
        };
    }

    // A key that is null adds a line of the first one that does not hold.
    private static JsonObject Checkpoint(
        FoldLedger ledger,
        int size,
        bool counts,
        string why,
        params PrivateKey?[] keys
    )
    {
        SignedNote note = SignedNote.Parse(FoldLedger.Note(ledger.Receipts.Take(size), keys[0]));
        foreach (PrivateKey? key in keys[1..])
            note = note.With(
                key is null
                    ? new NoteSignature(
                        FoldLedger.Origin,
                        ledger.Fold.State.LogKeys!.Spans[0].Key.NoteId,
                        new byte[PublicKey.SignatureSize]
                    )
                    : Tessrax.Keys.Checkpoint.ParseBody(note.Text).Sign(key).Signatures[0]
            );
        return new JsonObject
        {
            ["size"] = size,
            ["counts"] = counts,
            ["why"] = why,
            ["note"] = note.ToString(),
        };
    }
}
