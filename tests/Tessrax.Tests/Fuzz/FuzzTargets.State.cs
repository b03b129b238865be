using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static IEnumerable<FuzzTarget> OfState() =>
        [
            Json(
                "epoch-opened",
                "EpochOpened.Read",
                () => [Epoch().ToJson()],
                value => EpochOpened.Read(EntryBody.FromJson(value), TreeHasher.Sha256).ToControl(TreeHasher.Sha256)
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "clock-adjusted",
                "ClockAdjusted.Read",
                () => [Adjusting().ToJson()],
                value => ClockAdjusted.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            new("state-head", () => StateParts("{\"accepts\""), input => StateHead.Read(input).Write())
            {
                Covers = ["StateHead.Read", "GovernanceState.FromJson", "JsonLines.Read"],
                IsExact = true,
            },
            new("state-facts", () => StateParts("{\"block\""), input => FactPart.Write(0, FactPart.Read(input, 0)))
            {
                Covers = ["FactPart.Read", "Fact.FromJson"],
                IsExact = true,
            },
            Json(
                "epoch-fields",
                "EpochFields.FromJson",
                () => [FuzzSeeds.Ledger.Fold.NextEpoch(default).Index!.ToJson()],
                value => EpochFields.FromJson(value).ToJson()
            ),
            // Values in another order are the same map.
            new("open-fields", () => [FieldsOf(FuzzSeeds.Ledger.Fold)], input => FieldsOf(Fields(input)))
            {
                Covers = ["FieldMap.Read"],
            },
            // Keys in another order are told apart by comparing with what would be written.
            new("state-nonces", () => StateParts("tessrax/"), input => NoncesOf(NoncePart.Read(input, 0)))
            {
                Covers = ["NoncePart.Read"],
            },
        ];

    private static byte[] NoncesOf(List<KeptNonce> nonces)
    {
        var book = new NonceBook();
        foreach (KeptNonce nonce in nonces)
            book.Add(nonce.Scoped, nonce.Index, nonce.Until, nonce.InContent);
        return [.. book.Parts().SelectMany(block => block.Part.ToBytes())];
    }

    private static byte[] FieldsOf(LedgerFold fold) => fold.ExportFields()[1..];

    private static LedgerFold Fields(byte[] input)
    {
        var fold = new LedgerFold(FuzzSeeds.Ledger.Id);
        foreach (Receipt receipt in FuzzSeeds.Ledger.Receipts)
            fold.Apply(receipt, null);
        fold.ImportFields([0, .. input]);
        return fold;
    }

    private static EntryBody Epoch()
    {
        LedgerFold fold = FuzzSeeds.Ledger.Fold;
        return fold.NextEpoch(FuzzSeeds.Ledger.Id).ToBody(fold.State, fold.LastRecordedAt);
    }

    private static EntryBody Adjusting()
    {
        var body = EntryBody.FromJson(FuzzSeeds.Bodies().First());
        var adjusted = new ClockAdjusted(body.IssuedAt, body.IssuedAt + TimeSpan.FromHours(-3), "it was wrong");
        return body with { Event = Events.ClockAdjusted, Control = adjusted.ToControl() };
    }

    // The parts of a ledger's states that begin so: at its end, and while a proposal waits.
    private static IEnumerable<byte[]> StateParts(string beginning)
    {
        SampleLedger ledger = FuzzSeeds.Ledger;
        foreach (int size in (int[])[8, ledger.Receipts.Count])
        {
            var fold = new LedgerFold(ledger.Id);
            foreach (Receipt receipt in ledger.Receipts.Take(size))
            {
                fold.Judge(receipt, out object? record);
                fold.Apply(receipt, record);
            }
            FoldState state = fold.ExportState();
            foreach (StatePart part in state.Blocks.Append(state.Head))
            {
                byte[] bytes = part.ToBytes();
                if (bytes.AsSpan().StartsWith(System.Text.Encoding.ASCII.GetBytes(beginning)))
                    yield return bytes;
            }
        }
    }
}
