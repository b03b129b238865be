using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>Vectors that lie across two cache lines are read and written at half the speed, and the stack is not aligned to vectors.</summary>
internal static class Blake3Aligned
{
    /// <summary>The first place in memory on the stack that is aligned to a vector; the memory has one vector more than is used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref TVector Start<TVector>(ref TVector memory)
        where TVector : struct
    {
        nint address = Unsafe.ByteOffset(ref Unsafe.NullRef<TVector>(), ref memory);
        return ref Unsafe.AddByteOffset(ref memory, -address & (Unsafe.SizeOf<TVector>() - 1));
    }
}
