using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy history DIR</c>: every policy that was in force, from which entry on, why, and who agreed.</summary>
internal static class PolicyHistoryVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb(
            "history",
            "List the policies that were in force, and since which entry",
            "tessraxctl policy history decisions"
        )
        {
            directory,
        };
        verb.SetAction(parsed =>
        {
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            Report(context, view);
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, LedgerView view)
    {
        GovernanceState state = view.Fold.State;
        (PolicyInForce Policy, Entry Entry)[] all = [.. state.AllPolicies.Select(p => (p, view.Receipt(p.At).Entry))];
        foreach ((PolicyInForce policy, Entry entry) in all)
            context.WriteJson(() => GovernanceJson.Of(policy, entry, policy == all[^1].Policy));
        context.Table(
            ["BY", "FROM", "POLICY", "DIGEST", "RECORDED", "WHY", "SIGNED BY"],
            all.Select(one => (IReadOnlyList<Cell>)Row(state, one.Policy, one.Entry, one.Policy == all[^1].Policy))
        );
    }

    private static Cell[] Row(GovernanceState state, PolicyInForce policy, Entry entry, bool isInForce)
    {
        string signers = string.Join(", ", entry.Approvals.Select(a => state.NameOf(a.Key)));
        return
        [
            Number(policy.At),
            Number(GovernanceJson.FromOf(policy)),
            new($"{policy.Pin.Id} {policy.Pin.Version}", isInForce ? Tone.Good : Tone.Plain),
            policy.Pin.Digest.ToString()[..19],
            entry.RecordedAt.ToString()[..16] + "Z",
            Why(entry.Body),
            signers.Length > 0 ? signers : new Cell("the author", Tone.Dim),
        ];
    }

    private static string Why(EntryBody body) =>
        body.Event switch
        {
            Events.PolicyUpgraded => PolicyUpgraded.Read(body).Reason,
            Events.PolicyRolledBack when PolicyRolledBack.Read(body) is var back => $"back to {back.To}: {back.Reason}",
            _ => "the ledger began",
        };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
