namespace Tessrax.Keys;

/// <summary>One group of holders: how many of how many it takes.</summary>
/// <param name="Threshold">1 to <paramref name="Count"/>.</param>
/// <param name="Count">1 to 16; 1 if the threshold is 1, since such shares would all be one.</param>
public readonly record struct ShareGroup(int Threshold, int Count);

/// <summary>Who gets shares of a secret, and who of them can put it together.</summary>
/// <param name="GroupThreshold">How many groups it takes.</param>
/// <param name="Groups">1 to 16 groups.</param>
public sealed record SharePlan(int GroupThreshold, IReadOnlyList<ShareGroup> Groups)
{
    // The standard has four bits for it.
    private const int MaxCount = 16;

    /// <summary>What a guess at the passphrase costs: 10,000 times two to this power. 0 to 15; 1 unless there is a reason.</summary>
    public int IterationExponent { get; init; } = 1;

    /// <summary>How many random bytes it takes to share a secret.</summary>
    /// <param name="size">The secret's bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">No secret is that long.</exception>
    public int RandomnessFor(int size)
    {
        const int Longest = 1 << 16;
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Longest);
        Check();
        return sizeof(short)
            + SecretSharing.RandomnessFor(GroupThreshold, size)
            + Groups.Sum(g => SecretSharing.RandomnessFor(g.Threshold, size));
    }

    /// <summary>Refuses a plan that the standard does not know.</summary>
    /// <exception cref="TessraxException">TSX1009: numbers out of range.</exception>
    public void Check()
    {
        if (Groups.Count is < 1 or > MaxCount)
            throw ErrorCodes.BadValue.Because($"a secret is shared among 1 to {MaxCount} groups, not {Groups.Count}");
        if (GroupThreshold < 1 || GroupThreshold > Groups.Count)
            throw ErrorCodes.BadValue.Because($"{GroupThreshold} of {Groups.Count} groups cannot be asked for");
        foreach (ShareGroup group in Groups)
        {
            if (group.Count is < 1 or > MaxCount || group.Threshold < 1 || group.Threshold > group.Count)
                throw ErrorCodes.BadValue.Because(
                    $"a group has 1 to {MaxCount} shares and takes 1 to all of them, not {group.Threshold} of {group.Count}"
                );
            if (group.Threshold == 1 && group.Count > 1)
                throw ErrorCodes.BadValue.Because(
                    $"1 of {group.Count} would be {group.Count} copies of one share",
                    "ask for 1 of 1 and copy the share, or for at least 2"
                );
        }
        if (IterationExponent is < 0 or > 15)
            throw ErrorCodes.BadValue.Because("the iteration exponent is 0 to 15");
    }
}
