using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>What two entries of one log say that cannot both be true, whatever the entries between them are.</summary>
/// <remarks>An entry names the governance state that it is judged by: the number of control events before it, the digest of what they make, the epoch
/// (<c>spec/ledger.md</c>, section 7). The number never falls, grows by one behind each control event, and fixes the rest.</remarks>
public static class Disagreement
{
    /// <summary>Why two entries cannot both be in one ledger; null if they can.</summary>
    /// <param name="first">The one with the smaller index; of two with one index either.</param>
    /// <param name="second">The other one.</param>
    /// <returns>One sentence without a final stop.</returns>
    public static string? Between(Entry first, Entry second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(Statement.Of(first), Statement.Of(second)) is not { } kind ? null
            : kind != Kind.TwoLeaves ? Tell(first, second, kind)
            : first.ToLeaf().AsSpan().SequenceEqual(second.ToLeaf()) ? null
            : Tell(first, second, kind);
    }

    /// <summary>How two statements of which the first has the smaller index, or the same, contradict each other; null if they do not. Of two with one index the leaves
    /// are still to be compared.</summary>
    internal static Kind? Of(in Statement first, in Statement second)
    {
        if (first.Index == second.Index)
            return Kind.TwoLeaves;
        if (first.Index > second.Index)
            return null;
        if (second.Gov.Count < first.Gov.Count)
            return Kind.Fewer;
        if (first.IsControl && second.Gov.Count == first.Gov.Count)
            return Kind.Uncounted;
        bool differ = first.Gov.Digest != second.Gov.Digest || first.Epoch != second.Epoch;
        return first.Gov.Count == second.Gov.Count && differ ? Kind.TwoStates : null;
    }

    private static string Tell(Entry first, Entry second, Kind kind) =>
        kind switch
        {
            Kind.TwoLeaves => $"two entries were recorded at one index, {first.Index}",
            Kind.Fewer =>
                $"entry {first.Index} counts {first.Gov.Count} control events before it, and entry {second.Index}, after it, only {second.Gov.Count}",
            Kind.Uncounted =>
                $"{first.Body.Event} at {first.Index} is a control event, with {first.Gov.Count} before it, and entry {second.Index}, after it, counts {second.Gov.Count} as well: it was left out",
            _ =>
                $"entries {first.Index} and {second.Index} both count {first.Gov.Count} control events before them, and name two governance states",
        };

    /// <summary>What cannot both be.</summary>
    internal enum Kind
    {
        TwoLeaves,
        Fewer,
        Uncounted,
        TwoStates,
    }

    /// <summary>What of an entry is compared.</summary>
    internal readonly record struct Statement(long Index, GovRef Gov, long Epoch, bool IsControl)
    {
        public static Statement Of(Entry entry) =>
            new(entry.Index, entry.Gov, entry.Epoch, Events.IsControl(entry.Body.Event));
    }
}
