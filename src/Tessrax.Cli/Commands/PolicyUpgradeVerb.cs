using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy upgrade DIR|URL FILE</c>: another policy in the place of the one in force; <c>--dry-run</c> only says what it would have changed.</summary>
internal static class PolicyUpgradeVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        Argument<string> file = new("FILE") { Description = "the new policy; - for standard input" };
        Option<bool> dryRun = new("--dry-run")
        {
            Description = "change nothing: say which past decisions would have come out differently",
        };
        Option<string?> reason = new("--reason")
        {
            Description = "why, 1 to 500 characters; public for ever",
            HelpName = "TEXT",
            Validators = { EraseVerb.RequireWords },
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
        var verb = new Verb(
            "upgrade",
            "Put another policy in force, or propose it by the rules of the present one",
            "tessraxctl policy upgrade decisions policy-2.json --dry-run",
            "tessraxctl policy upgrade decisions policy-2.json --reason \"two must agree on what is critical\"",
            "tessraxctl policy upgrade https://ledger.example.com policy-2.json --reason \"two must agree\" --access-key boss.key"
        )
        {
            directory,
            file,
            dryRun,
            reason,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            Policy next = PolicyFile.Read(context, parsed.GetRequiredValue(file));
            if (parsed.GetValue(dryRun))
            {
                if (RemoteLedger.IsMeant(ledger))
                    throw ErrorCodes.BadUsage.Because(
                        "--dry-run does not go with a URL: it decides again on every entry there is",
                        "run it where the ledger, or a copy of it, lies"
                    );
                using LedgerView view = LedgerView.Open(ledger, LedgerSession.Environment(context).Disk);
                TrialReport.Show(context, view, next, parsed.GetRequiredValue(file));
                return 0;
            }
            string why =
                parsed.GetValue(reason)
                ?? throw ErrorCodes.BadUsage.Because("why?", "give --reason TEXT, or --dry-run to change nothing");
            string done = $"{next.Id} {next.Version} is the policy";
            if (RemoteLedger.IsMeant(ledger))
            {
                using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
                return Upgrade(context, there, new RemoteWishes(context, there, ledger), next, why, done);
            }
            return KeyWishes.Govern(
                context,
                ledger,
                parsed.GetValue(passphrase),
                writer =>
                {
                    Warn(context, writer.Fold, next);
                    return new PolicyDesk(writer).Upgrade(next, why);
                },
                done
            );
        });
        return verb;
    }

    private static int Upgrade(
        CliContext context,
        RemoteLedger there,
        RemoteWishes wishes,
        Policy next,
        string reason,
        string done
    )
    {
        IReadOnlyList<(PolicyInForce Policy, Entry Entry)> all = new RemotePolicies(there).All();
        wishes.WarnOfUnreachable(next, unlessNobody: true);
        WarnOfIds(context, all.Select(one => one.Policy), next);
        var upgraded = new PolicyUpgraded(all[^1].Policy.Pin, next, reason);
        return wishes.GovernRules(Events.PolicyUpgraded, upgraded.ToControl(), done);
    }

    // What the ledger takes, and its people may regret.
    private static void Warn(CliContext context, LedgerFold fold, Policy next)
    {
        LedgerKey[] approvers = [.. fold.State.ActiveKeys(KeyPurpose.Approver)];
        if (approvers.Length > 0)
        {
            foreach (string lack in PolicyFile.Unreachable(next, approvers))
                context.Notice($"warning: {lack}");
        }
        WarnOfIds(context, fold.State.AllPolicies, next);
    }

    private static void WarnOfIds(CliContext context, IEnumerable<PolicyInForce> all, Policy next)
    {
        foreach (LookAlike alike in LookAlikes.Find(all.Select(p => p.Pin.Id).Append(next.Id)))
            context.Notice($"warning: the policy ids '{alike.First}' and '{alike.Second}' look alike");
    }
}
