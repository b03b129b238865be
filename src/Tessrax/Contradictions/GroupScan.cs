using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>Looks through the claims of a small group without allocating anything.</summary>
internal static class GroupScan
{
    /// <summary>Whether the current claims certainly agree: all of them are numbers within tolerance, or say the same. If not, they may still agree.</summary>
    /// <param name="rule">How values are compared.</param>
    /// <param name="group">At most <see cref="ClaimGroup.Small"/> claims.</param>
    public static bool Agrees(MetricRule rule, ReadOnlySpan<Claim> group)
    {
        Span<int> places = stackalloc int[group.Length];
        ReadOnlySpan<int> current = places[..Select(group, places)];
        return rule.Kind is MetricKind.Auto or MetricKind.Numeric
            ? AgreeAsNumbers(rule, group, current)
            : SayTheSame(group, current);
    }

    // The places of those that count; claims that a source repeats are among them, for they change nothing here.
    private static int Select(ReadOnlySpan<Claim> group, Span<int> places)
    {
        UtcTime moment = group[0].Timestamp;
        foreach (Claim claim in group[1..])
            moment = claim.Timestamp > moment ? claim.Timestamp : moment;
        int count = 0;
        for (int i = 0; i < group.Length; i++)
        {
            Claim claim = group[i];
            if (claim.HoldsAt(moment) && IsNewest(group, claim, moment))
                places[count++] = i;
        }
        return count;
    }

    private static bool IsNewest(ReadOnlySpan<Claim> group, Claim claim, UtcTime moment)
    {
        foreach (Claim other in group)
        {
            if (
                other.Timestamp > claim.Timestamp
                && string.Equals(other.Source, claim.Source, StringComparison.Ordinal)
                && other.HoldsAt(moment)
            )
                return false;
        }
        return true;
    }

    private static bool AgreeAsNumbers(MetricRule rule, ReadOnlySpan<Claim> group, ReadOnlySpan<int> current)
    {
        if (current.Length < 2)
            return true;
        ExactDecimal low = default;
        ExactDecimal high = default;
        for (int i = 0; i < current.Length; i++)
        {
            Claim claim = group[current[i]];
            bool fits = claim.Value.Kind == JsonKind.Number || rule.Kind == MetricKind.Numeric;
            if (!fits || !Comparison.TryNumber(rule, claim, out ExactDecimal number))
                return SayTheSame(group, current);
            if (i == 0 || number < low)
                low = number;
            if (i == 0 || number > high)
                high = number;
        }
        return !new RelativeGap(low, high).Exceeds(rule.Tolerance);
    }

    private static bool SayTheSame(ReadOnlySpan<Claim> group, ReadOnlySpan<int> current)
    {
        for (int i = 1; i < current.Length; i++)
        {
            Claim first = group[current[0]];
            Claim claim = group[current[i]];
            if (claim.Unit != first.Unit || !claim.Value.Equals(first.Value))
                return false;
        }
        return true;
    }
}
