using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys add DIR OFFER</c>: one more author.</summary>
internal static class KeysAdd
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> file = new("OFFER") { Description = "what keys offer wrote, for an author's key" };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "add",
            "Add an author, or propose it",
            "tessraxctl keys add decisions second.offer --reason \"a second machine\""
        )
        {
            directory,
            file,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            KeyOffer offer = KeyOffer.Parse(context.ReadInput(parsed.GetRequiredValue(file)));
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase),
                writer => new KeyDesk(writer).Add(offer, parsed.GetRequiredValue(reason)),
                $"{offer.Key.Name} is an author with the key {offer.Key.Id}"
            );
        });
        return verb;
    }
}
