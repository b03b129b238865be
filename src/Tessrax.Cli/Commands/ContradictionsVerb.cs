using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>contradictions DIR</c>: where the recorded claims contradict each other, and what became of each.</summary>
internal static class ContradictionsVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        var remote = new RemoteOptions();
        Option<string?> state = new("--state") { Description = "only those that have come so far", HelpName = "STATE" };
        state.AcceptOnlyFromAmong([.. ContradictionStates.All]);
        Option<string?> limit = new("--limit") { Description = "so many at most (default all)", HelpName = "N" };
        var verb = new Verb(
            "contradictions",
            "Show where claims contradict each other, and what became of it",
            "tessraxctl contradictions decisions",
            "tessraxctl contradictions decisions --state open"
        )
        {
            directory,
            state,
            limit,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string? wanted = parsed.GetValue(state);
            long most = WholeNumber.ParsePositive(parsed.GetValue(limit), "--limit") ?? long.MaxValue;
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                Show(context, new RemoteContradictions(there).All(wanted, most, out long gone));
                TellUnreadable(context, gone);
                context.Notice(
                    "the ledger told of each of them, and of what settled it; that there are no others, and how far each has come, is the server's word"
                );
                return 0;
            }
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            ContradictionLifecycle lifecycle = LifecycleOf(view);
            Show(
                context,
                [
                    .. lifecycle
                        .All(view.Fold)
                        .Where(s => wanted is null || s.State.Text() == wanted)
                        .Take((int)Math.Min(most, int.MaxValue)),
                ]
            );
            TellUnreadable(context, lifecycle.Unreadable);
            return 0;
        });
        return verb;
    }

    /// <summary>What became of the contradictions that a ledger told of.</summary>
    public static ContradictionLifecycle LifecycleOf(LedgerView view)
    {
        var lifecycle = new ContradictionLifecycle();
        foreach (Receipt receipt in view.Receipts())
            lifecycle.Add(receipt);
        return lifecycle;
    }

    private static void TellUnreadable(CliContext context, long entries)
    {
        if (entries > 0)
            context.Notice($"{Counted.Of(entries, "entry")} told of contradictions whose payloads were erased");
    }

    private static void Show(CliContext context, IReadOnlyList<ContradictionStatus> all)
    {
        foreach (ContradictionStatus status in all)
            context.WriteJson(status.ToJson);
        if (all.Count == 0)
            context.Line("there are none");
        else
            context.Table(
                ["STATE", "SEVERITY", "KIND", "WHAT", "AGREE", "TIMES", "FIRST SEEN", "LAST SEEN"],
                all.Select(Row)
            );
        foreach (ContradictionStatus status in all)
            context.Line($"{status.Contradiction.Key}: {status}");
    }

    private static Cell[] Row(ContradictionStatus status)
    {
        Contradiction found = status.Contradiction;
        return
        [
            new Cell(status.State.Text(), ToneOf(status)),
            new Cell(found.Severity.Text(), Tones.Of(found.Severity)),
            found.Kind.Text(),
            found.Key.ToString(),
            found.Confidence.ToString(),
            status.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            status.First.At.ToString()[..16] + "Z",
            status.Last.At.ToString()[..16] + "Z",
        ];
    }

    private static Tone ToneOf(ContradictionStatus status) =>
        status.State switch
        {
            ContradictionState.Resolved when !status.EndedUndecided => Tone.Good,
            ContradictionState.Superseded => Tone.Dim,
            _ => Tone.Warn,
        };
}
