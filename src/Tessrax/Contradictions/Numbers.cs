using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>The number that a normalized numeric value holds.</summary>
internal static class Numbers
{
    /// <exception cref="ArgumentException">Not a number: the value was not normalized.</exception>
    public static ExactDecimal Of(JsonValue normalized) =>
        ExactDecimal.TryFrom(normalized, out ExactDecimal number)
            ? number
            : throw new ArgumentException("not a normalized number", nameof(normalized));
}
