using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>Eight inputs side by side.</summary>
internal readonly struct Blake3Lanes256 : IBlake3Lanes<Vector256<uint>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Create(uint word) => Vector256.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Or(Vector256<uint> a, Vector256<uint> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftLeft8(Vector256<uint> x) => x << 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight24(Vector256<uint> x) => x >>> 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mix(
        ref Vector256<uint> a,
        ref Vector256<uint> b,
        ref Vector256<uint> c,
        ref Vector256<uint> d,
        ref Vector256<uint> m,
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

    public static void Gather(ref byte source, ref nint offsets, ref Vector256<uint> words) =>
        Blake3Transpose.Gather8(ref source, ref offsets, ref Unsafe.As<Vector256<uint>, byte>(ref words), 32);

    public static void Scatter(ref Vector256<uint> words, ref byte target) =>
        Blake3Transpose.Scatter8(ref Unsafe.As<Vector256<uint>, byte>(ref words), 32, ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate16(Vector256<uint> x) =>
        Avx2.IsSupported
            ? Turn(x, Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
            : (x >>> 16) | (x << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate8(Vector256<uint> x) =>
        Avx2.IsSupported
            ? Turn(x, Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12))
            : (x >>> 8) | (x << 24);

    // The same bytes of both halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Turn(Vector256<uint> x, Vector128<byte> bytes) =>
        Avx2.Shuffle(x.AsByte(), Vector256.Create(bytes, bytes)).AsUInt32();
}
