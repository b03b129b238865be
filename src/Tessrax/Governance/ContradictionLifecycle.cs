using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What became of the contradictions that a ledger told of, group by group.</summary>
/// <remarks>Fed the entries from 0 on, by a reader who has judged them. Pure. Holds one contradiction a group.</remarks>
public sealed class ContradictionLifecycle
{
    private readonly Dictionary<GroupKey, Told> groups = [];

    /// <summary>How many entries told of one that nobody can read any more: their payloads were erased or lost.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Takes the next entry.</summary>
    /// <exception cref="TessraxException">Its payload is not of its event.</exception>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Entry entry = receipt.Entry;
        if (entry.Body.Event != Events.ContradictionDetected)
            return;
        if (receipt.Payload is not { } payload)
        {
            Unreadable++;
            return;
        }
        var contradiction = Contradiction.FromJson(payload.Root);
        var seen = new Sighting(entry.Index, entry.RecordedAt);
        groups[contradiction.Key] = groups.TryGetValue(contradiction.Key, out Told? before)
            ? before with
            {
                Contradiction = contradiction,
                Count = before.Count + 1,
                Last = seen,
            }
            : new Told(contradiction, 1, seen, seen);
    }

    /// <summary>All groups that were told of: what waits first, then the graver one, then by key.</summary>
    /// <param name="fold">The ledger as the same entries add up.</param>
    public IReadOnlyList<ContradictionStatus> All(LedgerFold fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return
        [
            .. groups
                .Values.Select(told => StatusOf(told, fold))
                .OrderBy(status => status.State is ContradictionState.Resolved or ContradictionState.Superseded)
                .ThenByDescending(status => status.Contradiction.Severity)
                .ThenBy(status => status.Contradiction.Key),
        ];
    }

    /// <summary>That of one group; null if the ledger told of none there.</summary>
    /// <param name="key">The group.</param>
    /// <param name="fold">The ledger as the same entries add up, or more.</param>
    public ContradictionStatus? Of(GroupKey key, LedgerFold fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return groups.TryGetValue(key, out Told? told) ? StatusOf(told, fold) : null;
    }

    private static ContradictionStatus StatusOf(Told told, LedgerFold fold)
    {
        GroupKey key = told.Contradiction.Key;
        Contradiction? now = fold.Claims.Detect(key);
        // One that comes back is not told of again.
        Contradiction? present = now is not null && fold.IsDetected(now.Id) ? now : null;
        SettlementFact? settled = fold.SettlementOf(present ?? told.Contradiction);
        ContradictionState state =
            present is null ? ContradictionState.Superseded
            : settled is not null ? ContradictionState.Resolved
            : told.Count > 1 ? ContradictionState.Recurring
            : ContradictionState.Open;
        return new ContradictionStatus(
            present ?? told.Contradiction,
            state,
            told.Count,
            told.First,
            told.Last,
            settled?.Entry,
            settled is null ? fold.OpenIn(key)?.Index : settled.Proposal
        );
    }

    private sealed record Told(Contradiction Contradiction, int Count, Sighting First, Sighting Last);
}
