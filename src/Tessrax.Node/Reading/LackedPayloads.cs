using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Reading;

/// <summary>Adds to a bundle the entries without payload that tell why others in it cannot be worked out again.</summary>
/// <remarks>Whom an erased claim was about is gone with it. So the bundle is judged as a stranger will judge it, and where an entry does not follow
/// from those before it, the last erased entries that it may have rested on are added, one for each event.</remarks>
internal sealed class LackedPayloads(Erasures erasures)
{
    // A round adds what the first entries lack; these may then let later ones be judged further.
    private const int MaxRounds = 8;

    private readonly List<Receipt> erased = [];

    /// <summary>Takes an entry that the bundle does not hold otherwise.</summary>
    public void Note(Receipt receipt)
    {
        if (receipt.IsErased)
            erased.Add(receipt);
    }

    /// <summary>The bundle's entries with those that they lack, by index.</summary>
    public List<Receipt> Complete(Digest ledger, List<Receipt> chosen)
    {
        if (!erasures.Any)
            return chosen;
        var whole = new SortedDictionary<long, Receipt>(chosen.ToDictionary(r => r.Entry.Index));
        for (int round = 0; round < MaxRounds && AddLacked(ledger, whole); round++) { }
        return [.. whole.Values];
    }

    private bool AddLacked(Digest ledger, SortedDictionary<long, Receipt> whole)
    {
        var fold = new LedgerFold(ledger, isPart: true);
        var lacked = new List<Receipt>();
        foreach (Receipt receipt in whole.Values)
        {
            if (fold.Judge(receipt, out object? record) is { Missing: null })
                lacked.AddRange(Behind(receipt, record));
            fold.Apply(receipt, record);
        }
        bool found = false;
        foreach (Receipt receipt in lacked)
            found |= whole.TryAdd(receipt.Entry.Index, receipt);
        return found;
    }

    private IEnumerable<Receipt> Behind(Receipt receipt, object? record)
    {
        long? named = record switch
        {
            ApprovalRecorded vote => vote.Proposal,
            DecisionClosed closed => closed.Proposal,
            DecisionExecuted executed => executed.Decision,
            _ => null,
        };
        IEnumerable<Receipt> before = erased.Where(r =>
            r.Entry.Index < receipt.Entry.Index && erasures.ErasedAt(r.Entry) > receipt.Entry.Index
        );
        return named is { } proposal
            ? before.Where(r => r.Entry.Index == proposal)
            : before
                .Where(r => r.Entry.Body.Event == Events.ClaimsRecorded || Events.Settles(r.Entry.Body.Event))
                .GroupBy(r => r.Entry.Body.Event, StringComparer.Ordinal)
                .Select(ofEvent => ofEvent.Last());
    }
}
