using System.Text;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;

namespace Tessrax.Tests.Verification;

/// <summary>Writes <c>spec/vectors/ledger/</c> from code: the whole of a small ledger, with every intermediate value that another implementer would compare.</summary>
internal static class VectorFiles
{
    public const string LedgerFile = "ledger.json";
    public const string BundleFile = "decision.tessrax.json";
    public const string TrustFile = "trust.json";

    /// <summary>The decision that needed approvals.</summary>
    public const int Subject = 9;

    public static Dictionary<string, byte[]> Make()
    {
        var ledger = SampleLedger.Whole();
        return new Dictionary<string, byte[]>
        {
            [LedgerFile] = Spec.Lay(Ledger(ledger)),
            [BundleFile] = ledger.BundleOf(Subject, 4, 5, 6, 7, 8).ToBytes(),
            [TrustFile] = [.. SampleLedger.TrustIn(ledger.Id).ToJson(), (byte)'\n'],
        };
    }

    private static JsonObject Ledger(SampleLedger ledger)
    {
        Entry genesis = ledger.Receipts[0].Entry;
        GovernanceState state = ledger.Fold.State;
        return new JsonObject
        {
            ["origin"] = SampleLedger.Origin,
            ["keys"] = Keys(),
            ["genesis"] = new JsonObject
            {
                ["body"] = genesis.Body.ToJson().ToString(),
                ["ledger_id"] = ledger.Id.ToString(),
                ["signed_bytes_hex"] = Convert.ToHexStringLower(genesis.Body.SignedBytes(ledger.Id)),
                ["sig"] = genesis.Signature,
                ["state"] = state.ToJson().ToString(),
                ["gov"] = state.Digest.ToString(),
            },
            ["approval"] = Approval(ledger),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => Entry(r, ledger.Id))]),
            ["checkpoints"] = new JsonArray([.. ledger.Checkpoints.Select(c => JsonValueOf(c.Note.ToString()))]),
            ["root"] = ledger.Tree.Root().ToBase64(),
        };
    }

    private static JsonArray Keys()
    {
        var keys = new JsonArray();
        byte[] seeds = [SampleLedger.LogSeed, SampleLedger.AuthorSeed, .. SampleLedger.ApproverSeeds];
        foreach (byte seed in seeds)
        {
            using Tessrax.Keys.PrivateKey key = SampleLedger.KeyOf(seed);
            LedgerKey known = SampleLedger.Genesis().Keys.Single(k => k.Id == key.PublicKey.Id);
            keys.Add(
                new JsonObject
                {
                    ["name"] = known.Name,
                    ["seed_hex"] = Convert.ToHexStringLower(Enumerable.Repeat(seed, 32).ToArray()),
                    ["public_hex"] = Convert.ToHexStringLower(key.PublicKey.Span),
                    ["id"] = known.Id.ToString(),
                    ["vkey"] = known.Verifier.ToString(),
                }
            );
        }
        return keys;
    }

    private static JsonObject Approval(SampleLedger ledger)
    {
        Entry decision = ledger.Receipts[Subject].Entry;
        Approval approval = decision.Approvals[0];
        Digest body = decision.Body.DigestIn(ledger.Id);
        return new JsonObject
        {
            ["approval"] = approval.ToJson().ToString(),
            ["body_digest"] = body.ToString(),
            ["signed_bytes_hex"] = Convert.ToHexStringLower(approval.SignedBytes(ledger.Id, body)),
        };
    }

    private static JsonObject Entry(Receipt receipt, Digest ledger) =>
        new()
        {
            ["leaf"] = Encoding.UTF8.GetString(receipt.Leaf.Span),
            ["leaf_hash"] = receipt.LeafHash(TreeHasher.Sha256).ToBase64(),
            ["body_digest"] = receipt.Entry.Body.DigestIn(ledger).ToString(),
            ["payload"] = receipt.Payload?.ToString(),
            ["salt"] = receipt.Payload is null ? null : Convert.ToBase64String(receipt.Salt.Span),
            ["commitment"] = receipt.Entry.Body.Payload?.ToString(),
        };

    private static System.Text.Json.Nodes.JsonValue JsonValueOf(string text) =>
        System.Text.Json.Nodes.JsonValue.Create(text);
}
