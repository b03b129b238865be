namespace Tessrax.Bench.Ratios;

/// <summary>One line of the report: a figure, and what it should be if anything is asked of it.</summary>
/// <param name="Name">Dotted, lower case: <c>node.ours</c>.</param>
/// <param name="Unit"><c>ns</c>, <c>ms</c>, <c>MiB</c>, <c>B</c>, <c>x</c>, <c>count</c>.</param>
/// <param name="Recorded">Not measured now: a figure from another day, shown for orientation.</param>
internal sealed record Finding(string Name, double Value, string Unit, Goal? Goal = null, bool Recorded = false)
{
    /// <summary>Null if nothing was asked.</summary>
    public bool? Met => Goal?.Met(Value);
}
