using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>k-of-n by role: which approvals count, and whether they are enough.</summary>
/// <remarks>Counted by distinct key, never by name or by how often a key signed (seen failing: sigstore-go #633, sigstore-js #1702).</remarks>
public static class ApprovalRules
{
    /// <summary>Why one approval of one body does not count, or null if it does.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="body">The digest of the body that it should be for.</param>
    /// <param name="author">The key that authored the body; it may not approve it.</param>
    /// <param name="required">The roles that are asked for.</param>
    /// <param name="state">The governance state at the entry that carries the approval.</param>
    /// <param name="now">That entry's recorded_at.</param>
    public static Refusal? Judge(
        Approval approval,
        Digest body,
        Digest author,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState state,
        UtcTime now
    )
    {
        LedgerKey? key = state.Key(approval.Key);
        if (approval.Key == author)
            return Refuse(ErrorCodes.OwnProposal, $"the key {approval.Key} authored the proposal");
        if (key is null || key.Purpose != KeyPurpose.Approver || !key.Roles.Contains(approval.Role))
            return Refuse(ErrorCodes.NotAnApprover, $"the key {approval.Key} does not hold the role {approval.Role}");
        if (!required.Any(r => r.Role == approval.Role))
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
        return approval.IsSignedBy(key.Verifier.Key, state.Ledger, body)
            ? null
            : Refuse(ErrorCodes.BadSignature, $"the signature of {key.Name} does not hold for this body");
    }

    /// <summary>Why the approvals of a recorded decision, each already judged, do not carry it, or null if they do.</summary>
    public static Refusal? JudgeAll(
        IReadOnlyList<Approval> approvals,
        IReadOnlyList<RequiredApproval> required,
        string what
    )
    {
        if (required.Count == 0 && approvals.Count > 0)
            return Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries approvals that its policy does not ask for");
        if (approvals.Any(a => !a.Approves) || approvals.DistinctBy(a => a.Key).Count() != approvals.Count)
            return Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries a rejection, or two verdicts by one key");
        return Suffice(approvals, required)
            ? null
            : Refuse(ErrorCodes.NeedsApproval, $"{what} has not the approvals that its policy asks for");
    }

    /// <summary>Why the approvals that an entry carries are not exactly those that its proposal got, or not enough; null if they are.</summary>
    internal static Refusal? JudgeCarried(
        Entry entry,
        OpenProposal proposal,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState state,
        string what
    )
    {
        foreach (Approval approval in entry.Approvals)
        {
            Digest body = proposal.BodyDigest;
            if (Judge(approval, body, entry.Body.By.Key, required, state, entry.RecordedAt) is { } bad)
                return bad;
        }
        if (JudgeAll(entry.Approvals, required, what) is { } few)
            return few;
        // One verdict a key, and all on record: what was never recorded could contradict what was.
        return entry.Approvals.SequenceEqual(proposal.ApprovalsAt(entry.RecordedAt, state))
            ? null
            : Refuse(ErrorCodes.ApprovalsBroken, $"{what} carries other approvals than were recorded before it");
    }

    /// <summary>Why the approvals that an entry carries do not count for its body or are not enough, or null; where nobody can tell any more which were on record.</summary>
    internal static Refusal? JudgeAlone(
        Entry entry,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState state,
        string what
    )
    {
        Digest body = entry.Body.DigestIn(state.Ledger);
        foreach (Approval approval in entry.Approvals)
        {
            if (Judge(approval, body, entry.Body.By.Key, required, state, entry.RecordedAt) is { } bad)
                return bad;
        }
        return JudgeAll(entry.Approvals, required, what);
    }

    /// <summary>Whether approvals, each already judged, reach every quorum; distinct keys only.</summary>
    public static bool Suffice(IEnumerable<Approval> approvals, IReadOnlyList<RequiredApproval> required)
    {
        Approval[] counted = [.. approvals.Where(a => a.Approves).DistinctBy(a => a.Key)];
        return required.All(r => counted.Count(a => a.Role == r.Role) >= r.K);
    }

    /// <summary>Whether so many rejected that some quorum is out of reach.</summary>
    public static bool OutOfReach(
        IEnumerable<Approval> approvals,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState state
    )
    {
        Approval[] rejections = [.. approvals.Where(a => !a.Approves).DistinctBy(a => a.Key)];
        return rejections.Length > 0
            && required.Any(r => state.Holders(r.Role) - rejections.Count(a => a.Role == r.Role) < r.K);
    }

    private static Refusal Refuse(ErrorCode code, string message) => new(Aspect.Approvals, code, message);
}
