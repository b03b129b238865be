using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>The compression function of as many inputs side by side as a vector has words (c2sp.org/BLAKE3, section 3).</summary>
internal static class Blake3Kernel<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IBlake3Lanes<TVector>
{
    /// <summary>Where a state has the counters' low words, the high ones, the lengths and the flags.</summary>
    public const int Counter = 8;
    public const int Length = 10;
    public const int Flags = 11;

    /// <summary>Replaces the chaining values by the truncated outputs.</summary>
    // state: 12 vectors, of which the first 8 are the chaining values. m: 16 vectors, the words of the message. Both stay in memory
    // because a processor with 16 vector registers has no room for more than the 16 words that change.
    public static void Compress(ref TVector state, ref TVector m)
    {
        TVector v0 = state;
        TVector v1 = Unsafe.Add(ref state, 1);
        TVector v2 = Unsafe.Add(ref state, 2);
        TVector v3 = Unsafe.Add(ref state, 3);
        TVector v4 = Unsafe.Add(ref state, 4);
        TVector v5 = Unsafe.Add(ref state, 5);
        TVector v6 = Unsafe.Add(ref state, 6);
        TVector v7 = Unsafe.Add(ref state, 7);
        TVector v8 = TLanes.Create(Blake3Spec.Iv0);
        TVector v9 = TLanes.Create(Blake3Spec.Iv1);
        TVector v10 = TLanes.Create(Blake3Spec.Iv2);
        TVector v11 = TLanes.Create(Blake3Spec.Iv3);
        TVector v12 = Unsafe.Add(ref state, Counter);
        TVector v13 = Unsafe.Add(ref state, Counter + 1);
        TVector v14 = Unsafe.Add(ref state, Length);
        TVector v15 = Unsafe.Add(ref state, Flags);

        // Unrolled: where each word lies is part of the instruction that adds it. The rows are those of Blake3Spec.Schedule.
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 0, 1);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 2, 3);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 4, 5);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 6, 7);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 8, 9);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 10, 11);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 12, 13);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 14, 15);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 2, 6);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 3, 10);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 7, 0);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 4, 13);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 1, 11);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 12, 5);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 9, 14);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 15, 8);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 3, 4);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 10, 12);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 13, 2);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 7, 14);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 6, 5);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 9, 0);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 11, 15);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 8, 1);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 10, 7);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 12, 9);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 14, 3);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 13, 15);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 4, 0);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 11, 2);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 5, 8);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 1, 6);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 12, 13);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 9, 11);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 15, 10);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 14, 8);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 7, 2);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 5, 3);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 0, 1);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 6, 4);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 9, 14);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 11, 5);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 8, 12);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 15, 1);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 13, 3);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 0, 10);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 2, 6);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 4, 7);
        state = v0;
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, ref m, 11, 15);
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, ref m, 5, 0);
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, ref m, 1, 9);
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, ref m, 8, 6);
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, ref m, 14, 10);
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, ref m, 2, 12);
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, ref m, 3, 4);
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, ref m, 7, 13);
        state = TLanes.Xor(v0, v8);
        Unsafe.Add(ref state, 1) = TLanes.Xor(v1, v9);
        Unsafe.Add(ref state, 2) = TLanes.Xor(v2, v10);
        Unsafe.Add(ref state, 3) = TLanes.Xor(v3, v11);
        Unsafe.Add(ref state, 4) = TLanes.Xor(v4, v12);
        Unsafe.Add(ref state, 5) = TLanes.Xor(v5, v13);
        Unsafe.Add(ref state, 6) = TLanes.Xor(v6, v14);
        Unsafe.Add(ref state, 7) = TLanes.Xor(v7, v15);
    }
}
