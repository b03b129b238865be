using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Index;
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
    private static readonly Query OfAll = Query.AnyOf(DecisionHistory.Names.Select(EventField));

    // Of a decision tells what has its subject; these tell of it by the number of an entry alone.
    private static readonly string[] ByNumber =
    [
        Events.ApprovalRecorded,
        Events.DecisionClosed,
        Events.DecisionExecuted,
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
    private readonly IndexReading? opened;
    private IndexReading? index;

    private DecisionList(LedgerGlance ledger, IndexReading? index)
    {
        this.ledger = ledger;
        this.index = opened = index;
    }

    /// <summary>By which index entries are found; null if every entry is looked at.</summary>
    public SearchIndex? Index => index is null ? null : new SearchIndex(index.Pointer.Backend, index.Mark.Size, 0);

    /// <summary>Why every entry is looked at although an index was asked for; null if there is no reason.</summary>
    public TessraxException? WithoutIndex { get; private set; }

    /// <summary>Opens the index of a ledger, if it has one.</summary>
    /// <param name="ledger">The ledger; it is not disposed of here.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="usesIndex">Whether to use an index at all.</param>
    public static DecisionList Open(LedgerGlance ledger, NodeEnvironment environment, bool usesIndex = true)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(environment);
        if (!usesIndex)
            return new DecisionList(ledger, null);
        IndexReading? reading = Searcher.TryOpen(ledger, environment, out TessraxException? reason);
        return new DecisionList(ledger, reading) { WithoutIndex = reason };
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
        foreach (Receipt receipt in Receipts(OfAll, DecisionHistory.Names))
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
            .. ByNumber.Select(EventField),
        ]);
        return [.. Receipts(query, OfOne).Reverse(), .. (folded ?? ledger.Whole()).Receipts(ledger.Size)];
    }

    public void Dispose() => opened?.Dispose();

    private static FieldValue EventField(string name) => new(FieldId.Event, name);

    // What matches, the newest first; by the index, or else of some events.
    private IEnumerable<Receipt> Receipts(Query query, IReadOnlyCollection<string> names)
    {
        long end = ledger.Size;
        if (index is { } reading)
        {
            long covered = Math.Min(reading.Mark.Size, end);
            foreach (Receipt behind in ledger.From(covered).Where(query.Matches).Reverse())
                yield return behind;
            end = covered;
            using IEnumerator<Receipt> found = Found(reading, query, covered).GetEnumerator();
            while (TryNext(found))
            {
                end = found.Current.Entry.Index;
                yield return found.Current;
            }
            if (index is not null)
                yield break;
        }
        foreach (Receipt receipt in ledger.Newest(long.MaxValue, names, before: end).Where(query.Matches))
            yield return receipt;
    }

    // Damage shows when it is read, if not before: then the rest is looked at entry by entry.
    private bool TryNext(IEnumerator<Receipt> found)
    {
        try
        {
            return found.MoveNext();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable || e.Code == ErrorCodes.IndexDiffers)
        {
            (index, WithoutIndex) = (null, e);
            return false;
        }
    }

    private IEnumerable<Receipt> Found(IndexReading reading, Query query, long covered)
    {
        using var found = new Evaluator(reading.Backend, query, IndexOrder.Newest, null, covered, long.MaxValue);
        foreach (long one in found.Found())
        {
            Receipt receipt = ledger.Receipt(one);
            if (!query.Matches(receipt))
                throw ErrorCodes.IndexDiffers.Because($"the index has entry {one} for what it does not say");
            yield return receipt;
        }
    }
}
