using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>Which claims of a group count at a moment, and which are set aside.</summary>
/// <remarks>
/// A claim counts if its window holds the moment and its source has said nothing newer that does. A source that says the same thing several
/// times at one time is heard once (under the lowest claim id), so that repetition wins no majority.
/// </remarks>
internal sealed record CurrentClaims(UtcTime AsOf, IReadOnlyList<Claim> Claims, IReadOnlyList<string> Superseded)
{
    /// <summary>Selects from all claims of a group, in any order.</summary>
    /// <param name="group">The claims.</param>
    /// <param name="asOf">The moment; the newest timestamp of the group if null, so that no clock is asked.</param>
    public static CurrentClaims Select(IEnumerable<Claim> group, UtcTime? asOf)
    {
        Claim[] sorted = [.. group.Distinct()];
        Array.Sort(sorted, ByIdThenDigest);
        if (sorted.Length == 0)
            return new CurrentClaims(asOf ?? default, [], []);

        UtcTime moment = asOf ?? sorted.Max(c => c.Timestamp);
        var newest = new Dictionary<string, UtcTime>(StringComparer.Ordinal);
        foreach (Claim claim in sorted)
        {
            if (
                Counts(claim, moment) && (!newest.TryGetValue(claim.Source, out UtcTime best) || claim.Timestamp > best)
            )
                newest[claim.Source] = claim.Timestamp;
        }

        var heard = new HashSet<(string Source, JsonValue Value, string? Unit)>();
        var current = new List<Claim>(newest.Count);
        var superseded = new List<string>(sorted.Length - newest.Count);
        foreach (Claim claim in sorted)
        {
            bool counts =
                Counts(claim, moment)
                && claim.Timestamp == newest[claim.Source]
                && heard.Add((claim.Source, claim.Value, claim.Unit));
            if (counts)
                current.Add(claim);
            else
                superseded.Add(claim.ClaimId);
        }
        return new CurrentClaims(moment, current, superseded);
    }

    /// <summary>The claims of a group that count, set the moment, or may count again at a later one; the others never will, whatever
    /// claims come.</summary>
    public static IEnumerable<Claim> Lasting(IReadOnlyCollection<Claim> group)
    {
        UtcTime moment = group.Max(c => c.Timestamp);
        foreach (IGrouping<string, Claim> source in group.GroupBy(c => c.Source, StringComparer.Ordinal))
        {
            // Newest first, so that each is held against those that may stand in front of it: one does so for as long as its window lasts.
            UtcTime? front = null;
            foreach (IGrouping<UtcTime, Claim> said in source.GroupBy(c => c.Timestamp).OrderByDescending(s => s.Key))
            {
                foreach (Claim claim in said)
                {
                    bool over = claim.ValidUntil is { } until && until <= moment;
                    bool behind = front >= EndOf(claim);
                    if (claim.Timestamp == moment || (!over && !behind))
                        yield return claim;
                }
                foreach (Claim claim in said.Where(c => c.HoldsAt(moment)))
                    front = front >= EndOf(claim) ? front : EndOf(claim);
            }
        }
    }

    private static UtcTime EndOf(Claim claim) => claim.ValidUntil ?? default(UtcTime) + TimeSpan.MaxValue;

    private static bool Counts(Claim claim, UtcTime moment) => claim.Timestamp <= moment && claim.HoldsAt(moment);

    private static int ByIdThenDigest(Claim left, Claim right)
    {
        int order = string.CompareOrdinal(left.ClaimId, right.ClaimId);
        return order != 0 ? order : left.Digest.CompareTo(right.Digest);
    }
}
