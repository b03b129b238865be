namespace Tessrax.Contradictions;

/// <summary>The one sentence that says what contradicts what.</summary>
internal static class ContradictionSentence
{
    private const int MaxValues = 4;

    public static string Write(
        GroupKey key,
        ContradictingClaim[] claims,
        RelativeGap? gap,
        ExactDecimal tolerance,
        bool temporal
    )
    {
        int sources = claims.Select(c => c.Source).Distinct(StringComparer.Ordinal).Count();
        string who =
            sources == 1 ? "1 source contradicts itself"
            : temporal ? $"{sources} sources, one of which contradicts itself, disagree"
            : $"{sources} sources disagree";
        string about = $"{who} about {ClaimText.Shorten(key.Metric)} of {ClaimText.Shorten(key.Subject)}";
        string unit = key.Unit is null ? "" : " " + ClaimText.Shorten(key.Unit);
        return gap is { } measured
            ? $"{about}: {Extreme(claims, measured.Low)} to {Extreme(claims, measured.High)}{unit}, "
                + $"a relative gap of {measured} where {tolerance} is tolerated"
            : $"{about}: {Values(claims)}";
    }

    private static string Extreme(ContradictingClaim[] claims, ExactDecimal value)
    {
        ContradictingClaim claim = claims.First(c => Numbers.Of(c.Normalized) == value);
        return $"{value} ({ClaimText.Shorten(claim.Source)})";
    }

    private static string Values(ContradictingClaim[] claims)
    {
        ContradictingClaim[] firsts = [.. claims.DistinctBy(c => c.Normalized)];
        IEnumerable<string> shown = firsts
            .Take(MaxValues)
            .Select(c => $"{ClaimText.Show(c.Normalized)} ({ClaimText.Shorten(c.Source)})");
        string more = firsts.Length > MaxValues ? $" and {firsts.Length - MaxValues} more" : "";
        return string.Join(", ", shown) + more;
    }
}
