using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>SHA-256 in plain C#, several inputs side by side in the lanes of vectors.</summary>
/// <remarks>A single input, and what is left over at the end of a batch, goes to the backend for single ones.</remarks>
[SkipLocalsInit]
internal sealed unsafe class Sha256Batch<TLanes, TVector>(string name, Sha256Backend single) : Sha256Backend(name)
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    private const int Block = 64;
    private const int Words = 16;
    private const int StateWords = 8;

    public override Digest Hash(ReadOnlySpan<byte> data) => single.Hash(data);

    public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        single.Hash(first, second, third);

    public override void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        int lanes = TLanes.Count;
        uint* message = stackalloc uint[Words * lanes];
        uint* state = stackalloc uint[StateWords * lanes];
        int done = 0;
        for (; hashes.Length - done >= lanes; done += lanes)
        {
            ReadOnlySpan<byte> input = MemoryMarshal.AsBytes(pairs.Slice(2 * done, 2 * lanes));
            Begin(state);
            FirstBlocks(prefix, input, message);
            Sha256Lanes<TLanes, TVector>.Compress(state, message);
            SecondBlocks(input, message);
            Sha256Lanes<TLanes, TVector>.Compress(state, message);
            Store(state, hashes.Slice(done, lanes));
        }
        if (done < hashes.Length)
            single.HashPairs(prefix, pairs[(2 * done)..], hashes[done..]);
    }

    public override void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes) =>
        single.HashMany(prefix, data, ends, hashes);

    private static void Begin(uint* state)
    {
        for (int w = 0; w < StateWords; w++)
            TLanes.Store(TLanes.Splat(Sha256State.Initial[w]), state + (w * TLanes.Count));
    }

    // prefix || the first 63 bytes of each pair.
    private static void FirstBlocks(byte prefix, ReadOnlySpan<byte> pairs, uint* message)
    {
        int lanes = TLanes.Count;
        ref byte pair = ref MemoryMarshal.GetReference(pairs);
        for (int i = 0; i < lanes; i++)
        {
            uint* place = message + i;
            place[0] = ((uint)prefix << 24) | (ReadWord(ref pair) >> 8);
            for (int t = 1; t < Words; t++)
                place[t * lanes] = ReadWord(ref Unsafe.Add(ref pair, (4 * t) - 1));
            pair = ref Unsafe.Add(ref pair, Block);
        }
    }

    // The last byte of each pair and the padding.
    private static void SecondBlocks(ReadOnlySpan<byte> pairs, uint* message)
    {
        int lanes = TLanes.Count;
        for (int i = 0; i < lanes; i++)
            message[i] = ((uint)pairs[(i * Block) + Block - 1] << 24) | 0x800000;
        for (int t = 1; t < Words - 1; t++)
            TLanes.Store(TLanes.Splat(0), message + (t * lanes));
        TLanes.Store(TLanes.Splat(8 * (1 + Block)), message + ((Words - 1) * lanes));
    }

    private static void Store(uint* state, Span<Digest> hashes)
    {
        int lanes = TLanes.Count;
        Span<byte> target = MemoryMarshal.AsBytes(hashes);
        for (int i = 0; i < lanes; i++)
        {
            for (int w = 0; w < StateWords; w++)
                BinaryPrimitives.WriteUInt32BigEndian(target[((Digest.Size * i) + (4 * w))..], state[(w * lanes) + i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadWord(ref byte source)
    {
        uint word = Unsafe.ReadUnaligned<uint>(ref source);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }
}
