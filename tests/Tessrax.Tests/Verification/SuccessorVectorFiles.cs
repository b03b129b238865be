using System.Text;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;

namespace Tessrax.Tests.Verification;

/// <summary>Writes the vectors of a ledger that was closed, and of the BLAKE3 ledger that follows it, into <c>spec/vectors/ledger/</c>.</summary>
internal static class SuccessorVectorFiles
{
    public const string ClosedFile = "closed.json";
    public const string SuccessorFile = "successor.json";
    public const string TrustFile = "successor.trust.json";

    private const string Origin = "example.com/fold/2";
    private static readonly TreeHasher Blake3 = TreeHasher.ByName("blake3")!;
    private static readonly PrivateKey Log = FoldLedger.Seeded(21);

    public static Dictionary<string, byte[]> Make()
    {
        FoldLedger closed = Closed();
        FoldLedger next = Follow(closed);
        return new Dictionary<string, byte[]>
        {
            [ClosedFile] = Lay(closed, FoldLedger.Log),
            [SuccessorFile] = Lay(next, Log),
            [TrustFile] = [.. next.Trust.ToJson(), (byte)'\n'],
        };
    }

    // Genesis, one entry, and the closing with the approvals that it needs: three of four in one role, the only one in the other.
    private static FoldLedger Closed()
    {
        var ledger = new FoldLedger();
        Tick(ledger).Add(ledger.Make("x-own", FoldLedger.Own("the last word")));
        var next = new Successor(Origin, "blake3", VerifierKey.Create(Origin, Log.PublicKey));
        long proposal = Tick(ledger).Add(ledger.ProposeControl(Events.LedgerClosed, next.ToControl())).Entry.Index;
        var votes = new List<Approval>();
        foreach (
            (int approver, string role) in ((int, string)[])
                [(1, "approver"), (2, "approver"), (3, "approver"), (5, "legal")]
        )
            votes.Add(Tick(ledger).AddVote(proposal, approver, role));
        Tick(ledger).Add(ledger.RecordedControl(proposal, [.. votes]));
        return ledger;
    }

    // As spec/ledger.md, section 13, says that genesis should follow from what was closed.
    private static FoldLedger Follow(FoldLedger old)
    {
        var again = new Frontier(Blake3);
        foreach (Receipt receipt in old.Receipts)
            again.Append(Blake3.Leaf(receipt.Leaf.Span));
        GovernanceState end = old.Fold.State;
        var before = new Predecessor(
            old.Id,
            FoldLedger.Origin,
            Encoding.UTF8.GetString(FoldLedger.Note(old.Receipts)),
            end.Digest,
            again.Head
        );
        Digest nonce = HashEngine.Sha256.Hash(
            "tessrax/successor/v1\n"u8,
            old.Id.Span,
            [.. end.Digest.Span, .. Log.PublicKey.Id.Span]
        );
        var next = new FoldLedger(
            found: genesis =>
                genesis with
                {
                    Origin = Origin,
                    Hash = "blake3",
                    Predecessor = before,
                    Keys =
                    [
                        new LedgerKey(Origin, KeyPurpose.Log, VerifierKey.Create(Origin, Log.PublicKey), [], 0),
                        .. genesis.Keys.Skip(1),
                    ],
                },
            now: old.Receipts[^1].Entry.RecordedAt,
            nonce: Convert.ToBase64String(nonce.Span[..EntryBody.NonceBytes])
        );
        Tick(next).Add(next.Make("x-own", FoldLedger.Own("and the next")));
        return next;
    }

    private static FoldLedger Tick(FoldLedger ledger)
    {
        ledger.Now += TimeSpan.FromSeconds(1);
        return ledger;
    }

    private static byte[] Lay(FoldLedger ledger, PrivateKey log)
    {
        string origin = ledger.Genesis.Origin;
        int[] batches = [1, ledger.Receipts.Count];
        GovernanceState end = ledger.Fold.State;
        JsonNode node = new JsonObject
        {
            ["origin"] = origin,
            ["hash"] = ledger.Genesis.Hash,
            ["ledger_id"] = ledger.Id.ToString(),
            ["vkey"] = VerifierKey.Create(origin, log.PublicKey).ToString(),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => Entry(r, ledger.Hasher))]),
            ["checkpoints"] = new JsonArray([
                .. batches.Select(size =>
                    (JsonNode)
                        Encoding.UTF8.GetString(FoldLedger.Note(ledger.Receipts.Take(size), log, origin, ledger.Hasher))
                ),
            ]),
            ["state"] = end.ToJson().ToString(),
            ["gov"] = end.Digest.ToString(),
        };
        return Spec.Lay(node);
    }

    private static JsonObject Entry(Receipt receipt, TreeHasher hasher) =>
        new()
        {
            ["leaf"] = Encoding.UTF8.GetString(receipt.Leaf.Span),
            ["leaf_hash"] = receipt.LeafHash(hasher).ToBase64(),
            ["payload"] = receipt.Payload?.ToString(),
            ["salt"] = receipt.Payload is null ? null : Convert.ToBase64String(receipt.Salt.Span),
        };
}
