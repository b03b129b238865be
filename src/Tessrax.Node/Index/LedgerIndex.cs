using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Index;

/// <summary>The index of a ledger: what its entries can be found by. Derived from the segments, believed by nobody, and deleted at any time without harm.</summary>
/// <remarks>It follows the committed entries at its own pace, and knows up to which checkpoint it is complete, so that a search can tell what it has not seen yet.
/// See spec/index.md, section 4.</remarks>
public static class LedgerIndex
{
    private static readonly TimeSpan Tidying = TimeSpan.FromMinutes(10);

    /// <summary>The kinds of index that can be made.</summary>
    public static IReadOnlyList<string> Kinds => IndexStores.Names;

    /// <summary>Whether a ledger wants an index: it has the directory for it.</summary>
    public static bool IsWanted(string ledger) => IndexFiles.IsWanted(ledger);

    /// <summary>Makes sure that a kind of index can be made on this machine.</summary>
    /// <exception cref="TessraxException">TSX3042: there is no such kind, or its library is missing.</exception>
    public static void Need(string kind, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        new IndexStores(environment).Of(kind).Need();
    }

    /// <summary>Asks for an index, which the next writer makes. What is there already stays as it is.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="kind">The kind of index.</param>
    /// <exception cref="TessraxException">TSX3042: there is no such kind, or its library is missing; TSX3005 to TSX3009: it cannot be written.</exception>
    public static void Want(string ledger, NodeEnvironment environment, string kind)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var shop = new IndexWorkshop(ledger, environment);
        IIndexStore store = shop.Stores(kind);
        store.Need();
        string backend = store.Name;
        DiskErrors.Writing(shop.Files.Folder, () => environment.Disk.CreateDirectory(shop.Files.Folder));
        using (shop.Locks.Pointer())
        {
            if (shop.Files.Pointer() is { File: null } now)
                shop.Files.Write(now with { Backend = backend });
        }
    }

    /// <summary>Makes the index anew, beside the one that serves, and lets it serve when it is whole. What was cut short goes on where it was.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="wish">How it is to be made.</param>
    /// <param name="progress">Told how many entries the new one holds.</param>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3036, TSX3042: no such index can be made here; TSX3039: a newer program made the one that is there; TSX3041: another
    /// process makes one; TSX3003: the ledger is damaged; TSX3005 to TSX3009: it cannot be written.</exception>
    public static IndexMade Rebuild(
        string ledger,
        NodeEnvironment environment,
        IndexWish? wish = null,
        IProgress<long>? progress = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(environment);
        var shop = new IndexWorkshop(ledger, environment);
        if (wish?.Backend is { } kind)
            _ = shop.Stores(kind);
        using IndexSource source = IndexSource.Open(ledger, environment.Disk);
        DiskErrors.Writing(shop.Files.Folder, () => environment.Disk.CreateDirectory(shop.Files.Folder));
        using (shop.Locks.Build())
            return new IndexMaker(shop, source) { Progress = progress }.Make(wish ?? new IndexWish())!;
    }

    /// <summary>Writes the index anew without what is of no use in it; or, in small steps and in place, gives back free pages and joins parts.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="isIncremental">Whether in place.</param>
    /// <exception cref="TessraxException">TSX3040: there is none; TSX3036: it cannot be used; TSX3038: it is immutable, so there is no place to do it in; TSX3041: another process works on it.</exception>
    public static IndexTidied Vacuum(string ledger, NodeEnvironment environment, bool isIncremental = false)
    {
        IndexWorkshop shop = Existing(ledger, environment);
        if (!isIncremental)
        {
            (IndexSizes before, IndexSizes after) = new IndexCopier(shop).Copy(IndexOperation.Vacuum, null);
            return new IndexTidied(IndexSpace.Of(before), IndexSpace.Of(after));
        }
        using IDisposable follow = shop.Locks.Follow();
        IndexPointer pointer = shop.Files.Pointer();
        if (pointer.File is null)
            throw ErrorCodes.NoIndex.Because($"there is no index in {ledger} yet");
        IndexSpace then;
        IndexSpace now;
        // Every step is a transaction of its own; what a power cut spoils is found by whoever opens it next.
        shop.BeginAdding();
        using (IIndexBackend open = shop.Open(pointer, IndexAccess.Write))
        {
            then = IndexSpace.Of(open.Sizes());
            open.Compact(Tidying);
            open.Analyze();
            now = IndexSpace.Of(open.Sizes());
        }
        shop.EndAdding(pointer);
        shop.Logger.IndexVacuumed(ledger, then.Bytes, now.Bytes);
        return new IndexTidied(then, now);
    }

    /// <summary>Switches the index between following its ledger and being read without touching a file.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="isImmutable">Whether nobody adds to it from now on.</param>
    /// <returns>False if it was so already.</returns>
    /// <exception cref="TessraxException">As <see cref="Vacuum"/>.</exception>
    public static bool SetMode(string ledger, NodeEnvironment environment, bool isImmutable)
    {
        IndexWorkshop shop = Existing(ledger, environment);
        IndexMode mode = isImmutable ? IndexMode.Immutable : IndexMode.Wal;
        if (!shop.Files.HasJournal && shop.Files.Pointer() is { File: not null } now && now.Mode == mode)
            return false;
        new IndexCopier(shop).Copy(IndexOperation.Mode, mode);
        return true;
    }

    /// <summary>What can be told of an index without going through it.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3040: it wants no index; TSX3039: a newer program made it.</exception>
    public static IndexStatus Status(string ledger, NodeEnvironment environment)
    {
        _ = Existing(ledger, environment);
        using LedgerView view = LedgerView.Open(ledger, environment.Disk);
        return Status(view, environment);
    }

    /// <summary>The same, of a ledger that is open.</summary>
    public static IndexStatus Status(LedgerView view, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(view);
        string ledger = view.Directory.Path;
        IndexWorkshop shop = Existing(ledger, environment);
        IndexPointer pointer = shop.Files.Pointer();
        IndexJournal? journal = shop.Files.Journal();
        var status = new IndexStatus(
            view.Size,
            pointer.Backend,
            pointer.File,
            pointer.ModeText,
            pointer.HasText,
            pointer.Care.Every,
            shop.Files.LastCare(),
            journal is null ? null : $"{journal.OperationText}: {journal.StepText}"
        );
        using IndexReading? open = IndexReading.TryOpen(
            ledger,
            view.Directory.Id,
            environment,
            out TessraxException? fault
        );
        if (open is null)
            return status with { Fault = fault };
        return status with
        {
            Size = open.Mark.Size,
            Root = view.Hasher.Text(open.Mark.Root),
            Library = shop.Stores(open.Pointer.Backend).LibraryOf(shop.Files.PathOf(open.Pointer.File!)),
            Space = IndexSpace.Of(open.Backend.Sizes()),
            Fault = IsOfThisHistory(view, open.Mark)
                ? null
                : ErrorCodes.IndexUnusable.Because("it was made of another history of the ledger"),
        };
    }

    /// <summary>What the backend's quick check finds, if whoever made the index asked for that before a backup: null if nothing, or if there is nothing to look at.</summary>
    public static TessraxException? LookBeforeBackup(string ledger, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!IndexFiles.IsWanted(ledger))
            return null;
        try
        {
            var shop = new IndexWorkshop(ledger, environment);
            if (shop.Files.Pointer() is not { File: not null, Care.BeforeBackup: true })
                return null;
            using IndexReading open = IndexReading.Open(
                ledger,
                LedgerDirectory.Open(ledger, environment.Disk).Id,
                environment
            );
            return open.Backend.Fault(quick: true) is { } found
                ? ErrorCodes.IndexUnusable.Because($"the index is damaged: {found}")
                : null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static bool IsOfThisHistory(LedgerView view, IndexMark mark) =>
        mark.Size <= view.Size && view.Tree.RootAt(mark.Size) == mark.Root;

    private static IndexWorkshop Existing(string ledger, NodeEnvironment environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(environment);
        _ = LedgerDirectory.Open(ledger, environment.Disk);
        return IndexFiles.IsWanted(ledger)
            ? new IndexWorkshop(ledger, environment)
            : throw ErrorCodes.NoIndex.Because($"there is no index in {ledger}");
    }
}
