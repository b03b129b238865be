namespace Tessrax.Bench.Ratios;

/// <summary>Ours against others, in time per task.</summary>
/// <param name="name">As printed.</param>
/// <param name="contestants">Makes the contestants; ours is called <c>ours</c> and may have variants.</param>
/// <param name="duels">Which quotients to print.</param>
internal sealed class PairedCase(string name, Func<Effort, Contestant[]> contestants, params Duel[] duels) : ICase
{
    public string Name => name;

    /// <summary>What the time of <c>ours</c> itself should be, if anything.</summary>
    public Goal? Ours { get; init; }

    public IEnumerable<Finding> Run(Effort effort)
    {
        IReadOnlyDictionary<string, double[]> times = Paired.Measure(effort, contestants(effort));
        foreach ((string contestant, double[] rounds) in times)
            yield return new Finding(
                $"{name}.{contestant}",
                Paired.Median(rounds),
                "ns",
                contestant == "ours" ? Ours : null
            );
        foreach (Duel duel in duels)
        {
            if (
                !times.TryGetValue(duel.Mine, out double[]? mine)
                || !times.TryGetValue(duel.Theirs, out double[]? theirs)
            )
                continue;
            yield return duel.Faster
                ? new Finding($"{name}.{duel.Theirs}/{duel.Mine}", Paired.Ratio(theirs, mine), "x", duel.Goal)
                : new Finding($"{name}.{duel.Mine}/{duel.Theirs}", Paired.Ratio(mine, theirs), "x", duel.Goal);
        }
    }
}

/// <summary>A quotient of two contestants' times, and what it should be.</summary>
/// <param name="Faster">The quotient is theirs by mine: how many times faster mine is.</param>
internal sealed record Duel(string Mine, string Theirs, Goal? Goal, bool Faster = false)
{
    /// <summary>Ours takes at most so many times as long.</summary>
    public static Duel AtMost(double limit, string theirs, string mine = "ours") =>
        new(mine, theirs, Bench.Ratios.Goal.Most(limit));

    /// <summary>Ours is at least so many times as fast.</summary>
    public static Duel FasterBy(double limit, string theirs, string mine = "ours") =>
        new(mine, theirs, Bench.Ratios.Goal.Least(limit), Faster: true);
}
