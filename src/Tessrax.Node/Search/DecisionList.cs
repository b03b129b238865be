using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Wording;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>A decision, and the receipt that holds it.</summary>
/// <param name="Status">The decision, and what became of it.</param>
/// <param name="Receipt">The receipt that records it, or proposes it.</param>
public sealed record FoundDecision(DecisionStatus Status, Receipt Receipt);

/// <summary>The decisions of a ledger, the newest first: the entries that tell of them are found by its index, and what the index has not seen is looked at.</summary>
/// <remarks>Where there is no index that can be used, every entry is looked at, from the newest back. Entries are read as they are asked for, each held to its leaf.</remarks>
public sealed class DecisionList : IDisposable
{
    private static readonly Query OfAll = Query.AnyOf(DecisionHistory.Names.Select(EntryFinder.Event));

    // Of a decision tells what has its subject; these tell of it by the number of an entry alone.
    private static readonly string[] ByNumber =
    [
        Events.ApprovalRecorded,
        Events.DecisionClosed,
        Events.DecisionExecuted,
        // Ends all that waits.
        Events.ClockAdjusted,
    ];

    private static readonly string[] OfOne =
    [
        Events.ClaimsRecorded,
        Events.ContradictionDetected,
        Events.DecisionProposed,
        Events.DecisionRecorded,
        .. ByNumber,
    ];

    private readonly LedgerGlance ledger;
    private readonly EntryFinder finder;

    private DecisionList(LedgerGlance ledger, EntryFinder finder) => (this.ledger, this.finder) = (ledger, finder);

    /// <inheritdoc cref="EntryFinder.Index"/>
    public SearchIndex? Index => finder.Index;

    /// <inheritdoc cref="EntryFinder.WithoutIndex"/>
    public TessraxException? WithoutIndex => finder.WithoutIndex;

    /// <summary>Opens the index of a ledger, if it has one.</summary>
    /// <param name="ledger">The ledger; it is not disposed of here.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="usesIndex">Whether to use an index at all.</param>
    public static DecisionList Open(LedgerGlance ledger, NodeEnvironment environment, bool usesIndex = true)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(environment);
        return new DecisionList(ledger, EntryFinder.Open(ledger, environment, usesIndex));
    }

    /// <summary>Those that somebody wants: the newest first, or what waits in the order of its lanes.</summary>
    /// <inheritdoc cref="Newest"/>
    public IEnumerable<FoundDecision> Wanted(DecisionWish wish, UtcTime now, LedgerView? folded = null)
    {
        ArgumentNullException.ThrowIfNull(wish);
        IEnumerable<FoundDecision> all = Newest(now, folded);
        if (!wish.IsOfWaiting)
            return all.Where(found => wish.Wants(found.Status));
        // The fold knows them all, so nothing before the oldest of them is looked at.
        LedgerFold fold = (folded ?? ledger.Whole()).Fold;
        long oldest = fold.Proposals.Keys.DefaultIfEmpty(long.MaxValue).Min();
        return all.TakeWhile(found => found.Status.Entry >= oldest)
            .Where(found => wish.Wants(found.Status))
            .OrderBy(found => Lanes.PlaceOf(found.Status.Decision?.Lane, fold));
    }

    /// <summary>The decisions, read as they are asked for. A ledger that decided nothing is not folded.</summary>
    /// <param name="now">The present, by which verdicts count.</param>
    /// <param name="folded">The folded ledger, of somebody who has it; null to open it if need be.</param>
    /// <exception cref="TessraxException">TSX3003: the ledger is damaged.</exception>
    public IEnumerable<FoundDecision> Newest(UtcTime now, LedgerView? folded = null)
    {
        DecisionHistory? history = null;
        foreach (Receipt receipt in finder.Newest(OfAll, DecisionHistory.Names))
        {
            if (history is null)
            {
                LedgerView whole = folded ?? ledger.Whole();
                history = new DecisionHistory(whole.Fold, now, ledger.Receipt);
                // The fold may have seen entries that were not there yet when the ledger was opened.
                foreach (Receipt later in whole.Receipts(ledger.Size).Reverse())
                {
                    if (history.Add(later) is { } newer)
                        yield return new FoundDecision(newer, later);
                }
            }
            if (history.Add(receipt) is { } status)
                yield return new FoundDecision(status, receipt);
        }
    }

    /// <summary>What may tell how a decision came about and what became of it, the oldest first: all that is about its subject, all votes, and all ends of proposals.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="folded">The folded ledger, of somebody who has it; null to open it.</param>
    public IReadOnlyList<Receipt> About(Decision decision, LedgerView? folded = null)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Query query = Query.AnyOf([
            new FieldValue(FieldId.Subject, decision.Key.Subject),
            .. ByNumber.Select(EntryFinder.Event),
        ]);
        return [.. finder.Newest(query, OfOne).Reverse(), .. (folded ?? ledger.Whole()).Receipts(ledger.Size)];
    }

    public void Dispose() => finder.Dispose();
}
