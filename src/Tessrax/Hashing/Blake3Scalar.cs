using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>The compression function in 32-bit words (c2sp.org/BLAKE3, section 3), for machines without vectors.</summary>
internal static class Blake3Scalar
{
    // value: The chaining value h, 32 bytes.
    // block: 64 bytes, zeros beyond length.
    // output: The 16 words of the last state.
    public static void Compress(
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> block,
        ulong counter,
        uint length,
        uint flags,
        Span<uint> output
    )
    {
        Span<uint> m = stackalloc uint[16];
        Span<uint> h = stackalloc uint[8];
        for (int i = 0; i < m.Length; i++)
            m[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        for (int i = 0; i < h.Length; i++)
            h[i] = BinaryPrimitives.ReadUInt32LittleEndian(value[(4 * i)..]);
        uint v0 = h[0],
            v1 = h[1],
            v2 = h[2],
            v3 = h[3],
            v4 = h[4],
            v5 = h[5],
            v6 = h[6],
            v7 = h[7];
        uint v8 = Blake3Spec.Iv0,
            v9 = Blake3Spec.Iv1,
            v10 = Blake3Spec.Iv2,
            v11 = Blake3Spec.Iv3;
        uint v12 = unchecked((uint)counter),
            v13 = (uint)(counter >> 32),
            v14 = length,
            v15 = flags;
        for (ReadOnlySpan<byte> s = Blake3Spec.Schedule; s.Length >= 16; s = s[16..])
        {
            Mix(ref v0, ref v4, ref v8, ref v12, m[s[0]], m[s[1]]);
            Mix(ref v1, ref v5, ref v9, ref v13, m[s[2]], m[s[3]]);
            Mix(ref v2, ref v6, ref v10, ref v14, m[s[4]], m[s[5]]);
            Mix(ref v3, ref v7, ref v11, ref v15, m[s[6]], m[s[7]]);
            Mix(ref v0, ref v5, ref v10, ref v15, m[s[8]], m[s[9]]);
            Mix(ref v1, ref v6, ref v11, ref v12, m[s[10]], m[s[11]]);
            Mix(ref v2, ref v7, ref v8, ref v13, m[s[12]], m[s[13]]);
            Mix(ref v3, ref v4, ref v9, ref v14, m[s[14]], m[s[15]]);
        }
        ReadOnlySpan<uint> low = [v0, v1, v2, v3, v4, v5, v6, v7];
        ReadOnlySpan<uint> high = [v8, v9, v10, v11, v12, v13, v14, v15];
        for (int i = 0; i < h.Length; i++)
        {
            output[i] = low[i] ^ high[i];
            output[i + 8] = high[i] ^ h[i];
        }
    }

    // Section 3.2: the quarter-round G.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        unchecked
        {
            a = a + b + x;
            d = BitOperations.RotateRight(d ^ a, 16);
            c += d;
            b = BitOperations.RotateRight(b ^ c, 12);
            a = a + b + y;
            d = BitOperations.RotateRight(d ^ a, 8);
            c += d;
            b = BitOperations.RotateRight(b ^ c, 7);
        }
    }
}
