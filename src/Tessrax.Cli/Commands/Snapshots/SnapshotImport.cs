using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands.Snapshots;

/// <summary><c>snapshot import FILE DIR</c>: a ledger to read, once all of the file was verified.</summary>
internal static class SnapshotImport
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "a snapshot" };
        Argument<string> directory = new("DIR") { Description = "the new ledger's directory: absent or empty" };
        Option<string?> trust = RestoreReport.TrustOption();
        var verb = new Verb(
            "import",
            "Verify a snapshot and make a ledger to read from it",
            "tessraxctl snapshot import decisions.snapshot mirror --trust decisions.trust.json"
        )
        {
            file,
            directory,
            trust,
        };
        verb.SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(file);
            string to = parsed.GetRequiredValue(directory);
            NodeEnvironment environment = LedgerSession.Environment(context);
            var restoration = new Restoration(
                environment,
                RestoreReport.Trust(context, environment, from, parsed.GetValue(trust))
            )
            {
                Kind = SnapshotKind.Snapshot,
            };
            return RestoreReport.Run(context, restoration, from, to);
        });
        return verb;
    }
}
