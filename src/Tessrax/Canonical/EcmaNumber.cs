using System.Globalization;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>Number text as ECMAScript writes it (ECMA-262, Number::toString), which RFC 8785, section 3.2.2.3 prescribes.</summary>
/// <remarks>Examples: <c>1e+21</c>, <c>4.5</c>, <c>1e-27</c>, <c>0</c> for minus zero.</remarks>
public static class EcmaNumber
{
    /// <summary>The most bytes of a canonical number: a sign, <c>0.00000</c>, 17 digits.</summary>
    internal const int MaxLength = 32;

    // Any decimal of so many digits comes back from a double as it was (DBL_DIG), so no other is shorter.
    private const int SafeDigits = 15;

    /// <summary>The shortest text that reads back as <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">NaN and infinities have no JSON text.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("NaN and infinities have no JSON text", nameof(value));
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Write(value, text)]);
    }

    /// <summary>Reads a JSON number's text and gives its canonical text.</summary>
    /// <param name="text">Text that fits the JSON grammar (RFC 8259, section 6).</param>
    /// <param name="canonical">The canonical text.</param>
    /// <returns>How much of the number's decimal value the canonical text keeps.</returns>
    /// <exception cref="ArgumentException">The text is no number.</exception>
    public static NumberFidelity Canonicalize(string text, out string canonical)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw new ArgumentException("this is no number", nameof(text));
        Span<byte> room = stackalloc byte[MaxLength];
        NumberFidelity fidelity = Canonicalize(Encoding.ASCII.GetBytes(text), room, out int written);
        canonical = Encoding.ASCII.GetString(room[..written]);
        return fidelity;
    }

    /// <summary>The canonical text of a number that is read.</summary>
    /// <param name="text">Text that fits the JSON grammar.</param>
    /// <param name="numbers">What becomes of numbers that a double cannot hold exactly.</param>
    /// <param name="offset">Where the number begins in the text, for the error.</param>
    /// <param name="room"><see cref="MaxLength"/> bytes.</param>
    /// <returns>A beginning of <paramref name="text"/>, or of <paramref name="room"/>.</returns>
    /// <exception cref="TessraxException">TSX1003: it would lose digits.</exception>
    internal static ReadOnlySpan<byte> Canonical(
        ReadOnlySpan<byte> text,
        NumberRule numbers,
        int offset,
        Span<byte> room
    )
    {
        int plain = PlainLength(text);
        if (plain > 0)
            return text[..plain];
        NumberFidelity fidelity = Canonicalize(text, room, out int written);
        bool mayRound = numbers == NumberRule.Rounding;
        if (fidelity == NumberFidelity.Exact || (fidelity == NumberFidelity.FractionRounded && mayRound))
            return room[..written];
        string shown = Encoding.ASCII.GetString(text.Length <= 40 ? text : text[..37]);
        string cut = text.Length <= 40 ? "" : "...";
        string why =
            fidelity == NumberFidelity.OutOfRange
                ? "is beyond the range of a double"
                : $"would become {Encoding.ASCII.GetString(room[..written])}";
        throw new TessraxException(ErrorCodes.BadNumber, $"the number {shown}{cut} {why}") { Offset = offset };
    }

    /// <summary>How much of a number's text is canonical as it stands, where that is plain to see: at most 15 digits, no exponent, and no
    /// zeros behind the point but those that are cut off. 0 if it takes a closer look.</summary>
    internal static int PlainLength(ReadOnlySpan<byte> text)
    {
        bool negative = text[0] == '-';
        int first = negative ? 1 : 0;
        // 15 digits, sign, point, and the zeros of 0.00000.
        if (text.Length > SafeDigits + 8)
            return 0;
        int point = first;
        while (point < text.Length && text[point] is >= (byte)'0' and <= (byte)'9')
            point++;
        if (point == text.Length)
            return text.Length - first <= SafeDigits && !(negative && text[1] == '0') ? text.Length : 0;
        if (text[point] != '.' || text[(point + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return 0;
        int end = text.Length;
        while (text[end - 1] == '0')
            end--;
        bool isWhole = end == point + 1;
        if (text[first] != '0')
            return end - first - 1 > SafeDigits ? 0
                : isWhole ? point
                : end;
        if (isWhole)
            return negative ? 0 : point;
        // 1e-7 and below are written with an exponent.
        int zeros = text[(point + 1)..].IndexOfAnyExcept((byte)'0');
        return zeros <= 5 && end - point - 1 - zeros <= SafeDigits ? end : 0;
    }

    private static NumberFidelity Canonicalize(ReadOnlySpan<byte> text, Span<byte> room, out int written)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        written = 0;
        if (!double.IsFinite(value))
            return NumberFidelity.OutOfRange;
        written = Write(value, room);
        if (DecimalDigits.Read(text).Equals(DecimalDigits.Read(room[..written])))
            return NumberFidelity.Exact;
        bool isInteger = !text.ContainsAny((byte)'.', (byte)'e', (byte)'E');
        return isInteger ? NumberFidelity.IntegerLosesDigits : NumberFidelity.FractionRounded;
    }

    private static int Write(double value, Span<byte> room)
    {
        if (value == 0)
        {
            room[0] = (byte)'0';
            return 1;
        }
        // "R" gives the shortest digits that survive the way back; only the layout differs from ECMAScript's.
        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture);
        return Layout(DecimalDigits.Read(shortest[..length]), room);
    }

    // ECMA-262 Number::toString, steps 6 to 10; n is the place of the decimal point, k the number of digits.
    private static int Layout(DecimalDigits number, Span<byte> room)
    {
        Span<byte> all = stackalloc byte[MaxLength];
        Span<byte> digits = all[..number.CopyTo(all)];
        int k = digits.Length;
        int n = (int)number.Exponent + k;
        var text = new Text(room);
        if (number.IsNegative)
            text.Add("-"u8);
        if (k <= n && n <= 21)
        {
            text.Add(digits);
            text.AddZeros(n - k);
        }
        else if (n is > 0 and <= 21)
        {
            text.Add(digits[..n]);
            text.Add("."u8);
            text.Add(digits[n..]);
        }
        else if (n is > -6 and <= 0)
        {
            text.Add("0."u8);
            text.AddZeros(-n);
            text.Add(digits);
        }
        else
        {
            text.Add(digits[..1]);
            if (k > 1)
                text.Add("."u8);
            text.Add(digits[1..]);
            text.Add(n - 1 < 0 ? "e-"u8 : "e+"u8);
            text.AddInteger(Math.Abs(n - 1));
        }
        return text.Length;
    }

    private ref struct Text(Span<byte> room)
    {
        private readonly Span<byte> room = room;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> more)
        {
            more.CopyTo(room[Length..]);
            Length += more.Length;
        }

        public void AddZeros(int count)
        {
            room.Slice(Length, count).Fill((byte)'0');
            Length += count;
        }

        public void AddInteger(int value)
        {
            value.TryFormat(room[Length..], out int written, default, CultureInfo.InvariantCulture);
            Length += written;
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
