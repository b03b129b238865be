namespace Tessrax.Hashing;

/// <summary>A chunk as it fills (c2sp.org/BLAKE3, section 4.2): at most 1024 bytes, of which the last block waits, because only
/// the last is flagged as such.</summary>
internal struct Blake3Chunk
{
    private Blake3Value value;
    private Blake3Block block;
    private int waiting;
    private int compressed;

    /// <summary>The first chunk, or the one after <paramref name="counter"/> others.</summary>
    public Blake3Chunk(ReadOnlySpan<byte> key, ulong counter)
    {
        key.CopyTo(value);
        Counter = counter;
    }

    /// <summary>How many chunks come before.</summary>
    public ulong Counter { get; }

    /// <summary>How many bytes it holds.</summary>
    public readonly int Length => compressed * Blake3Spec.BlockLength + waiting;

    private readonly uint StartFlag => compressed == 0 ? Blake3Spec.ChunkStart : 0;

    // data: No more than the chunk has room for.
    public void Append(Blake3Path path, ReadOnlySpan<byte> data, uint mode)
    {
        if (waiting > 0)
        {
            int take = Math.Min(Blake3Spec.BlockLength - waiting, data.Length);
            data[..take].CopyTo(block[waiting..]);
            waiting += take;
            data = data[take..];
            if (data.IsEmpty)
                return;
            Compress(path, block, mode);
            waiting = 0;
        }
        while (data.Length > Blake3Spec.BlockLength)
        {
            Compress(path, data[..Blake3Spec.BlockLength], mode);
            data = data[Blake3Spec.BlockLength..];
        }
        data.CopyTo(block);
        waiting = data.Length;
    }

    /// <summary>The chunk's last compression, if nothing follows.</summary>
    public readonly Blake3Node End(uint mode) =>
        new(value, block[..waiting], Counter, mode | StartFlag | Blake3Spec.ChunkEnd);

    private void Compress(Blake3Path path, ReadOnlySpan<byte> full, uint mode)
    {
        Blake3Compression.Compress(path, value, full, Counter, Blake3Spec.BlockLength, mode | StartFlag);
        compressed++;
    }
}
