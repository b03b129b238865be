using System.Globalization;

namespace Tessrax.Canonical;

/// <summary>Number text as ECMAScript writes it (ECMA-262, Number::toString), which RFC 8785, section 3.2.2.3 prescribes.</summary>
/// <remarks>Examples: <c>1e+21</c>, <c>4.5</c>, <c>1e-27</c>, <c>0</c> for minus zero.</remarks>
public static class EcmaNumber
{
    /// <summary>The shortest text that reads back as <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">NaN and infinities have no JSON text.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("NaN and infinities have no JSON text", nameof(value));
        if (value == 0)
            return "0";
        // "R" gives the shortest digits that survive the way back; only the layout differs from ECMAScript's.
        Decimal10 number = Decimal10.Read(value.ToString("R", CultureInfo.InvariantCulture));
        return Layout(number);
    }

    /// <summary>Reads a JSON number's text and gives its canonical text.</summary>
    /// <param name="text">Text that fits the JSON grammar (RFC 8259, section 6).</param>
    /// <param name="canonical">The canonical text.</param>
    /// <returns>How much of the number's decimal value the canonical text keeps.</returns>
    public static NumberFidelity Canonicalize(string text, out string canonical)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            canonical = "";
            return NumberFidelity.OutOfRange;
        }
        canonical = Format(value);
        if (Decimal10.Read(text) == Decimal10.Read(canonical))
            return NumberFidelity.Exact;
        bool isInteger = !text.AsSpan().ContainsAny('.', 'e', 'E');
        return isInteger ? NumberFidelity.IntegerLosesDigits : NumberFidelity.FractionRounded;
    }

    // ECMA-262 Number::toString, steps 6 to 10; n is the place of the decimal point, k the number of digits.
    private static string Layout(Decimal10 number)
    {
        string digits = number.Digits;
        string sign = number.IsNegative ? "-" : "";
        int k = digits.Length;
        int n = number.Exponent + k;
        if (k <= n && n <= 21)
            return sign + digits + new string('0', n - k);
        if (n is > 0 and <= 21)
            return sign + digits[..n] + "." + digits[n..];
        if (n is > -6 and <= 0)
            return sign + "0." + new string('0', -n) + digits;
        string exponent = (n - 1 < 0 ? "e-" : "e+") + Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture);
        return sign + (k == 1 ? digits : digits[..1] + "." + digits[1..]) + exponent;
    }

    // A decimal as digits x 10^exponent, without zeros at either end, so that equal values are equal.
    private readonly record struct Decimal10(bool IsNegative, string Digits, int Exponent)
    {
        public static Decimal10 Read(string text)
        {
            ReadOnlySpan<char> rest = text;
            bool negative = rest[0] == '-';
            rest = rest.TrimStart('-');
            int exponent = 0;
            int e = rest.IndexOfAny('e', 'E');
            if (e >= 0)
            {
                // A JSON text may write any exponent; one beyond int is zero or infinity as a double either way.
                ReadOnlySpan<char> written = rest[(e + 1)..];
                if (!int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                    exponent = written[0] == '-' ? int.MinValue / 2 : int.MaxValue / 2;
                exponent = Math.Clamp(exponent, int.MinValue / 2, int.MaxValue / 2);
                rest = rest[..e];
            }
            int point = rest.IndexOf('.');
            string digits = point < 0 ? rest.ToString() : string.Concat(rest[..point], rest[(point + 1)..]);
            if (point >= 0)
                exponent -= rest.Length - point - 1;
            digits = digits.TrimStart('0');
            string trimmed = digits.TrimEnd('0');
            exponent += digits.Length - trimmed.Length;
            // Zero has no sign and no exponent of its own.
            return trimmed.Length == 0 ? new Decimal10(false, "", 0) : new Decimal10(negative, trimmed, exponent);
        }
    }
}

/// <summary>What the canonical text of a number keeps of the text that was read.</summary>
public enum NumberFidelity
{
    /// <summary>The decimal value survives decimal -> double -> shortest text.</summary>
    Exact,

    /// <summary>A number with a fraction or an exponent was rounded to the nearest double.</summary>
    FractionRounded,

    /// <summary>An integer beyond 2^53 - 1 would lose digits.</summary>
    IntegerLosesDigits,

    /// <summary>Beyond the range of a double.</summary>
    OutOfRange,
}
