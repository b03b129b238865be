using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy upgrade DIR FILE</c>: another policy in the place of the one in force; <c>--dry-run</c> only says what it would have changed.</summary>
internal static class PolicyUpgradeVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
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
        var verb = new Verb(
            "upgrade",
            "Put another policy in force, or propose it by the rules of the present one",
            "tessraxctl policy upgrade decisions policy-2.json --dry-run",
            "tessraxctl policy upgrade decisions policy-2.json --reason \"two must agree on what is critical\""
        )
        {
            directory,
            file,
            dryRun,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            Policy next = PolicyFile.Read(context, parsed.GetRequiredValue(file));
            if (parsed.GetValue(dryRun))
            {
                using LedgerView view = LedgerView.Open(ledger, LedgerSession.Environment(context).Disk);
                TrialReport.Show(context, view, next, parsed.GetRequiredValue(file));
                return 0;
            }
            string why =
                parsed.GetValue(reason)
                ?? throw ErrorCodes.BadUsage.Because("why?", "give --reason TEXT, or --dry-run to change nothing");
            return KeyWishes.Govern(
                context,
                ledger,
                parsed.GetValue(passphrase),
                writer =>
                {
                    Warn(context, writer.Fold, next);
                    return new PolicyDesk(writer).Upgrade(next, why);
                },
                $"{next.Id} {next.Version} is the policy"
            );
        });
        return verb;
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
        IEnumerable<string> ids = fold.State.AllPolicies.Select(p => p.Pin.Id).Append(next.Id);
        foreach (LookAlike alike in LookAlikes.Find(ids))
            context.Notice($"warning: the policy ids '{alike.First}' and '{alike.Second}' look alike");
    }
}
