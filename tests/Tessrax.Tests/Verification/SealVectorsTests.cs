using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>The sealed ledger under <c>spec/vectors/seals/</c>: written by this code to the byte, and computed again by the sentences of <c>spec/seals.md</c>.</summary>
public sealed class SealVectorsTests
{
    private static readonly string Path = Spec.Path("vectors", "seals", "seals.json");

    [Fact]
    public void The_file_is_what_the_code_writes() => Spec.MustHold(Spec.Lay(Make()), "vectors", "seals", "seals.json");

    [Fact]
    public void The_ledger_verifies_from_its_file()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path));
        var verifier = new LedgerVerifier(StoppedClock.Instance, new FoldLedger().Trust);
        foreach (JsonElement entry in file.RootElement.GetProperty("entries").EnumerateArray())
            verifier.Add(Bytes(entry, "leaf"), Bytes(entry, "payload"), Base64(entry, "salt"));
        verifier.AddCheckpoint(Bytes(file.RootElement, "checkpoint"));
        Verdict verdict = verifier.Finish();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Roots_recompute_from_body_digests_and_paths_and_the_signature_holds()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path));
        JsonElement root = file.RootElement;
        byte[] message = Convert.FromHexString(root.GetProperty("signed_bytes_hex").GetString()!);
        byte[] expected = Convert.FromHexString(root.GetProperty("root").GetString()!["sha256:".Length..]);
        Assert.True(PublicKey.TryCreate(FoldLedger.Author.PublicKey.Span, out PublicKey key));
        foreach (JsonElement entry in root.GetProperty("entries").EnumerateArray().Skip(1))
        {
            using var leaf = JsonDocument.Parse(Bytes(entry, "leaf"));
            JsonElement seal = leaf.RootElement.GetProperty("sig");
            byte[] body = Convert.FromHexString(entry.GetProperty("body_digest").GetString()!["sha256:".Length..]);
            byte[] node = SHA256.HashData([0, .. "tessrax/seal-leaf/v1\n"u8, .. body]);
            Assert.Equal(entry.GetProperty("seal_leaf").GetString(), Convert.ToBase64String(node));
            // RFC 9162, section 2.1.3.2.
            int fn = seal.GetProperty("position").GetInt32();
            int sn = seal.GetProperty("size").GetInt32() - 1;
            foreach (JsonElement item in seal.GetProperty("path").EnumerateArray())
            {
                byte[] hash = item.GetBytesFromBase64();
                bool left = (fn & 1) == 1 || fn == sn;
                node = left ? SHA256.HashData([1, .. hash, .. node]) : SHA256.HashData([1, .. node, .. hash]);
                while (left && (fn & 1) == 0 && fn != 0)
                    (fn, sn) = (fn >> 1, sn >> 1);
                (fn, sn) = (fn >> 1, sn >> 1);
            }
            Assert.Equal(0, sn);
            Assert.Equal(expected, node);
            Assert.True(key.Verify(message, seal.GetProperty("sig").GetBytesFromBase64()));
        }
    }

    private static JsonObject Make()
    {
        var ledger = new FoldLedger();
        var batch = new SealedEntries(ledger, 5);
        for (int i = 0; i < 5; i++)
            ledger.Add(batch.Next(i));
        Assert.True(batch.Seals[0].TryRoot(batch.Bodies[0].DigestIn(ledger.Id), out Digest root));
        return new JsonObject
        {
            ["ledger_id"] = ledger.Id.ToString(),
            ["author_seed_hex"] = Convert.ToHexStringLower(Enumerable.Repeat((byte)2, 32).ToArray()),
            ["author"] = FoldLedger.Author.PublicKey.Id.ToString(),
            ["root"] = root.ToString(),
            ["signed_bytes_hex"] = Convert.ToHexStringLower(
                Seal.SignedBytes(ledger.Id, FoldLedger.Author.PublicKey.Id, 5, root)
            ),
            ["sig"] = batch.Seals[0].Signature,
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => Entry(r, ledger.Id))]),
            ["checkpoint"] = Encoding.UTF8.GetString(FoldLedger.Note(ledger.Receipts)),
        };
    }

    private static JsonObject Entry(Receipt receipt, Digest ledger)
    {
        Digest digest = receipt.Entry.Body.DigestIn(ledger);
        return new JsonObject
        {
            ["leaf"] = Encoding.UTF8.GetString(receipt.Leaf.Span),
            ["body_digest"] = digest.ToString(),
            ["seal_leaf"] = receipt.Entry.Seal is null ? null : Seal.LeafOf(digest).ToBase64(),
            ["payload"] = receipt.Payload?.ToString(),
            ["salt"] = Convert.ToBase64String(receipt.Salt.Span),
        };
    }

    private static byte[] Bytes(JsonElement parent, string name) =>
        Encoding.UTF8.GetBytes(parent.GetProperty(name).GetString() ?? "");

    private static byte[] Base64(JsonElement parent, string name) => parent.GetProperty(name).GetBytesFromBase64();
}
