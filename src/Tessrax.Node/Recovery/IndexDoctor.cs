using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Index;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>How far an index is held against its ledger.</summary>
/// <param name="IsThorough">Whether every row and every posting is compared, and not only rows that changed since they were written.</param>
/// <param name="WithText">Whether every place of every word is compared.</param>
public sealed record IndexCheckDepth(bool IsThorough = false, bool WithText = false);

/// <summary>How the index was compared with the tree and the ledger.</summary>
/// <param name="Size">Entries up to which the index says that it is complete; null if there is none that can be read.</param>
/// <param name="Root">The root that it names for that size.</param>
/// <param name="Blocks">Runs of 256 entries that it holds.</param>
/// <param name="Compared">Runs that had to be compared row by row.</param>
/// <param name="Places">Places of words that were compared; null if none were.</param>
public sealed record IndexComparison(long? Size, Digest? Root, int Blocks, int Compared, long? Places = null);

/// <summary>The index held against tree and ledger, and each mismatch explained: what its files are, and of which history.</summary>
/// <remarks>What is in it, <see cref="IndexRowDoctor"/> compares.</remarks>
internal sealed class IndexDoctor(LedgerExam exam, IndexCheckDepth depth)
{
    private readonly IndexWorkshop shop = new(exam.Path, exam.Environment);
    private readonly IndexFaults faults = new(exam.Path);

    /// <summary>What was compared.</summary>
    public IndexComparison Comparison { get; private set; } = new(null, null, 0, 0);

    public IReadOnlyList<Fault> Examine()
    {
        if (!IndexFiles.IsWanted(exam.Path) || exam is not { Identity: { } identity, Survey: { } survey })
            return [];
        try
        {
            if (exam.Environment.Disk.LinkTarget(shop.Files.Folder) is not null)
            {
                faults.Add(
                    FaultCause.Misplaced,
                    FaultWeight.Derived,
                    "it is a symbolic link: it is not used, and what was erased may be kept where it leads",
                    remedy: ShellText.Of($"rm {shop.Files.Folder}")
                );
                return faults.All;
            }
            LookBeside();
            if (Serving() is { } pointer)
                Compare(pointer, identity, survey);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexNewer)
        {
            faults.Tell(e, FaultCause.Unknown, $"it cannot be compared: {e.Message}");
        }
        return faults.All;
    }

    // What tells of work that was cut short.
    private void LookBeside()
    {
        try
        {
            if (shop.Files.Journal() is { } journal)
                faults.Add(
                    FaultCause.Stale,
                    FaultWeight.Note,
                    $"an operation on it is under way or was cut short ({journal.OperationText}: {journal.StepText}); the next writer, or the next index command, finishes or undoes it"
                );
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            faults.File = $"{IndexFiles.FolderName}/{IndexFiles.JournalName}";
            faults.Add(
                CauseOf(IndexFiles.JournalName),
                FaultWeight.Derived,
                $"it says nothing that can be read: {e.Message}"
            );
        }
        if (shop.Files.Following() is { } since && shop.MayBeLost(since))
        {
            faults.File = IndexFiles.FolderName;
            faults.Add(
                FaultCause.Stale,
                FaultWeight.Note,
                "the machine was started again while it was being written; the next writer looks at it before it serves"
            );
        }
    }

    // What the pointer names, if it is there.
    private IndexPointer? Serving()
    {
        IndexPointer pointer;
        faults.File = $"{IndexFiles.FolderName}/{IndexFiles.PointerName}";
        try
        {
            pointer = shop.Files.Pointer();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            faults.Add(CauseOf(IndexFiles.PointerName), FaultWeight.Derived, $"it names no index: {e.Message}");
            return null;
        }
        if (pointer.File is { } file)
            faults.File = $"{IndexFiles.FolderName}/{file}";
        if (Lacks(pointer.Backend) is { } missing)
            faults.Tell(missing, FaultCause.Missing, $"it can neither be made nor read here: {missing.Message}");
        else if (pointer.File is null || !shop.Files.Has(pointer.File))
            faults.Add(
                shop.Files.HasOld ? FaultCause.Stale : FaultCause.Missing,
                FaultWeight.Note,
                shop.Files.HasOld
                    ? "it is of an older version; the next writer makes it anew"
                    : "there is no index; the next writer makes one"
            );
        else if (pointer.IsOutdated)
            faults.Add(FaultCause.Stale, FaultWeight.Note, "it was made by older rules; the next writer makes it anew");
        else
            return pointer;
        return null;
    }

    private TessraxException? Lacks(string backend)
    {
        try
        {
            shop.Stores(backend).Need();
            return null;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BackendMissing)
        {
            return e;
        }
    }

    private FaultCause CauseOf(string name) => ContentCause.Of(shop.Files.PathOf(name), exam.Environment.Disk);

    private void Compare(IndexPointer pointer, LedgerIdentity identity, LedgerSurvey survey)
    {
        string place = shop.Files.PathOf(pointer.File!);
        IIndexStore? store = null;
        try
        {
            store = shop.Stores(pointer.Backend);
            shop.Files.RequireOwn(pointer.File!);
            using IIndexBackend open = store.Open(place, IndexWorkshop.AccessOf(pointer));
            Compare(open, pointer, identity, survey);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            faults.Add(
                exam.Environment.Disk.LinkTarget(place) is not null
                    ? FaultCause.Misplaced
                    : store!.Diagnose(place) ?? FaultCause.BitRot,
                FaultWeight.Derived,
                $"it cannot be read: {e.Message}"
            );
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexMode)
        {
            faults.Tell(e, FaultCause.Unreadable, $"it cannot be looked at: {e.Message}");
        }
    }

    private void Compare(IIndexBackend open, IndexPointer pointer, LedgerIdentity identity, LedgerSurvey survey)
    {
        if (open.Fault(quick: !depth.IsThorough) is { } broken)
        {
            faults.Add(FaultCause.BitRot, FaultWeight.Derived, $"its own check finds its pages broken: {broken}");
            return;
        }
        IndexMark mark = open.Mark;
        IndexBlock[] blocks = [.. open.Blocks()];
        Comparison = new IndexComparison(mark.Size, mark.Root, blocks.Length, 0);
        if (mark.Ledger != identity.Id)
        {
            faults.Add(FaultCause.ForeignFile, FaultWeight.Derived, $"it is the index of the ledger {mark.Ledger}");
            return;
        }
        if (mark.Generation != pointer.Generation)
        {
            faults.Add(
                FaultCause.Misplaced,
                FaultWeight.Derived,
                $"it holds the generation {mark.Generation}, of another name; what lies beside a file, such as -wal, must be its own"
            );
            return;
        }
        if (pointer.HasText != (mark.Words is not null))
        {
            faults.Add(
                FaultCause.EditedByHand,
                FaultWeight.Derived,
                $"{IndexFiles.PointerName} says that it holds {(pointer.HasText ? "" : "no ")}words, and it holds {(pointer.HasText ? "none" : "some")}"
            );
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
        if (mark.Size < survey.Size && pointer.Mode == IndexMode.Wal)
            faults.Add(
                FaultCause.Stale,
                FaultWeight.Note,
                $"it is complete up to {mark.Size} entries of {survey.Size}; the next writer brings it up to date"
            );
        else if (mark.Size < survey.Size)
            faults.Add(
                FaultCause.Stale,
                FaultWeight.Note,
                ShellText.Of(
                    $"it is complete up to {mark.Size} entries of {survey.Size}, and immutable: tessraxctl index mode {exam.Path} wal lets it follow"
                )
            );
        var rows = new IndexRowDoctor(exam, segments, open, faults);
        Comparison = Comparison with { Compared = rows.CompareBlocks(blocks, depth.IsThorough) };
        if (depth.IsThorough)
            rows.ComparePostings();
        if (depth.WithText && mark.Words is not null)
            Comparison = Comparison with { Places = rows.ComparePlaces() };
    }

    private bool IsOfThisHistory(IndexMark mark, LedgerIdentity identity, LedgerSurvey survey, MirrorSource segments)
    {
        if (mark.Size > survey.Size)
        {
            faults.Add(
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
        faults.Add(
            ends ? FaultCause.Rollback : FaultCause.EditedByHand,
            FaultWeight.Derived,
            ends
                ? $"it was made of another history: at {mark.Size} entries it names {identity.Hasher.Text(mark.Root)}, the log signed {identity.Hasher.Text(head.Value.Head.Root)}"
                : $"it says that it is complete up to {mark.Size} entries, where no batch of the ledger ends"
        );
        return false;
    }
}
