using Tessrax.Node.Files;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Segments;

/// <summary>The segment that is written to. Its zeros reach beyond the last record, so that an fdatasync after a record has no
/// metadata to commit: zeros are written, not merely reserved, and doubled from 256 KiB up to 8 MiB at a time.</summary>
internal sealed class ActiveSegment : IDisposable
{
    private const int FirstStep = 256 << 10;
    private const int LastStep = 8 << 20;
    private const int Long = 64 << 10;
    private const int Page = 4096;
    private static readonly byte[] Zeros = new byte[FirstStep];
    private readonly IDiskFile file;
    private readonly SegmentHeader header;
    private long allocated;
    private int step = FirstStep;

    private ActiveSegment(IDiskFile file, string path, long number, SegmentHeader header, long position)
    {
        this.file = file;
        this.header = header;
        Path = path;
        Number = number;
        Position = position;
        allocated = file.Length;
    }

    public string Path { get; }

    public long Number { get; }

    /// <summary>Where the next record goes.</summary>
    public long Position { get; set; }

    public SegmentHeader Header => header;

    public int Capacity => header.Capacity;

    public byte[] Id => header.Id;

    public long EndIndex => header.FirstIndex + header.Capacity;

    /// <summary>Makes a segment, durably: it never appears under its name with half a header.</summary>
    public static ActiveSegment Create(SegmentFolder folder, long number, SegmentHeader header)
    {
        IDisk disk = folder.Disk;
        string path = folder.PathOf(number);
        string temporary = System.IO.Path.Combine(folder.DirectoryOf(number), $".{SegmentFormat.FileName(number)}.tmp");
        try
        {
            disk.Delete(temporary); // left by a crash
            using IDiskFile made = disk.Open(temporary, DiskAccess.Create);
            made.Write(Zeros, 0);
            made.Write(header.ToBytes(), 0);
            made.SyncAll();
        }
        catch (Exception e) when (DiskErrors.IsDiskFull(e))
        {
            disk.Delete(temporary); // it only takes the space that is missing
            throw;
        }
        disk.Rename(temporary, path, overwrite: false);
        try
        {
            disk.SyncDirectory(folder.DirectoryOf(number));
        }
        catch (Exception e) when (DiskErrors.IsDiskFull(e))
        {
            // The name is there already: this is no longer a failure without harm.
            throw new IOException($"the name of {path} was not made durable", e);
        }
        return new ActiveSegment(disk.Open(path, DiskAccess.Write), path, number, header, SegmentHeader.Length);
    }

    /// <summary>Opens the last segment after a scan, and makes durable what the scan believed.</summary>
    /// <param name="folder">The segments.</param>
    /// <param name="scan">What was found there.</param>
    /// <param name="unsure">How many bytes before the last record may have been read from the cache alone: a sync may have failed that was theirs, after which a later one says nothing of them.</param>
    public static ActiveSegment Open(SegmentFolder folder, SegmentScan scan, long unsure)
    {
        SegmentHeader header = scan.LastHeader!;
        long number = header.FirstIndex / header.Capacity;
        string path = folder.PathOf(number);
        IDiskFile? file = null;
        try
        {
            file = folder.Disk.Open(path, DiskAccess.Write);
            foreach (RecordPlace place in Unsure(folder.Table(number, header.Capacity).All(), unsure))
            {
                byte[] record = new byte[place.Length];
                if (file.Read(record, place.Position) < record.Length)
                {
                    throw new IOException("the file became shorter while it was opened");
                }
                file.Write(record, place.Position);
            }
            file.SyncAll();
            folder.Disk.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
            return new ActiveSegment(file, path, number, header, scan.End!.Offset);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            file?.Dispose();
            throw DiskErrors.WhileWriting(e, path);
        }
    }

    /// <summary>Whether zeros have to be written before a record of this length. A long one takes more time than the metadata that
    /// its fdatasync then commits, and writing as many zeros before it would take as long again: it makes the file longer itself.</summary>
    public bool NeedsZeros(int length) => length < Long && Position + length > allocated;

    /// <summary>Sees to it that a record of this length fits into zeros that are allocated and durable.</summary>
    public void Reserve(int length)
    {
        long end = Position + length;
        long grown = (Math.Max(end, allocated + step) + Page - 1) / Page * Page;
        WriteZeros(allocated, grown);
        file.SyncAll();
        allocated = grown;
        step = Math.Min(step * 2, LastStep);
    }

    public void Write(ReadOnlySpan<byte> record)
    {
        file.Write(record, Position);
        allocated = Math.Max(allocated, Position + record.Length);
    }

    public void Sync() => file.SyncData();

    /// <summary>Overwrites bytes after the last record with zeros, durably.</summary>
    public void Erase(long length)
    {
        // Beyond the end of the file there is nothing to erase, and perhaps no space to do it.
        WriteZeros(Position, Math.Min(Position + length, file.Length));
        file.SyncData();
    }

    /// <summary>Gives back the zeros after the last record of a full segment: nothing is written there any more.</summary>
    public void GiveBack() => file.Truncate(Position);

    public void Dispose() => file.Dispose();

    // The last record, and those before it that are no longer than that together, or begin there.
    private static IEnumerable<RecordPlace> Unsure(RecordPlace[] places, long unsure)
    {
        long before = 0;
        for (int i = places.Length - 1; i >= 0 && before <= unsure; i--)
        {
            if (i < places.Length - 1)
                before += places[i].Length;
            yield return places[i];
        }
    }

    private void WriteZeros(long from, long to)
    {
        for (long at = from; at < to; at += Zeros.Length)
        {
            file.Write(Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, to - at)), at);
        }
    }
}
