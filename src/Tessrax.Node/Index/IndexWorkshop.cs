using Microsoft.Extensions.Logging;
using Tessrax.Node.Logging;

namespace Tessrax.Node.Index;

/// <summary>Where operations on one ledger's index are carried out, and where those that were cut short are finished or undone.</summary>
internal sealed class IndexWorkshop
{
    public IndexWorkshop(string ledger, NodeEnvironment environment)
        : this(new IndexFiles(ledger, environment.Disk), environment, Path.Combine(ledger, IndexFiles.FolderName)) { }

    /// <param name="files">The small files.</param>
    /// <param name="environment">Clock and start of the machine.</param>
    /// <param name="locks">The directory that the locks lie in.</param>
    internal IndexWorkshop(IndexFiles files, NodeEnvironment environment, string locks)
    {
        Files = files;
        Environment = environment;
        Locks = new IndexLocks(locks, files, environment.Clock);
        Stores = new IndexStores(environment).Of;
        Boot = environment.Uptime()?.Boot ?? "";
    }

    public IndexFiles Files { get; }

    public NodeEnvironment Environment { get; }

    public IndexLocks Locks { get; }

    /// <summary>Told what is done to the index.</summary>
    public ILogger Logger => Environment.Logger;

    /// <summary>Gives a kind of index by its name.</summary>
    public Func<string, IIndexStore> Stores { get; init; }

    /// <summary>This start of the machine; empty where that is not known.</summary>
    public string Boot { get; }

    /// <summary>Whether what was written without being made durable may have been lost since: the machine was started again, or nobody knows.</summary>
    public bool MayBeLost(string since) => Boot.Length == 0 || since != Boot;

    /// <summary>Notes that what serves is added to without being made durable. Whoever calls it holds <see cref="IndexLocks.Follow"/>.</summary>
    public void BeginAdding()
    {
        if (Files.Following() != FollowingText)
            Files.WriteFollowing(FollowingText);
    }

    /// <summary>Makes what was added durable, if it was added since this start of the machine. Whoever calls it holds <see cref="IndexLocks.Follow"/>.</summary>
    public void EndAdding(IndexPointer pointer)
    {
        // Of another start: whether it is whole, the next update looks.
        if (pointer.File is not { } file || Files.Following() != FollowingText)
            return;
        Stores(pointer.Backend).Sync(Files.PathOf(file));
        Files.DropFollowing();
    }

    // What stands for this start where nobody knows which it is.
    private string FollowingText => Boot.Length == 0 ? "?" : Boot;

    /// <summary>Finishes or undoes what was cut short, but for what is made from the ledger, which takes its time. Whoever calls it holds <see cref="IndexLocks.Build"/>.</summary>
    /// <returns>What is made from the ledger and was cut short; null if there is nothing.</returns>
    /// <exception cref="TessraxException">TSX3039: a newer program began it.</exception>
    public IndexChange? Recover()
    {
        if (IndexChange.Find(Files, Locks.Pointer) is not { } found)
            return null;
        bool isMade = found.Journal.Step >= IndexStep.Switch;
        if (!isMade && found.Journal.IsMadeFromLedger)
            return found;
        if (isMade || (found.Journal.Step == IndexStep.Check && IsWhole(found)))
        {
            Finish(found);
        }
        else
        {
            found.Undo();
            Logger.IndexUndone(found.Place, found.Journal.OperationText);
        }
        return null;
    }

    /// <summary>Lets what was made serve.</summary>
    /// <returns>False if it was overtaken.</returns>
    public bool Finish(IndexChange change)
    {
        IndexJournal journal = change.Journal;
        if (!change.Finish())
        {
            Logger.IndexOvertaken(change.Place);
            return false;
        }
        Logger.IndexSwapped(change.Place, journal.From.File ?? "none", journal.OperationText);
        if (journal.Operation == IndexOperation.Mode)
            Logger.IndexModeSwitched(Files.Ledger, journal.To.ModeText);
        return true;
    }

    /// <summary>Refuses to replace what a newer program made, unless that is wanted.</summary>
    /// <exception cref="TessraxException">TSX3039.</exception>
    public void RequireKnown(bool replacesNewer)
    {
        try
        {
            _ = Files.Journal();
            if (Files.Pointer() is { File: not null } pointer)
                Open(pointer, AccessOf(pointer)).Dispose();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexNewer && replacesNewer)
        {
            using (Locks.Pointer())
                Files.DropJournal();
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.IndexNewer)
        {
            // Damaged, gone, or of a kind that is missing here: it may be made anew.
        }
    }

    /// <summary>How a reader opens what a pointer names.</summary>
    public static IndexAccess AccessOf(IndexPointer pointer) =>
        pointer.Mode == IndexMode.Wal ? IndexAccess.Read : IndexAccess.Immutable;

    /// <summary>Opens what a pointer names, if it is what the pointer says.</summary>
    /// <exception cref="TessraxException">TSX3036: it is not, or cannot be used; TSX3038, TSX3039, TSX3042.</exception>
    public IIndexBackend Open(IndexPointer pointer, IndexAccess access)
    {
        Files.RequireOwn(pointer.File!);
        string place = Files.PathOf(pointer.File!);
        IIndexBackend backend = Stores(pointer.Backend).Open(place, access);
        string? wrong =
            backend.Mark.Generation != pointer.Generation
                ? $"holds the generation {backend.Mark.Generation}, which another name belongs to"
            : pointer.HasText && backend.Mark.Words is null ? "holds no words, and the pointer says that it does"
            : !pointer.HasText && backend.Mark.Words is not null ? "holds words, and the pointer says that it does not"
            : null;
        if (wrong is null)
            return backend;
        backend.Dispose();
        throw ErrorCodes.IndexUnusable.Because($"{place} {wrong}");
    }

    /// <summary>Begins an operation.</summary>
    public IndexChange Begin(IndexOperation operation, Func<IndexPointer, IndexPointer> to) =>
        IndexChange.Begin(Files, Locks.Pointer, operation, Boot, to);

    /// <summary>Makes what was written durable, and looks at it as a reader would.</summary>
    /// <param name="change">The operation.</param>
    /// <param name="isTrusted">Whether this process wrote all of it.</param>
    /// <returns>False if it was overtaken.</returns>
    /// <exception cref="TessraxException">TSX3036: it is not what was written.</exception>
    public bool Confirm(IndexChange change, bool isTrusted)
    {
        Stores(change.Journal.To.Backend).Sync(change.Place);
        if (!change.Check())
            return false;
        return isTrusted || IsWhole(change) ? true : throw Wrong(change);
    }

    private bool IsWhole(IndexChange change)
    {
        try
        {
            IndexPointer to = change.Journal.To;
            using IIndexBackend made = Stores(to.Backend).Open(change.Place, AccessOf(to));
            return made.Mark.Generation == to.Generation && IndexSoundness.FaultOf(made) is null;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable || e.Code == ErrorCodes.NoSuchFile)
        {
            return false;
        }
    }

    private static TessraxException Wrong(IndexChange change) =>
        ErrorCodes.IndexUnusable.Because(
            $"{change.Place} is not what was written into it: the disk, or somebody, changed it"
        );
}
