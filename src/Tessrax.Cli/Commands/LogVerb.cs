using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>log DIR</c>: the ledger, entry by entry.</summary>
internal static class LogVerb
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            TakesUrls = true,
            OfSet = SetUse.Each,
            OfOneLedger = ["--follow"],
        };
        var remote = new RemoteOptions();
        Option<string[]> names = new("--event")
        {
            Description = "only entries of this event; may be repeated",
            HelpName = "E",
        };
        Option<string?> limit = new("--limit") { Description = "only the last N of them", HelpName = "N" };
        Option<string?> since = new("--since")
        {
            Description = "only those recorded since then: a time, a day, or how long ago (7d, 12h)",
            HelpName = "T",
        };
        Option<bool> reverse = new("--reverse") { Description = "the newest first" };
        Option<bool> oneLine = new("--oneline") { Description = "a line each, cut to the terminal" };
        Option<bool> graph = new("--graph")
        {
            Description = "draw what belongs together beside the entries, the newest first",
        };
        Option<bool> suspects = new("--suspects") { Description = "mark what compromised keys have signed" };
        Option<bool> follow = new("--follow", "-f") { Description = "wait for new entries, until interrupted" };
        Option<string?> times = TimeText.Option();
        var verb = new Verb(
            "log",
            "Show the ledger's entries",
            "tessraxctl log decisions --event DECISION_RECORDED --limit 10",
            "tessraxctl log decisions --since 7d --reverse",
            "tessraxctl log decisions --graph --limit 20"
        )
        {
            directory,
            names,
            limit,
            since,
            reverse,
            oneLine,
            graph,
            suspects,
            follow,
            times,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            UtcTime now = UtcTime.Now(context.Time);
            string[] events = [.. (parsed.GetValue(names) ?? []).Select(EventOf)];
            bool isDrawn = parsed.GetValue(graph);
            bool isFollowing = parsed.GetValue(follow);
            if (isDrawn && (isFollowing || events.Length > 0))
                throw ErrorCodes.BadUsage.Because(
                    "--graph draws all entries, the newest first: neither --follow nor --event goes with it",
                    "leave one of them out; --since and --limit go with it"
                );
            var wish = new EntryWish(
                events,
                WholeNumber.ParsePositive(parsed.GetValue(limit), "--limit"),
                parsed.GetValue(since) is { } from ? TimeText.Read(from, now, "--since") : null,
                isDrawn || parsed.GetValue(reverse)
            );
            TimeForm form = TimeText.FormInGrid(parsed.GetValue(times), context);
            string path = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(path))
            {
                if (parsed.GetValue(suspects))
                    throw ErrorCodes.BadUsage.Because(
                        "--suspects does not go with a URL",
                        "it reads the whole ledger: tessraxctl verify takes the URL, and says what compromised keys have signed"
                    );
                using RemoteLedger there = remote.Open(context, parsed, path);
                var far = new RemoteLog(context, there, wish, form);
                if (isDrawn)
                    far.Draw(parsed.GetValue(oneLine));
                else if (isFollowing)
                    far.Follow(parsed.GetValue(oneLine));
                else
                    far.Print(parsed.GetValue(oneLine));
                return 0;
            }
            context.NoPager |= isFollowing;
            Grid? above = null;
            PastNotice.Say(context, path);
            long size = Show(0, wish);
            while (isFollowing)
            {
                context.Flush();
                context.Cancellation.WaitHandle.WaitOne(PollInterval);
                context.Cancellation.ThrowIfCancellationRequested();
                size = Show(size, wish with { Limit = null });
            }
            return 0;

            long Show(long seen, EntryWish wanted)
            {
                using LedgerGlance ledger = LedgerGlance.Open(path, LedgerSession.Environment(context));
                if (ledger.Size == seen)
                    return seen;
                Func<long, string?>? suspicion = parsed.GetValue(suspects) ? SuspicionsOf(ledger.Whole()) : null;
                var list = new LogList(context, ledger.Hasher, form, suspicion);
                IEnumerable<Receipt> entries = wanted.Of(ledger, seen);
                if (isDrawn)
                    list.PrintGraph(entries, parsed.GetValue(oneLine));
                else if (isFollowing)
                    above = list.Follow(entries, parsed.GetValue(oneLine), above);
                else
                    list.Print(entries, parsed.GetValue(oneLine));
                return ledger.Size;
            }
        });
        return verb;
    }

    // In any case, as search takes it. A name that no event has would show an empty ledger.
    private static string EventOf(string name)
    {
        if (Events.IsKnown(name))
            return name;
        string[] same = [name.ToUpperInvariant(), name.ToLowerInvariant()];
        return same.FirstOrDefault(Events.IsKnown)
            ?? throw ErrorCodes.BadUsage.Because($"--event: '{name}' is the name of no event", Events.HintFor(name));
    }

    private static Func<long, string?> SuspicionsOf(LedgerView view)
    {
        if (SuspectScan.FirstOf(view.Fold.State) is not { } first)
            return static _ => null;
        var scan = new SuspectScan(view.Fold.State);
        foreach (Receipt receipt in view.Receipts(first))
            scan.Add(receipt.Leaf.Span, receipt.Payload is { } payload ? payload.Bytes : default);
        return scan.ReasonOf;
    }
}
