using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Ledgers;

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
            foreach (FoundDecision found in list.Wanted(wish, UtcTime.Now(context.Time)).Take(most))
                context.WriteJson(() => DecisionJson.Of(ledger.Whole(), found.Receipt, found.Status));
        }
        else
        {
            // One more than are shown tells whether there are more.
            FoundDecision[] found = [.. list.Wanted(wish, UtcTime.Now(context.Time)).Take(most + 1)];
            bool hasMore = found.Length > most;
            context.Print(
                Lay(hasMore ? found[..most] : found, wish, hasMore, Row, SearchText.Extent(ledger.Size, list.Index))
            );
        }
        if (list.WithoutIndex is { } reason && reason.Code != ErrorCodes.NoIndex)
            context.Notice($"every entry was looked at: {reason.Message}");
    }

    /// <summary>A page of decisions.</summary>
    /// <param name="shown">The decisions.</param>
    /// <param name="wish">Which were wanted.</param>
    /// <param name="hasMore">Whether there are more of them.</param>
    /// <param name="row">How one is shown: see <see cref="Row(FoundDecision, Func{Digest, string}, Func{Receipt, long?})"/>.</param>
    /// <param name="extent">What the list is of, or rests on.</param>
    public static Page Lay(
        FoundDecision[] shown,
        DecisionWish wish,
        bool hasMore,
        Func<FoundDecision, IReadOnlyList<Cell>> row,
        string extent
    )
    {
        var page = new Page();
        if (shown.Length == 0)
            page.Line(
                wish is { State: null, Lane: null, Before: null }
                    ? "nothing was decided yet"
                    : "there are none of these"
            );
        else
            page.Grid(
                ["INDEX", "SEVERITY", "WHAT", "OUTCOME", "RULE", "LANE", "STATE", "SIGNED BY"],
                shown.Select(row)
            );
        string count = Counted.Apart(shown.Length, "decision");
        string order = wish.IsOfWaiting ? "by lane" : "newest first";
        page.Line(Tone.Dim, $"{(hasMore ? $"{count}, and there are more" : count)}, {order}; {extent}");
        if (hasMore && !wish.IsOfWaiting)
            page.Line(Tone.Dim, $"next page: the same with --before {shown[^1].Status.Entry}");
        return page;
    }

    private Cell[] Row(FoundDecision found)
    {
        LedgerView view = ledger.Whole();
        return Row(found, view.Fold.State.NameOf, receipt => view.Fold.Erasures.ErasedAt(receipt.Entry));
    }

    /// <summary>A decision as a row of the list.</summary>
    /// <param name="found">The decision.</param>
    /// <param name="nameOf">Whose a key is.</param>
    /// <param name="erasedAt">Which entry erased the payload of a receipt.</param>
    public static Cell[] Row(FoundDecision found, Func<Digest, string> nameOf, Func<Receipt, long?> erasedAt)
    {
        (DecisionStatus status, Receipt receipt) = found;
        Decision? decision = status.Decision;
        string signers = string.Join(", ", receipt.Entry.Approvals.Select(a => nameOf(a.Key)));
        Cell nobody = status.WasRecorded ? new Cell("the policy", Tone.Dim) : new Cell("-", Tone.Dim);
        return
        [
            ReceiptCells.Index(receipt),
            decision is null ? new("erased", Tone.Dim) : new(decision.Severity.Text(), Tones.Of(decision.Severity)),
            decision?.Key.ToString() ?? "",
            decision is null ? new Cell($"erased at {erasedAt(receipt)}", Tone.Dim) : ReceiptText.Outcome(decision),
            decision?.Rule ?? "",
            decision?.Lane ?? "-",
            new Cell(status.State.Text(), Tones.Of(status.State)),
            signers.Length > 0 ? signers : nobody,
        ];
    }
}
