using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Judges entries by the rules that the writer judged them by, for a whole ledger or for the part of it in a bundle.</summary>
internal static class EntryJudge
{
    /// <summary>Judges the next entry, reports it, and folds it in.</summary>
    /// <returns>False if nothing after this entry can be judged.</returns>
    public static bool Judge(Receipt receipt, LedgerFold fold, StageBoard board, CheckedSignature? signature = null)
    {
        using StageBoard.Measurement time = board.Measure("governance");
        Refusal? refusal = fold.Judge(receipt, signature, out object? payload);
        if (refusal is null)
            Count(receipt, payload, board);
        else
            board.Failed(refusal);
        try
        {
            fold.Apply(receipt, payload);
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

    private static void Count(Receipt receipt, object? payload, StageBoard board)
    {
        foreach (string stage in (ReadOnlySpan<string>)["commitments", "governance", "time"])
            board.Passed(stage);
        if (receipt.Entry.Signature is not null || receipt.Entry.Seal is not null)
            board.Passed("signatures");
        if (payload is Contradiction or Decision or Proposal { Decision: not null } or DecisionClosed)
            board.Passed("decisions");
        board.Passed(
            "approvals",
            receipt.Entry.Body.Event == Events.ApprovalRecorded ? 1 : receipt.Entry.Approvals.Count
        );
    }
}
