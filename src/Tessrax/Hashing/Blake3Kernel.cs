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
        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 0), Unsafe.Add(ref m, 1));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 2), Unsafe.Add(ref m, 3));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 4), Unsafe.Add(ref m, 5));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 6), Unsafe.Add(ref m, 7));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 8), Unsafe.Add(ref m, 9));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 10), Unsafe.Add(ref m, 11));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 12), Unsafe.Add(ref m, 13));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 14), Unsafe.Add(ref m, 15));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 2), Unsafe.Add(ref m, 6));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 3), Unsafe.Add(ref m, 10));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 7), Unsafe.Add(ref m, 0));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 4), Unsafe.Add(ref m, 13));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 1), Unsafe.Add(ref m, 11));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 12), Unsafe.Add(ref m, 5));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 9), Unsafe.Add(ref m, 14));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 15), Unsafe.Add(ref m, 8));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 3), Unsafe.Add(ref m, 4));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 10), Unsafe.Add(ref m, 12));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 13), Unsafe.Add(ref m, 2));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 7), Unsafe.Add(ref m, 14));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 6), Unsafe.Add(ref m, 5));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 9), Unsafe.Add(ref m, 0));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 11), Unsafe.Add(ref m, 15));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 8), Unsafe.Add(ref m, 1));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 10), Unsafe.Add(ref m, 7));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 12), Unsafe.Add(ref m, 9));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 14), Unsafe.Add(ref m, 3));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 13), Unsafe.Add(ref m, 15));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 4), Unsafe.Add(ref m, 0));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 11), Unsafe.Add(ref m, 2));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 5), Unsafe.Add(ref m, 8));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 1), Unsafe.Add(ref m, 6));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 12), Unsafe.Add(ref m, 13));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 9), Unsafe.Add(ref m, 11));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 15), Unsafe.Add(ref m, 10));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 14), Unsafe.Add(ref m, 8));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 7), Unsafe.Add(ref m, 2));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 5), Unsafe.Add(ref m, 3));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 0), Unsafe.Add(ref m, 1));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 6), Unsafe.Add(ref m, 4));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 9), Unsafe.Add(ref m, 14));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 11), Unsafe.Add(ref m, 5));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 8), Unsafe.Add(ref m, 12));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 15), Unsafe.Add(ref m, 1));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 13), Unsafe.Add(ref m, 3));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 0), Unsafe.Add(ref m, 10));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 2), Unsafe.Add(ref m, 6));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 4), Unsafe.Add(ref m, 7));

        TLanes.Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, 11), Unsafe.Add(ref m, 15));
        TLanes.Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, 5), Unsafe.Add(ref m, 0));
        TLanes.Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, 1), Unsafe.Add(ref m, 9));
        TLanes.Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, 8), Unsafe.Add(ref m, 6));
        TLanes.Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, 14), Unsafe.Add(ref m, 10));
        TLanes.Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, 2), Unsafe.Add(ref m, 12));
        TLanes.Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, 3), Unsafe.Add(ref m, 4));
        TLanes.Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, 7), Unsafe.Add(ref m, 13));
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
