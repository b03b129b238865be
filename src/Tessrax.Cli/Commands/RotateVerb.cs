using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>rotate DIR</c>: opens an epoch now.</summary>
internal static class RotateVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "rotate",
            "Open an epoch now: an entry that says what all entries before it add up to",
            "tessraxctl rotate decisions"
        )
        {
            directory,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            using LedgerWriter writer = LedgerSession.OpenWriter(context, path, parsed.GetValue(passphrase));
            Receipt receipt = writer.OpenEpoch();
            LedgerSession.Finish(context, writer);
            var opened = EpochOpened.Read(receipt.Entry.Body, writer.Hasher);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("index", receipt.Entry.Index),
                    ("recorded_at", receipt.Entry.RecordedAt.ToString()),
                    ("epoch", opened.ToControl(writer.Hasher))
                )
            );
            context.Line(Tone.Good, $"epoch {opened.Epoch} begins with entry {receipt.Entry.Index}");
            context.Line($"  entries  {opened.Root.Size}");
            context.Line($"  root     {writer.Hasher.Text(opened.Root.Root)}");
            context.Line($"  state    {opened.State}");
            context.Line($"  policy   {opened.Policy}");
            context.Line($"  keys     {opened.Keys}");
            context.Line(
                Tone.Dim,
                "no approval was needed: it decides nothing, and every byte of it follows from the entries before it"
            );
            return 0;
        });
        return verb;
    }
}
