using System.Runtime.Intrinsics;

namespace Tessrax.Hashing;

/// <summary>Many inputs of one kind, as many side by side as the path has lanes.</summary>
internal static class Blake3Batch
{
    /// <summary>The chaining values of whole chunks, one after another.</summary>
    // data: a whole number of chunks. counter: how many chunks come before.
    public static void Chunks(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> output
    )
    {
        switch (data.Length > Blake3Spec.ChunkLength ? path : Blake3Path.Portable)
        {
            case Blake3Path.Vector512:
                Blake3Side<Vector512<uint>, Blake3Lanes512>.Chunks(key, data, counter, mode, output);
                break;
            case Blake3Path.Vector256:
                Blake3Side<Vector256<uint>, Blake3Lanes256>.Chunks(key, data, counter, mode, output);
                break;
            case Blake3Path.Vector128:
                Blake3Side<Vector128<uint>, Blake3Lanes128>.Chunks(key, data, counter, mode, output);
                break;
            default:
                OneByOne(path, key, data, counter, mode, output);
                break;
        }
    }

    /// <summary>The chaining values of parents that are not the root.</summary>
    // pairs: 64 bytes for each. output: may be the beginning of the pairs.
    public static void Parents(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> pairs,
        uint mode,
        Span<byte> output
    )
    {
        switch (pairs.Length > Blake3Spec.BlockLength ? path : Blake3Path.Portable)
        {
            case Blake3Path.Vector512:
                Blake3Side<Vector512<uint>, Blake3Lanes512>.Parents(key, pairs, mode, output);
                break;
            case Blake3Path.Vector256:
                Blake3Side<Vector256<uint>, Blake3Lanes256>.Parents(key, pairs, mode, output);
                break;
            case Blake3Path.Vector128:
                Blake3Side<Vector128<uint>, Blake3Lanes128>.Parents(key, pairs, mode, output);
                break;
            default:
                OneByOne(path, key, pairs, mode, output);
                break;
        }
    }

    /// <summary>The hashes of prefix || pair.</summary>
    // pairs: 64 bytes for each. output: may be the beginning of the pairs. The path is a vector's.
    public static void PrefixedPairs(Blake3Path path, byte prefix, ReadOnlySpan<byte> pairs, Span<byte> output)
    {
        switch (path)
        {
            case Blake3Path.Vector512:
                Blake3Side<Vector512<uint>, Blake3Lanes512>.PrefixedPairs(prefix, pairs, output);
                break;
            case Blake3Path.Vector256:
                Blake3Side<Vector256<uint>, Blake3Lanes256>.PrefixedPairs(prefix, pairs, output);
                break;
            default:
                Blake3Side<Vector128<uint>, Blake3Lanes128>.PrefixedPairs(prefix, pairs, output);
                break;
        }
    }

    /// <summary>The hashes of prefix || data[ends[i - 1]..ends[i]]. The path is a vector's.</summary>
    public static void Many(
        Blake3Path path,
        HashEngine engine,
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    )
    {
        switch (path)
        {
            case Blake3Path.Vector512:
                Blake3Many<Vector512<uint>, Blake3Lanes512>.Hash(engine, prefix, data, ends, hashes);
                break;
            case Blake3Path.Vector256:
                Blake3Many<Vector256<uint>, Blake3Lanes256>.Hash(engine, prefix, data, ends, hashes);
                break;
            default:
                Blake3Many<Vector128<uint>, Blake3Lanes128>.Hash(engine, prefix, data, ends, hashes);
                break;
        }
    }

    private static void OneByOne(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> output
    )
    {
        for (int i = 0; i < data.Length / Blake3Spec.ChunkLength; i++)
        {
            var chunk = new Blake3Chunk(key, counter + (uint)i);
            chunk.Append(path, data.Slice(i * Blake3Spec.ChunkLength, Blake3Spec.ChunkLength), mode);
            chunk
                .End(mode)
                .Value(path, output.Slice(i * Blake3Spec.ChainingValueLength, Blake3Spec.ChainingValueLength));
        }
    }

    private static void OneByOne(
        Blake3Path path,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> pairs,
        uint mode,
        Span<byte> output
    )
    {
        for (int i = 0; i < pairs.Length / Blake3Spec.BlockLength; i++)
        {
            Blake3Node
                .Parent(key, pairs.Slice(i * Blake3Spec.BlockLength, Blake3Spec.BlockLength), mode)
                .Value(path, output.Slice(i * Blake3Spec.ChainingValueLength, Blake3Spec.ChainingValueLength));
        }
    }
}
