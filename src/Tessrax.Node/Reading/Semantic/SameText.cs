using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>Values that are the same and written otherwise.</summary>
internal static class SameText
{
    /// <summary>Whether both are one number or one time.</summary>
    public static bool Are(JsonValue a, JsonValue b) => AreNumbers(a, b) || AreTimes(a, b);

    /// <summary>Whether a text and a number are one number. Two texts that look like numbers are not: they may be versions.</summary>
    private static bool AreNumbers(JsonValue a, JsonValue b) =>
        (a.Kind == JsonKind.Number || b.Kind == JsonKind.Number)
        && ExactDecimal.TryFrom(a, out ExactDecimal first)
        && ExactDecimal.TryFrom(b, out ExactDecimal second)
        && first == second;

    /// <summary>Whether both are one time (RFC 3339, in UTC).</summary>
    public static bool AreTimes(JsonValue a, JsonValue b)
    {
        return a.Kind == JsonKind.String
            && b.Kind == JsonKind.String
            && UtcTime.TryParseLenient(a.AsString(), out UtcTime one)
            && UtcTime.TryParseLenient(b.AsString(), out UtcTime other)
            && one == other;
    }
}
