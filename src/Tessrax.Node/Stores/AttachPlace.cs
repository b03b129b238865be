using Tessrax.Hashing;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Trees;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>A directory that is becoming a working copy. It may be cut short anywhere, and is gone on with by the next attempt.</summary>
/// <remarks>
/// <code>
/// DIR/keys, access.json …     may be there already
/// DIR/lock                    held throughout
/// DIR/store.json              with "attach": the ledger that is being brought here
/// DIR/segments, tiles …       what was signed, batch after batch
/// DIR/ledger.json             from here on it is a ledger
/// DIR/store.json              without "attach"
/// </code>
/// It is made in its place, not beside it: the place may be a volume of its own, which nothing can be renamed to.
/// </remarks>
internal sealed class AttachPlace : IDisposable
{
    // What no database has: whoever runs the machine may have put it there before the copy is made.
    private static readonly string[] Beside = ["keys", "evidence", "access.json", "witnesses.txt"];

    private readonly NodeEnvironment environment;
    private readonly string path;
    private readonly StorePlace store;
    private readonly WriterLock held;

    private AttachPlace(NodeEnvironment environment, string path, StorePlace store, WriterLock held) =>
        (this.environment, this.path, this.store, this.held) = (environment, path, store, held);

    /// <summary>Whether an attempt before has made everything but the last step.</summary>
    public bool IsWhole => environment.Disk.Exists(LedgerDirectory.FileOf(path));

    /// <summary>Takes a directory that does not exist, is empty but for what no database has, or was begun to be made into the working copy of the same ledger.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something else; TSX3002: another process is at it; TSX3005 to TSX3009: it cannot be written.</exception>
    public static AttachPlace Begin(NodeEnvironment environment, string path, string address, Digest ledger)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        // Before anything is put into it, and again when nobody else can be.
        RequireFree(environment, path, ledger);
        DiskErrors.Writing(path, () => RestorePlace.Make(environment.Disk, full));
        WriterLock held = WriterLock.Acquire(path);
        try
        {
            RequireFree(environment, path, ledger);
            Remains.Drop(environment.Disk, path);
            Remains.Drop(
                environment.Disk,
                LedgerDirectory.SegmentsOf(path),
                name => SegmentFormat.IsUnfinished(name[1..]),
                alone: true
            );
            var store = new StorePlace(address);
            (store with { Attaching = ledger }).Write(path, environment.Disk);
            return new AttachPlace(environment, path, store, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens the segments that are there already, or makes them. What a crash of the machine has left of them in disorder is thrown away: the database has all of it.</summary>
    /// <exception cref="TessraxException">As <see cref="OpenedSegments.OpenUnfinished"/>.</exception>
    public OpenedSegments Open(LedgerDirectory directory, NodeEnvironment unsynced)
    {
        try
        {
            return OpenedSegments.OpenUnfinished(directory, unsynced);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged && !IsWhole)
        {
            DiskErrors.Writing(path, () => DeleteContent(directory));
            return OpenedSegments.OpenUnfinished(directory, unsynced);
        }
    }

    /// <summary>Makes it a ledger, durably. May be done again.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    public void Finish(LedgerDirectory directory)
    {
        if (!IsWhole)
            directory.Establish(environment.Disk);
        store.Write(path, environment.Disk);
    }

    public void Dispose() => held.Dispose();

    private static void RequireFree(NodeEnvironment environment, string path, Digest ledger)
    {
        if (File.Exists(path))
            throw ErrorCodes.AlreadyExists.Because($"{path} is a file");
        if (!Directory.Exists(path))
            return;
        if (StorePlace.Find(path, environment.Disk) is { Attaching: { } begun } place)
        {
            if (begun != ledger)
                throw ErrorCodes.AlreadyExists.Because(
                    $"{path} is the unfinished working copy of another ledger, {begun}",
                    ShellText.Of(
                        $"finish it: tessraxctl store attach {place.Address} {path} --ledger {begun.ToString()}; or remove {path}"
                    )
                );
        }
        else if (Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Any(name => !IsOurs(name!)))
            throw ErrorCodes.AlreadyExists.Because(
                $"{path} exists and is not empty",
                "name another directory, or move it away first; nothing is overwritten"
            );
    }

    private void DeleteContent(LedgerDirectory directory)
    {
        foreach (
            string folder in (string[])[.. directory.SegmentFolders, TreeFiles.FolderOf(directory), directory.State]
        )
            environment.Disk.DeleteDirectory(folder);
        environment.Disk.Delete(directory.CheckpointFile);
    }

    // And what an attempt may have left that died before it said what it was about.
    private static bool IsOurs(string name) =>
        name == WriterLock.FileName || Remains.IsOf(name, StorePlace.FileName) || Beside.Contains(name);
}
