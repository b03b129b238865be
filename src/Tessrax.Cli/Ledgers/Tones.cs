using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>Which colours the ledger's words get.</summary>
internal static class Tones
{
    public static Tone Of(Severity severity) =>
        severity switch
        {
            Severity.Critical => Tone.Bad,
            Severity.High => Tone.Warn,
            Severity.Moderate => Tone.Strong,
            _ => Tone.Dim,
        };

    /// <summary>The colour of an event's name.</summary>
    public static Tone Of(string name) =>
        name switch
        {
            Events.DecisionRecorded => Tone.Good,
            Events.DecisionProposed or Events.ContradictionDetected => Tone.Warn,
            Events.DecisionClosed => Tone.Bad,
            _ => Events.IsControl(name) ? Tone.Strong : Tone.Plain,
        };

    public static Tone Of(DecisionState state) =>
        state switch
        {
            DecisionState.Recorded or DecisionState.Executed => Tone.Good,
            DecisionState.Rejected or DecisionState.Expired => Tone.Bad,
            DecisionState.Superseded => Tone.Dim,
            _ => Tone.Warn,
        };
}
