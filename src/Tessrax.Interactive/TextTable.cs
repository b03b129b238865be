using System.Globalization;
using System.Text;
using Tessrax.Node.Wording;

namespace Tessrax.Interactive;

/// <summary>Tables as text, for a prompt.</summary>
public static class TextTable
{
    /// <summary>Entries as a table: index, time, event, summary.</summary>
    public static string ToTable(this IEnumerable<LedgerItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Of(
            ["INDEX", "TIME", "EVENT", "SUMMARY"],
            items.Select(item => new[] { Number(item.Index), item.TimeText, item.Event, item.Summary })
        );
    }

    /// <summary>Decisions as a table: index, state, severity, subject, outcome, source.</summary>
    public static string ToTable(this IEnumerable<DecisionItem> decisions)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        return Of(
            ["INDEX", "STATE", "SEVERITY", "SUBJECT", "OUTCOME", "SOURCE"],
            decisions.Select(d =>
                new[]
                {
                    Number(d.Index),
                    d.State,
                    d.Severity ?? "erased",
                    d.Subject ?? "",
                    d.Outcome ?? "",
                    d.Source ?? "",
                }
            )
        );
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // The last column is not filled up: lines end where their text does.
    private static string Of(string[] headers, IEnumerable<string[]> rows)
    {
        string[][] lines = [headers, .. rows.Select(row => row.Select(Sanitizer.Clean).ToArray())];
        int[] widths = [.. Enumerable.Range(0, headers.Length).Select(c => lines.Max(line => TextWidth.Of(line[c])))];
        var text = new StringBuilder();
        foreach (string[] line in lines)
        {
            for (int c = 0; c < line.Length; c++)
            {
                text.Append(line[c]);
                if (c < line.Length - 1)
                    text.Append(' ', widths[c] - TextWidth.Of(line[c]) + 2);
            }
            text.Append('\n');
        }
        return text.ToString().TrimEnd('\n');
    }
}
