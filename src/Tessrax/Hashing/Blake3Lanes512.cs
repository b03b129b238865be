using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>Sixteen inputs side by side.</summary>
internal readonly struct Blake3Lanes512 : IBlake3Lanes<Vector512<uint>>
{
    private const int HalfOfLanes = 8;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Create(uint word) => Vector512.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Or(Vector512<uint> a, Vector512<uint> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftLeft8(Vector512<uint> x) => x << 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight24(Vector512<uint> x) => x >>> 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mix(
        ref Vector512<uint> a,
        ref Vector512<uint> b,
        ref Vector512<uint> c,
        ref Vector512<uint> d,
        ref Vector512<uint> m,
        int x,
        int y
    )
    {
        a = a + b + Unsafe.Add(ref m, x);
        d = Rotate(d ^ a, 16);
        c += d;
        b ^= c;
        b = Rotate(b, 12);
        a = a + b + Unsafe.Add(ref m, y);
        d = Rotate(d ^ a, 8);
        c += d;
        b ^= c;
        b = Rotate(b, 7);
    }

    public static void Gather(ref byte source, ref nint offsets, ref Vector512<uint> words)
    {
        ref byte low = ref Unsafe.As<Vector512<uint>, byte>(ref words);
        Blake3Transpose.Gather8(ref source, ref offsets, ref low, 64);
        Blake3Transpose.Gather8(ref source, ref Unsafe.Add(ref offsets, HalfOfLanes), ref Unsafe.Add(ref low, 32), 64);
    }

    public static void Scatter(ref Vector512<uint> words, ref byte target)
    {
        ref byte low = ref Unsafe.As<Vector512<uint>, byte>(ref words);
        Blake3Transpose.Scatter8(ref low, 64, ref target);
        Blake3Transpose.Scatter8(
            ref Unsafe.Add(ref low, 32),
            64,
            ref Unsafe.Add(ref target, HalfOfLanes * Blake3Spec.ChainingValueLength)
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rotate(Vector512<uint> x, [ConstantExpected] byte count) =>
        Avx512F.IsSupported ? Avx512F.RotateRight(x, count) : (x >>> count) | (x << (32 - count));
}
