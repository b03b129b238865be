namespace Tessrax.Contradictions;

/// <summary>How far the claims of a contradiction agree all the same: how many say what most of them say.</summary>
/// <remarks>Derived, and in no payload: 1 of 2 is two sources at odds, 9 of 10 one that stands alone.</remarks>
/// <param name="For">Claims that state the value which is stated most often.</param>
/// <param name="Of">All claims that count.</param>
public readonly record struct Confidence(int For, int Of)
{
    /// <summary>Like <c>9 of 10</c>.</summary>
    public override string ToString() => $"{For} of {Of}";

    internal static Confidence In(ReadOnlySpan<ContradictingClaim> claims)
    {
        var counts = new Dictionary<Canonical.JsonValue, int>();
        int most = 0;
        foreach (ContradictingClaim claim in claims)
            most = Math.Max(most, counts[claim.Normalized] = counts.GetValueOrDefault(claim.Normalized) + 1);
        return new Confidence(most, claims.Length);
    }
}
