using System.Globalization;
using System.Numerics;
using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>An exact decimal number: at most 34 significant digits, first digit within 10^-6144 to 10^6144.</summary>
/// <remarks>Those are the digits and the exponents of IEEE 754 decimal128. No binary floating point is involved anywhere. One number has one
/// representation, so equality is numeric: 6.10 is 6.1.</remarks>
public readonly struct ExactDecimal : IEquatable<ExactDecimal>, IComparable<ExactDecimal>
{
    /// <summary>The most significant digits.</summary>
    public const int MaxDigits = 34;

    /// <summary>The furthest that the first digit may be from the units, either way.</summary>
    public const int MaxExponent = 6144;

    public static readonly ExactDecimal Zero;
    public static readonly ExactDecimal One = new(1, 0);

    // The value is coefficient * 10^exponent, without trailing zeros in the coefficient; zero has exponent 0.
    // 34 digits need 113 bits, so a coefficient fits an Int128.
    private readonly Int128 coefficient;
    private readonly int exponent;

    private ExactDecimal(Int128 coefficient, int exponent)
    {
        this.coefficient = coefficient;
        this.exponent = exponent;
    }

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(coefficient);

    internal BigInteger Coefficient => coefficient;

    internal int Exponent => exponent;

    // The power of ten of the first digit.
    private int Magnitude => exponent + DigitCount(Int128.Abs(coefficient)) - 1;

    public static bool operator ==(ExactDecimal left, ExactDecimal right) => left.Equals(right);

    public static bool operator !=(ExactDecimal left, ExactDecimal right) => !left.Equals(right);

    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;

    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;

    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a number as JSON writes it (RFC 8259, section 6), of any length if it fits the limits of this type.</summary>
    /// <returns>False for any other text, and for a number beyond the limits: nothing is ever rounded on reading.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal value)
    {
        value = default;
        if (!DecimalText.TrySplit(text, out DecimalText parts))
            return false;
        Span<char> digits = stackalloc char[MaxDigits];
        if (!parts.TryTrim(digits, out int count, out int power))
            return false;
        if (count == 0)
            return true;
        if (Math.Abs((long)power + count - 1) > MaxExponent)
            return false;
        Int128 magnitude = Read(digits[..count]);
        value = new ExactDecimal(parts.Negative ? -magnitude : magnitude, power);
        return true;
    }

    /// <summary>Reads a JSON number, or a JSON string that holds one.</summary>
    public static bool TryFrom(JsonValue json, out ExactDecimal value)
    {
        value = default;
        return json.Kind switch
        {
            JsonKind.Number => TryParse(json.AsNumberText(), out value),
            JsonKind.String => TryParse(json.AsString(), out value),
            _ => false,
        };
    }

    /// <summary>The product, rounded half to even to 34 digits.</summary>
    /// <returns>False if the product is beyond the limits of this type.</returns>
    public static bool TryMultiply(ExactDecimal left, ExactDecimal right, out ExactDecimal product) =>
        TryRound(left.Coefficient * right.Coefficient, left.exponent + right.exponent, MaxDigits, false, out product);

    public int CompareTo(ExactDecimal other)
    {
        if (exponent == other.exponent)
            return coefficient.CompareTo(other.coefficient);
        if (Sign != other.Sign || Sign == 0)
            return Sign.CompareTo(other.Sign);
        if (Magnitude != other.Magnitude)
            return Sign * Magnitude.CompareTo(other.Magnitude);
        // With equal magnitudes the exponents differ by less than 34, so both fit once they are aligned.
        int common = Math.Min(exponent, other.exponent);
        return Aligned(common).CompareTo(other.Aligned(common));
    }

    public bool Equals(ExactDecimal other) => coefficient == other.coefficient && exponent == other.exponent;

    public override bool Equals(object? obj) => obj is ExactDecimal other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(coefficient, exponent);

    /// <summary>The shortest text: plain up to 34 places, beyond that like <c>1.5e+40</c>. Reading it gives this number again.</summary>
    public override string ToString()
    {
        string digits = Int128.Abs(coefficient).ToString(CultureInfo.InvariantCulture);
        string sign = Sign < 0 ? "-" : "";
        if (exponent >= 0 && digits.Length + exponent <= MaxDigits)
            return sign + digits + new string('0', exponent);
        if (exponent is < 0 and >= -MaxDigits)
        {
            int whole = digits.Length + exponent;
            return whole > 0
                ? $"{sign}{digits[..whole]}.{digits[whole..]}"
                : $"{sign}0.{new string('0', -whole)}{digits}";
        }
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{Magnitude:+0;-0}");
    }

    // Rounds half to even; "more" says that non-zero digits follow those of the coefficient.
    internal static bool TryRound(BigInteger number, int power, int places, bool more, out ExactDecimal rounded)
    {
        rounded = default;
        int excess = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).Length - places;
        if (excess > 0)
        {
            BigInteger unit = BigInteger.Pow(10, excess);
            BigInteger kept = BigInteger.DivRem(number, unit, out BigInteger rest);
            int half = (BigInteger.Abs(rest) * 2).CompareTo(unit);
            if (half > 0 || (half == 0 && (more || !kept.IsEven)))
                kept += number.Sign;
            number = kept;
            power += excess;
        }
        for (; !number.IsZero && (number % 10).IsZero; power++)
            number /= 10;
        if (number.IsZero)
            return true;
        rounded = new ExactDecimal((Int128)number, power);
        return Math.Abs(rounded.Magnitude) <= MaxExponent;
    }

    /// <summary>Whether the coefficient is below 2 to that power.</summary>
    internal bool IsShort(int bits) => coefficient < Int128.One << bits && coefficient > -(Int128.One << bits);

    /// <summary>The coefficient at a lower exponent; the caller knows that it fits.</summary>
    internal Int128 Aligned(int to)
    {
        Int128 aligned = coefficient;
        for (int i = exponent; i > to; i--)
            aligned *= 10;
        return aligned;
    }

    // Eighteen digits fit a long, in which counting is much faster.
    private static Int128 Read(ReadOnlySpan<char> digits)
    {
        if (digits.Length > 18)
            return Int128.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        long number = 0;
        foreach (char digit in digits)
            number = (number * 10) + (digit - '0');
        return number;
    }

    private static int DigitCount(Int128 magnitude)
    {
        if (magnitude <= long.MaxValue)
            return DigitCount((long)magnitude);
        int count = 1;
        for (; magnitude >= 10; count++)
            magnitude /= 10;
        return count;
    }

    private static int DigitCount(long magnitude)
    {
        int count = 1;
        for (; magnitude >= 10; count++)
            magnitude /= 10;
        return count;
    }
}
