using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys reaffirm DIR KEY --entries RANGES</c>: what a compromised key signed, and stands all the same.</summary>
internal static class KeysReaffirm
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> key = new("KEY") { Description = "the id of the compromised key" };
        Option<string> entries = new("--entries")
        {
            Description = "the entries: N, A-B, or several with commas between them",
            HelpName = "RANGES",
            Required = true,
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "reaffirm",
            "Let entries stand that a compromised key signed, or propose it",
            "tessraxctl keys reaffirm decisions sha256:1a2b... --entries 412-430 --reason \"checked one by one\""
        )
        {
            directory,
            key,
            entries,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            IndexRanges stand = EntryRanges.Parse(parsed.GetRequiredValue(entries), "--entries");
            string text = parsed.GetRequiredValue(key);
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase),
                writer =>
                    new KeyDesk(writer).Reaffirm(
                        new KeyReaffirmed(
                            KeyWishes.Find(writer.Fold.State.Keys, text).Id,
                            stand,
                            parsed.GetRequiredValue(reason)
                        )
                    ),
                $"entries {stand} stand"
            );
        });
        return verb;
    }
}
