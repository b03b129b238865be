using Tessrax.Merkle;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Maintenance;

/// <summary>One damaged range, and what is done about it.</summary>
/// <param name="Range">The damage.</param>
/// <param name="Found">What was found of it.</param>
/// <param name="Lost">Entries that cannot be put back, or not with their payloads.</param>
internal sealed record MendedRange(DamagedRange Range, FoundEntries Found, IReadOnlyList<LeafRange> Lost)
{
    /// <summary>Entries that are put back whole.</summary>
    public IReadOnlyList<LeafRange> Restored => Without(Range.Entries, Lost);

    /// <summary>The sources that gave any of that.</summary>
    public IReadOnlyCollection<EntrySource> Sources =>
        Restored.Count > 0 || Found.LostPayloads.Count > 0 ? Found.Sources : [];

    private static List<LeafRange> Without(LeafRange all, IReadOnlyList<LeafRange> lost)
    {
        var left = new List<LeafRange>();
        long at = all.Start;
        foreach (LeafRange gone in lost.OrderBy(r => r.Start))
        {
            if (gone.Start > at)
                left.Add(new LeafRange(at, gone.Start));
            at = Math.Max(at, gone.End);
        }
        if (at < all.End)
            left.Add(new LeafRange(at, all.End));
        return left;
    }
}

/// <summary>How one segment is written again: records that stay, records made of entries that were found, and bytes that stay damaged because nobody has
/// what belongs there.</summary>
/// <remarks>Every record ends with a checkpoint that the log signed for just its end. Where one is lost, its entries go into the record that
/// follows, whose checkpoint covers them too.</remarks>
internal sealed class SegmentPlan
{
    private readonly List<StoredEntry> pending = [];
    private readonly List<DamagedRange> pendingRanges = [];
    private readonly List<MendedRange> mended = [];
    private readonly List<(DamagedRange Range, FoundEntries Found)> stillLost = [];
    private readonly List<object> parts = [];
    private long pendingFirst;

    private SegmentPlan(FoundSegment segment) => Segment = segment;

    public FoundSegment Segment { get; }

    /// <summary>What is mended, and what is not.</summary>
    public IReadOnlyList<MendedRange> Mended => mended;

    /// <summary>Payloads that were lost before, and that nobody has now either: nothing is done about them.</summary>
    public IReadOnlyList<(DamagedRange Range, FoundEntries Found)> StillLost => stillLost;

    /// <summary>Whether any record is made again.</summary>
    public bool MendsAnything => parts.Any(part => part is Batch);

    /// <summary>What the file will hold, in order: a <see cref="Batch"/>, a <see cref="SurveyedPiece"/> that stays a record, or a <see cref="ByteRange"/> of
    /// damaged bytes.</summary>
    public IReadOnlyList<object> Parts => parts;

    /// <summary>Whether the last of its records holds the segment's last entry.</summary>
    public bool IsFull =>
        parts.Count > 0
        && parts[^1] switch
        {
            Batch batch => batch.NextIndex,
            SurveyedPiece piece => piece.Next,
            _ => 0,
        } == Segment.Entries.End;

    /// <summary>Plans a segment.</summary>
    /// <param name="exam">The examination.</param>
    /// <param name="segment">The segment.</param>
    public static SegmentPlan Of(LedgerExam exam, FoundSegment segment)
    {
        var plan = new SegmentPlan(segment);
        DamagedRange[] damaged = [.. exam.Survey!.Damaged.Where(range => range.Segment == segment)];
        HeadReader heads = exam.Identity!.NewHeads();
        if (segment.Survey(heads.IsSigned) is { } survey)
        {
            foreach (SurveyedPiece piece in survey.Pieces())
            {
                DamagedRange? range = Array.Find(damaged, d => d.Piece == piece);
                if (range is not null && !plan.IsStillLost(exam, range))
                    plan.Mend(exam, range);
                else if (piece.Kind == PieceKind.Record)
                    plan.Stay(piece, survey);
            }
        }
        foreach (DamagedRange range in damaged.Where(d => d.Piece is null))
            plan.Mend(exam, range);
        plan.GiveUpPending();
        return plan;
    }

    private bool IsStillLost(LedgerExam exam, DamagedRange range)
    {
        if (!range.IsOnlyLost)
            return false;
        FoundEntries found = exam.Find(range);
        if (!found.LostPayloads.SequenceEqual(range.LostPayloads))
            return false;
        stillLost.Add((range, found));
        return true;
    }

    private void Mend(LedgerExam exam, DamagedRange range)
    {
        FoundEntries found = exam.Find(range);
        IEnumerable<LeafRange> payloads = found.LostPayloads.Select(index => new LeafRange(index, index + 1));
        mended.Add(new MendedRange(range, found, [.. payloads]));
        if (pending.Count == 0)
            pendingFirst = range.Entries.Start;
        pending.AddRange(found.Entries);
        pendingRanges.Add(range);
        foreach (SignedHead stop in range.Stops.DistinctBy(s => s.Head.Size).OrderBy(s => s.Head.Size))
            Cut(stop.Head.Size, stop.Note);
        // Behind an entry that nobody has nothing can follow: what was found there has no place to go.
        if (found.LostEntries.Count > 0)
            GiveUpPending();
    }

    // A record that stays takes in what waits for a checkpoint.
    private void Stay(SurveyedPiece piece, SegmentSurvey survey)
    {
        if (pending.Count == 0)
        {
            parts.Add(piece);
            return;
        }
        Batch batch = survey.Batch(piece)!;
        pending.AddRange(batch.Entries);
        if (!Cut(batch.NextIndex, batch.Checkpoint))
        {
            pending.RemoveRange(pending.Count - batch.Entries.Count, batch.Entries.Count);
            GiveUpPending();
            parts.Add(piece);
        }
    }

    private bool Cut(long end, ReadOnlyMemory<byte> checkpoint)
    {
        int count = (int)(end - pendingFirst);
        if (count <= 0 || count > pending.Count)
            return false;
        StoredEntry[] entries = [.. pending.Take(count)];
        if (SegmentFormat.RecordLength(entries, checkpoint.Length) > SegmentFormat.MaxRecord)
            return false;
        parts.Add(new Batch(pendingFirst, entries, checkpoint));
        pending.RemoveRange(0, count);
        pendingFirst = end;
        pendingRanges.RemoveAll(range => range.Entries.End <= end);
        return true;
    }

    // Entries without a checkpoint that covers them are no record: they are as lost as those that nobody has.
    private void GiveUpPending()
    {
        foreach (DamagedRange range in pendingRanges.Where(r => r.Entries.End > pendingFirst))
        {
            long from = Math.Max(range.Entries.Start, pendingFirst);
            MendedRange planned = mended.First(m => m.Range == range);
            mended.Remove(planned);
            mended.Add(
                planned with
                {
                    Lost = [.. planned.Lost.Where(lost => lost.End <= from), new LeafRange(from, range.Entries.End)],
                }
            );
            if (range.Piece is { } piece)
                parts.Add(piece.Bytes);
        }
        pending.Clear();
        pendingRanges.Clear();
    }
}
