using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What a stranger says of a ledger: from all its entries, and from its folded state at any size.</summary>
internal static class Strangers
{
    /// <summary>It holds, and whoever goes on from any state judges and folds the rest alike.</summary>
    public static void Agree(FoldLedger ledger)
    {
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        var whole = new LedgerFold(ledger.Id);
        foreach (Receipt receipt in ledger.Receipts)
        {
            Fold(whole, receipt);
            LedgerFold resumed = Imported(whole);
            foreach (Receipt later in ledger.Receipts.Skip((int)whole.Size))
                Fold(resumed, later);
            Assert.Equal(ledger.Fold.ExportState().Digest, resumed.ExportState().Digest);
        }
    }

    /// <summary>A fold that goes on from the parts of another one's state.</summary>
    public static LedgerFold Imported(LedgerFold fold)
    {
        FoldState state = fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(p => p.Digest, p => p.ToBytes());
        return LedgerFold.ImportState(fold.State.Ledger, state.Digest, digest => parts[digest]);
    }

    private static void Fold(LedgerFold fold, Receipt receipt)
    {
        Refusal? refusal = fold.Judge(receipt, out object? payload);
        Assert.True(refusal is null, refusal?.Message);
        fold.Apply(receipt, payload);
    }
}
