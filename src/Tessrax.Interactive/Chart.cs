using System.Globalization;
using System.Text;
using Tessrax.Node.Wording;

namespace Tessrax.Interactive;

/// <summary>Charts as text, for a prompt: they are returned, never printed.</summary>
public static class Chart
{
    private const int MostBars = 40;
    private const string Steps = "▁▂▃▄▅▆▇█";
    private const string Eighths = "▏▎▍▌▋▊▉";

    /// <summary>A bar for each name, the longest first, for example of <c>items.CountBy(i => i.Event)</c>.</summary>
    /// <param name="counts">What was counted; no count is below 0.</param>
    /// <param name="width">The columns that a line takes at most, 20 to 10,000.</param>
    public static string Bars(IEnumerable<KeyValuePair<string, int>> counts, int width = 80)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 20);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 10_000);
        KeyValuePair<string, int>[] all =
        [
            .. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal),
        ];
        if (all.Length == 0)
            return "nothing to draw";
        KeyValuePair<string, int>[] shown = [.. all.Take(MostBars)];
        ArgumentOutOfRangeException.ThrowIfNegative(shown[^1].Value, nameof(counts));
        string[] names = [.. shown.Select(c => Fitting(Sanitizer.Clean(c.Key), width / 2))];
        int nameWidth = names.Max(TextWidth.Of);
        int numberWidth = Number(shown[0].Value).Length;
        int room = Math.Max(1, width - nameWidth - numberWidth - 3);
        var text = new StringBuilder();
        for (int i = 0; i < shown.Length; i++)
        {
            text.Append(Sanitizer.Isolate(names[i])).Append(' ', nameWidth - TextWidth.Of(names[i]) + 1);
            text.Append(Number(shown[i].Value).PadLeft(numberWidth)).Append(' ');
            text.Append(Bar(shown[i].Value, shown[0].Value, room)).Append('\n');
        }
        if (all.Length > shown.Length)
            text.Append(CultureInfo.InvariantCulture, $"and {all.Length - shown.Length} more\n");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A line of small bars, one a number, from the smallest to the largest.</summary>
    public static string Spark(IEnumerable<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        long[] all = [.. numbers];
        if (all.Length == 0)
            return "";
        (long least, long most) = (all.Min(), all.Max());
        double span = Math.Max(1.0, (double)most - least);
        return string.Concat(all.Select(n => Steps[(int)(((double)n - least) / span * (Steps.Length - 1))]));
    }

    /// <summary>How many entries each day saw, from the first day to the last, as a line of small bars with its dates.</summary>
    public static string ByDay(IEnumerable<LedgerItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Dictionary<DateOnly, int> days = items
            .CountBy(item => DateOnly.FromDateTime(item.At.UtcDateTime))
            .ToDictionary(d => d.Key, d => d.Value);
        if (days.Count == 0)
            return "nothing to draw";
        (DateOnly first, DateOnly last) = (days.Keys.Min(), days.Keys.Max());
        IEnumerable<long> each = Enumerable
            .Range(0, last.DayNumber - first.DayNumber + 1)
            .Select(day => (long)days.GetValueOrDefault(first.AddDays(day)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{first:yyyy-MM-dd} {Spark(each)} {last:yyyy-MM-dd}, at most {days.Values.Max():N0} a day"
        );
    }

    private static string Bar(int count, int most, int room)
    {
        int eighths = most == 0 ? 0 : (int)((long)count * room * 8 / most);
        string full = new('█', eighths / 8);
        return eighths % 8 == 0 ? full : full + Eighths[(eighths % 8) - 1];
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fitting(string text, int width)
    {
        if (TextWidth.Of(text) <= width)
            return text;
        var kept = new StringBuilder();
        int used = 1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += TextWidth.Of(rune.ToString());
            if (used > width)
                break;
            kept.Append(rune);
        }
        return kept.Append('…').ToString();
    }
}
