namespace Tessrax.Canonical;

/// <summary>A decimal as digits x 10^exponent, without zeros at either end, so that equal values are equal.</summary>
/// <remarks>A view of a number's text; nothing is copied.</remarks>
internal readonly ref struct DecimalDigits
{
    // Beyond any double, whatever digits stand before it; and far from the ends of a long.
    private const long FarExponent = 1L << 40;

    // From the first digit that is not zero to the last; the point may stand between.
    private readonly ReadOnlySpan<byte> digits;
    private readonly int count;

    private DecimalDigits(bool isNegative, ReadOnlySpan<byte> digits, int count, long exponent)
    {
        IsNegative = isNegative;
        this.digits = digits;
        this.count = count;
        Exponent = exponent;
    }

    public bool IsNegative { get; }

    public long Exponent { get; }

    /// <summary>Reads a number's text.</summary>
    /// <param name="text">Text that fits the JSON grammar, or what .NET writes for a finite double.</param>
    public static DecimalDigits Read(ReadOnlySpan<byte> text)
    {
        bool isNegative = text[0] == '-';
        long exponent = 0;
        int e = text.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            exponent = ReadExponent(text[(e + 1)..]);
            text = text[..e];
        }
        int point = text.IndexOf((byte)'.');
        int first = text.IndexOfAnyInRange((byte)'1', (byte)'9');
        // Zero has no sign and no exponent of its own.
        if (first < 0)
            return default;
        int last = text.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        int pointInside = point > first && point < last ? 1 : 0;
        // The last digit's place: before the point a zero or more lie between, behind it none.
        int units = point < 0 ? text.Length : point;
        exponent += last < units ? units - last - 1 : units - last;
        return new DecimalDigits(isNegative, text[first..(last + 1)], last + 1 - first - pointInside, exponent);
    }

    public bool Equals(DecimalDigits other)
    {
        if (IsNegative != other.IsNegative || count != other.count || Exponent != other.Exponent)
            return false;
        int theirs = 0;
        foreach (byte digit in digits)
        {
            if (digit == '.')
                continue;
            if (other.digits[theirs] == '.')
                theirs++;
            if (other.digits[theirs++] != digit)
                return false;
        }
        return true;
    }

    /// <summary>Copies the digits, without the point.</summary>
    /// <returns>How many there are.</returns>
    public int CopyTo(Span<byte> to)
    {
        int length = 0;
        foreach (byte digit in digits)
        {
            if (digit != '.')
                to[length++] = digit;
        }
        return length;
    }

    // A JSON text may write any exponent; one so far out is zero or infinity as a double either way.
    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        bool isNegative = text[0] == '-';
        long value = 0;
        foreach (byte digit in text)
        {
            if (digit is (byte)'+' or (byte)'-')
                continue;
            value = Math.Min(10 * value + digit - '0', FarExponent);
        }
        return isNegative ? -value : value;
    }
}
