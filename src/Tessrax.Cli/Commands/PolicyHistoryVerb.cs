using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy history DIR</c>: every policy that was in force, from which entry on, why, and who agreed.</summary>
internal static class PolicyHistoryVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        var remote = new RemoteOptions();
        var verb = new Verb(
            "history",
            "List the policies that were in force, and since which entry",
            "tessraxctl policy history decisions",
            "tessraxctl policy history https://ledger.example.com"
        )
        {
            directory,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                Report(context, new RemotePolicies(there).All(), KeyNames.Of(there.Receipt(0).Receipt).NameOf);
                context.Notice(RemotePolicies.Word);
                return 0;
            }
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            GovernanceState state = view.Fold.State;
            Report(context, [.. state.AllPolicies.Select(p => (p, view.Receipt(p.At).Entry))], state.NameOf);
            return 0;
        });
        return verb;
    }

    private static void Report(
        CliContext context,
        IReadOnlyList<(PolicyInForce Policy, Entry Entry)> all,
        Func<Digest, string> nameOf
    )
    {
        foreach ((PolicyInForce policy, Entry entry) in all)
            context.WriteJson(() => GovernanceJson.Of(policy, entry, policy == all[^1].Policy));
        context.Table(
            ["BY", "FROM", "POLICY", "DIGEST", "RECORDED", "WHY", "SIGNED BY"],
            all.Select(one => (IReadOnlyList<Cell>)Row(one.Policy, one.Entry, one.Policy == all[^1].Policy, nameOf))
        );
    }

    private static Cell[] Row(PolicyInForce policy, Entry entry, bool isInForce, Func<Digest, string> nameOf)
    {
        string signers = string.Join(", ", entry.Approvals.Select(a => nameOf(a.Key)));
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
