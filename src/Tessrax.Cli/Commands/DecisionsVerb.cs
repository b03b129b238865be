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
        };
        verb.SetAction(parsed =>
        {
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            if (WholeNumber.Parse(parsed.GetValue(index), "N") is { } wanted)
                Explain(context, view, wanted);
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
            context.Table(
                ["INDEX", "SEVERITY", "WHAT", "OUTCOME", "RULE", "LANE", "STATE", "SIGNED BY"],
                all.Zip(receipts, (status, receipt) => (IReadOnlyList<Cell>)Row(view, receipt, status))
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

    private static void Explain(CliContext context, LedgerView view, long index)
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
        Claim[] claims = [.. decision.Claims.Select(c => view.Fold.Claims.Find(c.ClaimId)).OfType<Claim>()];
        DecisionStatus? status = Read(context, view).FirstOrDefault(s => s.Entry == index);
        ProposalFate? fate = proposed ? ProposalFate.Of(view, index) : null;
        context.WriteJson(() =>
            ToJson(view, receipt, status)
                .With("status", fate?.Status ?? "decided")
                .With("claims", JsonValue.Of(claims.Select(c => c.ToJson())))
        );
        context.Line(Tone.Strong, $"{(proposed ? "proposal" : "decision")} {index}: {decision.Key}");
        context.Line(decision.Explanation);
        if (fate is not null)
            context.Line(fate.Status == ProposalFate.Decided ? Tone.Good : Tone.Warn, fate.Describe(view));
        else if (status is not null)
            context.Line(
                Tones.Of(status.State),
                $"state: {status.State.Text()}{(status.At is { } at ? $" by entry {at}" : "")}"
            );
        context.Print(new Page().Tree(Picture(view, receipt, decision, claims)));
    }

    private static Branch Picture(LedgerView view, Receipt receipt, Decision decision, Claim[] claims)
    {
        var tree = new Branch(($"{ReceiptText.Value(decision.Outcome.Value)} by {decision.Outcome.Source}"));
        Branch stated = tree.Add("claims");
        foreach (Claim claim in claims)
        {
            string won = claim.ClaimId == decision.Outcome.ClaimId ? "  <- chosen" : "";
            stated.Add(
                (
                    $"{ClaimText.Show(claim.Value)}  {claim.Source}  {claim.Timestamp.ToString()[..10]}  {claim.ClaimId}{won}"
                )
            );
        }
        Branch rule = tree.Add(($"rule {decision.Rule}"));
        rule.Add(($"{decision.Kind.Text()} contradiction, {decision.Severity.Text()}"));
        rule.Add((decision.Reason));
        if (decision.Grounds is { } grounds)
        {
            Branch others = tree.Add("rules that did not fire");
            foreach (OtherRule other in grounds.Others)
                others.Add((other.ToString()));
        }
        tree.Add(($"policy {decision.Policy}"));
        string needs = decision.Approvals.Count == 0 ? "none needed" : string.Join(" and ", decision.Approvals);
        Branch approvals = tree.Add(($"approvals: {needs}"));
        foreach (Approval approval in receipt.Entry.Approvals)
            approvals.Add(
                ($"{view.Fold.State.Key(approval.Key)?.Name} as {approval.Role}, signed {approval.IssuedAt}")
            );
        tree.Add(($"recorded {receipt.Entry.RecordedAt} under governance state {receipt.Entry.Gov.Digest}"));
        return tree;
    }
}
