using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>What a claim speaks of. Claims with equal keys speak of the same thing; names compare code point by code point.</summary>
/// <param name="Subject">What is described, for example <c>CVE-2023-43655</c>.</param>
/// <param name="Metric">Which of its properties, for example <c>cvss_v3_base_score</c>.</param>
/// <param name="Unit">The unit that values are compared in, or null for none.</param>
public readonly record struct GroupKey(string Subject, string Metric, string? Unit) : IComparable<GroupKey>
{
    /// <summary>Reads <c>{"subject","metric","unit"?}</c>.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: another form.</exception>
    public static GroupKey FromJson(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        string subject = ClaimText.Name(reader, "subject");
        string metric = ClaimText.Name(reader, "metric");
        string? unit = ClaimText.OptionalName(reader, "unit");
        reader.End();
        return new GroupKey(subject, metric, unit);
    }

    /// <summary>By subject, metric, unit; no unit comes first.</summary>
    public int CompareTo(GroupKey other)
    {
        int order = string.CompareOrdinal(Subject, other.Subject);
        if (order == 0)
            order = string.CompareOrdinal(Metric, other.Metric);
        return order != 0 ? order : string.CompareOrdinal(Unit, other.Unit);
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("subject", Subject), ("metric", Metric), ("unit", Unit is null ? null : (JsonValue)Unit));

    public override string ToString() => Unit is null ? $"{Metric} of {Subject}" : $"{Metric} of {Subject} ({Unit})";
}
