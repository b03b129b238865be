using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Under a policy of the second form: why a decision is so, to whom it is passed on and when, what is decided again, and what was done.</summary>
public sealed class SecondFormTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(1);
    private readonly FoldLedger ledger = SecondForm.Ledger();

    [Fact]
    public void A_decision_says_why_and_why_not_otherwise()
    {
        ledger.AddClaims(
            FoldLedger.Claim("a", "A", 9, "s1", 1),
            FoldLedger.Claim("b", "A", 6.5, "s2", 2),
            FoldLedger.Claim("c", "A", 6.5, "s3", 3)
        );
        Decision decision = ledger.Decision(FoldLedger.Key("A"));
        DecisionGrounds grounds = decision.Grounds!;
        Assert.Equal(
            (Because.Worst, 1, 1, 3, 0),
            (grounds.Because, grounds.Equal, grounds.For, grounds.Of, grounds.Level)
        );
        Assert.Equal(
            [
                new OtherRule("resolution.low", null, NotBecause.NotOfThisSeverity, null),
                new OtherRule("resolution.moderate", null, NotBecause.NotOfThisSeverity, null),
                new OtherRule("resolution.critical", null, NotBecause.NotOfThisSeverity, null),
                new OtherRule(null, Strategy.PreferSource, NotBecause.SameClaim, null),
                new OtherRule(null, Strategy.Median, NotBecause.OtherClaim, "b"),
                new OtherRule(null, Strategy.Majority, NotBecause.OtherClaim, "b"),
                new OtherRule(null, Strategy.Newest, NotBecause.OtherClaim, "c"),
            ],
            grounds.Others
        );
        JsonValue json = decision.ToJson();
        Assert.Null(json["reason"]);
        Assert.Null(json["explanation"]);
        Assert.Equal(decision, Decision.FromJson(json));
        // Sentences for people are made of it all the same.
        Assert.Contains("9 by s1, the most severe", decision.Explanation, StringComparison.Ordinal);
        Assert.Contains("1 of 3 say so; needs 1 of approver", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strategy_that_has_no_order_is_said_to_have_none()
    {
        Claim[] claims =
        [
            .. new[] { "x", "y", "y" }.Select(
                (value, i) =>
                    Claim.FromJson(
                        FoldLedger.Claim($"{i}", "A", 1, $"s{i}").ToJson().Without("value").With("value", value)
                    )
            ),
        ];
        DecisionGrounds grounds = Decider.Replay(SecondForm.Policy(), FoldLedger.Key("A"), claims)!.Grounds!;
        Assert.Equal((Because.MostSaid, 2, 2), (grounds.Because, grounds.Equal, grounds.For));
        Assert.Equal(NotBecause.NoOrder, grounds.Others.Single(o => o.Strategy == Strategy.MostSevere).Because);
        Assert.Equal(NotBecause.NoOrder, grounds.Others.Single(o => o.Strategy == Strategy.Median).Because);
    }

    [Fact]
    public void The_first_form_stays_as_it_was()
    {
        var first = new FoldLedger();
        Decision decision = first.Decision(first.Contradict("A", 9, 6.5));
        Assert.Null(decision.Grounds);
        Assert.NotNull(decision.ToJson()["explanation"]);
        long proposal = first.Propose(FoldLedger.Key("A"));
        first.Now += SecondForm.After;
        Assert.Null(first.Fold.EscalatesAt(first.Fold.Proposals[proposal]));
        KeyLedger.Refused(first, ErrorCodes.ApprovalsBroken, first.Closing(proposal, ClosedAs.Escalated));
    }

    [Fact]
    public void What_nobody_decides_in_time_is_passed_on_to_others()
    {
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        long proposal = ledger.Propose(key);
        UtcTime due = ledger.Now + SecondForm.After;
        Assert.Equal(due, ledger.Fold.EscalatesAt(ledger.Fold.Proposals[proposal]));
        ledger.Now = due + -Moment;
        Refused(ErrorCodes.EscalationTooEarly, ledger.Closing(proposal, ClosedAs.Escalated));
        Assert.Empty(Kernel.Steps(ledger.Fold, ledger.Now));
        ledger.Now = due;
        var end = new CloseIntent(proposal, ClosedAs.Escalated);
        Assert.Equal([end], Kernel.Ended(ledger.Fold, ledger.Now));
        ledger.Add(ledger.Closing(proposal, ClosedAs.Escalated));
        var again = (DecideIntent)Assert.Single(Kernel.Settle(ledger.Fold, key, ledger.Now));
        Assert.Equal((1, "both", "urgent"), (again.Decision.Level, again.Decision.Action, again.Decision.Lane));
        long second = ledger.Propose(key);
        // The last in the row is not passed on any more.
        Assert.Null(ledger.Fold.EscalatesAt(ledger.Fold.Proposals[second]));
        ledger.Add(
            ledger.Recorded(
                second,
                ledger.AddVote(second, 1),
                ledger.AddVote(second, 2),
                ledger.AddVote(second, 5, "legal")
            )
        );
        Assert.True(ledger.Fold.IsSettled(ledger.Fold.Claims.Detect(key)!));
        Strangers.Agree(ledger);
    }

    [Fact]
    public void One_step_closes_and_proposes_again()
    {
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        long proposal = ledger.Propose(key);
        ledger.Now += SecondForm.After;
        var events = new List<string>();
        foreach (IIntent intent in Kernel.Steps(ledger.Fold, ledger.Now))
        {
            events.Add(intent.Event);
            if (intent is CloseIntent close)
                ledger.Add(ledger.Closing(close.Proposal, close.Outcome));
            else
                ledger.Propose(key);
        }
        Assert.Equal([Events.DecisionClosed, Events.DecisionProposed], events);
        Assert.DoesNotContain(proposal, ledger.Fold.Proposals.Keys);
    }

    [Fact]
    public void Nobody_keeps_a_decision_from_others_by_letting_time_pass()
    {
        long proposal = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        ledger.Now += TimeSpan.FromDays(3);
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Expired));
        Assert.Equal([new CloseIntent(proposal, ClosedAs.Escalated)], Kernel.Ended(ledger.Fold, ledger.Now));
        ledger.Add(ledger.Closing(proposal, ClosedAs.Escalated));
        Strangers.Agree(ledger);
    }

    [Fact]
    public void What_is_approved_or_rejected_is_not_passed_on()
    {
        long approved = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        ledger.AddVote(approved, 1);
        long rejected = ledger.Propose(ledger.Contradict("B", 9, 6.5));
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(rejected, approver, approves: false);
        ledger.Now += SecondForm.After;
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(approved, ClosedAs.Escalated));
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(rejected, ClosedAs.Escalated));
        Assert.Empty(Kernel.Ended(ledger.Fold, ledger.Now));
    }

    [Fact]
    public void Whoever_is_asked_second_is_asked_first_again_about_something_new()
    {
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        SecondForm.PassOn(ledger, ledger.Propose(key));
        ledger.AddClaims(FoldLedger.Claim("more", "A", 6.4, "s3"));
        ledger.Add(ledger.Detection("A"));
        Assert.Equal((0, "one"), (ledger.Decision(key).Level, ledger.Decision(key).Action));
    }

    [Fact]
    public void A_level_that_nobody_recorded_is_refuted()
    {
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        Contradiction found = ledger.Fold.Claims.Detect(key)!;
        JsonValue forged = Decider.Decide(ledger.Fold.Policy!, found, 1).ToJson();
        Proposal honest = ledger.Proposal(key);
        Refused(
            ErrorCodes.CommitmentBroken,
            ledger.Make(Events.DecisionProposed, honest.ToJson().Without("decision").With("decision", forged))
        );
        Refused(ErrorCodes.DecisionDiffers, ledger.Make(Events.DecisionRecorded, forged));
    }

    [Fact]
    public void Another_policy_ends_what_would_have_been_passed_on()
    {
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        long proposal = ledger.Propose(key);
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, SecondForm.Policy(version: "1.1.0")));
        ledger.Now += SecondForm.After;
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Escalated));
        Assert.Equal([new CloseIntent(proposal, ClosedAs.Superseded)], Kernel.Ended(ledger.Fold, ledger.Now));
    }

    [Fact]
    public void What_agrees_with_what_was_settled_wakes_nobody_if_the_policy_says_so()
    {
        foreach (
            (string reopen, bool decides) in (ReadOnlySpan<(string, bool)>)[("changed", true), ("material", false)]
        )
        {
            FoldLedger patient = SecondForm.Ledger(reopen);
            GroupKey key = Decided(patient, "A");
            patient.AddClaims(FoldLedger.Claim("A-3", "A", 9, "s3"));
            patient.Add(patient.Detection("A"));
            Contradiction found = patient.Fold.Claims.Detect(key)!;
            Assert.Equal(decides, !patient.Fold.IsSettled(found));
            Assert.Equal(decides, Kernel.Settle(patient.Fold, key, patient.Now).Any());
            if (!decides)
                KeyLedger.Refused(
                    patient,
                    ErrorCodes.DecisionDiffers,
                    patient.Make(Events.DecisionProposed, patient.Proposal(key).ToJson())
                );
            // A worse value, and then a graver gap.
            patient.AddClaims(FoldLedger.Claim("A-4", "A", 9.1, "s4"));
            patient.Add(patient.Detection("A"));
            Assert.False(patient.Fold.IsSettled(patient.Fold.Claims.Detect(key)!));
            Strangers.Agree(patient);
        }
    }

    [Fact]
    public void What_was_decided_is_done_once_and_only_while_it_is_in_force()
    {
        GroupKey key = Decided(ledger, "A");
        long decision = ledger.Fold.Size - 1;
        Refused(ErrorCodes.NotInForce, SecondForm.Execution(ledger, 1));
        Refused(ErrorCodes.NotInForce, SecondForm.Execution(ledger, decision - 2));
        Refused(ErrorCodes.NotInForce, SecondForm.Execution(ledger, ledger.Fold.Size));
        Receipt done = ledger.Add(SecondForm.Execution(ledger, decision));
        Assert.Equal(done.Entry.Index, ledger.Fold.ExecutedAt(decision));
        Refused(ErrorCodes.AlreadyExecuted, SecondForm.Execution(ledger, decision));

        long replaced = ledger.Fold.Size;
        Decided(ledger, "B");
        replaced = ledger.Fold.Size - 1;
        ledger.AddClaims(FoldLedger.Claim("B-3", "B", 9.1, "s3"));
        ledger.Add(ledger.Detection("B"));
        long proposal = ledger.Propose(FoldLedger.Key("B"));
        ledger.Add(ledger.Recorded(proposal, ledger.AddVote(proposal, 2)));
        Refused(ErrorCodes.NotInForce, SecondForm.Execution(ledger, replaced));
        Assert.Equal(key, FoldLedger.Key("A"));
        Strangers.Agree(ledger);
    }

    private static GroupKey Decided(FoldLedger on, string subject)
    {
        GroupKey key = on.Contradict(subject, 9, 6.5);
        long proposal = on.Propose(key);
        on.Add(on.Recorded(proposal, on.AddVote(proposal, 1)));
        return key;
    }

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
