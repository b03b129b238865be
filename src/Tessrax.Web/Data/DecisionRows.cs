using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;

namespace Tessrax.Web.Data;

/// <summary>A decision in a list.</summary>
/// <param name="Receipt">The entry that records or proposes it.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Signers">Who approved it, in words.</param>
public sealed record DecisionRow(Receipt Receipt, DecisionStatus Status, string Signers);

/// <summary>A page of decisions.</summary>
/// <param name="Rows">The decisions.</param>
/// <param name="State">The state that was asked for; null for those on record.</param>
/// <param name="Older">Where older ones go on; null if there are none.</param>
/// <param name="IsFirst">Whether it begins at the newest.</param>
/// <param name="IsCut">Whether more wait than are shown: those have a page of their own.</param>
public sealed record DecisionRows(IReadOnlyList<DecisionRow> Rows, string? State, long? Older, bool IsFirst, bool IsCut)
{
    private const int PageSize = 50;

    /// <summary>Reads one.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="moment">The moment that the page is of.</param>
    /// <param name="environment">Finds the index.</param>
    /// <param name="state">Only those that have come so far; <c>all</c> for any; null for those on record.</param>
    /// <param name="before">Only those before this entry; null for the newest.</param>
    public static DecisionRows Read(
        ServedLedger ledger,
        LedgerMoment moment,
        NodeEnvironment environment,
        string? state,
        long? before
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(moment);
        ArgumentNullException.ThrowIfNull(environment);
        var wish = new DecisionWish(state, null, null, before);
        using DecisionList list = DecisionList.Open(moment.Glance, environment);
        return ledger.Fold(
            view =>
            {
                // One more than are shown tells whether there are more.
                DecisionRow[] found =
                [
                    .. list.Wanted(wish, Canonical.UtcTime.Now(environment.Clock), view)
                        .Where(one => one.Receipt.Entry.Index < moment.Size)
                        .Take(PageSize + 1)
                        .Select(one => Row(one, view)),
                ];
                bool isCut = found.Length > PageSize;
                DecisionRow[] shown = isCut ? found[..PageSize] : found;
                long? older = isCut && !wish.IsOfWaiting ? shown[^1].Status.Entry : null;
                return new DecisionRows(shown, state, older, before is null, isCut && wish.IsOfWaiting);
            },
            moment.Size
        );
    }

    private static DecisionRow Row(FoundDecision found, LedgerView view)
    {
        string signers = string.Join(
            ", ",
            found.Receipt.Entry.Approvals.Select(approval => view.Fold.State.NameOf(approval.Key))
        );
        return new DecisionRow(
            found.Receipt,
            found.Status,
            signers.Length > 0 ? signers
                : found.Status.WasRecorded ? "the policy alone"
                : ""
        );
    }
}
