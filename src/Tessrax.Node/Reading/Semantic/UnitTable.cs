using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>Which units are multiples of which, as policies say: whether two quantities are the same one.</summary>
public sealed class UnitTable
{
    private const int MostNodes = 100_000;

    private readonly List<Units> all = [];

    private UnitTable() { }

    /// <summary>A table that knows no units.</summary>
    public static UnitTable Empty { get; } = new();

    /// <summary>The units that are named anywhere in some documents, in the form of a policy's metrics: <c>{"unit":U,"units":{V:factor}}</c>.</summary>
    public static UnitTable In(params IEnumerable<JsonValue> documents)
    {
        var table = new UnitTable();
        int left = MostNodes;
        foreach (JsonValue document in documents)
            table.Find("", document, ref left);
        return table;
    }

    /// <summary>Whether both are quantities (<c>value</c>, <c>unit</c>) in different units, and the same in one of them, in exact decimals.</summary>
    public bool AreSame(JsonValue a, JsonValue b)
    {
        if (!TryRead(a, out ExactDecimal first, out string from) || !TryRead(b, out ExactDecimal second, out string to))
            return false;
        if (from == to)
            return false;
        string? metric = a["metric"] is { Kind: JsonKind.String } name ? name.AsString() : null;
        return all.Where(units => metric is null || units.Metric == metric)
            .Any(units =>
                units.Factors.TryGetValue(from, out ExactDecimal one)
                && units.Factors.TryGetValue(to, out ExactDecimal other)
                && ExactDecimal.TryMultiply(first, one, out ExactDecimal left)
                && ExactDecimal.TryMultiply(second, other, out ExactDecimal right)
                && left == right
            );
    }

    private static bool TryRead(JsonValue quantity, out ExactDecimal value, out string unit)
    {
        (value, unit) = (default, "");
        if (quantity["unit"] is not { Kind: JsonKind.String } named || quantity["value"] is not { } number)
            return false;
        unit = named.AsString();
        return ExactDecimal.TryFrom(number, out value);
    }

    private void Find(string name, JsonValue value, ref int left)
    {
        if (--left < 0)
            return;
        if (
            value.Kind == JsonKind.Object
            && value["unit"] is { Kind: JsonKind.String } own
            && value["units"] is { Kind: JsonKind.Object } others
        )
        {
            var factors = new Dictionary<string, ExactDecimal>(StringComparer.Ordinal)
            {
                [own.AsString()] = ExactDecimal.One,
            };
            for (int i = 0; i < others.Names.Length; i++)
            {
                if (ExactDecimal.TryFrom(others.Items[i], out ExactDecimal factor))
                    factors.TryAdd(others.Names[i], factor);
            }
            all.Add(new Units(name, factors));
        }
        for (int i = 0; i < value.Items.Length; i++)
            Find(value.Kind == JsonKind.Object ? value.Names[i] : name, value.Items[i], ref left);
    }

    private sealed record Units(string Metric, Dictionary<string, ExactDecimal> Factors);
}
