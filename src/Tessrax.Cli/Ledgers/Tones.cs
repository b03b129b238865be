using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;

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
}
