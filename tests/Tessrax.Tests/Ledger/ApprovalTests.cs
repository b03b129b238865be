using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>Which verdicts count, and when they are enough.</summary>
public sealed class ApprovalTests
{
    private readonly SampleLedger ledger = new();
    private readonly long proposal;

    public ApprovalTests() => proposal = ledger.Settle("B", 1.0, 9.0);

    [Fact]
    public void Two_of_three_approvals_carry_the_decision()
    {
        ledger.Vote(proposal, 11, true);
        ledger.Vote(proposal, 13, true);
        ledger.Record(proposal);
        Assert.Empty(ledger.Fold.Proposals);
    }

    [Fact]
    public void One_is_not_enough_and_the_same_key_counts_once()
    {
        ledger.Vote(proposal, 11, true);
        Refuses(ErrorCodes.NeedsApproval, () => ledger.Record(proposal));
        Refuses(ErrorCodes.AlreadyVoted, () => ledger.Vote(proposal, 11, true));
        Approval vote = ledger.Fold.Proposals[proposal].Votes[0];
        Refuses(ErrorCodes.ApprovalsBroken, () => RecordWith([vote, vote]));
    }

    [Fact]
    public void A_rejection_does_not_count_as_an_approval()
    {
        ledger.Vote(proposal, 11, true);
        ledger.Vote(proposal, 12, false);
        Refuses(ErrorCodes.ApprovalsBroken, () => RecordWith(ledger.Fold.Proposals[proposal].Votes));
    }

    [Fact]
    public void An_approval_that_was_not_recorded_does_not_carry_a_decision()
    {
        Approval unrecorded = ledger.Verdict(proposal, 12, true).Approval;
        ledger.Vote(proposal, 11, true);
        // The holder of key 12 changed her mind on record.
        ledger.Vote(proposal, 12, false);
        Approval first = ledger.Fold.Proposals[proposal].Votes[0];
        Refuses(ErrorCodes.ApprovalsBroken, () => RecordWith([first, unrecorded]));
    }

    [Fact]
    public void Refuses_a_verdict_by_a_key_without_the_role()
    {
        Approval approval = Signed(a => a with { Role = "board" }, 11);
        RefusesVote(ErrorCodes.NotAnApprover, approval);
        RefusesVote(ErrorCodes.NotAnApprover, Signed(a => a with { Key = SampleLedger.IdOf(99) }, 99));
        RefusesVote(ErrorCodes.OwnProposal, Signed(a => a with { Key = SampleLedger.IdOf(2) }, 2));
    }

    [Fact]
    public void Refuses_a_verdict_under_another_governance_state()
    {
        RefusesVote(ErrorCodes.StaleGovernance, Signed(a => a with { Gov = ledger.Id }, 11));
    }

    [Fact]
    public void Refuses_a_verdict_outside_its_window()
    {
        RefusesVote(
            ErrorCodes.OutsideWindow,
            Signed(a => a with { IssuedAt = ledger.Now + TimeSpan.FromMicroseconds(1) }, 11)
        );
        RefusesVote(
            ErrorCodes.OutsideWindow,
            Signed(a => a with { ExpiresAt = ledger.Now + TimeSpan.FromSeconds(-1) }, 11)
        );
        RefusesVote(
            ErrorCodes.OutsideWindow,
            Signed(a => a with { ExpiresAt = ledger.Now + TimeSpan.FromDays(367) }, 11)
        );
    }

    [Fact]
    public void Refuses_a_verdict_that_was_changed_after_it_was_signed()
    {
        Approval rejection = ledger.Verdict(proposal, 11, false).Approval;
        RefusesVote(ErrorCodes.BadSignature, rejection with { Approves = true });
    }

    [Fact]
    public void Refuses_a_nonce_that_the_key_used_before()
    {
        Approval vote = ledger.Verdict(proposal, 11, true).Approval;
        ledger.Append(Events.ApprovalRecorded, new ApprovalRecorded(proposal, vote).ToJson(), VoucherKind.Log);
        long second = ledger.Settle("D", 1.0, 9.0);
        OpenProposal open = ledger.Fold.Proposals[second];
        Approval again = SampleSign(vote, 11, open.BodyDigest);
        Refuses(ErrorCodes.NonceReused, () => Vote(second, again));
        Vote(second, SampleSign(vote with { Nonce = Convert.ToBase64String(new byte[16]) }, 11, open.BodyDigest));
    }

    [Fact]
    public void Refuses_a_verdict_on_what_is_not_open()
    {
        Approval vote = ledger.Verdict(proposal, 11, true).Approval;
        Refuses(ErrorCodes.Closed, () => Vote(proposal + 1, vote));
    }

    [Fact]
    public void Refuses_a_decision_that_was_never_proposed()
    {
        Decision decision = ledger.Fold.Proposals[proposal].Proposal.Decision!;
        Refuses(ErrorCodes.NeedsApproval, () => ledger.Append(Events.DecisionRecorded, decision.ToJson()));
    }

    [Fact]
    public void Closes_a_proposal_only_as_what_it_is()
    {
        foreach (ClosedAs outcome in Enum.GetValues<ClosedAs>())
            Refuses(ErrorCodes.ApprovalsBroken, () => Close(outcome));
        ledger.Vote(proposal, 11, false);
        Refuses(ErrorCodes.ApprovalsBroken, () => Close(ClosedAs.Rejected));
        ledger.Vote(proposal, 12, false);
        Close(ClosedAs.Rejected);
        Refuses(ErrorCodes.Closed, () => Close(ClosedAs.Rejected));
    }

    [Fact]
    public void What_the_approver_reads_is_what_the_signature_covers()
    {
        ApprovalRequest request = ApprovalRequest.From(ledger.Fold);
        Proposal shown = request.Proposals[0].Proposal;
        Decision other = Decision.FromJson(shown.Decision!.ToJson().With("reason", "another"));
        var doctored = request with { Proposals = [new RequestedProposal(proposal, shown with { Decision = other })] };
        Refuses(
            ErrorCodes.CommitmentBroken,
            () =>
                doctored.Sign(
                    proposal,
                    SampleLedger.IdOf(11),
                    true,
                    ledger.Now,
                    new byte[16],
                    m => SampleLedger.KeyOf(11).Sign(m)
                )
        );
    }

    private static void Refuses(ErrorCode code, Action act) => EntryTests.Refuses(code, act);

    private void Close(ClosedAs outcome) =>
        ledger.Append(Events.DecisionClosed, new DecisionClosed(proposal, outcome).ToJson());

    private void Vote(long index, Approval approval) =>
        ledger.Append(Events.ApprovalRecorded, new ApprovalRecorded(index, approval).ToJson(), VoucherKind.Log);

    private void RefusesVote(ErrorCode code, Approval approval) => Refuses(code, () => Vote(proposal, approval));

    private Approval Signed(Func<Approval, Approval> change, byte seed)
    {
        Approval unsigned = ledger.Verdict(proposal, 11, true).Approval;
        return SampleSign(change(unsigned), seed, ledger.Fold.Proposals[proposal].BodyDigest);
    }

    private Approval SampleSign(Approval approval, byte seed, Digest body) =>
        approval with
        {
            Signature = Convert.ToBase64String(SampleLedger.KeyOf(seed).Sign(approval.SignedBytes(ledger.Id, body))),
        };

    private void RecordWith(IReadOnlyList<Approval> approvals)
    {
        OpenProposal open = ledger.Fold.Proposals[proposal];
        Entry entry = ledger.Place(open.Proposal.Body, open.Proposal.Signature) with { Approvals = approvals };
        var receipt = Receipt.Create(
            entry,
            FrozenPayload.From(open.Proposal.Decision!.ToJson()),
            Convert.FromBase64String(open.Proposal.Salt!)
        );
        if (ledger.Fold.Judge(receipt, out _) is { } refusal)
            throw refusal.ToException();
    }
}
