using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>SHA-256 by the library <c>tessrax_hash</c>.</summary>
internal sealed unsafe class Sha256Native : Sha256Backend
{
    // As for libcrypto: below a microsecond the transition is suppressed.
    private const int ShortPairs = 16;

    private readonly Sha256Stream<Blocks> single = new("native");
    private readonly nint pairsCall;
    private readonly nint manyCall;

    public Sha256Native(NativeHash library)
        : base("native")
    {
        pairsCall = library.Sha256Pairs;
        manyCall = library.Sha256Many;
        Blocks.Use(library.Sha256Blocks);
    }

    public override Digest Hash(ReadOnlySpan<byte> data) => single.Hash(data);

    public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        single.Hash(first, second, third);

    public override void Absorb(Sha256State* state, byte* block, ref int filled, ReadOnlySpan<byte> data) =>
        single.Absorb(state, block, ref filled, data);

    public override void Finish(Sha256State* state, ReadOnlySpan<byte> tail, long length) =>
        single.Finish(state, tail, length);

    public override void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        ref byte input = ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(pairs));
        ref byte output = ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(hashes));
        fixed (
            byte* p = &input,
                h = &output
        )
        {
            if (hashes.Length <= ShortPairs)
                NativeHash.Check(
                    ((delegate* unmanaged[SuppressGCTransition]<byte, byte*, nuint, byte*, int>)pairsCall)(
                        prefix,
                        p,
                        (nuint)hashes.Length,
                        h
                    )
                );
            else
                NativeHash.Check(
                    ((delegate* unmanaged<byte, byte*, nuint, byte*, int>)pairsCall)(prefix, p, (nuint)hashes.Length, h)
                );
        }
    }

    public override void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes)
    {
        var call = (delegate* unmanaged<byte, byte*, int*, nuint, byte*, int>)manyCall;
        fixed (
            byte* d = data,
                h = MemoryMarshal.AsBytes(hashes)
        )
        fixed (int* e = ends)
            NativeHash.Check(call(prefix, d, e, (nuint)hashes.Length, h));
    }

    private readonly struct Blocks : ISha256Blocks
    {
        private const int ShortBlocks = 16;

        private static nint call;

        // One library a process: a second one would be the same.
        public static void Use(nint blocks) => call = blocks;

        public static void Compress(Sha256State* state, byte* blocks, nuint count)
        {
            if (count <= ShortBlocks)
                NativeHash.Check(
                    ((delegate* unmanaged[SuppressGCTransition]<Sha256State*, byte*, nuint, int>)call)(
                        state,
                        blocks,
                        count
                    )
                );
            else
                NativeHash.Check(((delegate* unmanaged<Sha256State*, byte*, nuint, int>)call)(state, blocks, count));
        }
    }
}
