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

    // A message ends with 0x80, zeros and its length in bits as eight bytes.
    private const int Trailer = 9;

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
            for (int i = 0; i < lanes; i++)
                Store(state + i, out hashes[done + i]);
        }
        if (done < hashes.Length)
            single.HashPairs(prefix, pairs[(2 * done)..], hashes[done..]);
    }

    public override void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes)
    {
        int lanes = TLanes.Count;
        uint* message = stackalloc uint[Words * lanes];
        uint* state = stackalloc uint[StateWords * lanes];
        int* leaf = stackalloc int[lanes];
        int* block = stackalloc int[lanes];
        Begin(state);
        int next = 0;
        for (int i = 0; i < lanes; i++)
            (leaf[i], block[i]) = (next < hashes.Length ? next++ : -1, 0);
        // A lane whose leaf is done takes the next one. Lanes without a leaf run along.
        for (int left = hashes.Length; left > 0; )
        {
            for (int i = 0; i < lanes; i++)
            {
                if (leaf[i] >= 0)
                    LeafBlock(prefix, Leaf(data, ends, leaf[i]), block[i]++, message + i);
            }
            Sha256Lanes<TLanes, TVector>.Compress(state, message);
            for (int i = 0; i < lanes; i++)
            {
                if (leaf[i] < 0 || (long)block[i] * Block < Leaf(data, ends, leaf[i]).Length + 1L + Trailer)
                    continue;
                Store(state + i, out hashes[leaf[i]]);
                for (int w = 0; w < StateWords; w++)
                    state[(w * lanes) + i] = Sha256State.Initial[w];
                (leaf[i], block[i]) = (next < hashes.Length ? next++ : -1, 0);
                left--;
            }
        }
    }

    private static ReadOnlySpan<byte> Leaf(ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, int index)
    {
        int begin = index == 0 ? 0 : ends[index - 1];
        return data[begin..ends[index]];
    }

    // Block number `index` of prefix || data || padding, into one lane.
    private static void LeafBlock(byte prefix, ReadOnlySpan<byte> data, int index, uint* place)
    {
        long offset = ((long)index * Block) - 1;
        if (offset >= 0 && offset + Block <= data.Length)
        {
            Scatter(ref Unsafe.Add(ref MemoryMarshal.GetReference(data), (nint)offset), place);
            return;
        }
        Span<byte> block = stackalloc byte[Block];
        block.Clear();
        if (offset < 0)
            block[0] = prefix;
        int skipped = offset < 0 ? 1 : 0;
        int from = (int)Math.Min(offset + skipped, data.Length);
        int count = Math.Min(data.Length - from, Block - skipped);
        data.Slice(from, count).CopyTo(block[skipped..]);
        long end = data.Length - offset;
        if (end is >= 0 and < Block)
            block[(int)end] = 0x80;
        if (end + Trailer <= Block)
            BinaryPrimitives.WriteInt64BigEndian(block[^sizeof(long)..], (data.Length + 1L) * 8);
        Scatter(ref MemoryMarshal.GetReference(block), place);
    }

    private static void Scatter(ref byte block, uint* place)
    {
        for (int t = 0; t < Words; t++)
            place[t * TLanes.Count] = ReadWord(ref Unsafe.Add(ref block, 4 * t));
    }

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

    // One lane's digest.
    private static void Store(uint* state, out Digest digest)
    {
        Unsafe.SkipInit(out digest);
        ref byte target = ref Unsafe.As<Digest, byte>(ref digest);
        for (int w = 0; w < StateWords; w++)
        {
            uint word = state[w * TLanes.Count];
            word = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 4 * w), word);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadWord(ref byte source)
    {
        uint word = Unsafe.ReadUnaligned<uint>(ref source);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }
}
