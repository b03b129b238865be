using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Serving;

/// <summary>What became of a ledger's contradictions, followed as the ledger grows: whoever asks reads no more than what came since the last who asked.</summary>
/// <remarks>The first finds them by the index; where there is none, the ledger is read once, and entries of other events are looked at no closer than at their bytes. Safe for concurrent use.</remarks>
internal sealed class LedgerStories(NodeEnvironment environment)
{
    private static readonly string[] Names = [Events.ContradictionDetected];
    private static readonly Query Wanted = Query.AnyOf(Names.Select(EntryFinder.Event));

    private readonly Lock access = new();
    private ContradictionLifecycle contradictions = new();
    private long size;
    private long? erasures;
    private IReadOnlyList<ContradictionStatus> told = [];
    private (long Fold, long Stories) toldAt;

    /// <summary>Reads what it has not read yet. It may take long the first time, and needs no folded ledger meanwhile.</summary>
    /// <param name="glance">The ledger.</param>
    /// <param name="erased">The last entry that erased something, as far as the ledger was folded.</param>
    public void Follow(LedgerGlance glance, long? erased)
    {
        lock (access)
        {
            // What was erased since must not be told any more.
            if (erased != erasures)
                (contradictions, size, erasures, toldAt) = (new ContradictionLifecycle(), 0, erased, default);
            if (size >= glance.Size)
                return;
            if (size == 0)
                Find(glance);
            else
                Add(glance.From(size, LedgerGlance.MayBe(Names)));
            size = glance.Size;
        }
    }

    /// <summary>All that was read, and what became of it; null if something was erased that was followed still.</summary>
    /// <param name="fold">The ledger as at least those entries add up.</param>
    /// <param name="unreadable">How many entries told of one that nobody can read any more.</param>
    public IReadOnlyList<ContradictionStatus>? Told(LedgerFold fold, out long unreadable)
    {
        lock (access)
        {
            unreadable = contradictions.Unreadable;
            if (fold.Erasures.Last != erasures)
                return null;
            // Each is judged anew by the claims of its group, so a page of them costs what all of them do: but once for all pages.
            if (toldAt != (fold.Size, size))
                (told, toldAt) = (contradictions.All(fold), (fold.Size, size));
            return told;
        }
    }

    /// <summary>What became of the contradiction of a group, as far as it was read; null if none was told of.</summary>
    /// <param name="fold">The ledger as at least those entries add up.</param>
    /// <param name="key">The group.</param>
    public ContradictionStatus? Told(LedgerFold fold, GroupKey key)
    {
        lock (access)
            return contradictions.Of(key, fold);
    }

    /// <summary>Whether nothing was erased since that was followed still.</summary>
    public bool IsOf(LedgerFold fold)
    {
        lock (access)
            return fold.Erasures.Last == erasures;
    }

    private void Find(LedgerGlance glance)
    {
        using var finder = EntryFinder.Open(glance, environment);
        Add(finder.Newest(Wanted, Names).Reverse());
    }

    // All of them or none: what fails halfway is read again.
    private void Add(IEnumerable<Receipt> receipts)
    {
        foreach (Receipt receipt in receipts.ToArray())
            contradictions.Add(receipt);
    }
}
