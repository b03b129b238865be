using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>Four inputs side by side.</summary>
internal readonly struct Blake3Lanes128 : IBlake3Lanes<Vector128<uint>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Create(uint word) => Vector128.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> a, Vector128<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Or(Vector128<uint> a, Vector128<uint> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftLeft8(Vector128<uint> x) => x << 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftRight24(Vector128<uint> x) => x >>> 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mix(
        ref Vector128<uint> a,
        ref Vector128<uint> b,
        ref Vector128<uint> c,
        ref Vector128<uint> d,
        ref Vector128<uint> m,
        int x,
        int y
    )
    {
        a = a + b + Unsafe.Add(ref m, x);
        d = Rotate16(d ^ a);
        c += d;
        b ^= c;
        b = (b >>> 12) | (b << 20);
        a = a + b + Unsafe.Add(ref m, y);
        d = Rotate8(d ^ a);
        c += d;
        b ^= c;
        b = (b >>> 7) | (b << 25);
    }

    public static void Gather(ref byte source, ref nint offsets, ref Vector128<uint> words) =>
        Blake3Transpose.Gather4(ref source, ref offsets, ref Unsafe.As<Vector128<uint>, byte>(ref words));

    public static void Scatter(ref Vector128<uint> words, ref byte target) =>
        Blake3Transpose.Scatter4(ref Unsafe.As<Vector128<uint>, byte>(ref words), ref target);

    // On x86 these lanes are for old machines, or for code compiled ahead of time for all of them, which have no byte shuffle.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate16(Vector128<uint> x) =>
        Sse2.IsSupported
            ? (x >>> 16) | (x << 16)
            : Vector128
                .Shuffle(x.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
                .AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate8(Vector128<uint> x) =>
        Sse2.IsSupported
            ? (x >>> 8) | (x << 24)
            : Vector128
                .Shuffle(x.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12))
                .AsUInt32();
}
