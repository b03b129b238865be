using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Index;

namespace Tessrax.Node.Recovery;

/// <summary>How the index was compared with the tree and the ledger.</summary>
/// <param name="Size">Entries up to which the index says that it is complete; null if there is none that can be read.</param>
/// <param name="Root">The root that it names for that size.</param>
/// <param name="Blocks">Runs of 256 entries that it holds.</param>
/// <param name="Compared">Runs that had to be compared row by row.</param>
public sealed record IndexComparison(long? Size, Digest? Root, int Blocks, int Compared);

/// <summary>The index held against tree and ledger, and each mismatch explained.</summary>
/// <remarks>
/// Of each run of 256 entries the index notes the root of the subtree above them, and a digest of their rows. If the tree still has that root, the entries
/// are what they were when the rows were written; if the rows still have that digest, so are they. Only a run of which either is not so
/// is compared row by row with the segments.
/// </remarks>
internal sealed class IndexDoctor(LedgerExam exam, bool isThorough)
{
    private const string ShownName = $"{FieldsDatabase.Folder}/{FieldsDatabase.FileName}";
    private readonly List<Fault> faults = [];
    private readonly string file = FieldsDatabase.FileOf(exam.Path);

    /// <summary>What was compared.</summary>
    public IndexComparison Comparison { get; private set; } = new(null, null, 0, 0);

    public IReadOnlyList<Fault> Examine()
    {
        if (!FieldsIndex.IsWanted(exam.Path) || exam is not { Identity: { } identity, Survey: { } survey })
            return faults;
        if (!exam.Environment.Disk.Exists(file))
        {
            Add(FaultCause.Missing, FaultWeight.Note, "there is no index; the next writer makes one");
            return faults;
        }
        try
        {
            using FieldsDatabase database = FieldsDatabase.Open(file, canWrite: false);
            FieldsDatabase.Guard(
                file,
                () =>
                {
                    Compare(database, identity, survey);
                    return true;
                }
            );
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            Unusable(e);
        }
        return faults;
    }

    private void Unusable(TessraxException error)
    {
        bool isLibrary = error.InnerException is DllNotFoundException or TypeInitializationException;
        if (isLibrary)
            faults.Add(
                new Fault(
                    ShownName,
                    ErrorCodes.IndexUnusable,
                    FaultCause.Unreadable,
                    FaultWeight.Note,
                    $"it cannot be looked at: {error.Message}"
                )
                {
                    Remedy = error.Hint,
                }
            );
        else
            Add(OfFile(), FaultWeight.Derived, $"it is no database that can be read: {error.Message}");
    }

    private FaultCause OfFile()
    {
        byte[] magic = "SQLite format 3\0"u8.ToArray();
        byte[] start = new byte[magic.Length];
        try
        {
            using IDiskFile open = exam.Environment.Disk.Open(file, DiskAccess.Read);
            int read = open.Read(start, 0);
            return read == 0 ? FaultCause.Truncation
                : start.AsSpan().SequenceEqual(magic) ? FaultCause.BitRot
                : start.AsSpan(0, read).ContainsAnyExcept((byte)0) ? FaultCause.ForeignFile
                : FaultCause.LostWrite;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return FaultCause.Unreadable;
        }
    }

    private void Compare(FieldsDatabase database, LedgerIdentity identity, LedgerSurvey survey)
    {
        if (database.Fault() is { } broken)
        {
            Add(FaultCause.BitRot, FaultWeight.Derived, $"SQLite finds its pages broken: {broken}");
            return;
        }
        FieldsMark mark = database.Mark();
        List<FieldsBlock> blocks = database.Blocks();
        Comparison = new IndexComparison(mark.Size, mark.Root, blocks.Count, 0);
        if (mark.Ledger != identity.Id)
        {
            Add(FaultCause.ForeignFile, FaultWeight.Derived, $"it is the index of the ledger {mark.Ledger}");
            return;
        }
        using var segments = new MirrorSource(
            exam.Shelf.Files,
            exam.Environment.Disk,
            identity.Hasher,
            identity.NewHeads(),
            "record"
        );
        if (!IsOfThisHistory(mark, identity, survey, segments))
            return;
        if (mark.Size < survey.Size)
            Add(
                FaultCause.Stale,
                FaultWeight.Note,
                $"it is complete up to {mark.Size} entries of {survey.Size}; the next writer brings it up to date"
            );
        CompareBlocks(database, mark, blocks, segments);
    }

    private bool IsOfThisHistory(FieldsMark mark, LedgerIdentity identity, LedgerSurvey survey, MirrorSource segments)
    {
        if (mark.Size > survey.Size)
        {
            Add(
                FaultCause.Rollback,
                FaultWeight.Derived,
                $"it has rows of {mark.Size} entries, and the segments hold {survey.Size}: it is of a newer copy, or the ledger has lost its end"
            );
            return false;
        }
        if (mark.Size == 0)
            return true;
        SignedHead? head = segments
            .Batches(mark.Size - 1, mark.Size)
            .Select(batch => identity.NewHeads().Open(batch.Checkpoint, out _))
            .FirstOrDefault();
        // Damage there is SegmentDoctor's to tell of.
        if (head is null || head.Value.Head == new TreeHead(mark.Size, mark.Root))
            return true;
        bool ends = head.Value.Head.Size == mark.Size;
        Add(
            ends ? FaultCause.Rollback : FaultCause.EditedByHand,
            FaultWeight.Derived,
            ends
                ? $"it was made of another history: at {mark.Size} entries it names {identity.Hasher.Text(mark.Root)}, the log signed {identity.Hasher.Text(head.Value.Head.Root)}"
                : $"it says that it is complete up to {mark.Size} entries, where no batch of the ledger ends"
        );
        return false;
    }

    private void CompareBlocks(
        FieldsDatabase database,
        FieldsMark mark,
        List<FieldsBlock> blocks,
        MirrorSource segments
    )
    {
        var known = new Dictionary<long, FieldsBlock>();
        foreach (FieldsBlock block in blocks)
            known[block.First] = block;
        int compared = 0;
        for (long first = 0; first < mark.Size; first += FieldsDatabase.BlockLength)
        {
            long end = Math.Min(mark.Size, first + FieldsDatabase.BlockLength);
            List<FieldsRow> rows = database.Rows(first, end);
            FieldsBlock? noted = known.GetValueOrDefault(first);
            bool isSame =
                noted is not null
                && noted.Count == end - first
                && noted.Rows == new Digest(FieldsRow.DigestOf(rows))
                && IsSameTree(noted, segments);
            if (isSame && !isThorough)
                continue;
            compared++;
            bool differs = CompareRows(first, end, rows, segments);
            if (!differs && !isSame)
                Add(
                    FaultCause.EditedByHand,
                    FaultWeight.Derived,
                    "what is noted of these entries is wrong, and yet their rows are right",
                    new LeafRange(first, end)
                );
        }
        List<FieldsRow> beyond = database.Rows(mark.Size, long.MaxValue);
        if (beyond.Count > 0)
            Add(
                FaultCause.Misplaced,
                FaultWeight.Derived,
                $"there are {beyond.Count} rows beyond the {mark.Size} entries up to which it is complete",
                new LeafRange(beyond[0].Index, beyond[^1].Index + 1)
            );
        Comparison = Comparison with { Compared = compared };
    }

    // By the tiles, if they are there; the segments give the same hashes more slowly. Whether the tiles are right is TileDoctor's to tell.
    private bool IsSameTree(FieldsBlock noted, MirrorSource segments)
    {
        var leaves = new Digest[noted.Count];
        EntrySource[] sources = [.. exam.Sources.OfType<TileEntries>(), segments];
        for (int i = 0; i < leaves.Length; i++)
        {
            Digest? leaf = null;
            for (int s = 0; s < sources.Length && leaf is null; s++)
                leaf = sources[s].LeafHash(noted.First + i);
            if (leaf is not { } found)
                return false;
            leaves[i] = found;
        }
        return noted.Count < FieldsDatabase.BlockLength || MerkleRoot.Of(leaves, exam.Identity!.Hasher) == noted.Root;
    }

    private bool CompareRows(long first, long end, List<FieldsRow> rows, MirrorSource segments)
    {
        int before = faults.Count;
        var byIndex = rows.ToDictionary(row => row.Index);
        for (long index = first; index < end; index++)
        {
            var entry = new LeafRange(index, index + 1);
            if (segments.Find(index) is not { } stored)
                continue;
            if (!byIndex.TryGetValue(index, out FieldsRow? row))
            {
                Add(FaultCause.Missing, FaultWeight.Derived, "rows of entries are missing", entry);
                continue;
            }
            FieldsRow expected = FieldsIndex.RowOf(stored);
            string[] fields = [.. row.DifferingFrom(expected)];
            if (fields.Length > 0)
                Add(
                    FaultCause.EditedByHand,
                    FaultWeight.Derived,
                    $"rows say something else than their entries: {string.Join(", ", fields)}",
                    entry
                );
        }
        return faults.Count > before;
    }

    private void Add(FaultCause cause, FaultWeight weight, string says, LeafRange? entries = null)
    {
        // Neighbours with the same story are one finding.
        if (
            faults.Count > 0
            && entries is { } next
            && faults[^1] is { Entries: { } before } last
            && before.End == next.Start
            && last.Cause == cause
            && last.Says == says
        )
            faults[^1] = last with { Entries = new LeafRange(before.Start, next.End) };
        else
            faults.Add(
                new Fault(ShownName, ErrorCodes.IndexDiffers, cause, weight, says)
                {
                    Entries = entries,
                    Remedy = $"tessraxctl index rebuild {exam.Path}",
                }
            );
    }
}
