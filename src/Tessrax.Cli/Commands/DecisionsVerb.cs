using System.CommandLine;
using System.Globalization;
using Spectre.Console;
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
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string?> index = new("N")
        {
            Description = "one decision, by its entry's index",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Verb(
            "decisions",
            "Explore what was decided, and why",
            "tessraxctl decisions decisions",
            "tessraxctl decisions decisions 17"
        )
        {
            directory,
            index,
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
                List(context, view);
            return 0;
        });
        return verb;
    }

    private static void List(CliContext context, LedgerView view)
    {
        Receipt[] decisions = [.. view.Receipts().Where(r => r.Entry.Body.Event == Events.DecisionRecorded)];
        foreach (Receipt receipt in decisions)
            context.WriteJson(() => ToJson(view, receipt));
        if (decisions.Length == 0)
            context.Line("nothing was decided yet");
        else
            context.Table(
                ["INDEX", "SEVERITY", "WHAT", "OUTCOME", "RULE", "SIGNED BY"],
                decisions.Select(r => Row(view, r))
            );
    }

    private static Cell[] Row(LedgerView view, Receipt receipt)
    {
        Decision? decision = receipt.Payload is { } payload ? Decision.FromJson(payload.Root) : null;
        string signers = string.Join(
            ", ",
            receipt.Entry.Approvals.Select(a => view.Fold.State.Key(a.Key)?.Name ?? a.Key.ToString())
        );
        return
        [
            receipt.Entry.Index.ToString(CultureInfo.InvariantCulture),
            decision is null ? new("erased", Tone.Dim) : new(decision.Severity.Text(), Tones.Of(decision.Severity)),
            decision?.Key.ToString() ?? "",
            decision is null
                ? new Cell($"erased at {view.Fold.Erasures.ErasedAt(receipt.Entry)}", Tone.Dim)
                : $"{ReceiptText.Value(decision.Outcome.Value)} by {decision.Outcome.Source}",
            decision?.Rule ?? "",
            signers.Length > 0 ? signers : new Cell("the policy", Tone.Dim),
        ];
    }

    private static JsonValue ToJson(LedgerView view, Receipt receipt) =>
        JsonValue.Object(
            ("index", receipt.Entry.Index),
            ("recorded_at", receipt.Entry.RecordedAt.ToString()),
            ("decision", receipt.Payload?.Root ?? JsonValue.Null),
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
            context.WriteJson(() => ToJson(view, receipt).With("status", "erased"));
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
        ProposalFate? fate = proposed ? ProposalFate.Of(view, index) : null;
        context.WriteJson(() =>
            ToJson(view, receipt)
                .With("status", fate?.Status ?? "decided")
                .With("claims", JsonValue.Of(claims.Select(c => c.ToJson())))
        );
        context.Line(Tone.Strong, $"{(proposed ? "proposal" : "decision")} {index}: {decision.Key}");
        context.Line(decision.Explanation);
        if (fate is not null)
            context.Line(fate.Status == ProposalFate.Decided ? Tone.Good : Tone.Warn, fate.Describe(view));
        context.Show(Picture(view, receipt, decision, claims));
    }

    private static Tree Picture(LedgerView view, Receipt receipt, Decision decision, Claim[] claims)
    {
        static string Safe(string text) => Markup.Escape(TextOutput.Escape(text));
        var tree = new Tree(Safe($"{ReceiptText.Value(decision.Outcome.Value)} by {decision.Outcome.Source}"));
        TreeNode stated = tree.AddNode("claims");
        foreach (Claim claim in claims)
        {
            string won = claim.ClaimId == decision.Outcome.ClaimId ? "  <- chosen" : "";
            stated.AddNode(
                Safe(
                    $"{ClaimText.Show(claim.Value)}  {claim.Source}  {claim.Timestamp.ToString()[..10]}  {claim.ClaimId}{won}"
                )
            );
        }
        TreeNode rule = tree.AddNode(Safe($"rule {decision.Rule}"));
        rule.AddNode(Safe($"{decision.Kind.Text()} contradiction, {decision.Severity.Text()}"));
        rule.AddNode(Safe(decision.Reason));
        tree.AddNode(Safe($"policy {decision.Policy}"));
        string needs = decision.Approvals.Count == 0 ? "none needed" : string.Join(" and ", decision.Approvals);
        TreeNode approvals = tree.AddNode(Safe($"approvals: {needs}"));
        foreach (Approval approval in receipt.Entry.Approvals)
            approvals.AddNode(
                Safe($"{view.Fold.State.Key(approval.Key)?.Name} as {approval.Role}, signed {approval.IssuedAt}")
            );
        tree.AddNode(Safe($"recorded {receipt.Entry.RecordedAt} under governance state {receipt.Entry.Gov.Digest}"));
        return tree;
    }
}
