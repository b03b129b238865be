using System.CommandLine;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Commands.Tokens;
using Tessrax.Node.Logging;

namespace Tessrax.Cli;

/// <summary>All verbs and the options that every one of them has. A new verb gets a file under Commands and a line here.</summary>
internal sealed class CommandTree
{
    public CommandTree(CliContext context)
    {
        Root = new Verb(
            "tessraxctl",
            "A verifiable ledger of governed decisions",
            "tessraxctl demo",
            "tessraxctl verify decision.tessrax.json --trust ledger.trust.json"
        )
        {
            DemoVerb.Create(context),
            InitVerb.Create(context),
            IngestVerb.Create(context),
            AppendVerb.Create(context),
            TxGroup.Create(context),
            PendingVerb.Create(context),
            ApproveVerb.Create(context),
            ApproversGroup.Create(context),
            TokenGroup.Create(context),
            SettleVerb.Create(context),
            LogVerb.Create(context),
            ShowVerb.Create(context),
            SearchVerb.Create(context),
            ContradictionsVerb.Create(context),
            DecisionsVerb.Create(context),
            DiffVerb.Create(context),
            ExecuteVerb.Create(context),
            ProveVerb.Create(context),
            VerifyVerb.Create(context),
            ProfileVerb.Create(context),
            CheckpointVerb.Create(context),
            SnapshotGroup.Create(context),
            BackupVerb.Create(context),
            RestoreVerb.Create(context),
            RotateVerb.Create(context),
            EraseVerb.Create(context),
            CompactVerb.Create(context),
            HoldGroup.Create(context),
            ClockGroup.Create(context),
            RolloverVerb.Create(context),
            PolicyGroup.Create(context),
            EvidenceGroup.Create(context),
            TrustGroup.Create(context),
            FraudGroup.Create(context),
            ExplainVerb.Create(context),
            DoctorVerb.Create(context),
            RepairVerb.Create(context),
            IndexGroup.Create(context),
            DebugVerb.Create(context),
            KeysGroup.Create(context),
            PlumbingGroup.Create(context),
            MerkleGroup.Create(context),
            QuorumGroup.Create(context),
            BenchGroup.Create(context),
            CompletionVerb.Create(context),
            ManVerb.Create(context),
        };
        Root.Add(Json);
        Root.Add(NoPager);
        Root.Add(Log);
        Root.Add(LogFormat);
        Root.Add(LogFile);
        Root.Add(Help);
        Root.Add(Version);
    }

    public Verb Root { get; }

    public Option<bool> Json { get; } = new("--json") { Description = "print JSON, for programs", Recursive = true };

    public Option<bool> NoPager { get; } =
        new("--no-pager") { Description = "print at once what is taller than the terminal", Recursive = true };

    /// <summary>From which level on messages are written.</summary>
    public Option<string?> Log { get; } =
        new("--log")
        {
            Description =
                $"tell what happens, from a level on: {string.Join(", ", ConsoleStyle.Levels)}; or $TESSRAX_LOG",
            HelpName = "LEVEL",
            Recursive = true,
        };

    public Option<string?> LogFormat { get; } =
        new("--log-format")
        {
            Description = "how messages look: text, or json for a document a line",
            HelpName = "FORMAT",
            Recursive = true,
        };

    public Option<string?> LogFile { get; } =
        new("--log-file")
        {
            Description = "append messages to a file, not to standard error",
            HelpName = "FILE",
            Recursive = true,
        };

    public Option<bool> Help { get; } =
        new("--help", "-h", "-?") { Description = "show this help and exit", Recursive = true };

    public Option<bool> Version { get; } = new("--version") { Description = "show the version and exit" };
}
