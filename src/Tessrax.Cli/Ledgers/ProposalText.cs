using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a proposal would do, in words: those who sign it must see all that it changes.</summary>
internal static class ProposalText
{
    /// <summary>The sentence that approvers agree to.</summary>
    public static string Explain(Proposal proposal) => proposal.Decision?.Explanation ?? Explain(proposal.Body);

    /// <summary>What a control event does.</summary>
    public static string Explain(EntryBody control) =>
        control.Event switch
        {
            Events.LedgerClosed =>
                $"close this ledger for ever; it goes on as {Successor.Read(control)}, under the same policy, approvers and windows",
            _ => control.Event,
        };

    /// <summary>How grave it is.</summary>
    public static Cell Weight(Proposal proposal) =>
        proposal.Decision is { } decision
            ? new Cell(decision.Severity.Text(), Tones.Of(decision.Severity))
            : new Cell("control", Tone.Bad);

    /// <summary>What it is about.</summary>
    public static string About(Proposal proposal) => proposal.Decision?.Key.ToString() ?? proposal.Body.Event;

    /// <summary>What it would set.</summary>
    public static string Proposes(Proposal proposal) =>
        proposal.Decision is { } decision
            ? $"{ReceiptText.Value(decision.Outcome.Value)} by {decision.Outcome.Source}"
            : Explain(proposal.Body);

    /// <summary>What waits, for programs.</summary>
    public static (string Name, JsonValue? Value)[] ToJson(Proposal proposal) =>
        proposal.Decision is { } decision
            ? [("decision", decision.ToJson())]
            : [("event", proposal.Body.Event), ("control", proposal.Body.Control)];
}
