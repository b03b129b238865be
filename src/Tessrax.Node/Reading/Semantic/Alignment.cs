using Tessrax.Canonical;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>Which items of two arrays belong together.</summary>
internal static class Alignment
{
    // Beyond that, items are paired by their place: a table of all pairs would take too long.
    private const long MostPairs = 1_000_000;

    private static readonly string[] Ids = ["claim_id", "id", "key", "index", "name"];

    /// <summary>The member that tells the items of both arrays apart: there in each of them, a text or a number, and no two have the same; null if there is none.</summary>
    public static string? IdOf(ReadOnlySpan<JsonValue> a, ReadOnlySpan<JsonValue> b)
    {
        foreach (string id in Ids)
        {
            if (IsId(id, a) && IsId(id, b))
                return id;
        }
        return null;
    }

    /// <summary>The id of an item, for a path.</summary>
    public static string Text(JsonValue id) => id.Kind == JsonKind.String ? id.AsString() : id.ToString();

    /// <summary>Pairs of places: equal items where a longest common subsequence has them, the others of each gap side by side; -1 where an item has no partner.</summary>
    public static List<(int A, int B)> Pair(string[] a, string[] b)
    {
        var pairs = new List<(int, int)>();
        (int atA, int atB) = (0, 0);
        foreach ((int nextA, int nextB) in Common(a, b).Append((a.Length, b.Length)))
        {
            while (atA < nextA || atB < nextB)
                pairs.Add((atA < nextA ? atA++ : -1, atB < nextB ? atB++ : -1));
            if (nextA < a.Length)
                pairs.Add((atA++, atB++));
        }
        return pairs;
    }

    private static bool IsId(string id, ReadOnlySpan<JsonValue> items)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonValue item in items)
        {
            if (item[id] is not { Kind: JsonKind.String or JsonKind.Number } value || !seen.Add(Text(value)))
                return false;
        }
        return items.Length > 0;
    }

    private static IEnumerable<(int A, int B)> Common(string[] a, string[] b)
    {
        int start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
            yield return (start, start++);
        int end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
            end++;
        foreach ((int x, int y) in Longest(a[start..^end], b[start..^end]))
            yield return (start + x, start + y);
        for (; end > 0; end--)
            yield return (a.Length - end, b.Length - end);
    }

    private static IEnumerable<(int A, int B)> Longest(string[] a, string[] b)
    {
        if ((long)a.Length * b.Length is 0 or > MostPairs)
            yield break;
        var lengths = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
                lengths[i, j] =
                    a[i] == b[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }
        for ((int x, int y) = (0, 0); x < a.Length && y < b.Length; )
        {
            if (a[x] == b[y])
                yield return (x++, y++);
            else if (lengths[x + 1, y] >= lengths[x, y + 1])
                x++;
            else
                y++;
        }
    }
}
