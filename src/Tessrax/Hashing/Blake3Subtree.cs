using System.Diagnostics;
using System.Numerics;

namespace Tessrax.Hashing;

/// <summary>The tree over many chunks at once (c2sp.org/BLAKE3, section 4.3): as many chunks and parents side by side as the path has lanes.</summary>
internal static class Blake3Subtree
{
    private const int MostLanes = 16;

    /// <summary>The two chaining values below the parent over <paramref name="data"/>, which may or may not be the root.</summary>
    // data: More than one chunk; a whole subtree if anything follows.
    // counter: How many chunks come before.
    // pair: 64 bytes.
    public static void Pair(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> pair
    )
    {
        Debug.Assert(data.Length > Blake3Spec.ChunkLength);
        Span<byte> values = stackalloc byte[MostLanes * Blake3Spec.ChainingValueLength];
        int count = Values(path, key, data, counter, mode, values);
        while (count > 2)
            count = Parents(path, key, values, count, mode, values);
        values[..Blake3Spec.BlockLength].CopyTo(pair);
    }

    // The chaining values of some level: at least two, at most as many as there are lanes, so that parents above fill the lanes.
    private static int Values(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> output
    )
    {
        int lanes = Math.Max(path.Lanes(), 2);
        if (data.Length <= lanes * Blake3Spec.ChunkLength)
            return Chunks(path, key, data, counter, mode, output);
        // The left part is the largest power of two of chunks that leaves at least one byte.
        int left = (int)(BitOperations.RoundUpToPowerOf2((uint)data.Length) / 2);
        Span<byte> values = stackalloc byte[2 * MostLanes * Blake3Spec.ChainingValueLength];
        int count = Values(path, key, data[..left], counter, mode, values);
        ulong after = counter + (uint)left / Blake3Spec.ChunkLength;
        Span<byte> rest = values[(count * Blake3Spec.ChainingValueLength)..];
        if (data.Length - left <= Blake3Spec.ChunkLength)
            count += Chunks(path, key, data[left..], after, mode, rest);
        else
            count += Values(path, key, data[left..], after, mode, rest);
        return Parents(path, key, values, count, mode, output);
    }

    private static int Chunks(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> output
    )
    {
        int whole = data.Length / Blake3Spec.ChunkLength;
        Blake3Batch.Chunks(path, key, data[..(whole * Blake3Spec.ChunkLength)], counter, mode, output);
        if (whole * Blake3Spec.ChunkLength == data.Length)
            return whole;
        var last = new Blake3Chunk(key, counter + (uint)whole);
        last.Append(path, data[(whole * Blake3Spec.ChunkLength)..], mode);
        last.End(mode)
            .Value(path, output.Slice(whole * Blake3Spec.ChainingValueLength, Blake3Spec.ChainingValueLength));
        return whole + 1;
    }

    // One level up; a value without a sibling rises as it is. The output may be the input.
    private static int Parents(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> values,
        int count,
        uint mode,
        Span<byte> output
    )
    {
        int parents = count / 2;
        Blake3Batch.Parents(path, key, values[..(parents * Blake3Spec.BlockLength)], mode, output);
        if (count % 2 == 0)
            return parents;
        values
            .Slice((count - 1) * Blake3Spec.ChainingValueLength, Blake3Spec.ChainingValueLength)
            .CopyTo(output[(parents * Blake3Spec.ChainingValueLength)..]);
        return parents + 1;
    }
}
