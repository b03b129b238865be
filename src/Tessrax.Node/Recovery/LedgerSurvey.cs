using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Goes through all segments, whatever is wrong with them, and holds every record to the root that is signed for it. Where one is damaged, it
/// finds out what its entries were, if any source knows, and goes on behind it.</summary>
/// <remarks>Changes nothing. Memory: one record, and 32 bytes for each damaged entry.</remarks>
internal sealed class LedgerSurvey
{
    // So many whole records behind damage are asked for the root that tells what was damaged.
    private const int MostWaiting = 8;

    private readonly SegmentShelf shelf;
    private readonly LedgerIdentity identity;
    private readonly HeadReader heads;
    private readonly List<EntrySource> sources;
    private readonly List<DamagedRange> waiting = [];
    private readonly Frontier edge;
    private long index;
    private bool lost;

    /// <param name="shelf">The segments.</param>
    /// <param name="identity">Which ledger it is.</param>
    /// <param name="heads">Opens its checkpoints, and learns the keys that it meets.</param>
    /// <param name="sources">Where entries may be found again.</param>
    /// <param name="newest">The newest head known from elsewhere; null if none is.</param>
    public LedgerSurvey(
        SegmentShelf shelf,
        LedgerIdentity identity,
        HeadReader heads,
        IEnumerable<EntrySource> sources,
        SignedHead? newest
    )
    {
        this.shelf = shelf;
        this.identity = identity;
        this.sources = [.. sources];
        Newest = newest;
        this.heads = heads;
        edge = new Frontier(identity.Hasher);
    }

    /// <summary>What is damaged, in order.</summary>
    public List<DamagedRange> Damaged { get; } = [];

    /// <summary>The newest head that the log is known to have signed.</summary>
    public SignedHead? Newest { get; private set; }

    /// <summary>The tree that could be proven, from the first entry on.</summary>
    public TreeHead Proven => edge.Head;

    /// <summary>The entries that were reached, proven or not.</summary>
    public long Size => index;

    /// <summary>Bytes after the last record of the last segment that were never covered by a checkpoint: a write that was cut short.</summary>
    public (FoundSegment Segment, SurveyedPiece Piece)? Tail { get; private set; }

    /// <summary>Told of every entry of a record that proved right, with what lies beside it.</summary>
    public Action<Entry, StoredEntry>? Met { get; init; }

    /// <summary>Sizes whose roots are wanted, and the roots once they are known: only where a record ends.</summary>
    public Dictionary<long, Digest?> RootsAt { get; } = [];

    /// <summary>Told how many entries were gone through.</summary>
    public IProgress<long>? Progress { get; init; }

    public void Run()
    {
        foreach (FoundSegment segment in shelf.Segments)
            Walk(segment, isLast: segment.Number == shelf.Segments.Count - 1);
        // What was signed, and is not here.
        long end = Newest?.Head.Size ?? 0;
        while (index < end)
        {
            long number = index / shelf.Capacity;
            FoundSegment place = number < shelf.Segments.Count ? shelf.Segments[(int)number] : shelf.Missing(number);
            Open(place, Tail?.Piece, new LeafRange(index, Math.Min(end, place.Entries.End)));
            Tail = null;
        }
        Settle(isEnd: true);
    }

    private void Walk(FoundSegment segment, bool isLast)
    {
        if (segment.Survey(heads.IsSigned) is { } survey)
        {
            foreach (SurveyedPiece piece in survey.Pieces())
            {
                if (piece.Kind == PieceKind.Record)
                    AddRecord(segment, piece, survey.Batch(piece)!);
                else if (piece.Kind != PieceKind.Tail)
                    AddBroken(segment, piece, survey);
                else if (isLast && piece.First < segment.Entries.End)
                    Tail = (segment, piece);
                else
                    AddTail(segment, piece, survey);
            }
        }
        if (!isLast && index < segment.Entries.End)
            Open(segment, null, new LeafRange(index, segment.Entries.End));
    }

    private void AddRecord(FoundSegment segment, SurveyedPiece piece, Batch batch)
    {
        heads.Learn(batch.Entries[^1].Entry.Span);
        SignedHead? head = heads.Open(batch.Checkpoint, out string reason);
        string? fault =
            head is null ? reason
            : head.Value.Head.Size != batch.NextIndex
                ? $"it is for {head.Value.Head.Size} entries, and {batch.NextIndex} end here"
            : heads.Log.TryOpen(batch.Checkpoint.Span, out _, out reason) ? null
            : reason;
        var remains = new RemainsSource(identity.Hasher, heads);
        remains.Add(batch);
        waiting.Add(
            new DamagedRange(segment, piece, new LeafRange(piece.First, piece.Next))
            {
                Whole = batch,
                Remains = remains,
                CheckpointFault = fault,
            }
        );
        index = piece.Next;
        if (head is { } signed && signed.Head.Size > (Newest?.Head.Size ?? 0) && fault is null)
            Newest = signed;
        Settle(isEnd: false);
        Progress?.Report(index);
    }

    private void AddBroken(FoundSegment segment, SurveyedPiece piece, SegmentSurvey survey)
    {
        var remains = new RemainsSource(identity.Hasher, heads);
        if (survey.Batch(piece) is { } mended)
            remains.Add(mended);
        else
            remains.Add(survey.Read(piece), piece.Header, piece.First, piece.Next);
        waiting.Add(new DamagedRange(segment, piece, new LeafRange(piece.First, piece.Next)) { Remains = remains });
        index = piece.Next;
    }

    // After the last record of a full segment there are zeros; where records are missing at its end, they begin here.
    private void AddTail(FoundSegment segment, SurveyedPiece piece, SegmentSurvey survey)
    {
        var range = new LeafRange(piece.First, segment.Entries.End);
        var remains = new RemainsSource(identity.Hasher, heads);
        remains.Add(survey.Read(piece), null, range.Start, range.End);
        waiting.Add(new DamagedRange(segment, piece, range) { Remains = remains });
        index = range.End;
    }

    private void Open(FoundSegment segment, SurveyedPiece? piece, LeafRange entries)
    {
        waiting.Add(new DamagedRange(segment, piece, entries) { Remains = new RemainsSource(identity.Hasher, heads) });
        index = entries.End;
    }

    // Everything that waits is proven as soon as a signed root says what it is.
    private void Settle(bool isEnd)
    {
        if (waiting.Count == 0)
            return;
        bool isProven = !lost && (IsOrdinary() || Recover(isEnd));
        int whole = waiting.Count(range => range.Whole is not null);
        if (!isProven && !lost && !isEnd && whole < MostWaiting)
            return;
        // A root that nothing leads to leaves what follows without proof, which is no damage to it. If every record is whole, the
        // first that does not fit is what was changed.
        bool isTold = lost || waiting.Exists(range => range.Whole is null && range.ProvenEnd < range.Entries.End);
        if (isEnd)
            TakeTorn();
        foreach (DamagedRange range in waiting)
        {
            bool isSilent = isTold && range.Whole is not null && range.ProvenEnd < range.Entries.End;
            Close(range, isSilent);
            isTold |= range.ProvenEnd < range.Entries.End;
        }
        lost |= !isProven;
        waiting.Clear();
    }

    // One whole record whose own checkpoint signs just what its entries give.
    private bool IsOrdinary()
    {
        if (waiting is not [{ Whole: { } batch, CheckpointFault: null } only])
            return false;
        Digest[] leaves = [.. batch.Entries.Select(entry => identity.Hasher.Leaf(entry.Entry.Span))];
        SignedHead head = only.Remains.Heads(edge.Size, index).Single();
        Frontier grown = edge.Clone();
        grown.Append(leaves);
        if (grown.Head != head.Head)
            return false;
        edge.Append(leaves);
        Note(head.Head);
        only.Leaves.AddRange(leaves);
        only.Stops.Add(head);
        return true;
    }

    // From one signed head to the next, as far as the sources know the leaves between them.
    private bool Recover(bool isEnd)
    {
        EntrySource[] known = [.. waiting.Select(range => range.Remains), .. sources];
        IEnumerable<SignedHead> signed = known.SelectMany(source => source.Heads(edge.Size, index)).ToList();
        if (Newest is { } newest)
            signed = signed.Append(newest);
        SignedHead[] ends =
        [
            .. signed
                .Where(s => s.Head.Size > edge.Size && s.Head.Size <= index)
                .DistinctBy(s => s.Head)
                .OrderBy(s => s.Head.Size),
        ];
        var recovery = new LeafRecovery([
            new Merged([.. waiting.Select(range => range.Remains)], identity.Hasher),
            .. sources,
        ]);
        (Frontier grown, List<Digest> leaves, List<SignedHead> stops) = StepByStep(recovery, ends);
        if (grown.Size < index && AtOnce(recovery, ends, grown.Size) is { } further)
            (grown, leaves, stops) = further;
        bool isWhole = grown.Size == index;
        int whole = waiting.Count(range => range.Whole is not null);
        if (!isWhole && !isEnd && whole < MostWaiting)
            return false;
        edge.Append(leaves.ToArray());
        foreach (SignedHead stop in stops)
            Note(stop.Head);
        int at = 0;
        foreach (DamagedRange range in waiting)
        {
            int taken = (int)Math.Min(range.Entries.Length, leaves.Count - at);
            range.Leaves.AddRange(leaves.Skip(at).Take(taken));
            at += taken;
            range.Stops.AddRange(
                stops.Where(s => s.Head.Size > range.Entries.Start && s.Head.Size <= range.Entries.End)
            );
        }
        return isWhole;
    }

    private (Frontier Grown, List<Digest> Leaves, List<SignedHead> Stops) StepByStep(
        LeafRecovery recovery,
        SignedHead[] ends
    )
    {
        Frontier grown = edge.Clone();
        var leaves = new List<Digest>();
        var stops = new List<SignedHead>();
        foreach (SignedHead stop in ends)
        {
            if (stop.Head.Size <= grown.Size || recovery.Find(grown, stop.Head) is not { } found)
                continue;
            leaves.AddRange(found);
            stops.Add(stop);
        }
        return (grown, leaves, stops);
    }

    // A log that signed two histories leads astray who goes from head to head: what reaches further in one step is the one that its newest head covers.
    private (Frontier Grown, List<Digest> Leaves, List<SignedHead> Stops)? AtOnce(
        LeafRecovery recovery,
        SignedHead[] ends,
        long beyond
    )
    {
        foreach (SignedHead end in ends.Where(s => s.Head.Size > beyond).Reverse())
        {
            Frontier grown = edge.Clone();
            if (recovery.Find(grown, end.Head) is not { } found)
                continue;
            ILookup<long, SignedHead> bySize = ends.ToLookup(s => s.Head.Size);
            var stops = new List<SignedHead>();
            Frontier passed = edge.Clone();
            foreach (Digest leaf in found)
            {
                passed.Append(leaf);
                stops.AddRange(bySize[passed.Size].Where(s => s.Head.Root == passed.Root()));
            }
            return (grown, [.. found], stops);
        }
        return null;
    }

    // What lies at the end and was never covered by a checkpoint that is known anywhere is a write that was cut short, and no damage, however much
    // of a record it looks.
    private void TakeTorn()
    {
        while (
            waiting.Count > 0
            && waiting[^1] is { Whole: null, Piece: { } piece } last
            && last.ProvenEnd == last.Entries.Start
            && last.Entries.Start >= (Newest?.Head.Size ?? 0)
            && last.Segment.Number == shelf.Segments.Count - 1
        )
        {
            long end = Tail?.Piece.Bytes.End ?? piece.Bytes.End;
            Tail = (last.Segment, piece with { Bytes = new ByteRange(piece.Bytes.Start, end) });
            index = last.Entries.Start;
            waiting.RemoveAt(waiting.Count - 1);
        }
    }

    private void Note(TreeHead head)
    {
        if (RootsAt.ContainsKey(head.Size))
            RootsAt[head.Size] = head.Root;
    }

    // A record that proved to be what it was is no damage, unless its checkpoint or a payload is.
    private void Close(DamagedRange range, bool isUnproven)
    {
        if (range.Whole is not { } batch)
        {
            Damaged.Add(range);
            return;
        }
        bool proven = range.ProvenEnd == range.Entries.End || isUnproven;
        bool same = true;
        for (int i = 0; i < batch.Entries.Count && i < range.Leaves.Count; i++)
            same &= identity.Hasher.Leaf(batch.Entries[i].Entry.Span) == range.Leaves[i];
        var lost = new List<long>();
        List<long> bad = proven && same ? BadPayloadsOf(batch, lost) : [];
        bool isRecord = proven && same && range.CheckpointFault is null && bad.Count == 0;
        if (!isRecord || lost.Count > 0)
            Damaged.Add(Copy(range, bad, lost, isRecord));
    }

    private static DamagedRange Copy(DamagedRange range, List<long> bad, List<long> lost, bool isRecord)
    {
        var copy = new DamagedRange(range.Segment, range.Piece, range.Entries)
        {
            Whole = range.Whole,
            Remains = range.Remains,
            CheckpointFault = range.CheckpointFault,
            BadPayloads = bad,
            LostPayloads = lost,
            IsOnlyLost = isRecord,
        };
        copy.Leaves.AddRange(range.Leaves);
        copy.Stops.AddRange(range.Stops);
        return copy;
    }

    // The entries whose payload is another than the committed one; and those whose record says that it is lost.
    private List<long> BadPayloadsOf(Batch batch, List<long> lost)
    {
        var bad = new List<long>();
        for (int i = 0; i < batch.Entries.Count; i++)
        {
            long at = batch.FirstIndex + i;
            if (StoredPayload.EntryOf(batch.Entries[i]) is not { } entry)
                continue;
            Met?.Invoke(entry, batch.Entries[i]);
            if (batch.Entries[i].IsLost)
                lost.Add(at);
            else if (!StoredPayload.IsRight(batch.Entries[i], entry, identity.Id))
                bad.Add(at);
        }
        return bad;
    }

    // The remains of everything that waits, as one source.
    private sealed class Merged(RemainsSource[] parts, TreeHasher hasher) : EntrySource(hasher)
    {
        public override string Kind => "record";

        public override string Name => "what is left of it";

        public override StoredEntry? Find(long index)
        {
            foreach (RemainsSource part in parts)
            {
                if (part.Find(index) is { } found)
                    return found;
            }
            return null;
        }
    }
}
