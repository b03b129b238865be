using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What control events about payloads must keep, beyond the approvals that they need: holds are respected, and nothing is taken away
/// that a proposal waits on or, in a compaction, that still counts.</summary>
/// <remarks>Whoever has lost payloads already cannot see everything that the writer saw; what they see is judged.</remarks>
/// <param name="fold">The entries before.</param>
/// <param name="at">Where the event stands, or would. In a bundle, which leaves entries out, the fold cannot tell.</param>
internal sealed class ErasureRules(LedgerFold fold, long at)
{
    /// <summary>The rule that the event breaks in the present state, or null. Its form was checked.</summary>
    public Refusal? Judge(EntryBody body, string what) =>
        body.Event switch
        {
            Events.HoldPlaced => JudgePlacing(HoldPlaced.Read(body), what),
            Events.HoldReleased => JudgeRelease(HoldReleased.Read(body), what),
            Events.PayloadErased => JudgeErasure(PayloadErased.Read(body), what),
            Events.LedgerCompacted => JudgeCompaction(LedgerCompacted.Read(body), what),
            _ => null,
        };

    private Refusal? JudgePlacing(HoldPlaced placed, string what) =>
        fold.Erasures.Named(placed.Hold) is { } known
            ? Refuse(
                ErrorCodes.HoldUnknown,
                $"{what} places the hold '{placed.Hold}', which is in force since {known.At}"
            )
            : null;

    private Refusal? JudgeRelease(HoldReleased released, string what) =>
        fold.Erasures.Named(released.Hold) is null
            ? Refuse(ErrorCodes.HoldUnknown, $"{what} releases the hold '{released.Hold}', which is not in force")
            : null;

    private Refusal? JudgeErasure(PayloadErased erased, string what)
    {
        SortedDictionary<long, long> waitedOn = new Standing(fold).WaitedOn();
        foreach (ErasedEntry entry in erased.Entries)
        {
            if (entry.Index >= at)
                return Refuse(ErrorCodes.NothingToErase, $"{what} erases entry {entry.Index}, which is not there yet");
            if (fold.Erasures.ErasedAt(entry.Index) is { } before)
                return Refuse(ErrorCodes.NothingToErase, $"{what} erases entry {entry.Index}, which {before} erased");
            if (fold.Erasures.HoldOn(entry.Index) is { } hold)
                return Held(what, entry.Index, hold);
            if (waitedOn.TryGetValue(entry.Index, out long proposal))
                return Waits(what, entry.Index, proposal);
        }
        return null;
    }

    private Refusal? JudgeCompaction(LedgerCompacted compacted, string what)
    {
        if (compacted.To > at)
            return Refuse(ErrorCodes.NothingToErase, $"{what} reaches to {compacted.To}, beyond the {at} entries");
        foreach (Hold hold in fold.Erasures.Holds)
        {
            foreach ((long from, long to) in hold.Entries.Ranges)
            {
                (long first, long last) = (Math.Max(from, compacted.From), Math.Min(to, compacted.To - 1));
                if (first <= last && !compacted.Kept.ContainsAll(first, last))
                    return Held(what, first, hold);
            }
        }
        foreach ((long index, long proposal) in new Standing(fold).WaitedOn())
        {
            if (compacted.Covers(index))
                return Waits(what, index, proposal);
        }
        foreach (long index in new Standing(fold).Entries())
        {
            if (compacted.Covers(index))
                return Refuse(
                    ErrorCodes.StillCounts,
                    $"{what} erases entry {index}, which still counts for its group"
                ) with
                {
                    Missing = fold.Erasures.FirstMissing(Events.ClaimsRecorded, Events.DecisionRecorded),
                };
        }
        return null;
    }

    private static Refusal Held(string what, long index, Hold hold) =>
        Refuse(
            ErrorCodes.UnderHold,
            $"{what} erases entry {index}, which is under the hold '{hold.Name}' since {hold.At}: {hold.Reason}"
        );

    private static Refusal Waits(string what, long index, long proposal) =>
        Refuse(ErrorCodes.StillCounts, $"{what} erases entry {index}, which the open proposal {proposal} rests on");

    private static Refusal Refuse(ErrorCode code, string message) => new(Aspect.Governance, code, message);
}
