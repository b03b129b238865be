using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>decisions DIR [N]</c>: what was decided; and for one decision the claims, the rule, the policy and the approvals behind it.</summary>
internal static class DecisionsVerb
{
    private const string AnyState = "all";

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
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
        Option<string?> times = TimeText.Option();
        var verb = new Verb(
            "decisions",
            "Explore what was decided, and why",
            "tessraxctl decisions decisions",
            "tessraxctl decisions decisions --state rejected",
            "tessraxctl decisions decisions 17"
        )
        {
            directory,
            index,
            state,
            lane,
            times,
        };
        verb.SetAction(parsed =>
        {
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            if (WholeNumber.Parse(parsed.GetValue(index), "N") is { } wanted)
                Explain(context, view, wanted, TimeText.FormInGrid(parsed.GetValue(times), context));
            else
                List(context, view, parsed.GetValue(state), parsed.GetValue(lane));
            return 0;
        });
        return verb;
    }

    private static void List(CliContext context, LedgerView view, string? state, string? lane)
    {
        DecisionStatus[] all =
        [
            .. Read(context, view)
                .Where(status => IsWanted(status, state))
                .Where(status => lane is null || status.Decision?.Lane == lane),
        ];
        // What waits is looked at in the order of its lanes.
        if (state is not null && all.All(status => status.State is DecisionState.Proposed or DecisionState.Approved))
            all = [.. all.OrderBy(status => Lanes.PlaceOf(status.Decision?.Lane, view.Fold))];
        Receipt[] receipts = [.. all.Select(status => view.Receipt(status.Entry))];
        foreach ((DecisionStatus status, Receipt receipt) in all.Zip(receipts))
            context.WriteJson(() => ToJson(view, receipt, status));
        if (all.Length == 0)
            context.Line(state is null && lane is null ? "nothing was decided yet" : "there are none of these");
        else
            context.Print(
                new Page().Grid(
                    ["INDEX", "SEVERITY", "WHAT", "OUTCOME", "RULE", "LANE", "STATE", "SIGNED BY"],
                    all.Zip(receipts, (status, receipt) => (IReadOnlyList<Cell>)Row(view, receipt, status))
                )
            );
    }

    private static IReadOnlyList<DecisionStatus> Read(CliContext context, LedgerView view)
    {
        var history = new DecisionHistory();
        foreach (Receipt receipt in view.Receipts())
            history.Add(receipt);
        return history.All(view.Fold, UtcTime.Now(context.Time));
    }

    // What was recorded, whatever became of it, if nobody asks for anything else.
    private static bool IsWanted(DecisionStatus status, string? state) =>
        state switch
        {
            AnyState => true,
            null => status.State is DecisionState.Recorded or DecisionState.Executed
                || status is { State: DecisionState.Superseded, WasRecorded: true },
            _ => status.State.Text() == state,
        };

    private static Cell[] Row(LedgerView view, Receipt receipt, DecisionStatus status)
    {
        Decision? decision = status.Decision;
        string signers = string.Join(
            ", ",
            receipt.Entry.Approvals.Select(a => view.Fold.State.Key(a.Key)?.Name ?? a.Key.ToString())
        );
        Cell nobody = status.WasRecorded ? new Cell("the policy", Tone.Dim) : new Cell("-", Tone.Dim);
        return
        [
            receipt.Entry.Index.ToString(CultureInfo.InvariantCulture),
            decision is null ? new("erased", Tone.Dim) : new(decision.Severity.Text(), Tones.Of(decision.Severity)),
            decision?.Key.ToString() ?? "",
            decision is null
                ? new Cell($"erased at {view.Fold.Erasures.ErasedAt(receipt.Entry)}", Tone.Dim)
                : $"{ReceiptText.Value(decision.Outcome.Value)} by {decision.Outcome.Source}",
            decision?.Rule ?? "",
            decision?.Lane ?? "-",
            new Cell(status.State.Text(), Tones.Of(status.State)),
            signers.Length > 0 ? signers : nobody,
        ];
    }

    private static JsonValue ToJson(LedgerView view, Receipt receipt, DecisionStatus? status) =>
        JsonValue.Object(
            ("index", receipt.Entry.Index),
            ("recorded_at", receipt.Entry.RecordedAt.ToString()),
            ("state", status is null ? null : JsonValue.String(status.State.Text())),
            ("at", status?.At is { } at ? JsonValue.Number(at) : null),
            (
                "decision",
                receipt.Entry.Body.Event == Events.DecisionProposed
                    ? receipt.Payload?.Root["decision"] ?? JsonValue.Null
                    : receipt.Payload?.Root ?? JsonValue.Null
            ),
            ("erased", ErasedNote.Of(view, receipt.Entry)?.ToJson()),
            ("approvals", JsonValue.Of(receipt.Entry.Approvals.Select(a => a.ToJson())))
        );

    private static void Explain(CliContext context, LedgerView view, long index, TimeForm form)
    {
        Receipt receipt = view.Receipt(index);
        if (receipt.Entry.Body.Event is not (Events.DecisionRecorded or Events.DecisionProposed))
            throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} is {receipt.Entry.Body.Event}, not a decision",
                "see tessraxctl decisions DIR for the decisions"
            );
        bool proposed = receipt.Entry.Body.Event == Events.DecisionProposed;
        if (receipt.Payload is not { } payload)
        {
            ErasedNote? erased = ErasedNote.Of(view, receipt.Entry);
            context.WriteJson(() => ToJson(view, receipt, null).With("status", "erased"));
            context.Line(Tone.Strong, $"{(proposed ? "proposal" : "decision")} {index}");
            context.Line(Tone.Warn, erased?.ToString() ?? "its payload was erased");
            return;
        }
        Decision decision =
            (proposed ? Proposal.FromJson(payload.Root).Decision : Decision.FromJson(payload.Root))
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} proposes a control event, not a decision",
                "see tessraxctl show DIR N, or tessraxctl pending DIR"
            );
        UtcTime now = UtcTime.Now(context.Time);
        var story = new DecisionStory(decision, key => view.Fold.State.Key(key)?.Name ?? key.ToString());
        var history = new DecisionHistory();
        foreach (Receipt other in view.Receipts())
        {
            history.Add(other);
            story.Add(other);
        }
        DecisionStatus? status = history.All(view.Fold, now).FirstOrDefault(s => s.Entry == index);
        ProposalFate? fate = proposed ? ProposalFate.Of(view, index) : null;
        var page = new DecisionPage(view, receipt, decision, story);
        context.WriteJson(() =>
            ToJson(view, receipt, status)
                .With("status", fate?.Status ?? "decided")
                .With("claims", page.Claims())
                .With("apart", page.Apart() ?? JsonValue.Null)
                .With("timeline", page.Timeline())
        );
        (string said, Tone tone) =
            fate is not null ? (fate.Describe(view), fate.Status == ProposalFate.Decided ? Tone.Good : Tone.Warn)
            : status is null ? ("", Tone.Plain)
            : ($"state: {status.State.Text()}{(status.At is { } at ? $" by entry {at}" : "")}", Tones.Of(status.State));
        context.Print(page.Make(said, tone, time => TimeText.Show(time, now, form)));
    }
}
