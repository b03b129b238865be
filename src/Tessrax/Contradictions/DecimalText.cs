namespace Tessrax.Contradictions;

/// <summary>The parts of a number's text: sign, digits before and after the point, power of ten.</summary>
internal readonly ref struct DecimalText
{
    private readonly ReadOnlySpan<char> whole;
    private readonly ReadOnlySpan<char> fraction;
    private readonly int power;

    private DecimalText(bool negative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int power)
    {
        Negative = negative;
        this.whole = whole;
        this.fraction = fraction;
        this.power = power;
    }

    public bool Negative { get; }

    /// <summary>Splits a number of RFC 8259, section 6: <c>-? int frac? exp?</c>, without leading zeros.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, out DecimalText parts)
    {
        parts = default;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> rest = negative ? text[1..] : text;
        ReadOnlySpan<char> whole = TakeDigits(ref rest);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
            return false;
        ReadOnlySpan<char> fraction = default;
        if (rest.StartsWith('.'))
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
            if (fraction.IsEmpty)
                return false;
        }
        int power = 0;
        if (!rest.IsEmpty && !TryExponent(rest, out power))
            return false;
        parts = new DecimalText(negative, whole, fraction, power);
        return true;
    }

    /// <summary>The significant digits: those between the zeros at either end.</summary>
    /// <returns>False if they do not fit.</returns>
    public bool TryTrim(Span<char> digits, out int count, out int exponent)
    {
        count = 0;
        exponent = 0;
        int total = whole.Length + fraction.Length;
        int first = 0;
        while (first < total && Digit(first) == '0')
            first++;
        if (first == total)
            return true;
        int last = total - 1;
        while (Digit(last) == '0')
            last--;
        if (last - first >= digits.Length)
            return false;
        for (int i = first; i <= last; i++)
            digits[count++] = Digit(i);
        exponent = power + whole.Length - 1 - last;
        return true;
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> text)
    {
        // Numbers are short; a search with vectors costs more than it saves, and boxes its limits until it is compiled for speed.
        int length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
            length++;
        ReadOnlySpan<char> digits = text[..length];
        text = text[digits.Length..];
        return digits;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int power)
    {
        power = 0;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        bool negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
            text = text[1..];
        // Seven digits are far beyond every limit, and cannot overflow.
        if (text.IsEmpty || text.Length > 7)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            power = (power * 10) + (c - '0');
        }
        power = negative ? -power : power;
        return true;
    }

    private char Digit(int index) => index < whole.Length ? whole[index] : fraction[index - whole.Length];
}
