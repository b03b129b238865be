namespace Tessrax.Contradictions;

/// <summary>The claims of one group in the order in which they were added, and what is kept of them so that the next one costs little.</summary>
internal sealed class ClaimGroup
{
    /// <summary>Up to so many claims are looked through each time; for more, a summary is kept.</summary>
    public const int Small = 64;

    private readonly MetricRule rule;
    private readonly int small;
    private Claim[] claims = new Claim[2];
    private int count;
    private bool isLent;
    private GroupSummary? summary;

    /// <param name="key">What they speak of.</param>
    /// <param name="rule">How their values are compared.</param>
    /// <param name="small">How many claims need no summary.</param>
    public ClaimGroup(GroupKey key, MetricRule rule, int small)
    {
        Key = key;
        this.rule = rule;
        this.small = small;
    }

    /// <summary>What they speak of.</summary>
    public GroupKey Key { get; }

    /// <summary>Another group of the same subject; null behind the last.</summary>
    public ClaimGroup? Next { get; set; }

    public int Count => count;

    /// <summary>Changes with every claim that comes or goes.</summary>
    public long Version { get; private set; }

    /// <summary>More bytes than the record of their contradiction can have.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Looks at what is there now; what comes later does not show in it, and what goes is still in it.</summary>
    public ArraySegment<Claim> Lend()
    {
        isLent = true;
        return new ArraySegment<Claim>(claims, 0, count);
    }

    public void Add(Claim claim)
    {
        if (count == claims.Length)
            Array.Resize(ref claims, 2 * count);
        claims[count++] = claim;
        MostBytes += Contradiction.MostBytes(claim);
        Version++;
        summary?.Add(claim);
    }

    /// <summary>Takes out a claim that is there.</summary>
    public void Remove(Claim claim)
    {
        ReadOnlySpan<Claim> all = claims.AsSpan(0, count);
        int at = count - 1;
        while (!ReferenceEquals(all[at], claim))
            at--;
        var left = isLent ? new Claim[claims.Length] : claims;
        if (isLent)
            all[..at].CopyTo(left);
        all[(at + 1)..].CopyTo(left.AsSpan(at));
        left[--count] = null!;
        (claims, isLent, summary) = (left, false, null);
        MostBytes -= Contradiction.MostBytes(claim);
        Version++;
    }

    /// <summary>How grave the contradiction among them is, or null if there is none: what <see cref="ContradictionDetector"/> finds, without listing what
    /// contradicts what.</summary>
    public Severity? Peek(GroupKey key)
    {
        if (count > small)
            return (summary ??= GroupSummary.Of(rule, claims.AsSpan(0, count))).Severity;
        return count < 2 || GroupScan.Agrees(rule, claims.AsSpan(0, count))
            ? null
            : ContradictionDetector.Detect(rule, key, new ArraySegment<Claim>(claims, 0, count))?.Severity;
    }

    /// <summary>Whether a look at them all can be spared: they do not contradict each other.</summary>
    public bool Agrees() =>
        count > small
            ? (summary ??= GroupSummary.Of(rule, claims.AsSpan(0, count))).Severity is null
            : count < 2 || GroupScan.Agrees(rule, claims.AsSpan(0, count));
}
