using Tessrax.Canonical;

namespace Tessrax.Tests.Governance.KernelModel;

// Who agreed to what, counted person by person.
internal sealed partial class KernelReference
{
    private readonly List<(int Slot, string Nonce)> nonces = [];
    private readonly List<(int Slot, string Nonce)> tokens = [];

    /// <summary>A verdict as somebody sends it.</summary>
    /// <remarks>It is signed if its signature is of this very body, in this ledger, as an approval.</remarks>
    public sealed record Sent(ModelVote Vote, bool IsSigned);

    public Answer Vote(ModelProposal proposal, Sent sent)
    {
        ModelVote vote = sent.Vote;
        if (!proposal.IsOpen)
            return ErrorCodes.Closed;
        if (Now > proposal.Expires)
            return ErrorCodes.OutsideWindow;
        if (HasVoted(proposal, vote))
            return ErrorCodes.AlreadyVoted;
        if (nonces.Contains((vote.Slot, vote.Nonce)))
            return ErrorCodes.NonceReused;
        if (vote.Slot == proposal.Author)
            return ErrorCodes.OwnProposal;
        if (Holders(proposal, vote).Count == 0)
            return Key(vote.Slot) is { IsAuthor: false, IsActive: false } ? ErrorCodes.KeyEnded
                : delegations.Exists(d => d.To == vote.Slot && d.Role == vote.Role) ? ErrorCodes.NotDelegated
                : ErrorCodes.NotAnApprover;
        if (Holders(proposal, vote).Exists(k => k.Who == Key(proposal.Author)!.Who))
            return ErrorCodes.OwnProposal;
        if (Key(proposal.Author)!.Who == Key(vote.Slot)?.Who)
            return ErrorCodes.OwnProposal;
        if (!Asked(proposal).Any(asked => asked.Role == vote.Role))
            return ErrorCodes.NotAnApprover;
        if (eras[vote.State] != eras[^1])
            return ErrorCodes.StaleGovernance;
        if (Now < vote.Issued || Now > vote.Expires)
            return ErrorCodes.OutsideWindow;
        if (!sent.IsSigned)
            return ErrorCodes.BadSignature;
        proposal.Votes.Add(vote);
        nonces.Add((vote.Slot, vote.Nonce));
        Size++;
        return Answer.Yes;
    }

    /// <summary>What was proposed, recorded with approvals.</summary>
    /// <remarks>Where it carries one that is not on record, the answer says no code.</remarks>
    public Answer Record(ModelProposal proposal, IReadOnlyList<ModelVote> carried, ModelToken? token)
    {
        if ((JudgeRecord(proposal, carried) ?? Refused(JudgeToken(proposal, token))) is { } fault)
            return fault;
        if (token is not null)
            tokens.Add((token.Slot, token.Nonce));
        proposal.IsOpen = false;
        if (proposal.Control is { } control)
            Govern(control);
        else
            settled[proposal.Subject] = proposal.Contradiction;
        Size++;
        return Answer.Yes;
    }

    public IReadOnlyList<ModelVote> Approvals(ModelProposal proposal) =>
        [.. Live(proposal).Where(v => v.Approves && Holders(proposal, v).Count > 0)];

    /// <summary>What the verdicts amount to now: null for nothing yet, "record", or "rejected".</summary>
    public string? Conclusion(ModelProposal proposal)
    {
        if (Now > proposal.Expires)
            return null;
        if (IsVetoed(proposal) || !IsSatisfied(proposal, Approvals(proposal)))
            return IsOutOfReach(proposal) ? "rejected" : null;
        // A decision waits for the token that its record carries.
        return proposal.Control is null || (DueAt(proposal) is { } due && Now < due) ? null : "record";
    }

    /// <summary>The moment before which it may not be recorded, for what lets through more than before.</summary>
    public UtcTime? DueAt(ModelProposal proposal) =>
        proposal.Control is { } control && IsDelayed(control) ? proposal.RecordedAt + Delay : null;

    public IEnumerable<(string Role, int K)> Required(ModelProposal proposal) =>
        proposal.Action switch
        {
            ModelAction.One => [("approver", Policy.One)],
            ModelAction.Both => [("approver", Policy.Both), ("legal", 1)],
            _ => Control,
        };

    private Answer? JudgeRecord(ModelProposal proposal, IReadOnlyList<ModelVote> carried)
    {
        if (!proposal.IsOpen)
            return Answer.No;
        if (proposal.Control is null && proposal.Policy != Policy)
            return ErrorCodes.PolicyDiffers;
        if (Now > proposal.Expires)
            return ErrorCodes.OutsideWindow;
        if (!Key(proposal.Author)!.IsActive)
            return ErrorCodes.KeyEnded;
        if (proposal.Control is null && (IsOvertaken(proposal) || IsSettled(proposal.Subject)))
            return ErrorCodes.DecisionDiffers;
        if (proposal.Control is { } control && Fault(control) is { } fault)
            return fault;
        if (DueAt(proposal) is { } due && Now < due)
            return ErrorCodes.DelayNotOver;
        if (IsVetoed(proposal))
            return ErrorCodes.Vetoed;
        if (carried.Any(v => !Live(proposal).Contains(v)))
            return Answer.No;
        if (carried.Any(v => !v.Approves) || carried.Distinct().Count() != carried.Count)
            return ErrorCodes.ApprovalsBroken;
        if (!IsSatisfied(proposal, carried))
            return ErrorCodes.NeedsApproval;
        return carried.SequenceEqual(Approvals(proposal)) ? null : (Answer)ErrorCodes.ApprovalsBroken;
    }

    private static Answer? Refused(ErrorCode? code) => code is null ? null : (Answer)code;

    // A decision carries one, by a lawyer who is not its author; nothing else does.
    private ErrorCode? JudgeToken(ModelProposal proposal, ModelToken? token)
    {
        if (proposal.Control is not null)
            return token is null ? null : ErrorCodes.ApprovalsBroken;
        if (token is null)
            return ErrorCodes.TokenMissing;
        if (token.Audience != proposal.Author)
            return ErrorCodes.TokenNotFor;
        if (!token.IsFitting)
            return ErrorCodes.TokenOtherBody;
        if (token.To - token.From >= TokenEntries || Size < token.From || Size > token.To)
            return ErrorCodes.TokenOutsideSize;
        if (token.Expires - token.Issued > TokenTime || Now + Skew < token.Issued || Now > token.Expires)
            return ErrorCodes.TokenOutsideTime;
        ModelKey issuer = Key(token.Slot)!;
        if (!issuer.IsActive)
            return ErrorCodes.KeyEnded;
        if (issuer.IsAuthor || !issuer.Roles.Contains("legal") || issuer.Who == Key(proposal.Author)!.Who)
            return ErrorCodes.TokenNotFor;
        if (!token.IsSigned)
            return ErrorCodes.BadSignature;
        return tokens.Contains((token.Slot, token.Nonce)) ? ErrorCodes.NonceReused : null;
    }

    // Of what changes who the approvers are, those who were and those who would be are asked, each by themselves.
    private List<ModelKey>[] Electorates(ModelProposal proposal) =>
        proposal.Control is { } control && After(control).Keys is { } next && !Same(ApproversOf(next), Approvers)
            ? [Keys, next]
            : [Keys];

    private static bool Same(IEnumerable<ModelKey> one, IEnumerable<ModelKey> other) =>
        one.Select(Text).Order().SequenceEqual(other.Select(Text).Order());

    private static string Text(ModelKey key) => $"{key.Slot} {string.Join(' ', key.Roles)}";

    // Whoever holds the role speaks for themselves, and whoever does not for who let them.
    private ModelKey? Holder(ModelProposal proposal, List<ModelKey> electorate, ModelVote vote)
    {
        ModelKey? signer = ApproversOf(electorate).FirstOrDefault(k => k.Slot == vote.Slot);
        if (signer is null || signer.Roles.Contains(vote.Role))
            return signer;
        ModelDelegation? by = delegations.Find(d =>
            d.To == vote.Slot
            && d.Role == vote.Role
            && d.Actions.Contains(Name(proposal))
            && d.Issued <= vote.Issued
            && vote.Expires <= d.Expires
        );
        // Who holds it by another key speaks for nobody else.
        return ApproversOf(electorate).Any(k => k.Who == signer.Who && k.Roles.Contains(vote.Role))
            ? null
            : ApproversOf(electorate).FirstOrDefault(k => k.Slot == by?.From && k.Roles.Contains(vote.Role));
    }

    private static string Name(ModelProposal proposal) =>
        proposal.Control?.Event ?? (proposal.Action == ModelAction.One ? "one" : "both");

    private List<ModelKey> Holders(ModelProposal proposal, ModelVote vote) =>
        [.. Electorates(proposal).Select(e => Holder(proposal, e, vote)).OfType<ModelKey>()];

    private IEnumerable<(string Role, int K)> Asked(ModelProposal proposal) =>
        [.. Required(proposal), .. Veto(proposal).Select(role => (role, 0))];

    private static string[] Veto(ModelProposal proposal) => proposal.Action == ModelAction.Both ? ["legal"] : [];

    private List<ModelVote> Live(ModelProposal proposal) =>
        [
            .. proposal.Votes.Where(
                (v, at) =>
                    v.Issued <= Now
                    && Now <= v.Expires
                    && eras[v.State] == eras[^1]
                    && !(v.Approves && proposal.Votes.Skip(at + 1).Any(l => !l.Approves && Who(l) == Who(v)))
            ),
        ];

    // Whose verdict it is: who lets another one speak has spoken.
    private string Who(ModelVote vote)
    {
        ModelKey signer = Key(vote.Slot)!;
        if (signer.Roles.Contains(vote.Role))
            return signer.Who;
        ModelDelegation? by = delegations.Find(d =>
            d.To == vote.Slot && d.Role == vote.Role && d.Issued <= vote.Issued && vote.Expires <= d.Expires
        );
        return by is null ? signer.Who : Key(by.From)!.Who;
    }

    private bool HasVoted(ModelProposal proposal, ModelVote vote)
    {
        // Where what is approved has to wait, an approval can be taken back.
        List<ModelVote> standing = Live(proposal);
        if (!vote.Approves && (proposal.Control is null || DueAt(proposal) is not null))
            standing = [.. standing.Where(v => !v.Approves)];
        if (standing.Exists(v => v.Slot == vote.Slot && v.Role == vote.Role))
            return true;
        return Holders(proposal, vote).Count > 0
            && Electorates(proposal)
                .All(e =>
                    Holder(proposal, e, vote) is not { } voter
                    || standing.Exists(v => Holder(proposal, e, v) is { } before && before.Who == voter.Who)
                );
    }

    // Of each person the first verdict counts, and in the role that it names.
    private int Count(ModelProposal proposal, List<ModelKey> electorate, IEnumerable<ModelVote> votes, string role)
    {
        var persons = new List<string>();
        int count = 0;
        foreach (ModelVote vote in votes)
        {
            if (Holder(proposal, electorate, vote) is not { } key || persons.Contains(key.Who))
                continue;
            persons.Add(key.Who);
            count += vote.Role == role ? 1 : 0;
        }
        return count;
    }

    private bool IsSatisfied(ModelProposal proposal, IReadOnlyList<ModelVote> approvals) =>
        Electorates(proposal)
            .All(e => Required(proposal).All(asked => Count(proposal, e, approvals, asked.Role) >= asked.K));

    private bool IsVetoed(ModelProposal proposal) =>
        Live(proposal).Exists(v => !v.Approves && Veto(proposal).Contains(v.Role) && Holders(proposal, v).Count > 0);

    private bool IsOutOfReach(ModelProposal proposal)
    {
        ModelVote[] against = [.. Live(proposal).Where(v => !v.Approves)];
        if (against.Length == 0)
            return false;
        return IsVetoed(proposal)
            || Electorates(proposal)
                .Any(e =>
                    against.Any(v => Holder(proposal, e, v) is not null)
                    && Required(proposal)
                        .Any(asked =>
                            Left(e, proposal.Author, asked.Role) - Count(proposal, e, against, asked.Role) < asked.K
                        )
                );
    }

    // The persons who could give an approval in a role: all who hold it, but for the author's own.
    private int Left(List<ModelKey> electorate, int author, string role) =>
        ApproversOf(electorate)
            .Where(k => k.Roles.Contains(role) && k.Who != Key(author)!.Who)
            .Select(k => k.Who)
            .Distinct()
            .Count();
}
