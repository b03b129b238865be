using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>Eight words of each of several inputs, turned into eight vectors of a word of each input, and back.</summary>
internal static class Blake3Transpose
{
    private const int Words = 8;

    // The vectors of words are pitch bytes apart: of wider vectors this fills a half.
    public static void Gather8(ref byte source, ref nint offsets, ref byte words, nuint pitch)
    {
        if (!Avx2.IsSupported)
        {
            GatherWords(ref source, ref offsets, ref words, pitch, 8);
            return;
        }
        Transpose(
            Load256(ref source, offsets),
            Load256(ref source, Unsafe.Add(ref offsets, 1)),
            Load256(ref source, Unsafe.Add(ref offsets, 2)),
            Load256(ref source, Unsafe.Add(ref offsets, 3)),
            Load256(ref source, Unsafe.Add(ref offsets, 4)),
            Load256(ref source, Unsafe.Add(ref offsets, 5)),
            Load256(ref source, Unsafe.Add(ref offsets, 6)),
            Load256(ref source, Unsafe.Add(ref offsets, 7)),
            ref words,
            pitch
        );
    }

    public static void Scatter8(ref byte words, nuint pitch, ref byte target)
    {
        if (!Avx2.IsSupported)
        {
            ScatterWords(ref words, pitch, ref target, 8);
            return;
        }
        Transpose(
            Load256(ref words, 0),
            Load256(ref words, (nint)pitch),
            Load256(ref words, 2 * (nint)pitch),
            Load256(ref words, 3 * (nint)pitch),
            Load256(ref words, 4 * (nint)pitch),
            Load256(ref words, 5 * (nint)pitch),
            Load256(ref words, 6 * (nint)pitch),
            Load256(ref words, 7 * (nint)pitch),
            ref target,
            32
        );
    }

    public static void Gather4(ref byte source, ref nint offsets, ref byte words)
    {
        if (!Sse2.IsSupported)
        {
            GatherWords(ref source, ref offsets, ref words, 16, 4);
            return;
        }
        for (nint half = 0; half < 32; half += 16)
        {
            Transpose(
                Load128(ref source, offsets + half),
                Load128(ref source, Unsafe.Add(ref offsets, 1) + half),
                Load128(ref source, Unsafe.Add(ref offsets, 2) + half),
                Load128(ref source, Unsafe.Add(ref offsets, 3) + half),
                ref Unsafe.Add(ref words, 4 * half),
                16
            );
        }
    }

    public static void Scatter4(ref byte words, ref byte target)
    {
        if (!Sse2.IsSupported)
        {
            ScatterWords(ref words, 16, ref target, 4);
            return;
        }
        for (nint half = 0; half < 2; half++)
        {
            Transpose(
                Load128(ref words, 64 * half),
                Load128(ref words, 64 * half + 16),
                Load128(ref words, 64 * half + 32),
                Load128(ref words, 64 * half + 48),
                ref Unsafe.Add(ref target, 16 * half),
                32
            );
        }
    }

    private static void GatherWords(ref byte source, ref nint offsets, ref byte words, nuint pitch, int lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            ref byte input = ref Unsafe.AddByteOffset(ref source, Unsafe.Add(ref offsets, lane));
            ref byte output = ref Unsafe.Add(ref words, 4 * lane);
            for (int word = 0; word < Words; word++)
            {
                uint x = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, 4 * word));
                Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref output, (nuint)word * pitch), x);
            }
        }
    }

    private static void ScatterWords(ref byte words, nuint pitch, ref byte target, int lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            ref byte input = ref Unsafe.Add(ref words, 4 * lane);
            ref byte output = ref Unsafe.Add(ref target, 4 * Words * lane);
            for (int word = 0; word < Words; word++)
            {
                uint x = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref input, (nuint)word * pitch));
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 4 * word), x);
            }
        }
    }

    // Pairs of rows are interleaved by words, then by pairs of words, then halves are exchanged.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<uint> a,
        Vector256<uint> b,
        Vector256<uint> c,
        Vector256<uint> d,
        Vector256<uint> e,
        Vector256<uint> f,
        Vector256<uint> g,
        Vector256<uint> h,
        ref byte target,
        nuint pitch
    )
    {
        Vector256<ulong> ab04 = Avx2.UnpackLow(a, b).AsUInt64();
        Vector256<ulong> ab26 = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cd04 = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> cd26 = Avx2.UnpackHigh(c, d).AsUInt64();
        Vector256<ulong> ef04 = Avx2.UnpackLow(e, f).AsUInt64();
        Vector256<ulong> ef26 = Avx2.UnpackHigh(e, f).AsUInt64();
        Vector256<ulong> gh04 = Avx2.UnpackLow(g, h).AsUInt64();
        Vector256<ulong> gh26 = Avx2.UnpackHigh(g, h).AsUInt64();
        Exchange(Avx2.UnpackLow(ab04, cd04), Avx2.UnpackLow(ef04, gh04), ref target, 0, pitch);
        Exchange(Avx2.UnpackHigh(ab04, cd04), Avx2.UnpackHigh(ef04, gh04), ref target, 1, pitch);
        Exchange(Avx2.UnpackLow(ab26, cd26), Avx2.UnpackLow(ef26, gh26), ref target, 2, pitch);
        Exchange(Avx2.UnpackHigh(ab26, cd26), Avx2.UnpackHigh(ef26, gh26), ref target, 3, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(Vector256<ulong> x, Vector256<ulong> y, ref byte target, nuint row, nuint pitch)
    {
        Avx2.Permute2x128(x, y, 0x20).AsByte().StoreUnsafe(ref target, row * pitch);
        Avx2.Permute2x128(x, y, 0x31).AsByte().StoreUnsafe(ref target, (row + 4) * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector128<uint> a,
        Vector128<uint> b,
        Vector128<uint> c,
        Vector128<uint> d,
        ref byte target,
        nuint pitch
    )
    {
        Vector128<ulong> ab01 = Sse2.UnpackLow(a, b).AsUInt64();
        Vector128<ulong> ab23 = Sse2.UnpackHigh(a, b).AsUInt64();
        Vector128<ulong> cd01 = Sse2.UnpackLow(c, d).AsUInt64();
        Vector128<ulong> cd23 = Sse2.UnpackHigh(c, d).AsUInt64();
        Sse2.UnpackLow(ab01, cd01).AsByte().StoreUnsafe(ref target);
        Sse2.UnpackHigh(ab01, cd01).AsByte().StoreUnsafe(ref target, pitch);
        Sse2.UnpackLow(ab23, cd23).AsByte().StoreUnsafe(ref target, 2 * pitch);
        Sse2.UnpackHigh(ab23, cd23).AsByte().StoreUnsafe(ref target, 3 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load256(ref byte source, nint offset) =>
        Vector256.LoadUnsafe(ref Unsafe.AddByteOffset(ref source, offset)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load128(ref byte source, nint offset) =>
        Vector128.LoadUnsafe(ref Unsafe.AddByteOffset(ref source, offset)).AsUInt32();
}
