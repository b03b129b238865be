using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>Which decisions somebody wants to see.</summary>
/// <param name="State">Those of one state; <c>all</c> for any; null for those on record.</param>
/// <param name="Lane">Those of one lane; null for any.</param>
/// <param name="Limit">At most so many; null for all.</param>
/// <param name="Before">Those before this entry; null for all.</param>
internal sealed record DecisionWish(string? State, string? Lane, long? Limit, long? Before)
{
    /// <summary>Whether those alone are wanted that wait for somebody.</summary>
    public bool IsOfWaiting => State == DecisionState.Proposed.Text() || State == DecisionState.Approved.Text();

    public bool Wants(DecisionStatus status) =>
        (Before is not { } end || status.Entry < end)
        && (Lane is null || status.Decision?.Lane == Lane)
        && State switch
        {
            "all" => true,
            // What was recorded, whatever became of it.
            null => status.State is DecisionState.Recorded or DecisionState.Executed
                || status is { State: DecisionState.Superseded, WasRecorded: true },
            _ => status.State.Text() == State,
        };
}

/// <summary>The list of decisions, a page at a time, the newest first; what waits, in the order of its lanes.</summary>
/// <param name="context">Where to.</param>
/// <param name="ledger">The ledger.</param>
/// <param name="list">Its decisions.</param>
internal sealed class DecisionTable(CliContext context, LedgerGlance ledger, DecisionList list)
{
    public void Print(DecisionWish wish)
    {
        int most = (int)Math.Min(wish.Limit ?? long.MaxValue, int.MaxValue - 1);
        if (context.Json)
        {
            foreach (FoundDecision found in Wanted(wish).Take(most))
                context.WriteJson(() => ToJson(ledger.Whole(), found.Receipt, found.Status));
        }
        else
        {
            // One more than are shown tells whether there are more.
            FoundDecision[] found = [.. Wanted(wish).Take(most + 1)];
            context.Print(Lay(found.Length > most ? found[..most] : found, wish, found.Length > most));
        }
        if (list.WithoutIndex is { } reason && reason.Code != ErrorCodes.NoIndex)
            context.Notice($"every entry was looked at: {reason.Message}");
    }

    /// <summary>A decision for programs.</summary>
    public static JsonValue ToJson(LedgerView view, Receipt receipt, DecisionStatus? status) =>
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

    private IEnumerable<FoundDecision> Wanted(DecisionWish wish)
    {
        IEnumerable<FoundDecision> all = list.Newest(UtcTime.Now(context.Time));
        if (!wish.IsOfWaiting)
            return all.Where(found => wish.Wants(found.Status));
        // The fold knows them all, so nothing before the oldest of them is looked at.
        LedgerView view = ledger.Whole();
        long oldest = view.Fold.Proposals.Keys.DefaultIfEmpty(long.MaxValue).Min();
        return all.TakeWhile(found => found.Status.Entry >= oldest)
            .Where(found => wish.Wants(found.Status))
            .OrderBy(found => Lanes.PlaceOf(found.Status.Decision?.Lane, view.Fold));
    }

    private Page Lay(FoundDecision[] found, DecisionWish wish, bool hasMore)
    {
        var page = new Page();
        if (found.Length == 0)
            page.Line(
                wish is { State: null, Lane: null, Before: null }
                    ? "nothing was decided yet"
                    : "there are none of these"
            );
        else
            page.Grid(
                ["INDEX", "SEVERITY", "WHAT", "OUTCOME", "RULE", "LANE", "STATE", "SIGNED BY"],
                found.Select(one => (IReadOnlyList<Cell>)Row(ledger.Whole(), one))
            );
        string count = Counted.Apart(found.Length, "decision");
        string order = wish.IsOfWaiting ? "by lane" : "newest first";
        page.Line(
            Tone.Dim,
            $"{(hasMore ? $"{count} of more" : count)}, {order}; {SearchText.Extent(ledger.Size, list.Index)}"
        );
        if (hasMore && !wish.IsOfWaiting)
            page.Line(Tone.Dim, $"next page: the same with --before {found[^1].Status.Entry}");
        return page;
    }

    private static Cell[] Row(LedgerView view, FoundDecision found)
    {
        (DecisionStatus status, Receipt receipt) = found;
        Decision? decision = status.Decision;
        string signers = string.Join(", ", receipt.Entry.Approvals.Select(a => view.Fold.State.NameOf(a.Key)));
        Cell nobody = status.WasRecorded ? new Cell("the policy", Tone.Dim) : new Cell("-", Tone.Dim);
        return
        [
            ReceiptCells.Index(receipt),
            decision is null ? new("erased", Tone.Dim) : new(decision.Severity.Text(), Tones.Of(decision.Severity)),
            decision?.Key.ToString() ?? "",
            decision is null
                ? new Cell($"erased at {view.Fold.Erasures.ErasedAt(receipt.Entry)}", Tone.Dim)
                : ReceiptText.Outcome(decision),
            decision?.Rule ?? "",
            decision?.Lane ?? "-",
            new Cell(status.State.Text(), Tones.Of(status.State)),
            signers.Length > 0 ? signers : nobody,
        ];
    }
}
