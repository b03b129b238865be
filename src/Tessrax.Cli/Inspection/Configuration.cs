using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Inspection;

/// <summary>What of the environment keeps a ledger from being used as its user means it: the part of <c>doctor</c> that looks at no file of the ledger.</summary>
internal static class Configuration
{
    private const string Prefix = "TESSRAX_";

    public static IEnumerable<Fault> Examine(CliContext context, Diagnosis diagnosis)
    {
        string[] ours = [.. SwitchFacts.Variables.Where(IsOurs)];
        foreach (string name in context.VariableNames.Except(ours).Where(IsOurs))
        {
            if (Spelling.Nearest(name, ours) is { } meant)
                yield return Of(
                    name,
                    ErrorCodes.BadUsage,
                    FaultCause.Unknown,
                    $"nothing reads it; {meant} is read"
                ) with
                {
                    Remedy = $"unset {name}",
                };
        }
        if (context.Variable("TESSRAX_LEDGER") is { } ledger && !Directory.Exists(ledger))
            yield return Of(
                "TESSRAX_LEDGER",
                ErrorCodes.NotALedger,
                FaultCause.Missing,
                $"it names {ledger}, where there is nothing"
            ) with
            {
                Remedy = "let it name a ledger's directory, or unset it",
            };
        if (UnpinnedIn(context, diagnosis))
            yield return Of(
                "the pinned trust root",
                ErrorCodes.NoTrust,
                FaultCause.Missing,
                "none is pinned on this machine, so verify holds the ledger to nothing but itself"
            ) with
            {
                Remedy = "tessraxctl trust pin FILE, with what you got from a source that you trust",
            };
    }

    private static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    private static Fault Of(string name, ErrorCode code, FaultCause cause, string says) =>
        new(name, code, cause, FaultWeight.Note, says) { Area = FaultArea.Configuration };

    private static bool UnpinnedIn(CliContext context, Diagnosis diagnosis)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        return diagnosis.Ledger is { } id
            && new TrustPins(environment).PathOf(id) is { } pin
            && !environment.Disk.Exists(pin);
    }
}
