using Tessrax.Cli.Commands;
using Tessrax.Governance;

namespace Tessrax.Cli.Ledgers;

/// <summary>Reads indexes of entries as people write them.</summary>
internal static class EntryRanges
{
    /// <summary>The ranges in a text like <c>3,7-12,90-</c>.</summary>
    /// <exception cref="TessraxException">TSX1012: not of that form.</exception>
    public static IndexRanges Parse(string text, string option)
    {
        var ranges = new List<(long From, long To)>();
        foreach (string part in text.Split(','))
        {
            if (part.Trim() is not { Length: > 0 } said || !said.All(c => c == '-' || char.IsAsciiDigit(c)))
                throw ErrorCodes.BadUsage.Because(
                    $"{option} needs indexes and ranges, like 3,7-12 or 90-, not '{text}'"
                );
            string[] ends = said.Split('-');
            long? from = WholeNumber.Parse(ends[0], option);
            long? to = ends.Length == 2 && ends[1].Length == 0 ? IndexRanges.Last : WholeNumber.Parse(ends[^1], option);
            if (ends.Length > 2 || from > to || to > IndexRanges.Last || (ranges.Count > 0 && from <= ranges[^1].To))
                throw ErrorCodes.BadUsage.Because($"{option} needs ranges that ascend, like 3,7-12, not '{text}'");
            if (ranges.Count > 0 && from == ranges[^1].To + 1)
                ranges[^1] = (ranges[^1].From, to!.Value);
            else
                ranges.Add((from!.Value, to!.Value));
        }
        return IndexRanges.From(ranges);
    }
}
