using System.CommandLine;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Index;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>backup DIR -o FILE</c>: all that is needed to go on elsewhere, as one reproducible file.</summary>
internal static class BackupVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var output = new SnapshotOutput("backup");
        var verb = new Verb(
            "backup",
            "Write ledger, evidence and encrypted keys as one file; the ledger may be written to meanwhile",
            "tessraxctl backup decisions -o decisions.backup",
            "tessraxctl backup decisions -o - | ssh safe 'cat > decisions.backup'"
        )
        {
            Remarks =
                "The keys in it are encrypted with their passphrase, which is not in it. The file is listed in backups.json in the ledger's directory, so that erase can name the backups that still hold a payload.",
        };
        verb.Add(directory);
        output.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            NodeEnvironment environment = LedgerSession.Environment(context);
            TessraxException? indexFault = LedgerIndex.LookBeforeBackup(ledger, environment);
            if (indexFault is not null)
                context.Notice(
                    $"warning {indexFault.Code}: {indexFault.Message}; the backup does not need it: {ShellText.Of($"tessraxctl index rebuild {ledger}")}"
                );
            var export = new LedgerExport(environment, ledger, SnapshotKind.Backup);
            SnapshotMade made = output.Write(
                context,
                parsed,
                environment,
                ledger,
                export,
                UnixFileMode.UserRead | UnixFileMode.UserWrite
            );
            // The backup is there, whatever becomes of the list.
            if (BackupList.TryAdd(environment, ledger, output.NameOf(parsed), made) is { } warning)
                context.Notice(
                    $"warning {warning.Code}: the backup is not listed in {BackupList.FileName}: {warning.Message}"
                );
            output.WriteJson(context, parsed, made, index: indexFault);
            output.Report(context, parsed, made, "backup");
            return 0;
        });
        return verb;
    }
}
