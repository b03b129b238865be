using Tessrax.Governance;
using Tessrax.Merkle;
using Tessrax.Node.Maintenance;

namespace Tessrax.Node.Recovery;

/// <summary>Payloads that a record says are lost: which they are, and since which repair.</summary>
/// <remarks>The record is whole, and ours: nobody has changed it. Whoever wants to pass off a payload that he took away as lost finds no repair that tells of it.</remarks>
internal static class LostPayloads
{
    public static IEnumerable<Fault> Of(LedgerExam exam, DamagedRange range)
    {
        if (range.LostPayloads.Count == 0)
            yield break;
        QuarantineNote[] notes = [.. new Quarantine(exam.Path, exam.Environment.Disk).Notes()];
        HashSet<long> erased = [.. range.LostPayloads.Where(index => IsErased(exam, range, index))];
        foreach (var alike in range.LostPayloads.Except(erased).GroupBy(index => Since(exam, notes, index)))
            yield return Of(exam, range, alike, alike.Key);
        if (erased.Count > 0)
            yield return Of(exam, range, erased, "and was erased on record since: the next writer marks it so") with
            {
                Weight = FaultWeight.Note,
                Remedy = null,
            };
    }

    /// <summary>What is wrong with a record that is whole but for payloads that it says are lost; null for any other.</summary>
    public static RangeDiagnosis? Diagnose(LedgerExam exam, DamagedRange range)
    {
        if (!range.IsOnlyLost || range.LostPayloads is not [var first, ..])
            return null;
        QuarantineNote[] notes = [.. new Quarantine(exam.Path, exam.Environment.Disk).Notes()];
        return new RangeDiagnosis(
            FaultCause.Missing,
            Says([.. range.LostPayloads], Since(exam, notes, first)),
            "the record is whole and says so"
        );
    }

    private static string Says(long[] lost, string since) =>
        lost is [var only]
            ? $"the payload of entry {only} is lost {since}"
            : $"the payloads of entries {IndexRanges.Of(lost)} are lost {since}";

    private static Fault Of(LedgerExam exam, DamagedRange range, IEnumerable<long> lost, string since)
    {
        long[] indexes = [.. lost];
        return new Fault(
            range.Segment.ShownName,
            ErrorCodes.PayloadMissing,
            FaultCause.Missing,
            FaultWeight.Damage,
            Says(indexes, since)
        )
        {
            Bytes = range.Piece?.Bytes,
            Entries = new LeafRange(indexes[0], indexes[^1] + 1),
            Proof = "the record is whole and says so; leaves and roots are those that the log signed",
            Remedy = Remedies.FromCopy(exam.Path),
        };
    }

    private static string Since(LedgerExam exam, QuarantineNote[] notes, long index)
    {
        if (exam.Repairs.Find(r => r.Content.Lost.Contains(index)) is { Content: not null } told)
            return $"since the repair that entry {told.Index} tells of";
        return notes.Any(note => note.Lost.Any(range => range.Start <= index && index < range.End))
            ? "since a repair that no entry tells of yet"
            : "though no repair that is known of lost it: somebody may have taken it out";
    }

    private static bool IsErased(LedgerExam exam, DamagedRange range, long index) =>
        range.Whole is { } batch
        && StoredPayload.EntryOf(batch.Entries[(int)(index - batch.FirstIndex)]) is { } entry
        && exam.IsErased(entry);
}
