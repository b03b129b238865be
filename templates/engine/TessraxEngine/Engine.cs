using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;

namespace TessraxEngine;

/// <summary>Appends reports and rules what follows from them. One at a time writes to a ledger.</summary>
public sealed class Engine
{
    private readonly LedgerWriter writer;
    private readonly EngineState state = EngineState.Create();

    /// <param name="writer">The ledger; whoever opened it closes it.</param>
    public Engine(LedgerWriter writer)
    {
        this.writer = writer;
        using LedgerView view = LedgerView.Open(writer.Directory.Path, SystemDisk.Instance);
        foreach (Receipt receipt in view.Receipts())
            state.Apply(receipt);
    }

    /// <summary>Records a report; and a ruling, if it contradicts others.</summary>
    /// <returns>The ruling; null if none was due.</returns>
    public Ruled? Report(Reported report)
    {
        // What a run that was cut off left out is ruled first.
        Rule(report.Subject);
        Append(Reported.Event, report.ToJson());
        return Rule(report.Subject);
    }

    private Ruled? Rule(string subject)
    {
        if (state.Due(subject) is not { } due)
            return null;
        Append(Ruled.Event, due.ToJson());
        return due;
    }

    private void Append(string name, JsonValue data)
    {
        var draft = new Draft { Event = name, Payload = FrozenPayload.From(new OwnEvent(data, null).ToJson()) };
        foreach (Receipt receipt in writer.Append([draft]))
            state.Apply(receipt);
    }
}
