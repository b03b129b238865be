using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>k-of-n by role: which verdicts count, how often, and what carries a decision.</summary>
public sealed class ApprovalVoteTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);
    private static readonly Digest Other = HashEngine.Sha256.Hash("another"u8);
    private readonly FoldLedger ledger = new();
    private readonly long open;

    public ApprovalVoteTests() => open = ledger.Propose(ledger.Contradict("B", 1, 9));

    [Fact]
    public void Refuses_an_approval_signed_for_another_body_ledger_or_state()
    {
        OpenProposal proposal = ledger.Fold.Proposals[open];
        Assert.Null(Vote(ledger.Approval(open, 1)));
        Refused(ErrorCodes.BadSignature, ledger.Approval(open, 1, signed: a => a.SignedBytes(ledger.Id, Other)));
        Refused(
            ErrorCodes.BadSignature,
            ledger.Approval(open, 1, signed: a => a.SignedBytes(Other, proposal.BodyDigest))
        );
        Refused(ErrorCodes.StaleGovernance, ledger.Approval(open, 1, change: a => a with { Gov = Other }));
        // Signed under another state, and the state edited in afterwards.
        Approval edited = ledger.Approval(open, 1, change: a => a with { Gov = Other }) with
        {
            Gov = ledger.Fold.State.Digest,
        };
        Refused(ErrorCodes.BadSignature, edited);
    }

    [Fact]
    public void Refuses_an_approval_whose_words_were_changed_after_signing()
    {
        Approval signed = ledger.Approval(open, 4);
        Approval[] changed =
        [
            signed with
            {
                Approves = false,
            },
            signed with
            {
                Role = "legal",
            },
            signed with
            {
                Nonce = ledger.Nonce(),
            },
            signed with
            {
                IssuedAt = signed.IssuedAt + -Tick,
            },
            signed with
            {
                ExpiresAt = signed.ExpiresAt + -Tick,
            },
            signed with
            {
                Signature = ledger.Approval(open, 1).Signature,
            },
        ];
        Assert.All(changed, approval => Refused(ErrorCodes.BadSignature, approval));
        Assert.Null(Vote(signed));
    }

    [Fact]
    public void Refuses_keys_that_hold_no_such_role_and_the_author_above_all()
    {
        Refused(ErrorCodes.NotAnApprover, ledger.Approval(open, 1, "legal"));
        Refused(ErrorCodes.NotAnApprover, ledger.Approval(open, 5, "approver"));
        Refused(ErrorCodes.NotAnApprover, ledger.Approval(open, 6));
        Refused(ErrorCodes.OwnProposal, By(FoldLedger.Author));
        Refused(ErrorCodes.NotAnApprover, By(FoldLedger.SecondAuthor));
        Refused(ErrorCodes.NotAnApprover, By(FoldLedger.Log));
        long one = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        Refusal? refusal = ledger.Judge(ledger.Vote(one, ledger.Approval(one, 5, "legal")));
        Assert.Equal(ErrorCodes.NotAnApprover, refusal?.Code);
    }

    [Fact]
    public void Counts_one_key_once_whatever_it_signs()
    {
        ledger.AddVote(open, 4);
        Refused(ErrorCodes.AlreadyVoted, ledger.Approval(open, 4));
        Refused(ErrorCodes.AlreadyVoted, ledger.Approval(open, 4, "legal"));
        Refused(ErrorCodes.AlreadyVoted, ledger.Approval(open, 4, approves: false));
    }

    [Fact]
    public void Refuses_a_verdict_whose_nonce_was_used_on_another_proposal()
    {
        Approval first = ledger.AddVote(open, 1);
        long second = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        Approval again = ledger.Approval(second, 1, change: a => a with { Nonce = first.Nonce });
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(ledger.Vote(second, again))?.Code);
        Approval moved = first;
        Assert.NotNull(ledger.Judge(ledger.Vote(second, moved)));
    }

    [Fact]
    public void Refuses_a_verdict_outside_its_window_and_on_what_has_expired()
    {
        UtcTime now = ledger.Now;
        UtcTime end = ledger.Fold.Proposals[open].Proposal.Body.ExpiresAt;
        Refused(ErrorCodes.OutsideWindow, ledger.Approval(open, 1, change: a => a with { IssuedAt = now + Tick }));
        Refused(
            ErrorCodes.OutsideWindow,
            ledger.Approval(
                open,
                1,
                change: a => a with { IssuedAt = now + -FoldLedger.Validity, ExpiresAt = now + -Tick }
            )
        );
        Refused(
            ErrorCodes.OutsideWindow,
            ledger.Approval(open, 1, change: a => a with { ExpiresAt = now + TimeSpan.FromDays(366) + Tick })
        );
        ledger.Now = end;
        Assert.Null(Vote(ledger.Approval(open, 1)));
        ledger.Now = end + Tick;
        Approval late = ledger.Approval(open, 1, change: a => a with { ExpiresAt = ledger.Now + FoldLedger.Validity });
        Refused(ErrorCodes.OutsideWindow, late);
    }

    [Fact]
    public void Refuses_verdicts_on_proposals_that_are_not_open()
    {
        Approval approval = ledger.Approval(open, 1);
        Assert.Equal(ErrorCodes.Closed, ledger.Judge(ledger.Vote(0, approval))?.Code);
        Assert.Equal(ErrorCodes.Closed, ledger.Judge(ledger.Vote(999, approval))?.Code);
        Carry(out Approval[] votes);
        ledger.Add(ledger.Recorded(open, votes));
        Assert.Equal(ErrorCodes.Closed, ledger.Judge(ledger.Vote(open, approval))?.Code);
    }

    [Fact]
    public void Lets_a_key_vote_again_once_its_verdict_has_lapsed()
    {
        Approval brief = ledger.Approval(open, 1, change: a => a with { ExpiresAt = a.IssuedAt + Tick });
        ledger.Add(ledger.Vote(open, brief));
        Approval[] others = [ledger.AddVote(open, 2), ledger.AddVote(open, 5, "legal")];
        ledger.Now += FoldLedger.Validity;
        Assert.Equal(ErrorCodes.OutsideWindow, ledger.Judge(ledger.Recorded(open, [brief, .. others]))?.Code);
        Assert.Equal(ErrorCodes.NeedsApproval, ledger.Judge(ledger.Recorded(open, others))?.Code);
        Approval again = ledger.AddVote(open, 1);
        ledger.Add(ledger.Recorded(open, [.. others, again]));
    }

    [Fact]
    public void Carries_a_decision_with_exactly_the_approvals_on_record()
    {
        Carry(out Approval[] votes);
        Approval unrecorded = ledger.Approval(open, 3);
        Judged(ErrorCodes.NeedsApproval, []);
        Judged(ErrorCodes.NeedsApproval, votes[..2]);
        Judged(ErrorCodes.NeedsApproval, votes[1..]);
        Judged(ErrorCodes.ApprovalsBroken, [votes[0], votes[0], votes[2]]);
        Judged(ErrorCodes.ApprovalsBroken, [.. votes, votes[0]]);
        Judged(ErrorCodes.ApprovalsBroken, [votes[2], votes[1], votes[0]]);
        Judged(ErrorCodes.ApprovalsBroken, [.. votes, unrecorded]);
        Judged(ErrorCodes.ApprovalsBroken, [unrecorded, votes[1], votes[2]]);
        Judged(ErrorCodes.ApprovalsBroken, [.. votes, ledger.Approval(open, 3, approves: false)]);
        Judged(null, votes);
    }

    [Fact]
    public void Counts_a_key_with_two_roles_for_one_of_them()
    {
        // 4 holds both roles; as an approver it is one of two, but then nobody has spoken for legal.
        Approval[] votes = [ledger.AddVote(open, 4), ledger.AddVote(open, 1)];
        Judged(ErrorCodes.NeedsApproval, votes);
        Approval legal = ledger.Approval(open, 4, "legal");
        Judged(ErrorCodes.ApprovalsBroken, [.. votes, legal]);
        Electorate who = ledger.Fold.ElectorateOf(ledger.Fold.Proposals[open].Proposal);
        Assert.False(who.IsSatisfiedBy([.. votes, legal]));
        ledger.AddVote(open, 5, "legal");
        Judged(null, [.. ledger.Fold.Proposals[open].Votes]);
    }

    [Fact]
    public void Closes_as_rejected_only_when_the_quorum_is_out_of_reach()
    {
        // Of four approvers two are needed: two rejections leave two.
        for (int approver = 1; approver <= 3; approver++)
        {
            Assert.Equal(ErrorCodes.ApprovalsBroken, ledger.Judge(ledger.Closing(open, ClosedAs.Rejected))?.Code);
            ledger.AddVote(open, approver, approves: false);
        }
        ledger.Add(ledger.Closing(open, ClosedAs.Rejected));
        Assert.Empty(ledger.Fold.Proposals);
    }

    private Refusal? Vote(Approval approval) => ledger.Judge(ledger.Vote(open, approval));

    private void Refused(ErrorCode code, Approval approval) => Assert.Equal(code, Vote(approval)?.Code);

    private void Judged(ErrorCode? code, Approval[] approvals) =>
        Assert.Equal(code, ledger.Judge(ledger.Recorded(open, approvals))?.Code);

    private void Carry(out Approval[] votes) =>
        votes = [ledger.AddVote(open, 1), ledger.AddVote(open, 2), ledger.AddVote(open, 5, "legal")];

    private Approval By(PrivateKey key)
    {
        Approval approval = ledger.Approval(open, 1) with { Key = key.PublicKey.Id };
        byte[] signature = key.Sign(approval.SignedBytes(ledger.Id, ledger.Fold.Proposals[open].BodyDigest));
        return approval with { Signature = Convert.ToBase64String(signature) };
    }
}
