using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary><c>tx list DIR</c>: the prepared receipts that wait for their decision, with their age and their end.</summary>
internal static class TxList
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        var verb = new Verb(
            "list",
            "Show the prepared receipts that wait for their decision",
            "tessraxctl tx list decisions"
        )
        {
            directory,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                List(context, new RemoteTransactions(context, there).Undecided());
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(place, environment.Disk);
            List(context, view, new TransactionView(view, environment).Undecided());
            return 0;
        });
        return verb;
    }

    public static Tone ToneOf(TransactionStatus status) =>
        status.State switch
        {
            TransactionState.Committed => Tone.Good,
            TransactionState.Prepared => Tone.Plain,
            TransactionState.Aborted => Tone.Dim,
            _ => Tone.Bad,
        };

    private static void List(CliContext context, LedgerView view, IReadOnlyList<TransactionStatus> undecided)
    {
        foreach (TransactionStatus status in undecided)
            context.WriteJson(() => ToJson(status, view));
        Show(context, undecided);
        TellClosed(context, view);
    }

    private static void List(CliContext context, IReadOnlyList<TransactionStatus> undecided)
    {
        foreach (TransactionStatus status in undecided)
            context.WriteJson(status.ToJson);
        Show(context, undecided);
    }

    private static void Show(CliContext context, IReadOnlyList<TransactionStatus> undecided)
    {
        if (undecided.Count == 0)
        {
            context.Line("nothing waits for its decision");
            return;
        }
        UtcTime now = UtcTime.Now(context.Time);
        context.Table(
            ["TOKEN", "EVENT", "AGE", "UNTIL", "STATE"],
            undecided.Select(status =>
                new Cell[]
                {
                    $"{status.Token}",
                    status.Event ?? "?",
                    status.PreparedAt is { } at ? Age(now - at) : "?",
                    status.ExpiresAt is { } until ? until.ToString()[..16] + "Z" : "?",
                    new Cell(status.StateText, ToneOf(status)),
                }
            )
        );
    }

    /// <summary>For programs; of a receipt that waits in a ledger that has ended, with what goes on instead, or why nothing does.</summary>
    public static JsonValue ToJson(TransactionStatus status, LedgerView view)
    {
        JsonValue told = status.ToJson();
        if (status.State != TransactionState.Prepared)
            return told;
        if (view.Fold.State.Retired is { } retired)
            return told.With("retired", retired.ToJson());
        return view.Fold.State.Successor is { } successor ? told.With("closed", successor.ToJson()) : told;
    }

    /// <summary>Says of a ledger that has ended that nothing can be committed any more.</summary>
    public static void TellClosed(CliContext context, LedgerView view)
    {
        if (view.Fold.State.Retired is { } retired)
            context.Line(
                Tone.Warn,
                $"the ledger was retired by entry {retired.At}: nothing is committed to it any more: {retired.Reason}"
            );
        if (view.Fold.State.Successor is { } successor)
            context.Line(
                Tone.Warn,
                $"the ledger is closed: nothing is committed to it any more; it goes on as {successor}"
            );
    }

    private static string Age(TimeSpan age) =>
        age switch
        {
            { Days: >= 2 } => $"{age.Days} d",
            { TotalHours: >= 2 } => $"{Math.Floor(age.TotalHours)} h",
            { TotalMinutes: >= 2 } => $"{Math.Floor(age.TotalMinutes)} min",
            // A reader's clock may stand behind the log's.
            _ => $"{Math.Max(0, Math.Floor(age.TotalSeconds))} s",
        };
}
