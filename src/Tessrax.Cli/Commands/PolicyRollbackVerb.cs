using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy rollback DIR --to N</c>: a policy that was in force is in force again.</summary>
internal static class PolicyRollbackVerb
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string> to = new("--to")
        {
            Description = "the entry that brought it into force, as history shows it; 0 for the first policy",
            HelpName = "N",
            Required = true,
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
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
        verb.SetAction(parsed =>
        {
            long index = WholeNumber.Parse(parsed.GetRequiredValue(to), "--to")!.Value;
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase),
                writer => new PolicyDesk(writer).RollBack(index, parsed.GetRequiredValue(reason)),
                $"the policy of entry {index} is in force again"
            );
        });
        return verb;
    }
}
