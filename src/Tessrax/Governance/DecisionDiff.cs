using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Where a recorded contradiction or decision differs from the one that was worked out again.</summary>
internal static class DecisionDiff
{
    // They say in words what the other members say: where one of those differs too, it is the one to name.
    private static readonly string[] Sentences = ["reason", "explanation"];

    /// <summary>The first member that differs, with both values cut short, like <c>$.outcome.value: recorded "7.5", computed "9.8"</c>; null if none does.</summary>
    /// <remarks>Members in their canonical order, items of arrays in theirs; sentences after everything else.</remarks>
    public static string? First(JsonValue recorded, JsonValue computed) =>
        recorded.Equals(computed) ? null : First(recorded, computed, "$");

    private static string? First(JsonValue? recorded, JsonValue? computed, string path)
    {
        if (recorded is { Kind: JsonKind.Object } && computed is { Kind: JsonKind.Object })
            return FirstMember(recorded, computed, path);
        if (recorded is { Kind: JsonKind.Array } && computed is { Kind: JsonKind.Array })
            return FirstItem(recorded, computed, path);
        return Equals(recorded, computed) ? null : $"{path}: recorded {Show(recorded)}, computed {Show(computed)}";
    }

    private static string? FirstMember(JsonValue recorded, JsonValue computed, string path)
    {
        string? first = null;
        foreach (string name in NamesOf(recorded, computed))
            first ??= First(recorded[name], computed[name], $"{path}.{name}");
        return first;
    }

    private static string? FirstItem(JsonValue recorded, JsonValue computed, string path)
    {
        int most = Math.Max(recorded.Items.Length, computed.Items.Length);
        string? first = null;
        for (int i = 0; i < most && first is null; i++)
            first = First(ItemOf(recorded, i), ItemOf(computed, i), $"{path}[{i}]");
        return first;
    }

    private static IEnumerable<string> NamesOf(JsonValue recorded, JsonValue computed)
    {
        var names = new SortedSet<string>([.. recorded.Names, .. computed.Names], StringComparer.Ordinal);
        return names.Except(Sentences).Concat(Sentences.Where(names.Contains));
    }

    private static JsonValue? ItemOf(JsonValue array, int index) =>
        index < array.Items.Length ? array.Items[index] : null;

    private static string Show(JsonValue? value) => value is null ? "nothing" : ClaimText.Show(value);
}
