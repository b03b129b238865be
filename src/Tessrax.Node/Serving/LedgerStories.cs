using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Serving;

/// <summary>What became of a ledger's contradictions, followed as the ledger grows: whoever asks reads no more than what came since the last who asked.</summary>
/// <remarks>The first reads the ledger once, and looks at entries of other events no closer than at their bytes. Safe for concurrent use.</remarks>
internal sealed class LedgerStories
{
    private static readonly string[] Names = [Events.ContradictionDetected];

    private readonly Lock access = new();
    private ContradictionLifecycle contradictions = new();
    private long size;
    private long? erasures;
    private IReadOnlyList<ContradictionStatus> told = [];
    private (long Fold, long Stories) toldAt;

    /// <summary>Everything that was told of up to a moment.</summary>
    /// <param name="glance">The ledger as of then.</param>
    /// <param name="fold">The ledger as at least those entries add up.</param>
    /// <param name="unreadable">How many entries told of one that nobody can read any more.</param>
    public IReadOnlyList<ContradictionStatus> Contradictions(LedgerGlance glance, LedgerFold fold, out long unreadable)
    {
        lock (access)
        {
            // What was erased since must not be told any more.
            if (fold.Erasures.Last != erasures)
                (contradictions, size, erasures) = (new ContradictionLifecycle(), 0, fold.Erasures.Last);
            if (size < glance.Size)
            {
                foreach (Receipt receipt in glance.From(size, LedgerGlance.MayBe(Names)))
                    contradictions.Add(receipt);
                size = glance.Size;
            }
            unreadable = contradictions.Unreadable;
            // Each is judged anew by the claims of its group, so a page of them costs what all of them do: but once for all pages.
            if (toldAt != (fold.Size, size))
                (told, toldAt) = (contradictions.All(fold), (fold.Size, size));
            return told;
        }
    }
}
