using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>One step on the way of a decision.</summary>
/// <param name="Entry">The entry that records it.</param>
/// <param name="Time">When that was recorded.</param>
/// <param name="What">What happened.</param>
/// <param name="Who">Who did it; empty where it follows from the rules.</param>
/// <param name="Kind">Which step it is.</param>
public sealed record StoryStep(long Entry, UtcTime Time, string What, string Who, StoryKind Kind)
{
    /// <summary>For programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(("index", Entry), ("recorded_at", Time.ToString()), ("what", What), ("who", Who));
}

/// <summary>The steps on the way of a decision.</summary>
public enum StoryKind
{
    /// <summary>Claims were recorded.</summary>
    Claimed,

    /// <summary>They contradict each other.</summary>
    Contradicted,

    Proposed,

    /// <summary>Somebody approved.</summary>
    Approved,

    /// <summary>Somebody rejected.</summary>
    Rejected,

    /// <summary>A proposal ended without a record.</summary>
    Closed,

    Recorded,

    /// <summary>Another decision took its place.</summary>
    Superseded,

    Executed,
}

/// <summary>How a decision came about and what became of it, told by the entries: claims, contradiction, proposals, votes, record, execution.</summary>
/// <remarks>Fed the entries from 0 on. What settles the same contradiction belongs to one story, however often it was proposed.</remarks>
/// <param name="decision">The decision.</param>
/// <param name="nameOf">Whose a key is.</param>
public sealed class DecisionStory(Decision decision, Func<Digest, string> nameOf)
{
    private readonly List<StoryStep> steps = [];
    private readonly HashSet<long> proposals = [];
    private readonly HashSet<long> records = [];
    private readonly HashSet<Digest> claims = [.. decision.Claims.Select(claim => claim.Digest)];
    private readonly Dictionary<Digest, long> claimed = [];
    private readonly byte[][] claimNames =
    [
        .. decision.Claims.Select(claim => JsonValue.String(claim.ClaimId).ToCanonicalBytes()),
    ];

    /// <summary>The steps, in the order of their entries.</summary>
    public IReadOnlyList<StoryStep> Steps => steps;

    /// <summary>The entries that recorded the claims, by the digests of the claims.</summary>
    public IReadOnlyDictionary<Digest, long> ClaimedIn => claimed;

    /// <summary>The contradiction that it settles; null if its payload is not there any more.</summary>
    public Contradiction? Contradiction { get; private set; }

    /// <summary>Takes the next entry.</summary>
    public void Add(Receipt receipt)
    {
        if (receipt.Payload is not { } payload || !MayBelong(receipt.Entry.Body.Event, payload))
            return;
        Entry entry = receipt.Entry;
        switch (EventPayloads.Read(entry.Body.Event, payload.Root))
        {
            case ClaimsRecorded recorded:
                Claimed(entry, recorded);
                break;
            case Contradiction found when found.Id == decision.Contradiction && Contradiction is null:
                Contradiction = found;
                Note(
                    entry,
                    $"contradiction found: {found.Kind.Text()}, {found.Severity.Text()}",
                    "",
                    StoryKind.Contradicted
                );
                break;
            case Proposal { Decision: { } proposed } when proposed.Contradiction == decision.Contradiction:
                proposals.Add(entry.Index);
                Note(entry, $"proposed: {ReceiptText.Outcome(proposed)}", "", StoryKind.Proposed);
                break;
            case ApprovalRecorded vote when proposals.Contains(vote.Proposal):
                Approval said = vote.Approval;
                Note(
                    entry,
                    $"{(said.Approves ? "approved" : "rejected")} as {said.Role}",
                    nameOf(said.Key),
                    said.Approves ? StoryKind.Approved : StoryKind.Rejected
                );
                break;
            case DecisionClosed closed when proposals.Contains(closed.Proposal):
                Note(entry, $"proposal {closed.Proposal} {closed.OutcomeText}", "", StoryKind.Closed);
                break;
            case Decision recorded:
                Recorded(entry, recorded);
                break;
            case DecisionExecuted executed when records.Contains(executed.Decision):
                string note = executed.Note is { } text ? $": {text}" : "";
                Note(entry, $"executed{note}", nameOf(entry.Body.By.Key), StoryKind.Executed);
                break;
        }
    }

    // A look at the name and the bytes: most entries are another story's, and reading them takes a while.
    private bool MayBelong(string name, FrozenPayload payload) =>
        name == Events.ClaimsRecorded
            ? Array.Exists(claimNames, claim => payload.Bytes.IndexOf(claim) >= 0)
            : name == Events.ContradictionDetected || Events.Settles(name);

    private void Claimed(Entry entry, ClaimsRecorded recorded)
    {
        Claim[] ours = [.. recorded.Claims.Where(claim => claims.Contains(claim.Digest))];
        foreach (Claim claim in ours)
            claimed.TryAdd(claim.Digest, entry.Index);
        if (ours.Length > 0)
            Note(
                entry,
                Counted.Of(ours.Length, "claim"),
                string.Join(", ", ours.Select(claim => claim.Source).Distinct()),
                StoryKind.Claimed
            );
    }

    private void Recorded(Entry entry, Decision recorded)
    {
        if (recorded.Contradiction == decision.Contradiction)
        {
            records.Add(entry.Index);
            string approvers = string.Join(", ", entry.Approvals.Select(approval => nameOf(approval.Key)));
            Note(
                entry,
                $"recorded: {ReceiptText.Outcome(recorded)}",
                approvers.Length > 0 ? approvers : "the policy",
                StoryKind.Recorded
            );
        }
        else if (recorded.Key == decision.Key && records.Count > 0)
        {
            Note(entry, $"superseded: {ReceiptText.Outcome(recorded)}", "", StoryKind.Superseded);
        }
    }

    private void Note(Entry entry, string what, string who, StoryKind kind) =>
        steps.Add(new StoryStep(entry.Index, entry.RecordedAt, what, who, kind));
}
