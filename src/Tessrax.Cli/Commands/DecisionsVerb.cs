using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Commands;

/// <summary><c>decisions DIR [N]</c>: what was decided; and for one decision the claims, the rule, the policy and the approvals behind it.</summary>
internal static class DecisionsVerb
{
    private const string AnyState = "all";

    // Decisions of a page for people: as many as they read at once.
    private const int PageSize = 100;

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            TakesUrls = true,
            OfSet = SetUse.Each,
            OfOneLedger = ["N", "--before", "--svg", "--output"],
        };
        var remote = new RemoteOptions();
        Argument<string?> index = new("N")
        {
            Description = "one decision, by its entry's index",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> state = new("--state")
        {
            Description = "only those that have come so far; otherwise those on record",
            HelpName = "STATE",
        };
        state.AcceptOnlyFromAmong([AnyState, .. DecisionStates.All]);
        Option<string?> lane = new("--lane") { Description = "only those of one lane", HelpName = "LANE" };
        Option<string?> limit = new("--limit")
        {
            Description = $"decisions of a page (default {PageSize}; all with --json)",
            HelpName = "N",
        };
        Option<string?> before = new("--before")
        {
            Description = "go on where a page ended: only decisions before entry N",
            HelpName = "N",
        };
        Option<bool> svg = new("--svg") { Description = "draw how decision N came about, as an animated picture" };
        var output = new OutputFile("the picture; standard output if left out or -");
        Option<string?> times = TimeText.Option();
        Option<bool> noIndex = new("--no-index") { Description = "look at every entry, without the index" };
        var verb = new Verb(
            "decisions",
            "Explore what was decided, and why",
            "tessraxctl decisions decisions",
            "tessraxctl decisions decisions --state rejected",
            "tessraxctl decisions decisions 17",
            "tessraxctl decisions decisions 17 --svg -o decision-17.svg"
        )
        {
            directory,
            index,
            state,
            lane,
            limit,
            before,
            noIndex,
            times,
            svg,
            output,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var picture = new DecisionPicture(output, parsed.GetValue(svg));
            picture.Require(parsed, parsed.GetValue(index) is not null);
            long? one = WholeNumber.Parse(parsed.GetValue(index), "N");
            TimeForm form = TimeText.FormInGrid(parsed.GetValue(times), context);
            var wish = new DecisionWish(
                parsed.GetValue(state),
                parsed.GetValue(lane),
                WholeNumber.ParsePositive(parsed.GetValue(limit), "--limit") ?? (context.Json ? null : PageSize),
                WholeNumber.Parse(parsed.GetValue(before), "--before")
            );
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                if (parsed.GetValue(noIndex))
                    throw ErrorCodes.BadUsage.Because("--no-index does not go with a URL", "leave it out");
                using RemoteLedger there = remote.Open(context, parsed, place);
                var far = new RemoteDecisions(context, there, place);
                if (one is not { } asked)
                    far.Print(wish);
                else if (picture.IsWanted)
                    picture.Write(context, parsed, far.Told(asked, out _));
                else
                    far.Explain(asked, form);
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerGlance ledger = LedgerGlance.Open(place, environment);
            PastNotice.Say(context, ledger.Directory.Path);
            using DecisionList list = DecisionList.Open(ledger, environment, !parsed.GetValue(noIndex));
            if (one is not { } wanted)
                new DecisionTable(context, ledger, list).Print(wish);
            else if (picture.IsWanted)
                picture.Write(
                    context,
                    parsed,
                    ToldDecision.Of(ledger.Whole(), list, wanted, UtcTime.Now(context.Time))
                );
            else
                Explain(context, ledger, list, wanted, form);
            return 0;
        });
        return verb;
    }

    private static void Explain(CliContext context, LedgerGlance ledger, DecisionList list, long index, TimeForm form)
    {
        LedgerView view = ledger.Whole();
        UtcTime now = UtcTime.Now(context.Time);
        ToldDecision told = ToldDecision.Of(view, list, index, now);
        context.WriteJson(() => DecisionJson.Of(view, told));
        if (told.Decision is null)
        {
            bool isProposed = told.Receipt.Entry.Body.Event == Events.DecisionProposed;
            context.Line(Tone.Strong, $"{(isProposed ? "proposal" : "decision")} {index}");
            context.Line(Tone.Warn, ErasedNote.Of(view, told.Receipt.Entry)?.ToString() ?? "its payload was erased");
            return;
        }
        (string said, Tone tone) =
            told.Fate is { } fate ? (fate.Describe(view), fate.Status == ProposalFate.Decided ? Tone.Good : Tone.Warn)
            : told.Status is not { } status ? ("", Tone.Plain)
            : ($"state: {status.State.Text()}{(status.At is { } at ? $" by entry {at}" : "")}", Tones.Of(status.State));
        var page = new DecisionPage(DecisionLedger.Of(view), told);
        context.Print(page.Make(said, tone, time => TimeText.Show(time, now, form)));
    }
}
