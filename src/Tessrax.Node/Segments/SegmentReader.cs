using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Segments;

/// <summary>Reads a ledger's segments without a lock, also beside the writer: it sees whole batches, and a record that is
/// being written is the end.</summary>
/// <remarks>Every record handed out has passed its checksum; whether its checkpoint is signed and its root right is for the caller.
/// A batch is handed out once a later one follows it, or once the segment was synced: what a reader has shown does not
/// vanish in a crash. Memory: two batches, and about 32 bytes for each record passed; and 64 open files at most, but for those that are being read. One scan at a time per call of
/// <see cref="ReadAll"/>; <see cref="Read"/> and <see cref="ReadBatch"/> may run on any thread.</remarks>
public sealed class SegmentReader : IBatchReader
{
    private readonly SegmentFolder folder;
    private readonly CheckpointTest isSigned;
    private readonly ConcurrentDictionary<long, Lazy<SegmentFile>> open = new();
    private readonly PooledFiles files;
    private readonly bool confirm;
    private int capacity;

    /// <param name="directory">The ledger's directory, which holds <c>segments</c>.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation.</param>
    public SegmentReader(string directory, IDisk disk, CheckpointTest isSigned)
        : this(new SegmentFolder(directory, disk), isSigned) { }

    internal SegmentReader(SegmentFolder folder, CheckpointTest isSigned, bool confirm = true)
    {
        this.confirm = confirm;
        ArgumentNullException.ThrowIfNull(isSigned);
        this.folder = folder;
        files = new PooledFiles(folder.Disk);
        this.isSigned = isSigned;
    }

    /// <summary>Where the last complete <see cref="ReadAll"/> ended; null before.</summary>
    public ScanEnd? End { get; private set; }

    /// <summary>The batches from the one that holds entry <paramref name="from"/> on, in order, read as they are asked for.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX3001 no segments, 3003 damage, after the batches before it;
    /// 3006, 3007, 3013.</exception>
    public IEnumerable<Batch> ReadAll(long from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return Enumerate(from, lends: false);
    }

    /// <summary>The same, but the bytes of each batch are lent: whoever is done with one calls <see cref="GiveBack"/>. Reading a large ledger
    /// then takes no more memory than what is in use at once.</summary>
    internal IEnumerable<Batch> LendAll(long from = 0) => Enumerate(from, lends: true);

    /// <summary>Gives back a batch of <see cref="LendAll"/>, whose bytes are then another's.</summary>
    internal static void GiveBack(Batch batch)
    {
        if (MemoryMarshal.TryGetArray(batch.Checkpoint, out ArraySegment<byte> lent))
            ArrayPool<byte>.Shared.Return(lent.Array!);
    }

    private IEnumerable<Batch> Enumerate(long from, bool lends)
    {
        var scan = new SegmentScan(folder, isSigned, confirm, lends);
        foreach (Batch batch in scan.Run(from))
        {
            yield return batch;
        }
        End = scan.End;
    }

    /// <summary>The leaves from entry <paramref name="from"/> on, in order, without what lies beside them.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> EntriesFrom(long from)
    {
        foreach (Batch batch in ReadAll(from))
        {
            for (int i = (int)Math.Max(0, from - batch.FirstIndex); i < batch.Entries.Count; i++)
                yield return batch.Entries[i].Entry;
        }
    }

    /// <summary>The index that the last segment with a record begins with.</summary>
    /// <exception cref="TessraxException">As <see cref="ReadAll"/>.</exception>
    internal long LastStart()
    {
        long last = folder.FindLast();
        // A crash can leave a new segment that is still empty.
        using SegmentFile file = folder.Open(last);
        bool isEmpty = file.ReadNext(SegmentHeader.Length, file.Header.FirstIndex).State != RecordState.Whole;
        return (isEmpty ? last - 1 : last) * file.Header.Capacity;
    }

    /// <summary>The entry with this index.</summary>
    /// <exception cref="TessraxException">TSX3011 if there is none yet; otherwise as <see cref="ReadAll"/>.</exception>
    public StoredEntry Read(long index)
    {
        Batch batch = ReadBatch(index);
        return batch.Entries[(int)(index - batch.FirstIndex)];
    }

    /// <summary>The batch that holds the entry with this index.</summary>
    /// <exception cref="TessraxException">TSX3011 if there is none yet; otherwise as <see cref="ReadAll"/>.</exception>
    public Batch ReadBatch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        int entries = Capacity();
        long number = index / entries;
        if (ReadKnown(number, index, entries, out TessraxException? damage) is { } known)
        {
            return known;
        }
        var scan = new SegmentScan(folder, isSigned, confirm);
        foreach (Batch batch in scan.Run(index))
        {
            return batch;
        }
        // What was whole once and now looks like the end is damaged.
        throw damage
            ?? ErrorCodes.NoSuchEntry.Because($"there is no entry {index}: the ledger has {scan.End?.Size} entries");
    }

    // The batch at the place that is known of it, or that a places file gives; null if nobody knows.
    private Batch? ReadKnown(long number, long index, int entries, out TessraxException? damage)
    {
        damage = null;
        RecordTable table = folder.Table(number, entries);
        if (table.Find(index) is null && !folder.Glances && folder.Exists(number))
        {
            table = folder.KnownTable(OpenOnce(number), index);
        }
        if (table.Find(index) is not { } place)
        {
            return null;
        }
        try
        {
            return OpenOnce(number).ReadAt(place);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
        {
            // The places file is wrong, or the segment was written again without payloads that were erased, or it is damaged: reading it from its
            // start tells. Other threads may still be reading from the file that was open, so it is left to close itself.
            open.TryRemove(number, out _);
            folder.Forget(number);
            damage = table.IsDerived ? null : e;
            return null;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (Lazy<SegmentFile> file in open.Values)
        {
            if (file.IsValueCreated)
            {
                file.Value.Dispose();
            }
        }
        open.Clear();
        files.Dispose();
    }

    private SegmentFile OpenOnce(long number) =>
        open.GetOrAdd(
            number,
            n => new Lazy<SegmentFile>(() => folder.Open(n, files), LazyThreadSafetyMode.PublicationOnly)
        ).Value;

    private int Capacity()
    {
        if (capacity == 0)
        {
            folder.FindLast();
            capacity = OpenOnce(0).Header.Capacity;
        }
        return capacity;
    }
}
