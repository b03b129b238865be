using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tessrax.Hashing;

/// <summary>SHA-256, one input after another, over some compression function.</summary>
/// <remarks>Padding is ours, so that a tree node costs one call into the compression function, with two blocks. Going through
/// an initialise, an update and a finish costs about a third more, a generic digest interface several times more.</remarks>
[SkipLocalsInit]
internal sealed unsafe class Sha256Stream<TBlocks>(string name) : Sha256Backend(name)
    where TBlocks : struct, ISha256Blocks
{
    private const int Block = 64;

    // What the compression function reads at a time.
    private const int Part = 16;

    // Inputs in parts are joined up to this length; receipts and claims are below it.
    private const int Joined = 16 * Block;

    // A block ends with 0x80, zeros and the length in bits as eight bytes.
    private const int Trailer = 9;

    public override Digest Hash(ReadOnlySpan<byte> data)
    {
        Sha256State state;
        Sha256State.Begin(&state);
        fixed (byte* input = data)
        {
            int whole = data.Length & -Block;
            if (whole > 0)
                TBlocks.Compress(&state, input, (nuint)whole / Block);
            FinishPart(&state, data[whole..], data.Length);
        }
        Sha256State.Store(&state, out Digest digest);
        return digest;
    }

    public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        if (first.Length == 1 && second.Length == Digest.Size && third.Length == Digest.Size)
        {
            ref byte left = ref MemoryMarshal.GetReference(second);
            ref byte right = ref MemoryMarshal.GetReference(third);
            return HashNode(MemoryMarshal.GetReference(first), ref left, ref right);
        }
        long length = (long)first.Length + second.Length + third.Length;
        return length <= Joined - Trailer ? HashJoined(first, second, third) : HashLong(first, second, third);
    }

    public override void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        Sha256State state;
        Sha256State.Begin(&state);
        byte* node = stackalloc byte[2 * Block];
        PadNode(node);
        ref byte pair = ref Unsafe.As<Digest, byte>(ref MemoryMarshal.GetReference(pairs));
        for (int i = 0; i < hashes.Length; i++)
        {
            JoinNode(node, prefix, ref pair, ref Unsafe.Add(ref pair, Digest.Size));
            TBlocks.Compress(&state, node, 2);
            Sha256State.Store(&state, out hashes[i]);
            Sha256State.Restart(&state);
            pair = ref Unsafe.Add(ref pair, 2 * Digest.Size);
        }
    }

    public override void Absorb(Sha256State* state, byte* block, ref int filled, ReadOnlySpan<byte> data) =>
        AbsorbPart(state, block, ref filled, data);

    public override void Finish(Sha256State* state, ReadOnlySpan<byte> tail, long length) =>
        FinishPart(state, tail, length);

    // A node of a tree. It takes references, as spans would go through the stack and be waited for.
    private static Digest HashNode(byte prefix, ref byte left, ref byte right)
    {
        Sha256State state;
        Sha256State.Begin(&state);
        byte* node = stackalloc byte[2 * Block];
        PadNode(node);
        JoinNode(node, prefix, ref left, ref right);
        TBlocks.Compress(&state, node, 2);
        Sha256State.Store(&state, out Digest digest);
        return digest;
    }

    private static Digest HashJoined(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Sha256State state;
        Sha256State.Begin(&state);
        byte* joined = stackalloc byte[Joined];
        int length = first.Length + second.Length + third.Length;
        if (first.Length == 1 && third.IsEmpty)
        {
            JoinLeaf(joined, first[0], second);
        }
        else
        {
            var target = new Span<byte>(joined, Joined);
            first.CopyTo(target);
            second.CopyTo(target[first.Length..]);
            third.CopyTo(target[(first.Length + second.Length)..]);
        }
        TBlocks.Compress(&state, joined, Pad(joined, length, length));
        Sha256State.Store(&state, out Digest digest);
        return digest;
    }

    private static Digest HashLong(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Sha256State state;
        Sha256State.Begin(&state);
        byte* block = stackalloc byte[Block];
        int filled = 0;
        AbsorbPart(&state, block, ref filled, first);
        AbsorbPart(&state, block, ref filled, second);
        AbsorbPart(&state, block, ref filled, third);
        FinishPart(&state, new(block, filled), (long)first.Length + second.Length + third.Length);
        Sha256State.Store(&state, out Digest digest);
        return digest;
    }

    /// <inheritdoc cref="Sha256Backend.Absorb"/>
    internal static void AbsorbPart(Sha256State* state, byte* block, ref int filled, ReadOnlySpan<byte> data)
    {
        if (filled > 0)
        {
            ReadOnlySpan<byte> some = data[..Math.Min(data.Length, Block - filled)];
            some.CopyTo(new(block + filled, Block - filled));
            filled += some.Length;
            data = data[some.Length..];
            if (filled < Block)
                return;
            TBlocks.Compress(state, block, 1);
        }
        int whole = data.Length & -Block;
        fixed (byte* input = data)
        {
            if (whole > 0)
                TBlocks.Compress(state, input, (nuint)whole / Block);
        }
        data[whole..].CopyTo(new(block, Block));
        filled = data.Length - whole;
    }

    /// <inheritdoc cref="Sha256Backend.Finish"/>
    internal static void FinishPart(Sha256State* state, ReadOnlySpan<byte> tail, long length)
    {
        byte* last = stackalloc byte[2 * Block];
        tail.CopyTo(new(last, Block));
        TBlocks.Compress(state, last, Pad(last, tail.Length, length));
    }

    // The blocks of a node, written as the compression function will read them, 16 aligned bytes at a time: a read that
    // spans two writes just made waits until both have left the store buffer, which costs more than the hashing of a block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinNode(byte* node, byte prefix, ref byte left, ref byte right)
    {
        unchecked // offsets into a buffer of two blocks
        {
            After(Vector128.LoadUnsafe(ref left), prefix).Store(node);
            Vector128.LoadUnsafe(ref left, Part - 1).Store(node + Part);
            After(Vector128.LoadUnsafe(ref right), Unsafe.Add(ref left, Digest.Size - 1)).Store(node + (2 * Part));
            Vector128.LoadUnsafe(ref right, Part - 1).Store(node + (3 * Part));
            Vector128
                .CreateScalar((ushort)(0x8000 | Unsafe.Add(ref right, Digest.Size - 1)))
                .AsByte()
                .Store(node + Block);
        }
    }

    // All of a node's padding but its first byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PadNode(byte* node)
    {
        unchecked // offsets into a buffer of two blocks
        {
            Vector128<byte>.Zero.Store(node + Block + Part);
            Vector128<byte>.Zero.Store(node + Block + (2 * Part));
            // 65 bytes are 0x208 bits.
            Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8).Store(node + Block + (3 * Part));
        }
    }

    // A leaf, likewise; its last few bytes do not fill a part.
    private static void JoinLeaf(byte* joined, byte prefix, ReadOnlySpan<byte> data)
    {
        ref byte source = ref MemoryMarshal.GetReference(data);
        int at = 0;
        if (data.Length >= Part)
        {
            After(Vector128.LoadUnsafe(ref source), prefix).Store(joined);
            unchecked // at is below the length
            {
                for (at = Part - 1; at <= data.Length - Part; at += Part)
                    Vector128.LoadUnsafe(ref source, (nuint)at).Store(joined + at + 1);
            }
        }
        else
        {
            joined[0] = prefix;
        }
        data[at..].CopyTo(new(joined + at + 1, Part));
    }

    // before || bytes, without the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> After(Vector128<byte> bytes, byte before)
    {
        Vector128<byte> moved = Vector128.Shuffle(
            bytes,
            Vector128.Create((byte)255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
        );
        return moved | Vector128.CreateScalar(before);
    }

    /// <summary>Pads the last <paramref name="used"/> bytes of an input (FIPS 180-4, section 5.1.1).</summary>
    /// <returns>How many blocks they and the padding fill.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Pad(byte* buffer, int used, long length)
    {
        int end = (used + Trailer + Block - 1) & -Block;
        buffer[used] = 0x80;
        new Span<byte>(buffer + used + 1, end - used - Trailer).Clear();
        BinaryPrimitives.WriteInt64BigEndian(new(buffer + end - sizeof(long), sizeof(long)), length * 8);
        return (nuint)end / Block;
    }
}
