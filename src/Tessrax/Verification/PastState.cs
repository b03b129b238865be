using Tessrax.Canonical;

namespace Tessrax.Verification;

/// <summary>What a ledger shows that says of itself that it is a state of the past.</summary>
/// <param name="Size">Its entries.</param>
/// <param name="Known">How far the log is known to have come: entries, at least <paramref name="Size"/>.</param>
/// <param name="IsExtended">Whether every newer checkpoint that is known was shown to extend it; null if nothing at hand tells.</param>
public sealed record PastState(long Size, long Known, bool? IsExtended)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("size", Size),
            ("known", Known),
            ("extended", IsExtended is { } shown ? (JsonValue)shown : JsonValue.Null)
        );
}
