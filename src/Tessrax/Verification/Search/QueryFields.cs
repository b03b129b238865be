using System.Globalization;
using System.Text;
using Tessrax.Governance;

namespace Tessrax.Verification.Search;

/// <summary>The names that stand before a colon in queries.</summary>
public static class QueryFields
{
    internal const string Index = "index";
    internal const string Epoch = "epoch";
    internal const string After = "after";
    internal const string Before = "before";

    /// <summary>The largest index or epoch that can be named: 2^53 - 1.</summary>
    internal const long MaxNumber = 9_007_199_254_740_991;

    // In the order in which people are told of them.
    private static readonly (string Name, FieldId Field)[] OfEntries =
    [
        ("event", FieldId.Event),
        ("subject", FieldId.Subject),
        ("source", FieldId.Source),
        ("metric", FieldId.Metric),
        ("severity", FieldId.Severity),
        ("policy", FieldId.Policy),
        ("key", FieldId.Key),
        ("approver", FieldId.Approver),
        ("claim", FieldId.Claim),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. OfEntries.Select(field => field.Name), After, Before, Index, Epoch];

    /// <summary>The name of a field of entries.</summary>
    public static string NameOf(FieldId field) => Array.Find(OfEntries, known => known.Field == field).Name;

    /// <summary>The field of entries of that name, or null.</summary>
    internal static FieldId? Find(string name) =>
        Array.FindIndex(OfEntries, known => known.Name == name) is >= 0 and int at ? OfEntries[at].Field : null;

    internal static void WriteRange(StringBuilder text, string name, long first, long last)
    {
        string range =
            first == last ? string.Create(CultureInfo.InvariantCulture, $"{first}")
            : last == MaxNumber ? string.Create(CultureInfo.InvariantCulture, $">={first}")
            : first == 0 ? string.Create(CultureInfo.InvariantCulture, $"<={last}")
            : string.Create(CultureInfo.InvariantCulture, $"{first}..{last}");
        text.Append(name).Append(':').Append(range);
    }
}
