using System.CommandLine;

namespace Tessrax.Cli.Commands;

/// <summary><c>fraud</c>: evidence that a log recorded what cannot both be true.</summary>
internal static class FraudGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "fraud",
            "Evidence that a log left out or rewrote a change of its rules",
            "tessraxctl fraud find mine.tessrax.json theirs.tessrax.json -o log.fraud.json",
            "tessraxctl fraud check log.fraud.json --key VKEY"
        )
        {
            FraudFind.Create(context),
            FraudCheck.Create(context),
        };
}
