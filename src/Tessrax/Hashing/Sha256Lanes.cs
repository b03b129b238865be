using System.Runtime.CompilerServices;

namespace Tessrax.Hashing;

/// <summary>The compression function over several inputs at once, one in each lane of a vector (FIPS 180-4, section 6.2.2).</summary>
/// <remarks>Words of the inputs lie lane by lane: word t of input i at <c>[t * lanes + i]</c>.</remarks>
internal static unsafe class Sha256Lanes<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Takes one block of each input into its state.</summary>
    /// <param name="state">Eight words of each input.</param>
    /// <param name="message">Sixteen words of each input; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, uint* message)
    {
        unchecked
        {
            int lanes = TLanes.Count;
            TVector a = TLanes.Load(state);
            TVector b = TLanes.Load(state + lanes);
            TVector c = TLanes.Load(state + (2 * lanes));
            TVector d = TLanes.Load(state + (3 * lanes));
            TVector e = TLanes.Load(state + (4 * lanes));
            TVector f = TLanes.Load(state + (5 * lanes));
            TVector g = TLanes.Load(state + (6 * lanes));
            TVector h = TLanes.Load(state + (7 * lanes));
            fixed (uint* k = Sha256Portable.K)
            {
                for (int t = 0; t < 16; t += 8)
                {
                    h = T1(e, f, g, h, Word(message, t, k[t]));
                    d = TLanes.Add(d, h);
                    h = TLanes.Add(h, T2(a, b, c));
                    g = T1(d, e, f, g, Word(message, t + 1, k[t + 1]));
                    c = TLanes.Add(c, g);
                    g = TLanes.Add(g, T2(h, a, b));
                    f = T1(c, d, e, f, Word(message, t + 2, k[t + 2]));
                    b = TLanes.Add(b, f);
                    f = TLanes.Add(f, T2(g, h, a));
                    e = T1(b, c, d, e, Word(message, t + 3, k[t + 3]));
                    a = TLanes.Add(a, e);
                    e = TLanes.Add(e, T2(f, g, h));
                    d = T1(a, b, c, d, Word(message, t + 4, k[t + 4]));
                    h = TLanes.Add(h, d);
                    d = TLanes.Add(d, T2(e, f, g));
                    c = T1(h, a, b, c, Word(message, t + 5, k[t + 5]));
                    g = TLanes.Add(g, c);
                    c = TLanes.Add(c, T2(d, e, f));
                    b = T1(g, h, a, b, Word(message, t + 6, k[t + 6]));
                    f = TLanes.Add(f, b);
                    b = TLanes.Add(b, T2(c, d, e));
                    a = T1(f, g, h, a, Word(message, t + 7, k[t + 7]));
                    e = TLanes.Add(e, a);
                    a = TLanes.Add(a, T2(b, c, d));
                }
                for (int t = 16; t < 64; t += 8)
                {
                    h = T1(e, f, g, h, Extend(message, t, k[t]));
                    d = TLanes.Add(d, h);
                    h = TLanes.Add(h, T2(a, b, c));
                    g = T1(d, e, f, g, Extend(message, t + 1, k[t + 1]));
                    c = TLanes.Add(c, g);
                    g = TLanes.Add(g, T2(h, a, b));
                    f = T1(c, d, e, f, Extend(message, t + 2, k[t + 2]));
                    b = TLanes.Add(b, f);
                    f = TLanes.Add(f, T2(g, h, a));
                    e = T1(b, c, d, e, Extend(message, t + 3, k[t + 3]));
                    a = TLanes.Add(a, e);
                    e = TLanes.Add(e, T2(f, g, h));
                    d = T1(a, b, c, d, Extend(message, t + 4, k[t + 4]));
                    h = TLanes.Add(h, d);
                    d = TLanes.Add(d, T2(e, f, g));
                    c = T1(h, a, b, c, Extend(message, t + 5, k[t + 5]));
                    g = TLanes.Add(g, c);
                    c = TLanes.Add(c, T2(d, e, f));
                    b = T1(g, h, a, b, Extend(message, t + 6, k[t + 6]));
                    f = TLanes.Add(f, b);
                    b = TLanes.Add(b, T2(c, d, e));
                    a = T1(f, g, h, a, Extend(message, t + 7, k[t + 7]));
                    e = TLanes.Add(e, a);
                    a = TLanes.Add(a, T2(b, c, d));
                }
            }
            Sum(state, a);
            Sum(state + lanes, b);
            Sum(state + (2 * lanes), c);
            Sum(state + (3 * lanes), d);
            Sum(state + (4 * lanes), e);
            Sum(state + (5 * lanes), f);
            Sum(state + (6 * lanes), g);
            Sum(state + (7 * lanes), h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum(uint* state, TVector word) => TLanes.Store(TLanes.Add(TLanes.Load(state), word), state);

    /// <summary>Message word t, with the constant of its round; makes it first from those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Extend(uint* message, int t, uint k)
    {
        int lanes = TLanes.Count;
        uint* place = message + ((t & 15) * lanes);
        TVector older = TLanes.Load(message + (((t + 1) & 15) * lanes));
        TVector newer = TLanes.Load(message + (((t + 14) & 15) * lanes));
        TVector word = TLanes.Add(
            TLanes.Add(TLanes.Load(place), TLanes.Load(message + (((t + 9) & 15) * lanes))),
            TLanes.Add(
                TLanes.Xor(TLanes.RotateRight(older, 7), TLanes.RotateRight(older, 18), TLanes.ShiftRight(older, 3)),
                TLanes.Xor(TLanes.RotateRight(newer, 17), TLanes.RotateRight(newer, 19), TLanes.ShiftRight(newer, 10))
            )
        );
        TLanes.Store(word, place);
        return TLanes.Add(word, TLanes.Splat(k));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Word(uint* message, int t, uint k) =>
        TLanes.Add(TLanes.Load(message + (t * TLanes.Count)), TLanes.Splat(k));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector T1(TVector e, TVector f, TVector g, TVector h, TVector kw) =>
        TLanes.Add(
            TLanes.Add(TLanes.Add(h, kw), TLanes.Choose(e, f, g)),
            TLanes.Xor(TLanes.RotateRight(e, 6), TLanes.RotateRight(e, 11), TLanes.RotateRight(e, 25))
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector T2(TVector a, TVector b, TVector c) =>
        TLanes.Add(
            TLanes.Majority(a, b, c),
            TLanes.Xor(TLanes.RotateRight(a, 2), TLanes.RotateRight(a, 13), TLanes.RotateRight(a, 22))
        );
}
