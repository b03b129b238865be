namespace Tessrax.Hashing;

/// <summary>A vector of 32-bit words, one for each input side by side, and what BLAKE3 does with it.</summary>
/// <remarks>The kernel is written once over this, and compiled apart for each width.</remarks>
internal interface IBlake3Lanes<TVector>
    where TVector : struct
{
    /// <summary>How many words a vector has: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract TVector Create(uint word);

    static abstract TVector Xor(TVector a, TVector b);

    static abstract TVector Or(TVector a, TVector b);

    static abstract TVector ShiftLeft8(TVector x);

    static abstract TVector ShiftRight24(TVector x);

    /// <summary>The quarter-round G of section 3.2, with message words x and y.</summary>
    /// <remarks>Whole, and not made of operations of one line here: the compiler inlines only so many calls into one method.</remarks>
    static abstract void Mix(ref TVector a, ref TVector b, ref TVector c, ref TVector d, ref TVector m, int x, int y);

    /// <summary>words[i] holds word i of each input's 32 bytes at its offset, for i from 0 to 7.</summary>
    /// <remarks><paramref name="words"/> are vectors, one after another; <paramref name="offsets"/> one for each lane, in bytes.</remarks>
    static abstract void Gather(ref byte source, ref nint offsets, ref TVector words);

    /// <summary>The other way round: each lane's 32 bytes, one lane after another.</summary>
    static abstract void Scatter(ref TVector words, ref byte target);
}
