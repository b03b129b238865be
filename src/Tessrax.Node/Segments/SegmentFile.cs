using System.Buffers;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>What was found where a record should begin.</summary>
internal enum RecordState
{
    /// <summary>A record, whole and the one expected.</summary>
    Whole,

    /// <summary>No record, or one whose checksum does not hold: perhaps a write that was cut short.</summary>
    Bad,

    /// <summary>A record that was written whole and yet is not one that belongs here: never a write that was cut short.</summary>
    Wrong,
}

/// <summary>The outcome of reading one record; <paramref name="Expected"/> says what should have been there.</summary>
internal readonly record struct RecordRead(RecordState State, Batch? Batch, RecordPlace Place, string Expected);

/// <summary>One segment, open to be read. <see cref="ReadNext"/> serves one scan, through a window; <see cref="ReadAt"/> serves any thread.</summary>
internal sealed class SegmentFile : IDisposable
{
    private const int WindowLength = 1 << 16;
    private readonly IDiskFile file;
    private readonly string path;
    private byte[] window = [];
    private long windowAt;
    private int windowLength;

    private SegmentFile(IDiskFile file, string path, long number, string shownName, SegmentHeader header)
    {
        ShownName = shownName;
        this.file = file;
        this.path = path;
        Number = number;
        Header = header;
    }

    public long Number { get; }

    public SegmentHeader Header { get; }

    /// <summary>The index after the last entry that fits.</summary>
    public long EndIndex => Header.FirstIndex + Header.Capacity;

    /// <summary>How messages name it.</summary>
    public string ShownName { get; }

    public long Length => DiskErrors.Reading(path, () => file.Length);

    public static SegmentFile Open(IDisk disk, string path, long number, string shownName) =>
        Open(p => disk.Open(p, DiskAccess.Read), path, number, shownName);

    public static SegmentFile Open(Func<string, IDiskFile> open, string path, long number, string shownName)
    {
        IDiskFile file = DiskErrors.Reading(path, () => open(path));
        try
        {
            byte[] bytes = new byte[SegmentHeader.Length];
            int length = DiskErrors.Reading(path, () => file.Read(bytes, 0));
            return new SegmentFile(
                file,
                path,
                number,
                shownName,
                SegmentHeader.Parse(bytes.AsSpan(0, length), number, shownName)
            );
        }
        catch (TessraxException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether no record was ever begun in a file.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3007: it cannot be read.</exception>
    public static bool IsBlank(IDisk disk, string path) =>
        DiskErrors.Reading(
            path,
            () =>
            {
                using IDiskFile file = disk.Open(path, DiskAccess.Read);
                byte[] start = new byte[RecordCodec.HeaderLength];
                return !start.AsSpan(0, file.Read(start, SegmentHeader.Length)).ContainsAnyExcept((byte)0);
            }
        );

    /// <summary>Reads the record at a position, where entry <paramref name="index"/> should begin.</summary>
    /// <param name="position">Where.</param>
    /// <param name="index">Which entry.</param>
    /// <param name="lent">Whether the batch's bytes are lent: see <see cref="SegmentReader.GiveBack"/>.</param>
    public RecordRead ReadNext(long position, long index, bool lent = false)
    {
        Span<byte> start = stackalloc byte[RecordCodec.HeaderLength];
        int read = ReadThroughWindow(start, position);
        if (!RecordCodec.TryReadHeader(start[..read], Header.Id, position, out RecordHeader header))
        {
            return Not(RecordState.Bad, $"the record of entry {index}");
        }
        if (header.Length > Length - position)
        {
            return Not(RecordState.Bad, $"a record of {header.Length} bytes; the file is shorter");
        }
        byte[] record = lent
            ? ArrayPool<byte>.Shared.Rent(header.Length)
            : GC.AllocateUninitializedArray<byte>(header.Length);
        read = ReadThroughWindow(record.AsSpan(0, header.Length), position);
        // The file became shorter meanwhile.
        record.AsSpan(read, header.Length - read).Clear();
        return Judge(record.AsMemory(0, header.Length), header, position, index);
    }

    /// <summary>The records as far as the ledger reaches, by somebody who has found them whole before.</summary>
    /// <exception cref="TessraxException">TSX3003: one is not.</exception>
    public IEnumerable<Batch> Batches(long ledgerSize)
    {
        long position = SegmentHeader.Length;
        for (long index = Header.FirstIndex; index < Math.Min(ledgerSize, EndIndex); )
        {
            RecordRead read = ReadNext(position, index);
            if (read.Batch is not { } batch)
                throw Damage.At(ShownName, position, read.Expected);
            yield return batch;
            position = read.Place.End;
            index = batch.NextIndex;
        }
    }

    /// <summary>Whether somebody began to write the record of an entry at a place: its first bytes are there, whatever became of the rest.</summary>
    public bool IsBegunAt(long position, long index)
    {
        Span<byte> start = stackalloc byte[RecordCodec.HeaderLength];
        try
        {
            int read = ReadThroughWindow(start, position);
            return RecordCodec.TryReadHeader(start[..read], Header.Id, position, out RecordHeader header)
                && header.FirstIndex == index;
        }
        catch (TessraxException)
        {
            // Whoever reads the record is told.
            return false;
        }
    }

    /// <summary>Whether a record still lies at the place that was noted. Erasing payloads writes a segment again, and moves what lies behind them.</summary>
    public bool IsAt(RecordPlace place)
    {
        Span<byte> start = stackalloc byte[RecordCodec.HeaderLength];
        int read = ReadThroughWindow(start, place.Position);
        return RecordCodec.TryReadHeader(start[..read], Header.Id, place.Position, out RecordHeader header)
            && header.Length == place.Length
            && header.FirstIndex == place.FirstIndex;
    }

    /// <summary>Reads a record that was whole when its place was noted.</summary>
    /// <exception cref="TessraxException">TSX3003 if it no longer is.</exception>
    public Batch ReadAt(RecordPlace place)
    {
        byte[] record = GC.AllocateUninitializedArray<byte>(place.Length);
        // The file became shorter meanwhile.
        record.AsSpan(Read(record, place.Position)).Clear();
        if (RecordCodec.TryReadHeader(record, Header.Id, place.Position, out RecordHeader header))
        {
            RecordRead read =
                header.Length == place.Length ? Judge(record, header, place.Position, place.FirstIndex) : default;
            if (read.Batch is not null)
            {
                return read.Batch;
            }
        }
        throw Damage.At(ShownName, place.Position, $"the record of entry {place.FirstIndex}");
    }

    /// <summary>Reads raw bytes; fewer than asked for only at the end of the file.</summary>
    public int Read(byte[] destination, long position) =>
        DiskErrors.Reading(path, () => file.Read(destination, position));

    /// <summary>Forgets bytes read ahead, so that the next read sees what a writer has written since.</summary>
    public void Forget() => windowLength = 0;

    public void Dispose() => file.Dispose();

    private RecordRead Judge(ReadOnlyMemory<byte> record, RecordHeader header, long position, long index)
    {
        if (!RecordCodec.ChecksumHolds(record.Span, Header.Id))
        {
            return Not(RecordState.Bad, $"the record of entry {index}, whose checksum holds");
        }
        if (!header.IsKnown)
        {
            throw ErrorCodes.UnknownFormat.Because(
                $"{ShownName}: the record at byte {position} has flags {header.Flags:x8} that this Tessrax does not know"
            );
        }
        if (header.FirstIndex != index)
        {
            return Not(RecordState.Wrong, $"the record of entry {index}, not that of entry {header.FirstIndex}");
        }
        if (header.NextIndex > EndIndex)
        {
            return Not(RecordState.Wrong, $"a record that ends by entry {EndIndex - 1}, the segment's last");
        }
        Batch? batch = RecordCodec.Parse(record, header);
        return batch is null
            ? Not(RecordState.Wrong, $"a record of {header.Count} entries that keep the limits of the format")
            : new RecordRead(
                RecordState.Whole,
                batch,
                new RecordPlace(position, header.Length, header.FirstIndex, header.Count),
                ""
            );
    }

    private int ReadDirectly(Span<byte> destination, long position)
    {
        try
        {
            return file.Read(destination, position);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    private static RecordRead Not(RecordState state, string expected) => new(state, null, default, expected);

    private int ReadThroughWindow(Span<byte> destination, long position)
    {
        if (destination.Length > WindowLength)
        {
            return ReadDirectly(destination, position);
        }
        if (position < windowAt || position + destination.Length > windowAt + windowLength)
        {
            if (window.Length == 0)
                window = new byte[WindowLength];
            windowAt = position;
            windowLength = Read(window, position);
        }
        ReadOnlySpan<byte> found = window.AsSpan(0, windowLength)[(int)(position - windowAt)..];
        int taken = Math.Min(found.Length, destination.Length);
        found[..taken].CopyTo(destination);
        return taken;
    }
}
