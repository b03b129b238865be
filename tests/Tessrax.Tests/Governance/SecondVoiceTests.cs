using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What comes together where somebody speaks for somebody, a token has to come, a policy changes, or a key is stolen.</summary>
public sealed class SecondVoiceTests
{
    [Fact]
    public void Whoever_let_another_one_speak_takes_it_back_themselves()
    {
        FoldLedger ledger = Lending(out UtcTime end);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval lent = Lent(ledger, proposal, 1, "legal", end);
        ledger.Add(ledger.Vote(proposal, lent));
        Approval[] others = [ledger.AddVote(proposal, 2), ledger.AddVote(proposal, 3)];
        ledger.AddVote(proposal, 5, "legal", approves: false);
        Receipt recorded = ledger.Recorded(proposal, [lent, .. others]);
        FreshnessToken token = TokenLedger.Issue(ledger, recorded.Entry.Body, approver: 3);
        Assert.NotNull(ledger.Judge(TokenLedger.With(recorded, token)));
    }

    [Fact]
    public void What_somebody_rejects_for_another_takes_back_nothing_of_their_own()
    {
        FoldLedger ledger = Lending(out UtcTime end);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        ledger.AddVote(proposal, 1);
        ledger.Add(ledger.Vote(proposal, Lent(ledger, proposal, 1, "legal", end, approves: false)));
        Assert.Equal(2, ledger.Fold.Proposals[proposal].VotesAt(ledger.Now, ledger.Fold.State).Count);
    }

    [Fact]
    public void Nobody_who_holds_a_role_by_another_key_speaks_in_it_for_somebody_else()
    {
        FoldLedger ledger = WithEve("approver-1", "approver-5");
        Assert.Equal(ErrorCodes.NotDelegated, ledger.Judge(Lends(ledger, 2, 5))?.Code);
    }

    [Fact]
    public void Nobody_speaks_in_one_role_for_two_by_two_keys()
    {
        FoldLedger ledger = WithEve("approver-4", "approver-5");
        ledger.Add(Lends(ledger, 2, 5));
        Assert.Equal(ErrorCodes.NotDelegated, ledger.Judge(Lends(ledger, 3, 4))?.Code);
    }

    [Fact]
    public void What_is_approved_and_gets_no_token_is_passed_on_when_its_body_has_expired()
    {
        JsonValue tokens = JsonValue.Parse("""{"DECISION_RECORDED":{"entries":10,"role":"legal","valid":"PT10M"}}"""u8);
        var policy = Policy.Parse(
            Encoding.UTF8.GetBytes(SecondForm.Policy().Document.With("tokens", tokens).ToString())
        );
        var ledger = new FoldLedger(found: g => g with { Policy = policy });
        long proposal = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        UtcTime expires = ledger.Fold.Proposals[proposal].Proposal.Body.ExpiresAt;
        // By a program that is not ours: it outlives what it approves.
        Approval lasting = ledger.Approval(
            proposal,
            1,
            change: a => a with { ExpiresAt = a.IssuedAt + TimeSpan.FromDays(300) }
        );
        ledger.Add(ledger.Vote(proposal, lasting));
        ledger.Now = expires;
        Assert.DoesNotContain(Kernel.Steps(ledger.Fold, ledger.Now), step => step is CloseIntent);
        ledger.Now = expires + TimeSpan.FromMicroseconds(1);
        var end = Assert.IsType<CloseIntent>(Kernel.Steps(ledger.Fold, ledger.Now).First());
        Assert.Equal((proposal, ClosedAs.Escalated), (end.Proposal, end.Outcome));
        Assert.Null(ledger.Judge(ledger.Closing(proposal, ClosedAs.Escalated)));
    }

    [Fact]
    public void Another_policy_ends_every_delegation()
    {
        FoldLedger ledger = DelegationLedger.New();
        ledger.Add(
            ledger.Control(
                Events.ApproversDelegated,
                DelegationLedger.Made(ledger, d => d with { ExpiresAt = d.IssuedAt + TimeSpan.FromDays(7) }).ToControl()
            )
        );
        UtcTime end = ledger.Fold.State.Delegations[0].ExpiresAt;
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter("1.1.0")), TimeSpan.FromDays(2));
        Assert.Empty(ledger.Fold.State.Delegations);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Assert.NotNull(ledger.Judge(ledger.Vote(proposal, Lent(ledger, proposal, 1, "legal", end))));
    }

    [Fact]
    public void Nobody_voids_what_others_have_approved_by_letting_somebody_speak()
    {
        FoldLedger ledger = DelegationLedger.New();
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes = [ledger.AddVote(proposal, 1), ledger.AddVote(proposal, 2)];
        for (int round = 0; round < 3; round++)
        {
            ledger.Now += TimeSpan.FromSeconds(1);
            ledger.Add(ledger.Control(Events.ApproversDelegated, DelegationLedger.Made(ledger).ToControl()));
            Assert.Equal(votes, ledger.Fold.Proposals[proposal].VotesAt(ledger.Now, ledger.Fold.State));
        }
        Approval legal = ledger.AddVote(proposal, 4, "legal");
        ledger.Add(ledger.Recorded(proposal, [.. votes, legal]));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void What_was_said_under_a_wider_delegation_counts_no_more_and_keeps_nothing_out()
    {
        FoldLedger ledger = DelegationLedger.New();
        ledger.Add(ledger.Control(Events.ApproversDelegated, DelegationLedger.Made(ledger).ToControl()));
        UtcTime end = ledger.Fold.State.Delegations[0].ExpiresAt;
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        ledger.Add(ledger.Vote(proposal, Lent(ledger, proposal, 1, "legal", end)));
        Approval[] votes = [ledger.AddVote(proposal, 2), ledger.AddVote(proposal, 3)];
        ledger.Now += TimeSpan.FromSeconds(1);
        ledger.Add(ledger.Control(Events.ApproversDelegated, DelegationLedger.Made(ledger).ToControl()));
        Assert.Null(Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now));
        Approval legal = ledger.AddVote(proposal, 5, "legal");
        var record = Assert.IsType<RecordIntent>(
            Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now)
        );
        Assert.Equal([.. votes, legal], record.Approvals);
        ledger.Add(ledger.Recorded(proposal, [.. record.Approvals]));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void What_a_stolen_keys_token_let_in_is_suspect()
    {
        FoldLedger ledger = TokenLedger.New();
        Receipt pay = TokenLedger.Pay(ledger);
        long at = ledger.Add(TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body))).Entry.Index;
        Assert.NotNull(Scan(ledger, 5, at).ReasonOf(at));
        Assert.Null(Scan(ledger, 5, at + 1).ReasonOf(at));
    }

    [Fact]
    public void A_voice_that_a_stolen_key_lent_and_what_was_said_with_it_are_suspect()
    {
        FoldLedger ledger = DelegationLedger.New();
        long at = ledger
            .Add(ledger.Control(Events.ApproversDelegated, DelegationLedger.Made(ledger).ToControl()))
            .Entry.Index;
        UtcTime end = ledger.Fold.State.Delegations[0].ExpiresAt;
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        long vote = ledger.Add(ledger.Vote(proposal, Lent(ledger, proposal, 1, "legal", end))).Entry.Index;
        long own = ledger.Add(ledger.Vote(proposal, ledger.Approval(proposal, 2))).Entry.Index;
        SuspectScan scan = Scan(ledger, 5, at);
        Assert.NotNull(scan.ReasonOf(at));
        Assert.NotNull(scan.ReasonOf(vote));
        Assert.Null(scan.ReasonOf(own));
        // Lent before the key was stolen, it is said by whom it was lent to.
        Assert.Null(Scan(ledger, 5, at + 1).ReasonOf(vote));
    }

    private static FoldLedger Lending(out UtcTime end)
    {
        Policy policy = PolicyLedger.Edited(
            "1.0.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            (
                "\"version\":",
                "\"delegation\":{\"max\":\"P7D\"},\"tokens\":{\"DECISION_RECORDED\":{\"entries\":10,\"role\":\"approver\",\"valid\":\"PT10M\"}},\"version\":"
            )
        );
        var ledger = new FoldLedger(found: g => g with { Policy = policy });
        ledger.Add(ledger.Control(Events.ApproversDelegated, DelegationLedger.Made(ledger).ToControl()));
        end = ledger.Fold.State.Delegations[0].ExpiresAt;
        return ledger;
    }

    // One person holds two keys, of which neither has the role that is lent but for approver-1's and approver-4's own.
    private static FoldLedger WithEve(string one, string other) =>
        DelegationLedger.New(found: g =>
            g with
            {
                Keys =
                [
                    .. g.Keys.Select(k =>
                        k.Name == one || k.Name == other
                            ? k with
                            {
                                Person = "eve",
                                Roles = k.Name == "approver-4" ? ["legal"] : k.Roles,
                            }
                            : k
                    ),
                ],
            }
        );

    private static Receipt Lends(FoldLedger ledger, int from, int to) =>
        ledger.Control(
            Events.ApproversDelegated,
            DelegationLedger
                .Made(
                    ledger,
                    d => d with { From = KeyLedger.Id(from), To = KeyLedger.Id(to), Role = "approver" },
                    FoldLedger.Approver(from)
                )
                .ToControl()
        );

    private static Approval Lent(
        FoldLedger ledger,
        long proposal,
        int approver,
        string role,
        UtcTime end,
        bool approves = true
    ) => ledger.Approval(proposal, approver, role, approves, change: a => a with { ExpiresAt = end });

    private static SuspectScan Scan(FoldLedger ledger, int stolen, long from)
    {
        GovernanceState after = ledger.Fold.State with
        {
            Keys =
            [
                .. ledger.Fold.State.Keys.Select(k =>
                    k.Id == KeyLedger.Id(stolen)
                        ? k with
                        {
                            Ending = new KeyEnding(ledger.Fold.Size, KeyEnd.Compromised, from),
                        }
                        : k
                ),
            ],
        };
        var scan = new SuspectScan(after);
        foreach (Receipt receipt in ledger.Receipts)
            scan.Add(receipt.Entry.ToLeaf(), receipt.Payload is { } payload ? payload.Bytes : []);
        return scan;
    }
}
