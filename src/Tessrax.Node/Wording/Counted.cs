using System.Globalization;
using Tessrax.Governance;
using Tessrax.Merkle;

namespace Tessrax.Node.Wording;

/// <summary>Numbers of things in words.</summary>
public static class Counted
{
    /// <summary><c>1 tile</c>, <c>2 tiles</c>, <c>2 entries</c>.</summary>
    public static string Of(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : Many(one))}");

    /// <summary>The same with thousands set apart: <c>1,000 bytes</c>.</summary>
    public static string Apart(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : Many(one))}");

    /// <summary><c>entry 7</c>, <c>entries 3, 7-12</c>.</summary>
    public static string Entries(IEnumerable<long> ascending)
    {
        IndexRanges ranges = IndexRanges.Of(ascending);
        return ranges.Ranges is [{ } one] && one.From == one.To ? $"entry {ranges}" : $"entries {ranges}";
    }

    /// <summary>The same, of ranges whose end is not in them; none may be empty.</summary>
    public static string Entries(IEnumerable<LeafRange> ascending)
    {
        var ranges = new List<(long From, long To)>();
        foreach (LeafRange range in ascending)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(range.Start, nameof(ascending));
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(range.End, range.Start, nameof(ascending));
            if (ranges.Count > 0 && ranges[^1].To + 1 == range.Start)
                ranges[^1] = (ranges[^1].From, range.End - 1);
            else
                ranges.Add((range.Start, range.End - 1));
        }
        string text = IndexRanges.From(ranges).ToString();
        return ranges is [var one] && one.From == one.To ? $"entry {text}" : $"entries {text}";
    }

    private static string Many(string one) =>
        one.EndsWith("sh", StringComparison.Ordinal) ? one + "es"
        : one.EndsWith("ry", StringComparison.Ordinal) ? one[..^1] + "ies"
        : one + "s";
}
