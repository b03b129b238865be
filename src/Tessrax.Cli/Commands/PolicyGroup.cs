using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy</c>: the policy in force, how another one takes its place, and checks of one that is being written.</summary>
internal static class PolicyGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "policy",
            "Show, upgrade and roll back a ledger's policy; check, test and compare policies",
            "tessraxctl policy show decisions"
        )
        {
            Show(context),
            PolicyHistoryVerb.Create(context),
            PolicyPinVerb.Create(context),
            PolicyUpgradeVerb.Create(context),
            PolicyRollbackVerb.Create(context),
            Check(context),
            PolicyTestVerb.Create(context),
            PolicyDiffVerb.Create(context),
            Schema(context),
        };

    private static Verb Show(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        var remote = new RemoteOptions();
        var verb = new Verb("show", "Show the policy in force", "tessraxctl policy show decisions") { directory };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                Report(context, new RemotePolicies(there).InForce());
                context.Notice(RemotePolicies.Word);
                return 0;
            }
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            Report(context, view.Fold.Rules);
            return 0;
        });
        return verb;
    }

    private static Verb Check(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "the policy; - for standard input" };
        var verb = new Verb(
            "check",
            "Check a policy file; errors name line, column and field",
            "tessraxctl policy check policy.json"
        )
        {
            file,
        };
        verb.SetAction(parsed =>
        {
            try
            {
                Report(context, PolicyFile.Read(context, parsed.GetRequiredValue(file)));
                return 0;
            }
            catch (TessraxException e) when (e.Code.Class == ErrorClass.Input)
            {
                return context.Refute(e);
            }
        });
        return verb;
    }

    private static Verb Schema(CliContext context)
    {
        var verb = new Verb(
            "schema",
            "Print the JSON Schema of policies, for editors",
            "tessraxctl policy schema > policy.schema.json"
        );
        verb.SetAction(_ =>
        {
            using Stream schema =
                typeof(PolicyGroup).Assembly.GetManifestResourceStream("policy.schema.json")
                ?? throw ErrorCodes.Bug.Because("the binary lacks the schema of policies");
            using var bytes = new MemoryStream();
            schema.CopyTo(bytes);
            context.Raw(bytes.ToArray());
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, Policy policy)
    {
        context.WriteJson(() => JsonValue.Object(("pin", policy.Pin.ToJson()), ("document", policy.Document)));
        context.Line(Tone.Strong, policy.Pin.ToString());
        if (policy.Description is { } description)
            context.Line(description);
        context.Table(
            ["SEVERITY", "STRATEGY", "ACTION", "APPROVALS"],
            Enum.GetValues<Severity>().Select(severity => Row(policy.For(severity)))
        );
        PolicyExtensionText.Show(context, policy);
        if (policy.Sources.Count > 0)
            context.Line($"sources, first to last: {string.Join(", ", policy.Sources)}");
    }

    private static Cell[] Row(Resolution resolution) =>
        [
            new(resolution.Severity.Text(), Tones.Of(resolution.Severity)),
            resolution.Propose is { } propose
                ? $"{resolution.Strategy.Text()} ({propose.Text()} proposed)"
                : resolution.Strategy.Text(),
            resolution.Action?.Name ?? "-",
            resolution.NeedsApproval
                ? string.Join(" and ", resolution.Action!.Approvals)
                : new Cell("the policy decides", Tone.Dim),
        ];
}
