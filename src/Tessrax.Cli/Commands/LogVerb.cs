using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>log DIR</c>: the ledger, entry by entry.</summary>
internal static class LogVerb
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> name = new("--event") { Description = "only entries of this event", HelpName = "E" };
        Option<string?> limit = new("--limit") { Description = "only the last N of them", HelpName = "N" };
        Option<bool> follow = new("--follow", "-f") { Description = "wait for new entries, until interrupted" };
        var verb = new Verb(
            "log",
            "Show the ledger's entries",
            "tessraxctl log decisions --event DECISION_RECORDED --limit 10"
        )
        {
            directory,
            name,
            limit,
            follow,
        };
        verb.SetAction(parsed =>
        {
            long last = WholeNumber.Parse(parsed.GetValue(limit), "--limit") ?? long.MaxValue;
            string path = parsed.GetRequiredValue(directory);
            string? only = parsed.GetValue(name);
            if (only is not null)
                RequireEvent(only);
            long size = Show(context, path, 0, only, last);
            while (parsed.GetValue(follow))
            {
                context.Flush();
                context.Cancellation.WaitHandle.WaitOne(PollInterval);
                context.Cancellation.ThrowIfCancellationRequested();
                size = Show(context, path, size, only, long.MaxValue);
            }
            return 0;
        });
        return verb;
    }

    // A name that no event has would show an empty ledger.
    private static void RequireEvent(string name)
    {
        if (Events.IsKnown(name))
            return;
        string? meant = Spelling.Nearest(name.ToUpperInvariant(), Events.Names);
        throw ErrorCodes.BadUsage.Because(
            $"--event: '{name}' is the name of no event",
            meant is null
                ? $"they are {string.Join(", ", Events.Names)}, and your own, which begin with {Events.OwnPrefix}"
                : $"did you mean {meant}?"
        );
    }

    // Prints what lies beyond an index, and returns where the ledger ends now.
    private static long Show(CliContext context, string path, long from, string? only, long limit)
    {
        using LedgerView view = LedgerView.Open(path, LedgerSession.Environment(context).Disk);
        if (view.Size == from)
            return from;
        var shown = new Queue<Receipt>();
        foreach (Receipt receipt in view.Receipts(from))
        {
            if (only is not null && receipt.Entry.Body.Event != only)
                continue;
            shown.Enqueue(receipt);
            if (shown.Count > limit)
                shown.Dequeue();
        }
        foreach (Receipt receipt in shown)
            context.WriteJson(() => ToJson(receipt, view));
        context.Table(["INDEX", "TIME", "EVENT", "ABOUT"], shown.SelectMany(Rows));
        return view.Size;
    }

    // An epoch's first entry stands under a rule.
    private static IEnumerable<Cell[]> Rows(Receipt receipt)
    {
        if (receipt.Entry.Body.Event == Events.EpochOpened)
            yield return
            [
                new("──", Tone.Dim),
                new(new string('─', 20), Tone.Dim),
                new($"── epoch {receipt.Entry.Epoch + 1} ──", Tone.Strong),
                new("──", Tone.Dim),
            ];
        yield return Row(receipt);
    }

    private static Cell[] Row(Receipt receipt) =>
        [
            receipt.Entry.Index.ToString(CultureInfo.InvariantCulture),
            new(receipt.Entry.RecordedAt.ToString()[..19] + "Z", Tone.Dim),
            new(receipt.Entry.Body.Event, ToneOf(receipt.Entry.Body.Event)),
            ReceiptText.Summary(receipt),
        ];

    private static Tone ToneOf(string name) =>
        name switch
        {
            Events.DecisionRecorded => Tone.Good,
            Events.DecisionProposed or Events.ContradictionDetected => Tone.Warn,
            Events.DecisionClosed => Tone.Bad,
            _ => Events.IsControl(name) ? Tone.Strong : Tone.Plain,
        };

    private static JsonValue ToJson(Receipt receipt, LedgerView view) =>
        JsonValue.Object(
            ("index", receipt.Entry.Index),
            ("recorded_at", receipt.Entry.RecordedAt.ToString()),
            ("event", receipt.Entry.Body.Event),
            ("epoch", receipt.Entry.Epoch),
            ("summary", ReceiptText.Summary(receipt)),
            ("leaf_hash", view.Hasher.Text(receipt.LeafHash(view.Hasher)))
        );
}
