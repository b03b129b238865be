using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Contradictions;

/// <summary>What kind of difference a contradiction is.</summary>
public enum ContradictionKind
{
    Numeric,
    Categorical,
    Boolean,
    Version,
    Set,

    /// <summary>A source contradicts itself: different values at one time.</summary>
    Temporal,
}

/// <summary>One claim as a contradiction lists it.</summary>
/// <param name="ClaimId">The claim's name.</param>
/// <param name="Digest">The digest of its canonical form.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Value">What it says.</param>
/// <param name="Normalized">The same in the form that was compared: a number's shortest text in the group's unit, a full version, a sorted set.</param>
/// <param name="Timestamp">When it was said.</param>
public sealed record ContradictingClaim(
    string ClaimId,
    Digest Digest,
    string Source,
    JsonValue Value,
    JsonValue Normalized,
    UtcTime Timestamp
);

/// <summary>The current claims of one group differ beyond tolerance: the payload of CONTRADICTION_DETECTED.</summary>
/// <remarks>A function of the group's claims and the metric's rule alone. Two contradictions are equal if their canonical forms are.</remarks>
public sealed partial record Contradiction
{
    private readonly ContradictingClaim[] claims;
    private readonly string[] superseded;
    private Identity? identity;

    internal Contradiction(ContradictingClaim[] claims, string[] superseded)
    {
        this.claims = claims;
        this.superseded = superseded;
    }

    /// <summary>SHA-256 of the canonical form of <c>{"claims":[digest…],"key":{…}}</c>: what contradicts what, under whichever policy.</summary>
    public Digest Id
    {
        get
        {
            // Asked for many times, and a hash of all claims; a copy with another key has another one.
            Identity? known = identity;
            if (known is null || known.Key != Key)
                identity = known = new Identity(Key, Identify(Key, claims));
            return known.Id;
        }
    }

    public required GroupKey Key { get; init; }

    public required ContradictionKind Kind { get; init; }

    /// <summary>How the values were compared; never <see cref="MetricKind.Auto"/>.</summary>
    public required MetricKind ComparedAs { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Between the extremes, if the values are numbers.</summary>
    public RelativeGap? Gap { get; init; }

    /// <summary>The gap that would have been tolerated.</summary>
    public ExactDecimal Tolerance { get; init; }

    /// <summary>The moment at which the claims are current: the newest timestamp of the group.</summary>
    public required UtcTime AsOf { get; init; }

    /// <summary>The current claims, at least two, sorted by claim id (UTF-16 code units).</summary>
    public IReadOnlyList<ContradictingClaim> Claims => claims;

    /// <summary>The ids of the group's other claims, sorted: superseded by a newer one of their source, repeated, or outside their window.</summary>
    public IReadOnlyList<string> Superseded => superseded;

    /// <summary>How far the claims agree all the same. Not in the canonical form: it follows from the claims.</summary>
    public Confidence Confidence => Confidence.In(claims);

    /// <summary>One sentence for people.</summary>
    public required string Explanation { get; init; }

    /// <summary>More bytes than a claim adds to the record of a contradiction: its names and its value twice, a character being six bytes at worst.</summary>
    public static long MostBytes(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        int value = claim.Value.Kind switch
        {
            JsonKind.String => claim.Value.AsString().Length,
            JsonKind.Array => claim.Value.ToString().Length,
            _ => 32,
        };
        return 512 + 6L * (claim.ClaimId.Length + claim.Source.Length + 2 * value);
    }

    public bool Equals(Contradiction? other) =>
        other is not null
        && Key == other.Key
        && (Kind, ComparedAs, Severity) == (other.Kind, other.ComparedAs, other.Severity)
        && (Gap, Tolerance, AsOf) == (other.Gap, other.Tolerance, other.AsOf)
        && claims.AsSpan().SequenceEqual(other.claims)
        && superseded.AsSpan().SequenceEqual(other.superseded)
        && Explanation == other.Explanation;

    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The explanation.</summary>
    public override string ToString() => Explanation;

    private static Digest Identify(GroupKey key, ContradictingClaim[] claims)
    {
        IEnumerable<JsonValue> digests = claims
            .Select(c => c.Digest)
            .Order()
            .Select(d => JsonValue.String(d.ToString()));
        JsonValue identity = JsonValue.Object(("key", key.ToJson()), ("claims", JsonValue.Of(digests)));
        return HashEngine.Sha256.Hash(identity.ToCanonicalBytes());
    }

    private sealed record Identity(GroupKey Key, Digest Id);
}
