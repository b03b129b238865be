using Tessrax.Governance;
using Tessrax.Ledger;

namespace TessraxEngine;

/// <summary>What the entries of a ledger add up to: the newest report of each source, and what was ruled.</summary>
public sealed class EngineState(SpreadDetector detector, TrustedMedian strategy)
{
    private readonly Dictionary<string, Dictionary<string, Placed>> reports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ruled> rulings = new(StringComparer.Ordinal);

    /// <summary>The rules of this engine. Change them here, and the replay follows.</summary>
    public static EngineState Create() =>
        new(new SpreadDetector(tolerance: 5), new TrustedMedian(new HashSet<string> { "sensor-a" }));

    /// <summary>What is ruled of each subject.</summary>
    public IReadOnlyDictionary<string, Ruled> Rulings => rulings;

    /// <summary>What has to be ruled of a subject now; null if nothing has, or it was.</summary>
    public Ruled? Due(string subject)
    {
        if (!reports.TryGetValue(subject, out Dictionary<string, Placed>? bySource))
            return null;
        Placed[] newest = [.. bySource.Values.OrderBy(one => one.Entry)];
        if (!detector.Contradicts(newest))
            return null;
        var due = new Ruled(subject, strategy.Rule(newest), TrustedMedian.Name, [.. newest.Select(one => one.Entry)]);
        return rulings.TryGetValue(subject, out Ruled? last) && last.Reports.SequenceEqual(due.Reports) ? null : due;
    }

    /// <summary>Adds an entry.</summary>
    /// <returns>What it says, if it is one of the engine's events.</returns>
    public object? Apply(Receipt receipt)
    {
        if (receipt.Payload is not { } payload)
            return null;
        switch (receipt.Entry.Body.Event)
        {
            case Reported.Event:
                var reported = Reported.FromJson(OwnEvent.FromJson(payload.Root).Data);
                if (!reports.TryGetValue(reported.Subject, out Dictionary<string, Placed>? bySource))
                    reports[reported.Subject] = bySource = new(StringComparer.Ordinal);
                bySource[reported.Source] = new Placed(receipt.Entry.Index, reported);
                return reported;
            case Ruled.Event:
                var ruled = Ruled.FromJson(OwnEvent.FromJson(payload.Root).Data);
                rulings[ruled.Subject] = ruled;
                return ruled;
            default:
                return null;
        }
    }
}
