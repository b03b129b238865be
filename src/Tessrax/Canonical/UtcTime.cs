using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>A moment in UTC to the microsecond, written <c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>, exactly (27 characters).</summary>
/// <remarks>A profile of RFC 3339. Years 0001 to 9999; no offsets, no leap seconds.</remarks>
public readonly record struct UtcTime : IComparable<UtcTime>
{
    /// <summary>Characters of the one form.</summary>
    internal const int Length = 27;

    /// <summary>Characters up to the seconds.</summary>
    internal const int MinuteLength = 17;

    private readonly long ticks;

    private UtcTime(long ticks) => this.ticks = ticks - (ticks % TimeSpan.TicksPerMicrosecond);

    /// <summary>The moment of <paramref name="time"/>, cut to the microsecond.</summary>
    public static UtcTime From(DateTimeOffset time) => new(time.UtcTicks);

    /// <summary>The moment of so many <see cref="Ticks"/>.</summary>
    internal static UtcTime FromTicks(long ticks) => new(ticks);

    /// <summary>The present, as the provider tells it.</summary>
    public static UtcTime Now(TimeProvider clock) => From(clock.GetUtcNow());

    /// <summary>Ticks of .NET since the year 0001; always whole microseconds.</summary>
    internal long Ticks => ticks;

    public static bool operator <(UtcTime left, UtcTime right) => left.ticks < right.ticks;

    public static bool operator >(UtcTime left, UtcTime right) => left.ticks > right.ticks;

    public static bool operator <=(UtcTime left, UtcTime right) => left.ticks <= right.ticks;

    public static bool operator >=(UtcTime left, UtcTime right) => left.ticks >= right.ticks;

    /// <summary>The later moment, held to year 9999.</summary>
    public static UtcTime operator +(UtcTime time, TimeSpan span) =>
        new(
            Math.Clamp(
                time.ticks + Math.Clamp(span.Ticks, -DateTime.MaxValue.Ticks, DateTime.MaxValue.Ticks),
                0,
                DateTime.MaxValue.Ticks
            )
        );

    public static TimeSpan operator -(UtcTime left, UtcTime right) => new(left.ticks - right.ticks);

    /// <summary>The later of two.</summary>
    public static UtcTime Max(UtcTime left, UtcTime right) => left > right ? left : right;

    /// <summary>Reads the one form, and nothing else.</summary>
    public static bool TryParse(string text, out UtcTime time)
    {
        time = default;
        // Not by .NET's own reader: that of .NET 11 knows an hour 24.
        Span<byte> ascii = stackalloc byte[Length];
        return text.Length == Length
            && Ascii.FromUtf16(text, ascii, out _) == OperationStatus.Done
            && TryParse(ascii, out time);
    }

    /// <summary>Reads the one form from ASCII, and nothing else.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out UtcTime time)
    {
        time = default;
        if (
            text.Length != Length
            || (text[4], text[7], text[10], text[13], text[16])
                != ((byte)'-', (byte)'-', (byte)'T', (byte)':', (byte)':')
        )
            return false;
        bool digits = true;
        int year = 100 * Two(text, 0, ref digits) + Two(text, 2, ref digits);
        int month = Two(text, 5, ref digits);
        int day = Two(text, 8, ref digits);
        int hour = Two(text, 11, ref digits);
        int minute = Two(text, 14, ref digits);
        if (!digits || year < 1 || month is < 1 or > 12 || hour > 23 || minute > 59)
            return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        var begin = new UtcTime(new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks);
        return TryParseWithin(begin, text[MinuteLength..], out time);
    }

    /// <summary>Reads what stands behind <c>yyyy-MM-ddTHH:mm:</c>.</summary>
    /// <param name="minute">When that minute begins.</param>
    /// <param name="rest">The ten characters behind it.</param>
    /// <param name="time">The whole time.</param>
    internal static bool TryParseWithin(UtcTime minute, ReadOnlySpan<byte> rest, out UtcTime time)
    {
        time = default;
        if (rest.Length != Length - MinuteLength || (rest[2], rest[9]) != ((byte)'.', (byte)'Z'))
            return false;
        bool digits = true;
        int second = Two(rest, 0, ref digits);
        int micros = 10_000 * Two(rest, 3, ref digits) + 100 * Two(rest, 5, ref digits) + Two(rest, 7, ref digits);
        if (!digits || second > 59)
            return false;
        time = new UtcTime(minute.ticks + second * TimeSpan.TicksPerSecond + micros * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    /// <summary>Reads any RFC 3339 time in UTC that the one form can say without loss: <c>T</c>/<c>t</c>/space, <c>Z</c>/<c>z</c>/<c>+00:00</c>,
    /// any number of decimals if those past the sixth are zero.</summary>
    public static bool TryParseLenient(string text, out UtcTime time)
    {
        time = default;
        // date "T" time: 19 characters before the fraction.
        if (text.Length < 20 || text[10] is not ('T' or 't' or ' '))
            return false;
        int zone =
            text.EndsWith("+00:00", StringComparison.Ordinal) ? 6
            : text[^1] is 'Z' or 'z' ? 1
            : 0;
        if (zone == 0 || text.Length - zone < 19)
            return false;
        string fraction = text[19..^zone];
        if (
            fraction.Length == 1
            || (fraction.Length > 1 && (fraction[0] != '.' || fraction.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        )
            return false;
        string digits = fraction.TrimStart('.').TrimEnd('0');
        return digits.Length <= 6 && TryParse($"{text[..10]}T{text[11..19]}.{digits.PadRight(6, '0')}Z", out time);
    }

    public DateTimeOffset ToDateTimeOffset() => new(ticks, TimeSpan.Zero);

    public int CompareTo(UtcTime other) => ticks.CompareTo(other.ticks);

    public override string ToString() =>
        string.Create(
            Length,
            this,
            static (text, time) =>
            {
                Span<char> roundTrip = stackalloc char[Length + 1];
                time.WriteRoundTrip(roundTrip);
                roundTrip[..(Length - 1)].CopyTo(text);
                text[^1] = 'Z';
            }
        );

    /// <summary>Writes the one form as ASCII.</summary>
    /// <param name="text">At least 28 bytes; the first 27 are the time.</param>
    internal void Write(Span<byte> text)
    {
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = (byte)'Z';
    }

    private static int Two(ReadOnlySpan<byte> text, int at, ref bool digits)
    {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        digits &= tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
        return 10 * tens + ones;
    }

    private void WriteRoundTrip(Span<char> text) =>
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
}
