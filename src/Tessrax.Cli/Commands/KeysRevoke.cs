using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys revoke DIR KEY --cause C</c>: a key that may sign no more.</summary>
internal static class KeysRevoke
{
    private static readonly string[] Causes = ["retired", "lost", "compromised"];
    private static readonly KeyEnd[] Ends = [KeyEnd.Retired, KeyEnd.Lost, KeyEnd.Compromised];

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> key = new("KEY") { Description = "the key's id, or its holder's name" };
        Option<string> cause = new("--cause")
        {
            Description = "why it ends: " + string.Join(", ", Causes),
            HelpName = "CAUSE",
            Required = true,
        };
        cause.AcceptOnlyFromAmong(Causes);
        Option<string?> suspect = new("--suspect-from")
        {
            Description = "for a compromised key: the first entry that somebody else may have signed",
            HelpName = "N",
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "revoke",
            "End an author's or an approver's key, or propose it",
            "tessraxctl keys revoke decisions alice --cause lost --reason \"the laptop fell into the lake\"",
            "tessraxctl keys revoke decisions bob --cause compromised --suspect-from 412 --reason \"a stolen laptop\""
        )
        {
            directory,
            key,
            cause,
            suspect,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            KeyEnd end = Ends[Array.IndexOf(Causes, parsed.GetRequiredValue(cause))];
            long? from = WholeNumber.Parse(parsed.GetValue(suspect), "--suspect-from");
            if (from is not null != (end == KeyEnd.Compromised))
                throw ErrorCodes.BadUsage.Because(
                    "--suspect-from goes with --cause compromised, and that needs it",
                    "if nobody knows since when, name the first entry that the key signed"
                );
            string text = parsed.GetRequiredValue(key);
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase),
                writer =>
                    new KeyDesk(writer).Revoke(
                        new KeyRevoked(
                            KeyWishes.Find(writer.Fold.State.Keys, text).Id,
                            end,
                            from,
                            parsed.GetRequiredValue(reason)
                        )
                    ),
                $"the key of {text} may sign no more"
            );
        });
        return verb;
    }
}
