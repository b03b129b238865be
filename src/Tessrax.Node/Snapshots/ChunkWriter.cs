using System.Buffers.Binary;
using Tessrax.Hashing;

namespace Tessrax.Node.Snapshots;

/// <summary>Takes the bytes of a file in their order.</summary>
public delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>Cuts content into chunks of 65,536 bytes and gives each its digest.</summary>
internal sealed class ChunkWriter
{
    private readonly ByteSink sink;
    private readonly Sha256Hasher file = new();
    private readonly byte[] content = new byte[SnapshotFormat.ChunkContent];
    private int filled;
    private byte[] before;

    public ChunkWriter(SnapshotKind kind, ByteSink sink)
    {
        this.sink = sink;
        before = SnapshotFormat.Header(kind);
        Emit(before);
    }

    /// <summary>Bytes handed to the sink.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int part = Math.Min(bytes.Length, content.Length - filled);
            bytes[..part].CopyTo(content.AsSpan(filled));
            filled += part;
            bytes = bytes[part..];
            if (filled == content.Length)
                EmitChunk();
        }
    }

    public void WriteByte(byte value) => Write([value]);

    public void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Write(bytes);
    }

    public void WriteInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Write(bytes);
    }

    /// <summary>Writes the last chunk, which is shorter than the others and may be empty.</summary>
    /// <returns>SHA-256 of the whole file.</returns>
    public Digest Finish()
    {
        EmitChunk();
        return file.Finish();
    }

    private void EmitChunk()
    {
        Span<byte> length = stackalloc byte[SnapshotFormat.LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, filled);
        ReadOnlySpan<byte> bytes = content.AsSpan(0, filled);
        before = SnapshotFormat.Chain(before, bytes).Span.ToArray();
        Emit(length);
        Emit(bytes);
        Emit(before);
        filled = 0;
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        file.Append(bytes);
        Length += bytes.Length;
        sink(bytes);
    }
}
