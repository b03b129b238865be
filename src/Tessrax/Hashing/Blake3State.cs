using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>A hash under way: the chunk that fills, and the chaining values of whole subtrees to its left.</summary>
/// <remarks>A subtree is merged with its left sibling only when something follows it, because the last merge is the root's and
/// flagged as such (c2sp.org/BLAKE3, section 4.3).</remarks>
internal struct Blake3State
{
    private readonly Blake3Path path;
    private readonly uint mode;
    private readonly Blake3Value key;
    private Blake3Chunk chunk;
    private int depth;
    private Stack stack;

    // mode: The flag of the mode that is in every compression, or 0.
    public Blake3State(Blake3Path path, ReadOnlySpan<byte> key, uint mode)
    {
        this.path = path;
        this.mode = mode;
        key.CopyTo(this.key);
        chunk = new Blake3Chunk(key, 0);
    }

    /// <summary>Forgets what was appended.</summary>
    public void Reset()
    {
        chunk = new Blake3Chunk(key, 0);
        depth = 0;
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (chunk.Length > 0)
        {
            int take = Math.Min(Blake3Spec.ChunkLength - chunk.Length, data.Length);
            chunk.Append(path, data[..take], mode);
            data = data[take..];
            if (data.IsEmpty)
                return;
            PushChunk();
        }
        while (data.Length > Blake3Spec.ChunkLength)
        {
            int take = SubtreeLength(data.Length);
            if (take == Blake3Spec.ChunkLength)
            {
                chunk.Append(path, data[..take], mode);
                PushChunk();
            }
            else
            {
                PushSubtree(data[..take]);
            }
            data = data[take..];
        }
        if (data.IsEmpty)
            return;
        chunk.Append(path, data, mode);
        MergeWhole(chunk.Counter);
    }

    /// <summary>The root, if nothing follows.</summary>
    public readonly Blake3Node Root()
    {
        if (depth == 0)
            return chunk.End(mode);
        ReadOnlySpan<byte> values = stack;
        int left = depth;
        Blake3Node node;
        if (chunk.Length > 0)
        {
            node = chunk.End(mode);
        }
        else
        {
            left -= 2;
            node = Blake3Node.Parent(key, values[(left * Blake3Spec.ChainingValueLength)..], mode);
        }
        Span<byte> pair = stackalloc byte[Blake3Spec.BlockLength];
        while (left > 0)
        {
            left--;
            values.Slice(left * Blake3Spec.ChainingValueLength, Blake3Spec.ChainingValueLength).CopyTo(pair);
            node.Value(path, pair[Blake3Spec.ChainingValueLength..]);
            node = Blake3Node.Parent(key, pair, mode);
        }
        return node;
    }

    public readonly void Output(Span<byte> output, ulong position) => Root().Output(path, output, position);

    // A power of two of chunks, no more than there is, that stands at a multiple of its own size.
    private readonly int SubtreeLength(int available)
    {
        int largest = 1 << BitOperations.Log2((uint)available);
        ulong before = chunk.Counter;
        while (((ulong)(largest / Blake3Spec.ChunkLength - 1) & before) != 0)
            largest /= 2;
        return largest;
    }

    private void PushChunk()
    {
        Span<byte> value = stackalloc byte[Blake3Spec.ChainingValueLength];
        chunk.End(mode).Value(path, value);
        Push(value, chunk.Counter);
        chunk = new Blake3Chunk(key, chunk.Counter + 1);
    }

    // The subtree's two halves are pushed apart: their parent may be the root.
    private void PushSubtree(ReadOnlySpan<byte> data)
    {
        Span<byte> pair = stackalloc byte[Blake3Spec.BlockLength];
        Blake3Subtree.Pair(path, key, data, chunk.Counter, mode, pair);
        ulong chunks = (uint)data.Length / Blake3Spec.ChunkLength;
        Push(pair[..Blake3Spec.ChainingValueLength], chunk.Counter);
        Push(pair[Blake3Spec.ChainingValueLength..], chunk.Counter + chunks / 2);
        chunk = new Blake3Chunk(key, chunk.Counter + chunks);
    }

    private void Push(ReadOnlySpan<byte> value, ulong before)
    {
        MergeWhole(before);
        Span<byte> values = stack;
        value.CopyTo(values[(depth * Blake3Spec.ChainingValueLength)..]);
        depth++;
    }

    // Of the chunks before something, each bit of their number is one whole subtree: what is more on the stack is merged now.
    private void MergeWhole(ulong before)
    {
        Span<byte> values = stack;
        int wanted = BitOperations.PopCount(before);
        while (depth > wanted)
        {
            depth--;
            Span<byte> pair = values.Slice((depth - 1) * Blake3Spec.ChainingValueLength, Blake3Spec.BlockLength);
            Blake3Node.Parent(key, pair, mode).Value(path, pair[..Blake3Spec.ChainingValueLength]);
        }
    }

    // 2^64 - 1 bytes are fewer than 2^54 chunks, whose subtrees are 54 at most; one more waits to be merged.
    [InlineArray(55 * Blake3Spec.ChainingValueLength)]
    private struct Stack
    {
        private byte first;
    }
}
