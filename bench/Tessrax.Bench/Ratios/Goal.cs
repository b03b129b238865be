using System.Globalization;

namespace Tessrax.Bench.Ratios;

/// <summary>What a figure should be, and on which side of the limit.</summary>
internal readonly record struct Goal(double Limit, bool AtMost, string? Note = null)
{
    public static Goal Most(double limit, string? note = null) => new(limit, true, note);

    public static Goal Least(double limit, string? note = null) => new(limit, false, note);

    public bool Met(double value) => AtMost ? value <= Limit : value >= Limit;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(AtMost ? "at most" : "at least")} {Limit:0.###}")
        + (Note is null ? "" : $" ({Note})");
}
