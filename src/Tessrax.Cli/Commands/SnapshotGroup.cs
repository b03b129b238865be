using Tessrax.Cli.Commands.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>snapshot</c>: a ledger's state as one reproducible file.</summary>
internal static class SnapshotGroup
{
    public static Verb Create(CliContext context) =>
        new(
            "snapshot",
            "A ledger's state as one reproducible file",
            "tessraxctl snapshot export decisions -o decisions.snapshot",
            "tessraxctl snapshot import decisions.snapshot mirror"
        )
        {
            SnapshotExport.Create(context),
            SnapshotImport.Create(context),
        };
}
