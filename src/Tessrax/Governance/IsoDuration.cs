using System.Globalization;
using System.Text;

namespace Tessrax.Governance;

/// <summary>Durations in days, hours and minutes: the subset <c>PnDTnHnM</c> of ISO 8601, for example <c>P7D</c> or <c>PT1H30M</c>.</summary>
public static class IsoDuration
{
    // 99,999 days are 273 years: far beyond every limit, and no sum overflows.
    private const int MaxDigits = 5;

    /// <summary>Reads a duration; each part is at most 99999, and at least one is there.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => TryParse(text, hasSeconds: false, out duration);

    /// <summary>The same with whole seconds as the last part, such as <c>PT90S</c> or <c>PT1M30S</c>: for waiting, where policies count in minutes.</summary>
    public static bool TryParseToSeconds(string text, out TimeSpan duration) =>
        TryParse(text, hasSeconds: true, out duration);

    private static bool TryParse(string text, bool hasSeconds, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        if (!rest.StartsWith('P'))
            return false;
        rest = rest[1..];
        int days = Take(ref rest, 'D');
        int hours = 0;
        int minutes = 0;
        int seconds = 0;
        if (rest.StartsWith('T'))
        {
            rest = rest[1..];
            hours = Take(ref rest, 'H');
            minutes = Take(ref rest, 'M');
            seconds = hasSeconds ? Take(ref rest, 'S') : -1;
            if (hours < 0 && minutes < 0 && seconds < 0)
                return false;
        }
        else if (days < 0)
        {
            return false;
        }
        duration = new TimeSpan(Math.Max(days, 0), Math.Max(hours, 0), Math.Max(minutes, 0), Math.Max(seconds, 0));
        return rest.IsEmpty;
    }

    /// <summary>The shortest text of a duration of whole minutes, 0 or more.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerMinute != 0)
            throw new ArgumentException("must be whole minutes, 0 or more", nameof(duration));
        var text = new StringBuilder("P");
        if (duration.Days > 0)
            text.Append(CultureInfo.InvariantCulture, $"{duration.Days}D");
        if (duration.Hours > 0 || duration.Minutes > 0)
            text.Append('T');
        if (duration.Hours > 0)
            text.Append(CultureInfo.InvariantCulture, $"{duration.Hours}H");
        if (duration.Minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{duration.Minutes}M");
        return text.Length > 1 ? text.ToString() : "PT0M";
    }

    // The number before a letter, or -1 if it is not the next part.
    private static int Take(scoped ref ReadOnlySpan<char> text, char letter)
    {
        int at = text.IndexOf(letter);
        if (at is < 1 or > MaxDigits || text[..at].ContainsAnyExceptInRange('0', '9'))
            return -1;
        int number = int.Parse(text[..at], NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[(at + 1)..];
        return number;
    }
}
