using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Publishing;

/// <summary>The newest checkpoint, kept outside the ledger's directory, so that a log restored from an older copy notices before it signs.</summary>
/// <remarks>Written at most once a second while appending and always at the end; see formats, "Checkpoints, crash, rollback".</remarks>
public sealed class LedgerMark
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NodeEnvironment environment;
    private readonly string? path;
    private byte[]? waiting;
    private long writtenAt;
    private bool written;

    public LedgerMark(NodeEnvironment environment, Digest ledger)
    {
        this.environment = environment;
        path = PathOf(environment, ledger);
    }

    /// <summary>The mark of a ledger as it was written; empty if there is none.</summary>
    internal static byte[] NoteOf(NodeEnvironment environment, Digest ledger) =>
        PathOf(environment, ledger) is { } file ? ReadNote(environment.Disk, file) : [];

    /// <summary>Refuses to go on if the mark is not in this tree.</summary>
    /// <exception cref="TessraxException">TSX3004: the ledger is older than its mark, or another history.</exception>
    public void Check(LedgerTree tree, LogKeyChain log)
    {
        if (path is not null)
            RequireHolds(tree, ReadNote(environment.Disk, path), log, $"the mark in {path}");
    }

    /// <summary>Makes a checkpoint the mark, durably. The caller has checked that the ledger contains the mark before it.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    internal static void Raise(NodeEnvironment environment, Digest ledger, ReadOnlySpan<byte> checkpoint)
    {
        if (PathOf(environment, ledger) is not { } file)
            return;
        string folder = Path.GetDirectoryName(file)!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        DurableFile.Write(environment.Disk, file, checkpoint, DurableFileOptions.Replace);
    }

    /// <summary>The bytes of a checkpoint file; empty if there is none, or what is there is too large to be one.</summary>
    internal static byte[] ReadNote(IDisk disk, string file)
    {
        try
        {
            return disk.Exists(file) ? DurableFile.Read(disk, file, SignedNote.MaxBytes) : [];
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge)
        {
            return [];
        }
    }

    /// <summary>The checkpoint that bytes hold, if a key of the log signed it, in its time or not. What was damaged or is none says nothing; the ledger's own checks stand.</summary>
    /// <param name="note">The bytes.</param>
    /// <param name="log">The keys that the copy at hand knows.</param>
    /// <param name="what">How messages name it.</param>
    /// <exception cref="TessraxException">TSX3004: it is the log's by its name, and by none of these keys: the log changed its key after this copy was made, and signed more.</exception>
    internal static Checkpoint? Open(ReadOnlySpan<byte> note, LogKeyChain log, string what)
    {
        if (log.TryOpenAny(note, out Checkpoint? checkpoint, out _))
            return checkpoint;
        if (log.IsByUnknown(note))
            throw ErrorCodes.Behind.Because(
                $"{what} is signed by a key that this copy has not heard of: the log changed its key after this copy was made"
            );
        return null;
    }

    /// <summary>Refuses a tree that does not hold what a checkpoint signs; one that says nothing is passed over.</summary>
    /// <exception cref="TessraxException">TSX3004.</exception>
    internal static void RequireHolds(LedgerTree tree, ReadOnlySpan<byte> note, LogKeyChain log, string what)
    {
        if (Open(note, log, what) is { } known)
            RequireExtends(tree, known.Head, what);
    }

    /// <summary>Refuses a tree that does not extend a head signed earlier.</summary>
    internal static void RequireExtends(LedgerTree tree, TreeHead earlier, string what)
    {
        if (earlier.Size > tree.Size)
            throw ErrorCodes.Behind.Because(
                $"the ledger holds {tree.Size} entries, but {what} covers {earlier.Size}: this is an older copy, or its end is damaged"
            );
        if (earlier.Size > 0 && tree.RootAt(earlier.Size) != earlier.Root)
            throw ErrorCodes.Behind.Because(
                $"at size {earlier.Size} the ledger has another root than {what}: this is another history"
            );
    }

    /// <summary>Refuses a ledger that is behind what this user has seen of it: an older copy must not take the place of the newer one.</summary>
    /// <exception cref="TessraxException">TSX3004.</exception>
    internal static void RequireNewest(NodeEnvironment environment, Digest ledger, LedgerReplay replay)
    {
        LogKeyChain log = replay.Fold.State.LogKeys!;
        new LedgerMark(environment, ledger).Check(replay.Tree, log);
        RequireExtendsTrusted(environment, ledger, replay.Tree, log);
    }

    /// <summary>Refuses a tree that does not contain the checkpoint of the trust root that this user has pinned: whoever pinned it has seen it.</summary>
    /// <exception cref="TessraxException">TSX3004.</exception>
    internal static void RequireExtendsTrusted(
        NodeEnvironment environment,
        Digest ledger,
        LedgerTree tree,
        LogKeyChain log
    )
    {
        var pins = new TrustPins(environment);
        try
        {
            if (pins.Find(ledger)?.Accepted is { } accepted)
                RequireHolds(tree, accepted.ToBytes(), log, $"the checkpoint pinned in {pins.PathOf(ledger)}");
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BadTrustRoot)
        {
            // It says nothing; whoever verifies by it is told.
        }
    }

    /// <summary>Takes the right to sign for a ledger, wherever its directory lies: of two copies that one user has on one machine, one is written at a time. Otherwise each
    /// could be opened while the mark does not tell of the other's newest entries yet.</summary>
    /// <returns>Null without a home, or where nothing can be written or locked there: the mark says nothing then either.</returns>
    /// <exception cref="TessraxException">TSX3002: another copy is written.</exception>
    internal static WriterLock? Hold(NodeEnvironment environment, Digest ledger)
    {
        if (environment.StateDirectory is not { } state)
            return null;
        string folder = Path.Combine(state, "locks", ledger.ToHex());
        try
        {
            DiskErrors.Writing(folder, () => Directory.CreateDirectory(folder));
            return WriterLock.Acquire(folder, $"writes to another copy of the ledger {ledger}");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.Locked)
        {
            return null;
        }
    }

    /// <summary>Removes what a dead writer of this ledger left unfinished.</summary>
    internal void DropRemains()
    {
        if (path is not null)
            Remains.Drop(environment.Disk, Path.GetDirectoryName(path)!, Path.GetFileName(path));
    }

    /// <summary>Notes a checkpoint; writes it if the last one is a second old.</summary>
    /// <exception cref="TessraxException">The mark cannot be written; the ledger itself is not touched by that.</exception>
    public void Note(byte[] checkpoint)
    {
        waiting = checkpoint;
        if (!written || environment.Clock.GetElapsedTime(writtenAt) >= Interval)
            Flush();
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        if (waiting is null || path is null)
            return;
        string folder = Path.GetDirectoryName(path)!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        DurableFile.Write(environment.Disk, path, waiting, DurableFileOptions.Derived);
        waiting = null;
        written = true;
        writtenAt = environment.Clock.GetTimestamp();
    }

    /// <summary>Where the mark of a ledger lies; null for a user without a home.</summary>
    internal static string? PathOf(NodeEnvironment environment, Digest ledger) =>
        environment.StateDirectory is { } state ? Path.Combine(state, "marks", ledger.ToHex()) : null;
}
