using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>What a crash of the machine may leave at the end of a working copy: its last records were written in order, but not synced one by one, so that one is there and another before it is not.</summary>
/// <remarks>In a ledger of its own that would be damage, since each record is durable there before the next one is begun. Here the database has them all. A database that has fewer entries than the copy shows
/// traces of was set back: then nothing is touched.</remarks>
internal static class LooseTail
{
    /// <summary>Cuts the last segment off at the first record that is not whole, durably, if the database has everything behind it. The writer's lock is held.</summary>
    /// <param name="directory">The working copy.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation.</param>
    /// <param name="address">The database.</param>
    /// <returns>Whether anything was cut off. Otherwise it is something else that is wrong.</returns>
    /// <exception cref="TessraxException">TSX3049 to TSX3051: the database; TSX3005 to TSX3009: the disk.</exception>
    public static bool Drop(
        LedgerDirectory directory,
        NodeEnvironment environment,
        CheckpointTest isSigned,
        string address
    )
    {
        SegmentFolder folder = OpenedSegments.FolderOf(directory, environment);
        long number = folder.FindLast();
        if (Find(folder, number, isSigned) is not { } tail)
            return false;
        using (IStoreDatabase database = LedgerStores.Connect(address, environment))
        {
            if (database.Find(directory.Id) is not { State: StoreState.Open } there || there.Size < tail.Known)
                return false;
        }
        Cut(folder, number, tail.Position);
        environment.Logger.CopyTailDropped(tail.Bytes, directory.Path);
        return true;
    }

    // Where the first record is missing, and how many entries the ledger has by what stands behind it; null if nothing does, or what is there was never written by a writer whose machine crashed.
    private static (long Position, long Known, long Bytes)? Find(
        SegmentFolder folder,
        long number,
        CheckpointTest isSigned
    )
    {
        using SegmentFile file = folder.Open(number);
        long position = SegmentHeader.Length;
        long index = file.Header.FirstIndex;
        RecordRead read = default;
        while (index < file.EndIndex && (read = file.ReadNext(position, index)).State == RecordState.Whole)
            (position, index) = (read.Place.End, read.Place.NextIndex);
        // Without the first record nobody knows whose checkpoints these are.
        if (index == 0 || index == file.EndIndex || read.State != RecordState.Bad)
            return null;
        long known = index;
        TailFinding tail = TornTail.Look(file, position, index, isSigned);
        if (tail.Bytes == 0)
            return null;
        for (TailFinding at = tail; at.LaterRecord >= 0; at = TornTail.Look(file, at.LaterRecord, known, isSigned))
            known = HeaderAt(file, at.LaterRecord).NextIndex;
        return (position, Math.Max(known, index + 1), file.Length - position);
    }

    private static RecordHeader HeaderAt(SegmentFile file, long position)
    {
        byte[] start = new byte[RecordCodec.HeaderLength];
        file.Read(start, position);
        return RecordCodec.TryReadHeader(start, file.Header.Id, position, out RecordHeader header)
            ? header
            : throw Damage.At(file.ShownName, position, "the record that was there a moment ago");
    }

    private static void Cut(SegmentFolder folder, long number, long position)
    {
        string path = folder.PathOf(number);
        DiskErrors.Writing(
            path,
            () =>
            {
                SegmentFolder.DropPlaces(folder.Disk, path);
                using IDiskFile file = folder.Disk.Open(path, DiskAccess.Write);
                file.Truncate(position);
                file.SyncAll();
            }
        );
    }
}
