using Tessrax.Keys;

namespace Tessrax.Verification;

/// <summary>What keys that a log signs with no more leave open.</summary>
internal static class RetiredKeys
{
    /// <summary>What a verdict does not exclude of a log that has changed its key; null if it never did.</summary>
    public static string? NotExcluded(LogKeyChain? log) =>
        log is { Spans: { Count: > 1 } spans }
            ? $"that who holds a retired log key shows others a history that ends before {spans[^1].From} entries, where the present key begins"
            : null;
}
