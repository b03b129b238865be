using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Judges entries by the rules that the writer judged them by, for a whole ledger or for the part of it in a bundle.</summary>
internal static class EntryJudge
{
    /// <summary>Judges the next entry, reports it, and folds it in.</summary>
    /// <returns>False if nothing after this entry can be judged.</returns>
    public static bool Judge(
        Receipt receipt,
        LedgerFold fold,
        StageBoard board,
        ErasureReport erasures,
        CheckedSignature? signature = null
    )
    {
        using StageBoard.Measurement time = board.Measure("governance");
        Refusal? refusal = fold.Judge(receipt, signature, out object? payload);
        if (receipt.IsErased && refusal is null && Events.Settles(receipt.Entry.Body.Event))
            erasures.Skip(receipt.Entry.Index, receipt.Entry.Index);
        else if (refusal?.Missing is { } missing)
            erasures.Skip(receipt.Entry.Index, missing);
        if (refusal is null or { Missing: not null })
            Count(receipt, payload, refusal is null, board);
        else
            board.Failed(refusal);
        try
        {
            long lacked = fold.Erasures.MissingCount;
            fold.Apply(receipt, payload);
            if (Events.IsAboutPayloads(receipt.Entry.Body.Event))
                erasures.Erased(receipt.Entry, fold, lacked - fold.Erasures.MissingCount);
            return true;
        }
        catch (TessraxException e)
        {
            board.Failed(
                "governance",
                ErrorCodes.StateBroken,
                $"entries after {receipt.Entry.Index} cannot be judged: {e.Message}"
            );
            return false;
        }
    }

    // What was not worked out again is not counted as checked.
    private static void Count(Receipt receipt, object? payload, bool whole, StageBoard board)
    {
        if (!receipt.IsErased)
            board.Passed("commitments");
        foreach (string stage in (ReadOnlySpan<string>)["governance", "time"])
            board.Passed(stage);
        if (receipt.Entry.Signature is not null || receipt.Entry.Seal is not null)
            board.Passed("signatures");
        if (!whole)
            return;
        if (payload is Contradiction or Decision or Proposal { Decision: not null } or DecisionClosed)
            board.Passed("decisions");
        board.Passed(
            "approvals",
            receipt.Entry.Body.Event == Events.ApprovalRecorded ? 1 : receipt.Entry.Approvals.Count
        );
    }
}
