using System.Buffers.Binary;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>Hands out the content of a snapshot, and only bytes whose chunk's digest was checked. Constant memory: one chunk.</summary>
internal sealed class ChunkReader : IDisposable
{
    private readonly IDiskFile file;
    private readonly string name;
    private readonly Sha256Hasher whole = new();
    private readonly byte[] chunk = new byte[SnapshotFormat.LengthBytes + SnapshotFormat.ChunkContent + Digest.Size];
    private byte[] before;
    private long position;
    private int at;
    private int end;
    private bool last;

    private ChunkReader(IDiskFile file, string name)
    {
        this.file = file;
        this.name = name;
        byte[] header = new byte[SnapshotFormat.HeaderLength];
        int read = Fill(header);
        if (!header.AsSpan(0, read).StartsWith(SnapshotFormat.Magic))
            throw ErrorCodes.NotASnapshot.Because($"{name} does not begin like a snapshot or a backup");
        if (read < header.Length)
            throw Damaged(0, "a header of 16 bytes");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8));
        uint kind = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        if (version != SnapshotFormat.Version || kind is not ((uint)SnapshotKind.Snapshot or (uint)SnapshotKind.Backup))
            throw ErrorCodes.UnknownFormat.Because(
                $"{name} is of version {version} and kind {kind}; this Tessrax knows version {SnapshotFormat.Version}, kinds 1 and 2"
            );
        Kind = (SnapshotKind)kind;
        before = header;
    }

    public SnapshotKind Kind { get; }

    /// <summary>SHA-256 of the whole file; known after <see cref="RequireEnd"/>.</summary>
    public Digest Digest { get; private set; }

    /// <summary>The bytes of the file read so far.</summary>
    public long Position => position;

    /// <summary>Whether all content was handed out. Reads on to know it.</summary>
    public bool IsAtEnd
    {
        get
        {
            if (at == end && !last)
                Next();
            return at == end;
        }
    }

    /// <summary>Opens a file; reads its header only.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: it cannot be read; TSX3027: another kind of file; TSX3028; TSX3013: of a later version.</exception>
    public static ChunkReader Open(IDisk disk, string path)
    {
        IDiskFile file = DiskErrors.Reading(path, () => disk.Open(path, DiskAccess.Read));
        try
        {
            return new ChunkReader(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Fills the destination.</summary>
    /// <exception cref="TessraxException">TSX3028: the content ends before, or a chunk is damaged.</exception>
    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (IsAtEnd)
                throw Damaged(position, "more content: it ends in the middle of what it says");
            int part = Math.Min(destination.Length, end - at);
            chunk.AsSpan(at, part).CopyTo(destination);
            at += part;
            destination = destination[part..];
        }
    }

    public byte ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        Read(one);
        return one[0];
    }

    public uint ReadUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Read(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>The error of content that is not what the format says, though its digests hold.</summary>
    public TessraxException Malformed(string expected) => Damaged(position, expected);

    /// <summary>Makes sure that nothing follows, neither in the content nor in the file.</summary>
    public void RequireEnd()
    {
        if (!IsAtEnd)
            throw Damaged(position, "the end of the content");
        if (Fill(new byte[1]) != 0)
            throw Damaged(position - 1, "the end of the file: something follows its last chunk");
        Digest = whole.Finish();
    }

    public void Dispose()
    {
        file.Dispose();
    }

    private void Next()
    {
        long start = position;
        Span<byte> bytes = chunk;
        if (Fill(bytes[..SnapshotFormat.LengthBytes]) < SnapshotFormat.LengthBytes)
            throw Damaged(start, "another chunk: the file is cut");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length > SnapshotFormat.ChunkContent)
            throw Damaged(start, $"the length of a chunk, at most {SnapshotFormat.ChunkContent}");
        at = SnapshotFormat.LengthBytes;
        end = at + (int)length;
        Span<byte> rest = bytes.Slice(at, (int)length + Digest.Size);
        if (Fill(rest) < rest.Length)
        {
            end = at;
            throw Damaged(start, $"a chunk of {length} bytes and its digest: the file is cut");
        }
        Digest digest = SnapshotFormat.Chain(before, rest[..(int)length]);
        if (!digest.Span.SequenceEqual(rest[(int)length..]))
        {
            end = at;
            throw Damaged(start, "a chunk whose digest holds");
        }
        before = digest.Span.ToArray();
        last = length < SnapshotFormat.ChunkContent;
    }

    private int Fill(Span<byte> destination)
    {
        try
        {
            int read = file.Read(destination, position);
            whole.Append(destination[..read]);
            position += read;
            return read;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, name);
        }
    }

    private TessraxException Damaged(long offset, string expected) =>
        new(ErrorCodes.SnapshotDamaged, $"{name}: at byte {offset} expected {expected}") { Offset = offset };
}
