using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>A proposal and what became of it.</summary>
/// <param name="Index">Index of its DECISION_PROPOSED entry; its id.</param>
/// <param name="Proposal">What waits.</param>
/// <param name="BodyDigest">What approvals sign.</param>
/// <param name="Votes">Verdicts so far, one a key.</param>
public sealed record OpenProposal(long Index, Proposal Proposal, Digest BodyDigest, IReadOnlyList<Approval> Votes);

/// <summary>The ledger as its entries add up: governance state, time, nonces, claims, proposals. Judges an entry, then folds it in.</summary>
/// <remarks>
/// Pure. Entry n is judged by the state after entries 0 to n-1. The writer judges before it appends and the verifier judges again,
/// by this same code. Not safe for concurrent use.
/// </remarks>
public sealed class LedgerFold
{
    private readonly NonceBook nonces = new();
    private readonly SortedDictionary<long, OpenProposal> open = [];
    private readonly Dictionary<Digest, long> detected = [];
    private readonly HashSet<Digest> settled = [];

    /// <param name="ledger">The id that the ledger must have.</param>
    public LedgerFold(Digest ledger) => State = GovernanceState.Before(ledger);

    public GovernanceState State { get; private set; }

    /// <summary>The policy in force; null before genesis.</summary>
    public Policy? Policy { get; private set; }

    /// <summary>Entries folded in.</summary>
    public long Size { get; private set; }

    public UtcTime LastRecordedAt { get; private set; }

    /// <summary>Every claim recorded.</summary>
    public ClaimBook Claims { get; private set; } = new(Policy.Default.Rules);

    /// <summary>Proposals that wait for approvals, by index.</summary>
    public IReadOnlyDictionary<long, OpenProposal> Proposals => open;

    /// <summary>Whether this contradiction was recorded already.</summary>
    public bool IsDetected(Digest contradiction) => detected.ContainsKey(contradiction);

    /// <summary>Whether a decision on this contradiction was recorded, is proposed, or was refused.</summary>
    public bool IsSettledOrOpen(Digest contradiction) =>
        settled.Contains(contradiction) || open.Values.Any(p => p.Proposal.Decision.Contradiction == contradiction);

    /// <summary>The entry that a nonce was used for, or null; and whether for this very body.</summary>
    public (long Index, bool SameBody)? FindNonce(EntryBody body) =>
        nonces.Find(NonceBook.ScopeOf(body), body.DigestIn(State.Ledger));

    /// <summary>The first rule that the receipt breaks as the next entry, or null. Changes nothing.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="payload">Its payload's record, as <see cref="EventPayloads.Read"/> gives it; null for control events.</param>
    public Refusal? Judge(Receipt receipt, out object? payload)
    {
        payload = null;
        Entry entry = receipt.Entry;
        if (entry.Index != Size)
            return new Refusal(
                Aspect.Entry,
                ErrorCodes.EntryMalformed,
                $"entry {Size} says that its index is {entry.Index}"
            );
        if (entry.RecordedAt < LastRecordedAt)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.TimeBroken,
                $"entry {Size} was recorded at {entry.RecordedAt}, before the entry in front of it"
            );
        if (EntryRules.Judge(receipt, State) is { } broken)
            return broken;
        if (FindNonce(entry.Body) is { } used)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.NonceReused,
                $"entry {Size} uses the nonce of entry {used.Index} again"
            );
        try
        {
            payload = receipt.Payload is { } frozen ? EventPayloads.Read(entry.Body.Event, frozen.Root) : null;
        }
        catch (TessraxException e)
        {
            return new Refusal(
                Aspect.Entry,
                e.Code,
                $"the payload of entry {Size} does not fit {entry.Body.Event}: {e.Message}"
            );
        }
        return new DecisionRules(this).Judge(entry, payload);
    }

    /// <summary>Folds in a receipt that was judged, or that comes from a log whose signed root was checked.</summary>
    /// <exception cref="TessraxException">The receipt could not have been accepted.</exception>
    public void Apply(Receipt receipt, object? payload)
    {
        Entry entry = receipt.Entry;
        switch (payload)
        {
            case ClaimsRecorded claims:
                foreach (Claim claim in claims.Claims)
                    Claims.Add(claim);
                break;
            case Contradiction contradiction:
                detected[contradiction.Id] = entry.Index;
                break;
            case Proposal proposal:
                open[entry.Index] = new OpenProposal(entry.Index, proposal, proposal.Body.DigestIn(State.Ledger), []);
                break;
            case ApprovalRecorded vote when open.TryGetValue(vote.Proposal, out OpenProposal? voted):
                open[vote.Proposal] = voted with { Votes = [.. voted.Votes, vote.Approval] };
                nonces.Add(
                    NonceBook.ScopeOf(vote.Approval),
                    entry.Index,
                    voted.BodyDigest,
                    Kept(vote.Approval.ExpiresAt)
                );
                break;
            case Decision decision:
                settled.Add(decision.Contradiction);
                if (ProposalOf(entry.Body) is { } done)
                    open.Remove(done.Index);
                break;
            case DecisionClosed closed when open.Remove(closed.Proposal, out OpenProposal? ended):
                settled.Add(ended.Proposal.Decision.Contradiction);
                break;
        }
        if (Events.IsControl(entry.Body.Event))
            Govern(receipt);
        nonces.Add(
            NonceBook.ScopeOf(entry.Body),
            entry.Index,
            entry.Body.DigestIn(State.Ledger),
            Kept(entry.Body.ExpiresAt)
        );
        nonces.Forget(entry.RecordedAt);
        LastRecordedAt = entry.RecordedAt;
        Size++;
    }

    /// <summary>The open proposal whose body this is, or null.</summary>
    internal OpenProposal? ProposalOf(EntryBody body)
    {
        if (open.Count == 0)
            return null;
        Digest digest = body.DigestIn(State.Ledger);
        return open.Values.FirstOrDefault(p => p.BodyDigest == digest);
    }

    /// <summary>Whether an approval's nonce was used before.</summary>
    internal bool IsUsed(Approval approval) => nonces.Find(NonceBook.ScopeOf(approval), default) is not null;

    private void Govern(Receipt receipt)
    {
        State = State.After(receipt.Entry, receipt.LeafHash);
        if (receipt.Entry.Body.Event == Events.LedgerCreated)
        {
            Policy = Genesis.Read(receipt.Entry.Body).Policy;
            Claims = new ClaimBook(Policy.Rules);
        }
    }

    private UtcTime Kept(UtcTime expires) => expires + TimeSpan.FromSeconds(State.Windows.SkewSeconds);
}
