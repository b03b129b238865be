using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>The compression function for one input alone: the state's four rows in four vectors, so that the four quarter-rounds
/// of a half round are one (c2sp.org/BLAKE3, section 3). Little-endian machines only.</summary>
internal static class Blake3Rows
{
    // value: 32 bytes, replaced by the truncated output. block: 64 bytes.
    public static void Compress(Span<byte> value, ReadOnlySpan<byte> block, ulong counter, uint length, uint flags)
    {
        ref byte h = ref MemoryMarshal.GetReference(value[..Blake3Spec.ChainingValueLength]);
        ref byte m = ref MemoryMarshal.GetReference(block[..Blake3Spec.BlockLength]);
        Rows rows = new(Load(ref h, 0), Load(ref h, 1), counter, length, flags);
        rows.Mix(ref m);
        (rows.A ^ rows.C).AsByte().StoreUnsafe(ref h);
        (rows.B ^ rows.D).AsByte().StoreUnsafe(ref h, 16);
    }

    /// <summary>The unkeyed hash of one chunk, the values between the blocks kept in registers.</summary>
    // data: at most 1024 bytes. hash: 32 bytes.
    public static void HashChunk(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        Span<byte> last = stackalloc byte[Blake3Spec.BlockLength];
        Vector128<uint> low = Load(ref MemoryMarshal.GetReference(Blake3Spec.UnkeyedKey), 0);
        Vector128<uint> high = Load(ref MemoryMarshal.GetReference(Blake3Spec.UnkeyedKey), 1);
        uint flags = Blake3Spec.ChunkStart;
        bool more;
        do
        {
            more = data.Length > Blake3Spec.BlockLength;
            int length = more ? Blake3Spec.BlockLength : data.Length;
            scoped ref byte m = ref MemoryMarshal.GetReference(data);
            if (length < Blake3Spec.BlockLength)
            {
                data.CopyTo(last);
                m = ref MemoryMarshal.GetReference(last);
            }
            if (!more)
                flags |= Blake3Spec.ChunkEnd | Blake3Spec.Root;
            Rows rows = new(low, high, 0, (uint)length, flags);
            rows.Mix(ref m);
            low = rows.A ^ rows.C;
            high = rows.B ^ rows.D;
            flags = 0;
            data = data[length..];
        } while (more);
        ref byte to = ref MemoryMarshal.GetReference(hash[..Blake3Spec.ChainingValueLength]);
        low.AsByte().StoreUnsafe(ref to);
        high.AsByte().StoreUnsafe(ref to, 16);
    }

    // value: 32 bytes. block and output: 64 bytes.
    public static void Expand(
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        uint length,
        uint flags,
        Span<byte> output
    )
    {
        ref byte h = ref MemoryMarshal.GetReference(value[..Blake3Spec.ChainingValueLength]);
        ref byte m = ref MemoryMarshal.GetReference(block[..Blake3Spec.BlockLength]);
        ref byte to = ref MemoryMarshal.GetReference(output[..Blake3Spec.BlockLength]);
        Rows rows = new(Load(ref h, 0), Load(ref h, 1), counter, length, flags);
        rows.Mix(ref m);
        (rows.A ^ rows.C).AsByte().StoreUnsafe(ref to);
        (rows.B ^ rows.D).AsByte().StoreUnsafe(ref to, 16);
        (rows.C ^ Load(ref h, 0)).AsByte().StoreUnsafe(ref to, 32);
        (rows.D ^ Load(ref h, 1)).AsByte().StoreUnsafe(ref to, 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load(ref byte source, nuint index) =>
        Vector128.LoadUnsafe(ref source, 16 * index).AsUInt32();

    private ref struct Rows
    {
        public Vector128<uint> A;
        public Vector128<uint> B;
        public Vector128<uint> C;
        public Vector128<uint> D;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rows(Vector128<uint> low, Vector128<uint> high, ulong counter, uint length, uint flags)
        {
            A = low;
            B = high;
            C = Vector128.Create(Blake3Spec.Iv0, Blake3Spec.Iv1, Blake3Spec.Iv2, Blake3Spec.Iv3);
            D = Vector128.Create(counter, length | ((ulong)flags << 32)).AsUInt32();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Mix(ref byte block)
        {
            // The path is not chosen on x86 without SSE 4.1.
            if (Sse2.IsSupported)
                MixShuffled(Load(ref block, 0), Load(ref block, 1), Load(ref block, 2), Load(ref block, 3));
            else
                MixGathered(ref Unsafe.As<byte, uint>(ref block));
        }

        // The words stay in four vectors, and are permuted from each round to the next as section 2.3 says.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void MixShuffled(Vector128<uint> m0, Vector128<uint> m1, Vector128<uint> m2, Vector128<uint> m3)
        {
            Vector128<uint> x = Pick(m0, m1, 0b10_00_10_00);
            Vector128<uint> y = Pick(m0, m1, 0b11_01_11_01);
            Vector128<uint> z = Sse2.Shuffle(Pick(m2, m3, 0b10_00_10_00), 0b10_01_00_11);
            Vector128<uint> w = Sse2.Shuffle(Pick(m2, m3, 0b11_01_11_01), 0b10_01_00_11);
            Round(x, y, z, w);
            for (int round = 1; round < Blake3Spec.Rounds; round++)
            {
                (m0, m1, m2, m3) = (x, y, z, w);
                x = Sse2.Shuffle(Pick(m0, m1, 0b11_01_01_10), 0b00_11_10_01);
                y = Blend(Sse2.Shuffle(m0, 0b00_00_11_11), Pick(m2, m3, 0b11_11_10_10), 0b1100_1100);
                z = Blend(Sse2.UnpackLow(m3.AsUInt64(), m1.AsUInt64()).AsUInt32(), m2, 0b1100_0000);
                z = Sse2.Shuffle(z, 0b01_11_10_00);
                w = Sse2.Shuffle(Sse2.UnpackLow(m2, Sse2.UnpackHigh(m1, m3)), 0b00_01_11_10);
                Round(x, y, z, w);
            }
        }

        private void MixGathered(ref uint block)
        {
            for (int round = 0; round < Blake3Spec.Rounds; round++)
            {
                ref byte s = ref Unsafe.Add(ref MemoryMarshal.GetReference(Blake3Spec.Schedule), 16 * round);
                // The last two are in the order in which Round turns the rows.
                Round(
                    Gather(ref block, ref s, 0, 2, 4, 6),
                    Gather(ref block, ref s, 1, 3, 5, 7),
                    Gather(ref block, ref s, 14, 8, 10, 12),
                    Gather(ref block, ref s, 15, 9, 11, 13)
                );
            }
        }

        // First the columns, then the diagonals, brought below each other by turning all rows but the second, for which the next step waits.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round(Vector128<uint> x, Vector128<uint> y, Vector128<uint> z, Vector128<uint> w)
        {
            A = A + x + B;
            D = Rotate16(D ^ A);
            C += D;
            B = Rotate(B ^ C, 12);
            A = A + y + B;
            D = Rotate8(D ^ A);
            C += D;
            B = Rotate(B ^ C, 7);
            A = Vector128.Shuffle(A, Vector128.Create(3u, 0, 1, 2));
            D = Vector128.Shuffle(D, Vector128.Create(2u, 3, 0, 1));
            C = Vector128.Shuffle(C, Vector128.Create(1u, 2, 3, 0));
            A = A + z + B;
            D = Rotate16(D ^ A);
            C += D;
            B = Rotate(B ^ C, 12);
            A = A + w + B;
            D = Rotate8(D ^ A);
            C += D;
            B = Rotate(B ^ C, 7);
            A = Vector128.Shuffle(A, Vector128.Create(1u, 2, 3, 0));
            D = Vector128.Shuffle(D, Vector128.Create(2u, 3, 0, 1));
            C = Vector128.Shuffle(C, Vector128.Create(3u, 0, 1, 2));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Pick(Vector128<uint> a, Vector128<uint> b, [ConstantExpected] byte control) =>
            Sse.Shuffle(a.AsSingle(), b.AsSingle(), control).AsUInt32();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Blend(Vector128<uint> a, Vector128<uint> b, [ConstantExpected] byte control) =>
            Sse41.Blend(a.AsUInt16(), b.AsUInt16(), control).AsUInt32();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Gather(ref uint m, ref byte s, int a, int b, int c, int d) =>
            Vector128.Create(
                Unsafe.Add(ref m, (int)Unsafe.Add(ref s, a)),
                Unsafe.Add(ref m, (int)Unsafe.Add(ref s, b)),
                Unsafe.Add(ref m, (int)Unsafe.Add(ref s, c)),
                Unsafe.Add(ref m, (int)Unsafe.Add(ref s, d))
            );

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Rotate16(Vector128<uint> x) =>
            Avx512F.VL.IsSupported
                ? Avx512F.VL.RotateRight(x, 16)
                : Turn(x, Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Rotate8(Vector128<uint> x) =>
            Avx512F.VL.IsSupported
                ? Avx512F.VL.RotateRight(x, 8)
                : Turn(x, Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));

        // Named, because code compiled ahead of time for every x86 would make Vector128.Shuffle of several older instructions.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Turn(Vector128<uint> x, Vector128<byte> bytes) =>
            (Sse2.IsSupported ? Ssse3.Shuffle(x.AsByte(), bytes) : Vector128.Shuffle(x.AsByte(), bytes)).AsUInt32();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<uint> Rotate(Vector128<uint> x, [ConstantExpected] byte count) =>
            Avx512F.VL.IsSupported
                ? Avx512F.VL.RotateRight(x, count)
                : Vector128.ShiftRightLogical(x, count) | Vector128.ShiftLeft(x, 32 - count);
    }
}
