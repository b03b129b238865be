using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>The last compression of a chunk, or the one of a parent, not made yet: it may turn out to be the root's.</summary>
internal struct Blake3Node
{
    private Blake3Value value;
    private Blake3Block block;
    private ulong counter;
    private int length;
    private uint flags;

    /// <summary>The last block of a chunk.</summary>
    public Blake3Node(ReadOnlySpan<byte> value, ReadOnlySpan<byte> block, ulong counter, uint flags)
    {
        value.CopyTo(this.value);
        block.CopyTo(this.block);
        length = block.Length;
        this.counter = counter;
        this.flags = flags;
    }

    /// <summary>The parent of two chaining values (c2sp.org/BLAKE3, section 4.3.1).</summary>
    public static Blake3Node Parent(ReadOnlySpan<byte> key, ReadOnlySpan<byte> pair, uint mode) =>
        new(key, pair[..Blake3Spec.BlockLength], 0, mode | Blake3Spec.Parent);

    /// <summary>The chaining value of a node that is not the root.</summary>
    public readonly void Value(Blake3Path path, Span<byte> output)
    {
        ((ReadOnlySpan<byte>)value).CopyTo(output);
        Blake3Compression.Compress(path, output[..Blake3Spec.ChainingValueLength], block, counter, length, flags);
    }

    /// <summary>The output of the root from a position on (section 4.4): each 64 bytes are one compression, numbered by the counter.</summary>
    public readonly void Output(Blake3Path path, Span<byte> output, ulong position)
    {
        Span<byte> bytes = stackalloc byte[Blake3Spec.BlockLength];
        ulong number = position / Blake3Spec.BlockLength;
        int skip = (int)(position % Blake3Spec.BlockLength);
        while (!output.IsEmpty)
        {
            Blake3Compression.Expand(path, value, block, number, length, flags | Blake3Spec.Root, bytes);
            int take = Math.Min(bytes.Length - skip, output.Length);
            bytes.Slice(skip, take).CopyTo(output);
            output = output[take..];
            skip = 0;
            unchecked
            {
                number++;
            }
        }
    }
}

/// <summary>A chaining value or a key.</summary>
[InlineArray(Blake3Spec.ChainingValueLength)]
internal struct Blake3Value
{
    private byte first;
}

/// <summary>A block of input.</summary>
[InlineArray(Blake3Spec.BlockLength)]
internal struct Blake3Block
{
    private byte first;
}
