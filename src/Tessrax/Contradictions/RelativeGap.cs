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
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RelativeGap Of(IEnumerable<ExactDecimal> numbers)
    {
        ExactDecimal? low = null;
        ExactDecimal? high = null;
        foreach (ExactDecimal number in numbers)
        {
            low = low <= number ? low : number;
            high = high >= number ? high : number;
        }
        return low is { } least && high is { } most
            ? new RelativeGap(least, most)
            : throw new ArgumentException("there is no number", nameof(numbers));
    }

    /// <summary>Whether the gap is greater than <paramref name="ratio"/>.</summary>
    public bool Exceeds(ExactDecimal ratio)
    {
        if (TryExceed(ratio) is { } known)
            return known;
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

    // The same for numbers as they are in practice: at most fifteen digits, nine places apart. 2^53 * 10^9 is below 2^83, so 2^84 for a distance, and with
    // nine places of the ratio below 2^114; the other side is below 2^83 * 2^43.
    private bool? TryExceed(ExactDecimal ratio)
    {
        if (!Low.IsShort(53) || !High.IsShort(53) || !ratio.IsShort(43) || ratio.Exponent is > 0 or < -9)
            return null;
        int common = Math.Min(Low.Exponent, High.Exponent);
        if (Math.Max(Low.Exponent, High.Exponent) - common > 9)
            return null;
        Int128 low = Low.Aligned(common);
        Int128 high = High.Aligned(common);
        Int128 largest = Int128.Max(Int128.Abs(low), Int128.Abs(high));
        Int128 distance = high - low;
        for (int i = ratio.Exponent; i < 0; i++)
            distance *= 10;
        return distance > ratio.Aligned(ratio.Exponent) * largest;
    }

    private (BigInteger Distance, BigInteger Largest) Fraction()
    {
        int common = Math.Min(Low.Exponent, High.Exponent);
        BigInteger low = Low.Coefficient * BigInteger.Pow(10, Low.Exponent - common);
        BigInteger high = High.Coefficient * BigInteger.Pow(10, High.Exponent - common);
        return (BigInteger.Abs(high - low), BigInteger.Max(BigInteger.Abs(low), BigInteger.Abs(high)));
    }
}
