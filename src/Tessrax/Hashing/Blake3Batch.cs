namespace Tessrax.Hashing;

/// <summary>Many inputs of one kind, as many side by side as the path has lanes.</summary>
internal static class Blake3Batch
{
    /// <summary>The chaining values of whole chunks, one after another.</summary>
    // data: A whole number of chunks.
    // counter: How many chunks come before.
    public static void Chunks(
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

    /// <summary>The chaining values of parents that are not the root.</summary>
    // pairs: 64 bytes for each.
    // output: May be the beginning of pairs.
    public static void Parents(
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
