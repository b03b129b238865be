using System.CommandLine;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Commands.Tokens;
using Tessrax.Node.Logging;

namespace Tessrax.Cli;

/// <summary>All verbs and the options that every one of them has. A new verb gets a file under Commands and a line here.</summary>
internal sealed class CommandTree
{
    // Making all of them takes longer than most of them run.
    private static readonly (string Name, Func<CliContext, Command> Create)[] Verbs =
    [
        ("demo", DemoVerb.Create),
        ("init", InitVerb.Create),
        ("ingest", IngestVerb.Create),
        ("append", AppendVerb.Create),
        ("import", ImportVerb.Create),
        ("tx", TxGroup.Create),
        ("pending", PendingVerb.Create),
        ("approve", ApproveVerb.Create),
        ("approvers", ApproversGroup.Create),
        ("token", TokenGroup.Create),
        ("settle", SettleVerb.Create),
        ("log", LogVerb.Create),
        ("show", ShowVerb.Create),
        ("search", SearchVerb.Create),
        ("contradictions", ContradictionsVerb.Create),
        ("decisions", DecisionsVerb.Create),
        ("standing", StandingVerb.Create),
        ("diff", DiffVerb.Create),
        ("execute", ExecuteVerb.Create),
        ("prove", ProveVerb.Create),
        ("verify", VerifyVerb.Create),
        ("profile", ProfileVerb.Create),
        ("checkpoint", CheckpointVerb.Create),
        ("serve", ServeGroup.Create),
        ("mcp", McpVerb.Create),
        ("snapshot", SnapshotGroup.Create),
        ("backup", BackupVerb.Create),
        ("restore", RestoreVerb.Create),
        ("store", StoreGroup.Create),
        ("move", MoveVerb.Create),
        ("fleet", FleetGroup.Create),
        ("shards", ShardsGroup.Create),
        ("rotate", RotateVerb.Create),
        ("erase", EraseVerb.Create),
        ("compact", CompactVerb.Create),
        ("hold", HoldGroup.Create),
        ("clock", ClockGroup.Create),
        ("retire", RetireVerb.Create),
        ("rollover", RolloverVerb.Create),
        ("policy", PolicyGroup.Create),
        ("evidence", EvidenceGroup.Create),
        ("trust", TrustGroup.Create),
        ("fraud", FraudGroup.Create),
        ("witness", WitnessGroup.Create),
        ("monitor", MonitorVerb.Create),
        ("explain", ExplainVerb.Create),
        ("conformance", ConformanceVerb.Create),
        ("doctor", DoctorVerb.Create),
        ("repair", RepairVerb.Create),
        ("index", IndexGroup.Create),
        (DebugVerb.Name, DebugVerb.Create),
        ("keys", KeysGroup.Create),
        ("plumbing", PlumbingGroup.Create),
        ("merkle", MerkleGroup.Create),
        ("quorum", QuorumGroup.Create),
        ("bench", BenchGroup.Create),
        ("completion", CompletionVerb.Create),
        (ManVerb.Name, ManVerb.Create),
    ];

    /// <param name="context">What the verbs work with.</param>
    /// <param name="first">The first argument: if it names a verb, the tree has no other one. Null for all of them.</param>
    public CommandTree(CliContext context, string? first = null)
    {
        Root = new Verb(
            "tessraxctl",
            "A verifiable ledger of governed decisions",
            "tessraxctl demo",
            "tessraxctl verify decision.tessrax.json --trust ledger.trust.json"
        );
        (string Name, Func<CliContext, Command> Create)[] meant = [.. Verbs.Where(verb => verb.Name == first)];
        foreach ((_, Func<CliContext, Command> create) in meant.Length > 0 ? meant : Verbs)
            Root.Add(create(context));
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
