using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>append DIR --event E --payload FILE</c>: one receipt.</summary>
internal static class AppendVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var what = new DraftOptions();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "append",
            "Append one receipt",
            "tessraxctl append decisions --event x-model-released --payload model.json"
        )
        {
            directory,
        };
        what.AddTo(verb);
        verb.Add(passphrase);
        verb.SetAction(parsed =>
        {
            // Everything that can be checked before any key is unlocked.
            Draft draft = what.Read(context, parsed);
            using LedgerWriter writer = LedgerSession.OpenWriter(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase)
            );
            Receipt receipt = Append(writer, draft);
            LedgerSession.Finish(context, writer);
            string root = writer.Hasher.Text(writer.Tree.Root());
            context.WriteJson(() => ReceiptText.ToJson(receipt, writer.Hasher).With("root", root));
            context.Line(Tone.Good, $"{receipt.Entry.Index}");
            context.Line($"  event   {receipt.Entry.Body.Event}");
            context.Line($"  at      {receipt.Entry.RecordedAt}");
            context.Line($"  leaf    {writer.Hasher.Text(receipt.LeafHash(writer.Hasher))}");
            context.Line($"  root    {root} of {writer.Tree.Size}");
            return 0;
        });
        return verb;
    }

    // A token names the body that it lets in: there must be one before it can be issued.
    private static Receipt Append(LedgerWriter writer, Draft draft)
    {
        try
        {
            return writer.Append([draft])[0];
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TokenMissing)
        {
            throw ErrorCodes.TokenMissing.Because(
                e.Message,
                ShellText.Of(
                    $"prepare it, and commit it with its token: tessraxctl tx prepare {writer.Directory.Path}, then tessraxctl tx commit --token FILE"
                )
            );
        }
    }
}
