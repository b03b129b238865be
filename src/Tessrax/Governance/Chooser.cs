using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>The claim that a strategy chose.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Used">The strategy that chose it: majority where the one asked for cannot order the values.</param>
/// <param name="Reason">Why this one, in the words of <c>tessrax/decision/v1</c>.</param>
/// <param name="Because">The same for <c>tessrax/decision/v2</c>.</param>
/// <param name="Equal">How many claims that holds for; this is the first of them.</param>
internal readonly record struct Choice(
    ContradictingClaim Claim,
    Strategy Used,
    string Reason,
    Because Because,
    int Equal
);

/// <summary>Chooses one of the claims of a contradiction. Ties go by source precedence, then by claim id.</summary>
internal static class Chooser
{
    public static Choice Choose(Policy policy, Contradiction contradiction, Strategy strategy)
    {
        // In this order the first of several equals wins every tie.
        ContradictingClaim[] claims =
        [
            .. contradiction
                .Claims.OrderBy(c => policy.Rank(c.Source))
                .ThenBy(c => c.ClaimId, StringComparer.Ordinal)
                .ThenBy(c => c.Digest),
        ];
        return strategy switch
        {
            Strategy.PreferSource => PreferSource(policy, claims),
            Strategy.Newest => Newest(claims),
            Strategy.Median when contradiction.ComparedAs == MetricKind.Numeric => Median(claims),
            Strategy.MostSevere => MostSevere(policy, contradiction, claims),
            _ => Majority(claims),
        };
    }

    private static Choice PreferSource(Policy policy, ContradictingClaim[] claims)
    {
        bool listed = policy.Rank(claims[0].Source) != int.MaxValue;
        string reason = listed
            ? "whose source comes first in the policy's precedence"
            : "whose claim id comes first, as the policy's precedence lists none of the sources";
        // Only the second form says so.
        int first = policy.Rank(claims[0].Source);
        int equal = policy.Form == PolicyForm.V1 ? 1 : claims.Count(c => policy.Rank(c.Source) == first);
        return new Choice(
            claims[0],
            Strategy.PreferSource,
            reason,
            listed ? Because.FirstSource : Because.FirstClaim,
            equal
        );
    }

    private static Choice Newest(ContradictingClaim[] claims)
    {
        UtcTime newest = claims.Max(c => c.Timestamp);
        ContradictingClaim[] all = [.. claims.Where(c => c.Timestamp == newest)];
        return new Choice(all[0], Strategy.Newest, $"the newest ({newest}){Tie(all)}", Because.Newest, all.Length);
    }

    private static Choice Median(ContradictingClaim[] claims)
    {
        ContradictingClaim[] sorted = [.. claims.OrderBy(c => Numbers.Of(c.Normalized))];
        JsonValue middle = sorted[(sorted.Length - 1) / 2].Normalized;
        ContradictingClaim[] all = [.. claims.Where(c => c.Normalized.Equals(middle))];
        string which = sorted.Length % 2 == 0 ? "the lower middle" : "the middle";
        string reason = string.Create(null, $"{which} of {sorted.Length} values{Tie(all)}");
        return new Choice(all[0], Strategy.Median, reason, Because.Middle, all.Length);
    }

    private static Choice MostSevere(Policy policy, Contradiction contradiction, ContradictingClaim[] claims)
    {
        WorseOrder worse = policy.Rules.For(contradiction.Key.Metric).Worse;
        if (SeverityOrder.For(contradiction.ComparedAs, worse) is not { } order)
            return Majority(claims);
        ContradictingClaim worst = claims[0];
        foreach (ContradictingClaim claim in claims)
        {
            if (order.Compare(claim.Normalized, worst.Normalized) > 0)
                worst = claim;
        }
        ContradictingClaim[] all = [.. claims.Where(c => order.Compare(c.Normalized, worst.Normalized) == 0)];
        return new Choice(
            all[0],
            Strategy.MostSevere,
            string.Create(null, $"the most severe of {claims.Length} values{Tie(all)}"),
            Because.Worst,
            all.Length
        );
    }

    private static Choice Majority(ContradictingClaim[] claims)
    {
        ContradictingClaim[][] camps = [.. claims.GroupBy(c => c.Normalized).Select(camp => camp.ToArray())];
        int most = camps.Max(camp => camp.Length);
        ContradictingClaim[][] largest = [.. camps.Where(camp => camp.Length == most)];
        string tie = largest.Length > 1 ? ", as many as another value; source precedence, then claim id, decide" : "";
        return new Choice(
            largest[0][0],
            Strategy.Majority,
            string.Create(null, $"stated by {most} of {claims.Length}{tie}"),
            Because.MostSaid,
            largest.Length * most
        );
    }

    private static string Tie(ContradictingClaim[] equals) =>
        equals.Length == 1
            ? ""
            : string.Create(null, $"; {equals.Length} are equal, and source precedence, then claim id, decide");
}
