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
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "settle",
            "Take the steps that are due: record, close, escalate, decide",
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
                parsed.GetValue(passphrase),
                out _
            );
            var desk = new ProposalDesk(writer);
            IReadOnlyList<Receipt> taken = desk.TakeDue();
            // Nobody can tell what follows from claims that are lost.
            if (!writer.Fold.Erasures.HasMissingThatCounts && !writer.Fold.State.HasEnded)
                taken = [.. taken, .. desk.SettleAll()];
            Receipt[] recorded = [.. taken.Where(r => Events.TakesApprovals(r.Entry.Body.Event))];
            int closed = taken.Count(r => r.Entry.Body.Event == Events.DecisionClosed);
            int proposed = taken.Count(r => r.Entry.Body.Event == Events.DecisionProposed);
            LedgerSession.Finish(context, writer);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("recorded", JsonValue.Of(recorded.Select(r => JsonValue.Number(r.Entry.Index)))),
                    ("closed", closed),
                    ("proposed", proposed),
                    ("size", writer.Fold.Size)
                )
            );
            foreach (Receipt receipt in recorded)
                context.Line(Tone.Good, $"entry {receipt.Entry.Index}: {ReceiptText.Summary(receipt)}: done");
            if (closed > 0)
                context.Line($"{Counted.Of(closed, "proposal")} closed");
            if (proposed > 0)
                context.Line($"{Counted.Of(proposed, "proposal")} made: tessraxctl pending shows what waits");
            if (taken.Count == 0)
                context.Line("nothing was due");
            return 0;
        });
        return verb;
    }
}
