using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>settle DIR</c>: takes the steps that only time was needed for.</summary>
internal static class SettleVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "settle",
            "Record what is approved and whose delay is over, and close what expired",
            "tessraxctl settle decisions"
        )
        {
            directory,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            using LedgerWriter writer = LedgerSession.OpenWriter(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase)
            );
            var desk = new ProposalDesk(writer);
            // What is due now may expire in a moment.
            IReadOnlyList<Receipt> recorded = desk.RecordDue();
            int closed = desk.CloseExpired(writer.Now());
            LedgerSession.Finish(context, writer);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("recorded", JsonValue.Of(recorded.Select(r => JsonValue.Number(r.Entry.Index)))),
                    ("closed", closed),
                    ("size", writer.Fold.Size)
                )
            );
            foreach (Receipt receipt in recorded)
                context.Line(
                    Tone.Good,
                    $"entry {receipt.Entry.Index}: {ProposalText.Explain(receipt.Entry.Body)}: done"
                );
            if (closed > 0)
                context.Line($"{Counted.Of(closed, "proposal")} closed");
            if (recorded.Count == 0 && closed == 0)
                context.Line("nothing was due");
            return 0;
        });
        return verb;
    }
}
