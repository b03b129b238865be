using System.Buffers.Binary;

namespace Tessrax.Hashing;

/// <summary>One compression at a time (c2sp.org/BLAKE3, section 3), on the path asked for.</summary>
/// <remarks>Chaining values, keys and blocks are little-endian bytes throughout.</remarks>
internal static class Blake3Compression
{
    /// <summary>Replaces the chaining value by the truncated output.</summary>
    // value: 32 bytes.
    // block: 64 bytes, zeros beyond length.
    public static void Compress(
        Blake3Path path,
        Span<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        int length,
        uint flags
    )
    {
        if (path == Blake3Path.Portable)
            CompressPortable(value, block, counter, (uint)length, flags);
        else
            Blake3Rows.Compress(value, block, counter, (uint)length, flags);
    }

    /// <summary>The whole output, 64 bytes.</summary>
    public static void Expand(
        Blake3Path path,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        int length,
        uint flags,
        Span<byte> output
    )
    {
        if (path == Blake3Path.Portable)
            ExpandPortable(value, block, counter, (uint)length, flags, output);
        else
            Blake3Rows.Expand(value, block, counter, (uint)length, flags, output);
    }

    private static void CompressPortable(
        Span<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        uint length,
        uint flags
    )
    {
        Span<uint> words = stackalloc uint[16];
        Blake3Scalar.Compress(value, block, counter, length, flags, words);
        Write(words[..8], value);
    }

    private static void ExpandPortable(
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        uint length,
        uint flags,
        Span<byte> output
    )
    {
        Span<uint> words = stackalloc uint[16];
        Blake3Scalar.Compress(value, block, counter, length, flags, words);
        Write(words, output);
    }

    private static void Write(ReadOnlySpan<uint> words, Span<byte> output)
    {
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(output[(4 * i)..], words[i]);
    }
}
