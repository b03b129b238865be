namespace Tessrax.Bench.Ratios;

/// <summary>How much to spend: enough to believe the figures, or just enough to see that the harness works.</summary>
internal sealed record Effort(bool Quick)
{
    /// <summary>Rounds in which every contestant has one turn.</summary>
    public int Rounds { get; init; } = Quick ? 3 : 41;

    /// <summary>How long a turn takes, about.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromMilliseconds(Quick ? 0.2 : 5);

    /// <summary>How often everything runs before it counts.</summary>
    public int WarmUps => Quick ? 1 : 4;

    /// <summary>Fewer rounds, for tasks that take long by themselves.</summary>
    public Effort Longer() => this with { Rounds = Math.Min(Rounds, 15) };

    /// <summary>A size in earnest, or a small one.</summary>
    public int Size(int earnest, int quick) => Quick ? quick : earnest;
}
