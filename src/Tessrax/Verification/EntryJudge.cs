using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Judges entries by the rules that the writer judged them by, for a whole ledger or for the part of it in a bundle.</summary>
internal static class EntryJudge
{
    /// <summary>Judges the next entry, reports it, and folds it in.</summary>
    /// <param name="receipt">The entry.</param>
    /// <param name="fold">What the entries before it add up to.</param>
    /// <param name="board">Where it is reported.</param>
    /// <param name="erasures">What is said of payloads that are missing.</param>
    /// <param name="replays">Where what is to be worked out again waits for its turn.</param>
    /// <param name="signature">What is known of the author's signature already.</param>
    /// <param name="read">What its payload was read as already.</param>
    /// <returns>False if nothing after this entry can be judged.</returns>
    public static bool Judge(
        Receipt receipt,
        LedgerFold fold,
        StageBoard board,
        ErasureReport erasures,
        ReplayQueue replays,
        CheckedSignature? signature = null,
        ReadPayload? read = null
    )
    {
        object? payload;
        Replay? replay;
        using (board.Measure("governance"))
        {
            Refusal? refusal = fold.Judge(receipt, signature, read, out payload, out replay);
            if (receipt.IsErased && refusal is null && Events.Settles(receipt.Entry.Body.Event))
                erasures.Skip(receipt.Entry.Index, receipt.Entry.Index);
            else if (refusal?.Missing is { } missing)
                erasures.Skip(receipt.Entry.Index, missing);
            if (refusal is not null and not { Missing: not null })
            {
                // Findings come in the order of their entries; and what was deferred of this one breaks the first rule.
                replays.Settle();
                board.Failed(replay?.Refusal ?? refusal);
                replay = null;
            }
            else if (replay is null)
            {
                Count(receipt, payload, refusal is null, board);
            }
        }
        if (replay is not null)
            replays.Add(receipt, payload, replay);
        return Apply(receipt, payload, fold, board, erasures, replays);
    }

    private static bool Apply(
        Receipt receipt,
        object? payload,
        LedgerFold fold,
        StageBoard board,
        ErasureReport erasures,
        ReplayQueue replays
    )
    {
        using StageBoard.Measurement time = board.Measure("governance");
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
            replays.Settle();
            board.Failed(
                "governance",
                ErrorCodes.StateBroken,
                $"entries after {receipt.Entry.Index} cannot be judged: {e.Message}"
            );
            return false;
        }
    }

    // What was not worked out again is not counted as checked.
    internal static void Count(Receipt receipt, object? payload, bool whole, StageBoard board)
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
