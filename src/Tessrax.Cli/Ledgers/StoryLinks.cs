using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>What an entry can be referred to by, and what it refers to: claims by a contradiction, that by a decision or a proposal, a proposal by votes, by its end and by its record, and a
/// record by its execution.</summary>
/// <remarks>A name is the index of an entry, the digest of a claim, the id of a contradiction, the body that is proposed, or a vote. What was erased has no other name than its index.</remarks>
/// <param name="Names">What later entries may call it.</param>
/// <param name="After">The names of what came before it.</param>
internal sealed record StoryLinks(IReadOnlyList<object> Names, IReadOnlyList<object> After)
{
    public static StoryLinks Of(Receipt receipt)
    {
        Entry entry = receipt.Entry;
        object? record =
            receipt.Payload is { } payload && !Events.IsOwn(entry.Body.Event)
                ? EventPayloads.Read(entry.Body.Event, payload.Root)
                : null;
        return record switch
        {
            ClaimsRecorded claims => Make(entry, [.. claims.Claims.Select(claim => (object)claim.Digest)], []),
            Contradiction found => Make(entry, [found.Id], [.. found.Claims.Select(claim => (object)claim.Digest)]),
            Proposal proposal => Make(
                entry,
                [proposal.Body],
                proposal.Decision is { } proposed ? [proposed.Contradiction] : []
            ),
            ApprovalRecorded vote => Make(entry, [vote.Approval], [vote.Proposal]),
            DecisionClosed closed => Make(entry, [], [closed.Proposal]),
            DecisionExecuted executed => Make(entry, [], [executed.Decision]),
            // One without approvals was never proposed.
            Decision decision when entry.Approvals.Count == 0 => Make(entry, [], [decision.Contradiction]),
            _ => Make(entry, [], entry.Approvals.Count == 0 ? [] : [entry.Body, .. entry.Approvals]),
        };
    }

    private static StoryLinks Make(Entry entry, object[] names, object[] after) => new([entry.Index, .. names], after);
}
