using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What must go together with a payload: every entry that copies values out of it, each worked out again for the last time.</summary>
/// <remarks>Fed a ledger from entry 0, as far as its payloads are still there. Claims are copied by the contradictions, proposals and decisions that
/// name them; a contradiction, a proposal and a decision about the same claims copy each other.</remarks>
public sealed class ErasurePlan
{
    private readonly LedgerFold fold;
    private readonly HashSet<long> asked;
    private readonly HashSet<Digest> claims = [];
    private readonly HashSet<Digest> contradictions = [];
    private readonly List<ErasedEntry> entries = [];

    /// <param name="ledger">The ledger's id.</param>
    /// <param name="asked">The entries whose payloads are to go.</param>
    /// <param name="contradictions">Contradictions that those entries speak of, if they are none of claims: whatever speaks of them goes too.</param>
    public ErasurePlan(Digest ledger, IEnumerable<long> asked, IEnumerable<Digest> contradictions)
    {
        fold = new LedgerFold(ledger);
        this.asked = [.. asked];
        this.contradictions = [.. contradictions];
    }

    /// <summary>What is to be erased, by index.</summary>
    public IReadOnlyList<ErasedEntry> Entries => entries;

    /// <summary>The contradiction that a record speaks of, or null.</summary>
    public static Digest? ContradictionOf(object? record) =>
        record switch
        {
            Contradiction contradiction => contradiction.Id,
            Proposal proposal => proposal.Decision?.Contradiction,
            Decision decision => decision.Contradiction,
            _ => null,
        };

    /// <summary>Takes the next entry, from 0 on.</summary>
    /// <exception cref="TessraxException">It is not the next one, or could not have been accepted.</exception>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        long index = receipt.Entry.Index;
        if (index != fold.Size)
            throw ErrorCodes.EntryMalformed.Because($"the entry of index {index} comes where {fold.Size} is the next");
        object? record = receipt.Payload is { } payload
            ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
            : null;
        bool copies = ContradictionOf(record) is { } about
            ? contradictions.Contains(about) || Names(record)
            // What was done about a decision tells of it.
            : record is DecisionExecuted executed && entries.Exists(e => e.Index == executed.Decision);
        if (asked.Contains(index) && record is ClaimsRecorded recorded)
            claims.UnionWith(recorded.Claims.Select(c => c.Digest));
        if (copies)
            entries.Add(new ErasedEntry(index, Again(receipt)));
        else if (asked.Contains(index))
            entries.Add(new ErasedEntry(index, null));
        fold.Apply(receipt, record);
    }

    private bool Names(object? record)
    {
        if (claims.Count == 0)
            return false;
        return record switch
        {
            Contradiction contradiction => contradiction.Claims.Any(c => claims.Contains(c.Digest)),
            Proposal { Decision: { } decision } => decision.Claims.Any(c => claims.Contains(c.Digest)),
            Decision decision => decision.Claims.Any(c => claims.Contains(c.Digest)),
            _ => false,
        };
    }

    private bool? Again(Receipt receipt) =>
        fold.Judge(receipt, out _) switch
        {
            null => true,
            { Missing: not null } => null,
            _ => false,
        };
}
