using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>Values that are the same and written otherwise.</summary>
internal static class SameText
{
    /// <summary>Whether both are one number or one time. Two texts that look like numbers are not: they may be versions.</summary>
    public static bool Are(JsonValue a, JsonValue b)
    {
        bool isNumber = a.Kind == JsonKind.Number || b.Kind == JsonKind.Number;
        if (isNumber)
            return ExactDecimal.TryFrom(a, out ExactDecimal first)
                && ExactDecimal.TryFrom(b, out ExactDecimal second)
                && first == second;
        return a.Kind == JsonKind.String
            && b.Kind == JsonKind.String
            && UtcTime.TryParseLenient(a.AsString(), out UtcTime one)
            && UtcTime.TryParseLenient(b.AsString(), out UtcTime other)
            && one == other;
    }
}
