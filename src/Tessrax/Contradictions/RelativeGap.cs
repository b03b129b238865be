using System.Numerics;

namespace Tessrax.Contradictions;

/// <summary>How far apart two numbers are: |a - b| / max(|a|, |b|), from 0 (equal) to 2 (opposite).</summary>
/// <remarks>Never divided out to decide anything: compared by cross-multiplication, in exact integers.</remarks>
/// <param name="Low">The lower extreme.</param>
/// <param name="High">The upper extreme, at least <paramref name="Low"/>.</param>
public readonly record struct RelativeGap(ExactDecimal Low, ExactDecimal High)
{
    private const int Digits = 6;

    // Two numbers of 34 digits are at least 10^-34 apart, relatively; with 41 places more than six digits are left of any ratio.
    private const int Places = 41;

    /// <summary>The gap between the extremes of some numbers, at least one.</summary>
    public static RelativeGap Of(IEnumerable<ExactDecimal> numbers)
    {
        ExactDecimal[] all = [.. numbers];
        return new RelativeGap(all.Min(), all.Max());
    }

    /// <summary>Whether the gap is greater than <paramref name="ratio"/>.</summary>
    public bool Exceeds(ExactDecimal ratio)
    {
        (BigInteger distance, BigInteger largest) = Fraction();
        BigInteger bound = ratio.Coefficient * largest;
        if (ratio.Exponent >= 0)
            bound *= BigInteger.Pow(10, ratio.Exponent);
        else
            distance *= BigInteger.Pow(10, -ratio.Exponent);
        return distance > bound;
    }

    /// <summary>The ratio for people: rounded half to even to six significant digits.</summary>
    public override string ToString()
    {
        (BigInteger distance, BigInteger largest) = Fraction();
        if (distance.IsZero)
            return "0";
        BigInteger quotient = BigInteger.DivRem(distance * BigInteger.Pow(10, Places), largest, out BigInteger rest);
        ExactDecimal.TryRound(quotient, -Places, Digits, !rest.IsZero, out ExactDecimal rounded);
        return rounded.ToString();
    }

    private (BigInteger Distance, BigInteger Largest) Fraction()
    {
        int common = Math.Min(Low.Exponent, High.Exponent);
        BigInteger low = Low.Coefficient * BigInteger.Pow(10, Low.Exponent - common);
        BigInteger high = High.Coefficient * BigInteger.Pow(10, High.Exponent - common);
        return (BigInteger.Abs(high - low), BigInteger.Max(BigInteger.Abs(low), BigInteger.Abs(high)));
    }
}
