using Tessrax.Canonical;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>What kind of difference it is.</summary>
public enum DifferenceKind
{
    /// <summary>The same items in another order: another meaning, unless the order is known to be free.</summary>
    Reordered,

    /// <summary>The same value at another place: what it is said of is another.</summary>
    Moved,

    /// <summary>The same value under another member name, which says something else of it.</summary>
    Renamed,

    /// <summary>The same quantity in another unit, by a policy.</summary>
    Unit,

    /// <summary>The same number or time, written otherwise: of a number, a text is something else unless a policy says that it is none.</summary>
    Text,

    /// <summary>Another value.</summary>
    Changed,

    /// <summary>A value that was not there.</summary>
    Added,

    /// <summary>A value that is there no more.</summary>
    Removed,
}

/// <summary>One difference.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">Where: in the first, or in the second for what was added. Items of arrays by their id (<c>claims[claim_id=a1]</c>), else by place.</param>
/// <param name="To">Where it is in the second, if that is another place; else null.</param>
/// <param name="Before">The value in the first; null for what was added.</param>
/// <param name="After">The value in the second; null for what was removed.</param>
public sealed record Difference(DifferenceKind Kind, string Path, string? To, JsonValue? Before, JsonValue? After)
{
    /// <summary>Whether a format or a policy says that it means nothing.</summary>
    public bool IsFree { get; init; }

    /// <summary>Whether the two mean something else by it.</summary>
    public bool IsChange => !IsFree;

    /// <summary>The kind as a word.</summary>
    public string KindText => Kind.ToString().ToLowerInvariant();

    /// <summary>For programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("kind", KindText),
            ("change", IsChange),
            ("path", Path),
            ("to", To is null ? null : JsonValue.String(To)),
            ("before", Before),
            ("after", After)
        );
}

/// <summary>How two values differ.</summary>
/// <param name="Items">The differences, in the order of the first.</param>
/// <param name="IsComplete">Whether all was looked at.</param>
public sealed record Differences(IReadOnlyList<Difference> Items, bool IsComplete)
{
    /// <summary>Whether they are the same to the byte, in canonical form.</summary>
    public bool IsSame => Items.Count == 0 && IsComplete;

    /// <summary>Whether they mean the same.</summary>
    public bool IsEquivalent => IsComplete && !Items.Any(difference => difference.IsChange);
}
