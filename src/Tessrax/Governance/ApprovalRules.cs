using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>k-of-n by role: which approvals count, and whether they are enough.</summary>
/// <remarks>Counted by distinct person, never by name or by how often a key signed (seen failing: sigstore-go #633, sigstore-js #1702).</remarks>
internal static class ApprovalRules
{
    /// <summary>Why one approval of one body does not count, or null if it does.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="body">The digest of the body that it should be for.</param>
    /// <param name="author">The key that authored the body; neither it nor another key of its person may approve it.</param>
    /// <param name="who">Whose approvals are asked for, at the entry that carries the approval.</param>
    /// <param name="now">That entry's recorded_at.</param>
    /// <param name="isVerified">Whether its signature of that body was verified before.</param>
    public static Refusal? Judge(
        Approval approval,
        Digest body,
        Digest author,
        Electorate who,
        UtcTime now,
        bool isVerified = false
    )
    {
        GovernanceState state = who.State;
        if (approval.Key == author)
            return Refuse(ErrorCodes.OwnProposal, $"the key {approval.Key} authored the proposal");
        if (who.Holder(approval) is not { } key || who.Signer(approval) is not { } signer)
            return NoHolder(approval, state);
        if (state.IsSamePerson(approval.Key, author))
            return Refuse(
                ErrorCodes.OwnProposal,
                $"{signer.Person}, who holds the key {approval.Key}, authored the proposal"
            );
        if (key.Person is { } person && state.Key(author)?.Person == person)
            return Refuse(ErrorCodes.OwnProposal, $"{person}, who holds the key {approval.Key}, authored the proposal");
        if (!who.IsAsked(approval))
            return Refuse(ErrorCodes.NotAnApprover, $"the role {approval.Role} of {key.Name} is not asked for here");
        if (!state.Accepts(approval.Gov))
            return Refuse(
                ErrorCodes.StaleGovernance,
                $"{key.Name} signed under the governance state {approval.Gov}, whose rules are not the present ones"
            );
        if (
            EntryRules.JudgeWindow(approval.IssuedAt, approval.ExpiresAt, now, state, $"the approval of {key.Name}") is
            { } late
        )
            return late;
        return isVerified || approval.IsSignedBy(signer.Verifier.Key, state.Ledger, body)
            ? null
            : Refuse(ErrorCodes.BadSignature, $"the signature of {signer.Name} does not hold for this body");
    }

    /// <summary>Why the approvals of a recorded decision, each already judged, do not carry it, or null if they do.</summary>
    public static Refusal? JudgeAll(IReadOnlyList<Approval> approvals, Electorate who, string what)
    {
        if (!who.AsksAnybody && approvals.Count > 0)
            return Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries approvals that its policy does not ask for");
        if (approvals.Any(a => !a.Approves) || !who.AreDistinct(approvals))
            return Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries a rejection, or two verdicts by one person");
        return who.IsSatisfiedBy(approvals)
            ? null
            : Refuse(ErrorCodes.NeedsApproval, $"{what} has not the approvals that its policy asks for");
    }

    /// <summary>Why the approvals that an entry carries are not exactly those that its proposal got, or not enough; null if they are.</summary>
    public static Refusal? JudgeCarried(Entry entry, OpenProposal proposal, Electorate who, string what)
    {
        if (who.IsVetoed(proposal.VotesAt(entry.RecordedAt, who.State)))
            return Refuse(ErrorCodes.Vetoed, $"{what} was rejected in a role that may veto it");
        // What is on record was verified when it was recorded.
        if (JudgeEach(entry, proposal.BodyDigest, who, what, proposal.Votes) is { } bad)
            return bad;
        // One verdict a person, and all on record: what was never recorded could contradict what was.
        return entry.Approvals.SequenceEqual(proposal.ApprovalsAt(entry.RecordedAt, who.State, who))
            ? null
            : Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries other approvals than were recorded before it");
    }

    /// <summary>Why the approvals that an entry carries do not count for its body or are not enough, or null; where nobody can tell any more which were on record.</summary>
    public static Refusal? JudgeAlone(Entry entry, Electorate who, string what) =>
        JudgeEach(entry, entry.Body.DigestIn(who.State.Ledger), who, what, []);

    private static Refusal? JudgeEach(
        Entry entry,
        Digest body,
        Electorate who,
        string what,
        IReadOnlyList<Approval> verified
    )
    {
        foreach (Approval approval in entry.Approvals)
        {
            bool isVerified = verified.Contains(approval);
            if (Judge(approval, body, entry.Body.By.Key, who, entry.RecordedAt, isVerified) is { } bad)
                return bad;
        }
        return JudgeAll(entry.Approvals, who, what);
    }

    private static Refusal NoHolder(Approval approval, GovernanceState state) =>
        state.Key(approval.Key) is { Purpose: KeyPurpose.Approver, Ending: { } ending }
            ? Refuse(ErrorCodes.KeyEnded, $"the key {approval.Key} ended at {ending.Until}: {ending.CauseText}")
        : state.Delegations.Any(d => d.To == approval.Key && d.Role == approval.Role)
            ? Refuse(
                ErrorCodes.NotDelegated,
                $"the key {approval.Key} may speak as {approval.Role} for another, but not about this, or not for as long as its approval is valid"
            )
        : Refuse(ErrorCodes.NotAnApprover, $"the key {approval.Key} does not hold the role {approval.Role}");

    private static Refusal Refuse(ErrorCode code, string message) => new(Aspect.Approvals, code, message);
}
