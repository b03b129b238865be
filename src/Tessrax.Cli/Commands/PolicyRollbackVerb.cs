using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy rollback DIR|URL --to N</c>: a policy that was in force is in force again.</summary>
internal static class PolicyRollbackVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string> to = new("--to")
        {
            Description = "the entry that brought it into force, as history shows it; 0 for the first policy",
            HelpName = "N",
            Required = true,
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
        var verb = new Verb(
            "rollback",
            "Go back to a policy that was in force, or propose it",
            "tessraxctl policy rollback decisions --to 0 --reason \"too strict for what we have\""
        )
        {
            directory,
            to,
            reason,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            long index = WholeNumber.Parse(parsed.GetRequiredValue(to), "--to")!.Value;
            string ledger = parsed.GetRequiredValue(directory);
            string done = $"the policy of entry {index} is in force again";
            if (RemoteLedger.IsMeant(ledger))
            {
                using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
                PolicyRolledBack back = Back(there, index, parsed.GetRequiredValue(reason));
                return new RemoteWishes(context, there, ledger).GovernRules(
                    Events.PolicyRolledBack,
                    back.ToControl(),
                    done
                );
            }
            return KeyWishes.Govern(
                context,
                ledger,
                parsed.GetValue(passphrase),
                writer => new PolicyDesk(writer).RollBack(index, parsed.GetRequiredValue(reason)),
                done
            );
        });
        return verb;
    }

    // As the desk of a ledger at hand makes it. Both policies are read from proven entries.
    private static PolicyRolledBack Back(RemoteLedger there, long to, string reason)
    {
        EntryBody body = there.Receipt(to).Receipt.Entry.Body;
        if (to != 0 && !RemotePolicies.Bringing.Contains(body.Event))
            throw ErrorCodes.NoSuchEntry.Because(
                $"entry {to} brought no policy into force",
                "tessraxctl policy history DIR shows those that did"
            );
        return new PolicyRolledBack(new RemotePolicies(there).InForce().Pin, PolicyInForce.BroughtBy(body), to, reason);
    }
}
