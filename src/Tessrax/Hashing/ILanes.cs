using System.Diagnostics.CodeAnalysis;

namespace Tessrax.Hashing;

/// <summary>What SHA-256 needs of a vector of 32-bit words, one for each input: code over it is written once for all widths.</summary>
/// <remarks>Works on the platform's own vectors and not on a struct around them, which the compiler would keep in memory.</remarks>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>How many inputs side by side.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(uint* source);

    static abstract void Store(TVector vector, uint* target);

    /// <summary>The word in every lane.</summary>
    static abstract TVector Splat(uint word);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a ^ b ^ c.</summary>
    static abstract TVector Xor(TVector a, TVector b, TVector c);

    static abstract TVector RotateRight(TVector x, [ConstantExpected] byte count);

    static abstract TVector ShiftRight(TVector x, [ConstantExpected] byte count);

    /// <summary>f where e is set, g where it is not (FIPS 180-4, Ch).</summary>
    static abstract TVector Choose(TVector e, TVector f, TVector g);

    /// <summary>What two of three say (FIPS 180-4, Maj).</summary>
    static abstract TVector Majority(TVector a, TVector b, TVector c);
}
