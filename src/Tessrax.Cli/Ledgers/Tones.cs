using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;

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

    public static Tone Of(DecisionState state) =>
        state switch
        {
            DecisionState.Recorded or DecisionState.Executed => Tone.Good,
            DecisionState.Rejected or DecisionState.Expired => Tone.Bad,
            DecisionState.Superseded => Tone.Dim,
            _ => Tone.Warn,
        };
}
