using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>An approver lets another one speak: in one role, about a few things, for a while; one verdict a principal, whoever gives it.</summary>
public sealed class DelegationTests
{
    private readonly FoldLedger ledger = DelegationLedger.New();

    [Fact]
    public void The_delegates_approval_counts_as_that_of_whoever_let_them_speak()
    {
        Record(DelegationLedger.Made(ledger));
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval legal = Speak(proposal);
        ledger.Add(ledger.Vote(proposal, legal));
        // It replaces a verdict and adds none: neither the principal votes again, nor is the delegate's own verdict used up.
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 5, "legal")));
        Approval own = ledger.AddVote(proposal, 1);
        Refused(ErrorCodes.NeedsApproval, ledger.Recorded(proposal, legal, own));
        Approval other = ledger.AddVote(proposal, 2);
        ledger.Add(ledger.Recorded(proposal, legal, own, other));
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        long last = ledger.Fold.Size - 1;
        Assert.True(BundleVerifier.Verify(ledger.Bundle(last).ToBytes(), ledger.Trust, TimeProvider.System).Holds);
        // A bundle that leaves the delegation out is refuted.
        byte[] without = ledger.Bundle(last, r => r.Entry.Body.Event != Events.ApproversDelegated).ToBytes();
        Assert.False(BundleVerifier.Verify(without, ledger.Trust, TimeProvider.System).Holds);
        Assert.Equal(ledger.Fold.State.Digest, TokenLedger.Opened(ledger).State.Digest);
    }

    [Fact]
    public void A_request_lets_the_delegate_sign_for_as_long_as_the_delegation_holds()
    {
        Record(DelegationLedger.Made(ledger));
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        ApprovalRequest request = ApprovalRequest.Parse(ApprovalRequest.From(ledger.Fold).ToBytes());
        ApprovalRecorded signed = request.Sign(
            proposal,
            KeyLedger.Id(1),
            true,
            ledger.Now,
            ledger.Draw(16),
            m => FoldLedger.Approver(1).Sign(m),
            "legal"
        );
        Assert.Equal(ledger.Fold.State.Delegations[0].ExpiresAt, signed.Approval.ExpiresAt);
        ledger.Add(ledger.Vote(proposal, signed.Approval));
    }

    [Fact]
    public void It_covers_no_other_action_role_or_time()
    {
        Record(DelegationLedger.Made(ledger));
        long high = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        long both = ledger.Propose(ledger.Contradict("B", 1, 9));
        UtcTime end = ledger.Fold.State.Delegations[0].ExpiresAt;
        Refused(ErrorCodes.NotDelegated, ledger.Vote(high, Speak(high)));
        Refused(ErrorCodes.NotAnApprover, ledger.Vote(both, ledger.Approval(both, 2, "legal")));
        Refused(
            ErrorCodes.NotDelegated,
            ledger.Vote(both, Speak(both, a => a with { ExpiresAt = end + TimeSpan.FromMicroseconds(1) }))
        );
        ledger.Now = end;
        Assert.Null(ledger.Judge(ledger.Vote(both, Speak(both))));
        ledger.Now = end + TimeSpan.FromMicroseconds(1);
        Refused(ErrorCodes.OutsideWindow, ledger.Vote(both, Speak(both, a => a with { IssuedAt = end })));
    }

    [Fact]
    public void Only_who_holds_the_role_passes_it_on_and_to_another_person()
    {
        Bent(ErrorCodes.BadSignature, d => d, FoldLedger.Approver(4));
        Bent(ErrorCodes.NotDelegated, d => d with { From = KeyLedger.Id(2) }, FoldLedger.Approver(2));
        Bent(ErrorCodes.NotDelegated, d => d with { To = KeyLedger.Id(4) });
        Bent(ErrorCodes.BadValue, d => d with { To = ledger.Fold.State.Key(FoldLedger.Author.PublicKey.Id)!.Id });
        Bent(
            ErrorCodes.NotDelegated,
            d => d with { ExpiresAt = d.IssuedAt + DelegationLedger.Longest + TimeSpan.FromMicroseconds(1) }
        );
        Bent(null, d => d with { ExpiresAt = d.IssuedAt + DelegationLedger.Longest });
        Bent(ErrorCodes.NotDelegated, d => d with { Actions = ["nothing"] });
        Bent(
            ErrorCodes.NotDelegated,
            d => d with { IssuedAt = d.IssuedAt + (-TimeSpan.FromHours(24)) + (-TimeSpan.FromMicroseconds(1)) }
        );
        FoldLedger one = DelegationLedger.New(found: g =>
            g with
            {
                Keys = [.. g.Keys.Select(k => k.Name is "approver-1" or "approver-5" ? k with { Person = "eve" } : k)],
            }
        );
        KeyLedger.Refused(
            one,
            ErrorCodes.NotDelegated,
            one.Control(Events.ApproversDelegated, DelegationLedger.Made(one).ToControl())
        );
        var plain = new FoldLedger();
        KeyLedger.Refused(
            plain,
            ErrorCodes.NotDelegated,
            plain.Control(Events.ApproversDelegated, DelegationLedger.Made(plain).ToControl())
        );

        void Bent(ErrorCode? code, Func<Delegation, Delegation> change, PrivateKey? signer = null) =>
            Assert.Equal(
                code,
                ledger
                    .Judge(
                        ledger.Control(
                            Events.ApproversDelegated,
                            DelegationLedger.Made(ledger, change, signer).ToControl()
                        )
                    )
                    ?.Code
            );
    }

    [Fact]
    public void A_later_one_takes_the_place_of_an_earlier_and_the_earlier_never_comes_back()
    {
        ApproversDelegated wide = DelegationLedger.Made(ledger);
        Record(wide);
        ledger.Now += TimeSpan.FromMinutes(1);
        Record(DelegationLedger.Made(ledger, d => d with { ExpiresAt = ledger.Now + TimeSpan.FromMinutes(1) }));
        ledger.Now += TimeSpan.FromMinutes(2);
        Assert.Single(ledger.Fold.State.Delegations);
        Refused(ErrorCodes.NotDelegated, ledger.Control(Events.ApproversDelegated, wide.ToControl()));
        // Another control event leaves it there as long as the earlier one could come.
        ledger.Add(ledger.Epoch());
        Assert.Single(ledger.Fold.State.Delegations);
        ledger.Now += TimeSpan.FromHours(24);
        Refused(ErrorCodes.NotDelegated, ledger.Control(Events.ApproversDelegated, wide.ToControl()));
        ledger.Add(ledger.Epoch());
        Assert.Empty(ledger.Fold.State.Delegations);
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Nobody_speaks_for_the_author_or_as_the_author()
    {
        foreach (string own in (string[])["approver-1", "approver-5"])
        {
            FoldLedger of = DelegationLedger.New(found: g =>
                g with
                {
                    Keys =
                    [
                        .. g.Keys.Select(k =>
                            k.Name == own || k.Purpose == KeyPurpose.Author ? k with { Person = "eve" } : k
                        ),
                    ],
                }
            );
            of.Add(of.Control(Events.ApproversDelegated, DelegationLedger.Made(of).ToControl()));
            long proposal = of.Propose(of.Contradict("B", 1, 9));
            UtcTime end = of.Fold.State.Delegations[0].ExpiresAt;
            Approval vote = of.Approval(proposal, 1, "legal", change: a => a with { ExpiresAt = end });
            KeyLedger.Refused(of, ErrorCodes.OwnProposal, of.Vote(proposal, vote));
        }
    }

    [Fact]
    public void One_rejection_by_a_role_that_may_veto_is_enough()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Assert.Null(ledger.Judge(ledger.Recorded(proposal, votes)));
        // Of two holders of the role one approved, which is all that is asked; the other vetoes.
        ledger.AddVote(proposal, 4, "legal", approves: false);
        Refused(ErrorCodes.Vetoed, ledger.Recorded(proposal, votes));
        Assert.Equal(
            new CloseIntent(proposal, ClosedAs.Rejected),
            Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now)
        );
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
        // A rejection in a role that may not veto ends nothing.
        long other = ledger.Propose(ledger.Contradict("C", 1, 9));
        ledger.AddVote(other, 3, approves: false);
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(other, ClosedAs.Rejected));
    }

    private Approval Speak(long proposal, Func<Approval, Approval>? change = null)
    {
        UtcTime end = ledger.Fold.State.Delegations[0].ExpiresAt;
        return ledger.Approval(
            proposal,
            1,
            "legal",
            change: a => change?.Invoke(a with { ExpiresAt = end }) ?? a with { ExpiresAt = end }
        );
    }

    private void Record(ApproversDelegated delegated) =>
        ledger.Add(ledger.Control(Events.ApproversDelegated, delegated.ToControl()));

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
