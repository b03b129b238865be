using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>How policies come into force: by whom, from when on, over which, and what becomes of what waited.</summary>
public sealed class PolicyEventTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Another_policy_holds_from_the_next_entry_on()
    {
        GroupKey key = ledger.Contradict("A", 9.0, 6.5);
        Policy next = PolicyLedger.Stricter("1.1.0");
        Receipt upgrade = PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, next));
        GovernanceState state = ledger.Fold.State;
        Assert.Equal((next.Pin, next.Pin), (state.Policy, ledger.Fold.Policy!.Pin));
        Assert.Equal(
            [new PolicyInForce(FoldLedger.Policy.Pin, 0), new PolicyInForce(next.Pin, upgrade.Entry.Index)],
            state.AllPolicies
        );
        Assert.Equal(new RequiredApproval("approver", 2), Assert.Single(ledger.Decision(key).Approvals));
        Refused(
            ErrorCodes.PolicyDiffers,
            ledger.Make(
                Events.DecisionProposed,
                ledger.Proposal(key).ToJson(),
                body: b => b with { Policy = FoldLedger.Policy.Pin }
            )
        );
        long proposal = ledger.Propose(key);
        Approval one = ledger.AddVote(proposal, 1);
        Refused(ErrorCodes.NeedsApproval, ledger.Recorded(proposal, one));
        ledger.Add(ledger.Recorded(proposal, one, ledger.AddVote(proposal, 2)));
        Strangers.Agree(ledger);
    }

    [Fact]
    public void As_long_as_no_policy_came_the_state_says_nothing_of_policies() =>
        Assert.Null(ledger.Fold.State.ToJson()["policies"]);

    [Fact]
    public void Of_two_upgrades_from_one_policy_one_wins()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PolicyUpgraded one = PolicyLedger.Upgrade(alone, PolicyLedger.Stricter("1.1.0"));
        PolicyUpgraded other = PolicyLedger.Upgrade(alone, PolicyLedger.Laxer("1.2.0"));
        alone.Add(alone.Control(Events.PolicyUpgraded, one.ToControl()));
        KeyLedger.Refused(alone, ErrorCodes.PolicyMovedOn, alone.Control(Events.PolicyUpgraded, other.ToControl()));

        // Where approvals are needed only one of them waits, a rollback included.
        long waiting = PolicyLedger.Approved(
            ledger,
            Events.PolicyUpgraded,
            Upgrade("1.1.0").ToControl(),
            out Approval[] votes
        );
        Refused(
            ErrorCodes.ApprovalsBroken,
            ledger.ProposeControl(
                Events.PolicyUpgraded,
                PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer("1.2.0")).ToControl()
            )
        );
        Assert.Equal(waiting, ledger.Fold.OpenControl(Events.PolicyRolledBack)!.Index);
        ledger.Add(ledger.RecordedControl(waiting, votes));
    }

    [Fact]
    public void An_upgrade_that_waits_for_another_policy_is_overtaken()
    {
        long waiting = PolicyLedger.Approved(
            ledger,
            Events.PolicyUpgraded,
            Upgrade("1.1.0").ToControl(),
            out Approval[] votes
        );
        OpenProposal open = ledger.Fold.Proposals[waiting];
        ledger.Add(ledger.RecordedControl(waiting, votes));
        Assert.True(ledger.Fold.IsOvertaken(open));
    }

    [Theory]
    [InlineData("1.0.0-rc.1", 4033)]
    [InlineData("0.9.0", 4033)]
    [InlineData("1.0.0", 4035)]
    [InlineData("1.0.0+build.2", 4033)]
    public void A_version_that_is_not_greater_is_refused(string version, int code) =>
        Assert.Equal(code, Judge(PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter(version)))?.Code.Number);

    [Fact]
    public void The_policy_in_force_does_not_take_its_own_place()
    {
        Assert.Equal(ErrorCodes.PolicyDowngrade, Judge(PolicyLedger.Upgrade(ledger, FoldLedger.Policy))?.Code);
        Assert.Equal(ErrorCodes.BadValue, Judge(PolicyLedger.RollBack(ledger, FoldLedger.Policy, 0))?.Code);
    }

    [Fact]
    public void Nobody_comes_back_to_an_older_version_by_way_of_another_policy()
    {
        PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        PolicyLedger.Pass(
            ledger,
            PolicyLedger.Upgrade(ledger, PolicyLedger.Edited("0.1.0", ("\"fold\"", "\"other\"")))
        );
        Assert.Equal(ErrorCodes.PolicyDowngrade, Judge(PolicyLedger.Upgrade(ledger, FoldLedger.Policy))?.Code);
        Assert.Equal(ErrorCodes.PolicyDowngrade, Judge(Upgrade("1.1.0"))?.Code);
        // A document of the version that was in force first, and one that nobody has seen under it.
        Assert.Equal(ErrorCodes.VersionTaken, Judge(PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer("1.1.0")))?.Code);
        PolicyLedger.Pass(ledger, Upgrade("1.1.1"));
    }

    [Fact]
    public void A_rollback_points_at_what_brought_the_policy()
    {
        Receipt first = PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        Policy stricter = PolicyLedger.Stricter("1.1.0");
        Assert.Equal(ErrorCodes.BadValue, Judge(PolicyLedger.RollBack(ledger, FoldLedger.Policy, 1))?.Code);
        Assert.Equal(ErrorCodes.BadValue, Judge(PolicyLedger.RollBack(ledger, PolicyLedger.Laxer("1.0.5"), 0))?.Code);
        Receipt back = PolicyLedger.Pass(ledger, PolicyLedger.RollBack(ledger, FoldLedger.Policy, 0));
        Assert.Equal(FoldLedger.Policy.Pin, ledger.Fold.State.Policy);
        // And forward again, by either way.
        Assert.Null(Judge(PolicyLedger.Upgrade(ledger, stricter)));
        PolicyLedger.Pass(ledger, PolicyLedger.RollBack(ledger, stricter, first.Entry.Index));
        Assert.Equal(
            [0, first.Entry.Index, back.Entry.Index, ledger.Fold.Size - 1],
            ledger.Fold.State.AllPolicies.Select(p => p.At)
        );
        Assert.Null(Judge(PolicyLedger.RollBack(ledger, FoldLedger.Policy, back.Entry.Index)));
        Strangers.Agree(ledger);
    }

    [Fact]
    public void What_lets_more_through_waits_and_what_asks_for_more_does_not()
    {
        JsonValue laxer = PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer("1.1.0")).ToControl();
        UtcTime due = ledger.Now + KeyLedger.Delay;
        long proposal = PolicyLedger.Approved(ledger, Events.PolicyUpgraded, laxer, out Approval[] votes);
        Assert.Equal(due, ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]));
        ledger.Now = due + TimeSpan.FromMicroseconds(-1);
        Refused(ErrorCodes.DelayNotOver, ledger.RecordedControl(proposal, votes));
        Assert.Empty(Kernel.Due(ledger.Fold, ledger.Now));
        ledger.Now = due;
        Assert.Single(Kernel.Due(ledger.Fold, ledger.Now));
        ledger.Add(ledger.RecordedControl(proposal, votes));

        JsonValue stricter = PolicyLedger.Upgrade(ledger, PolicyLedger.Edited("1.2.0")).ToControl();
        proposal = PolicyLedger.Approved(ledger, Events.PolicyUpgraded, stricter, out votes);
        // Back to two of three and no tolerance: asks for more, but a smaller tolerance makes other contradictions.
        Assert.NotNull(ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]));
    }

    [Fact]
    public void The_second_form_says_how_long_that_is()
    {
        Policy patient = PolicyLedger.Edited(
            "1.1.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            ("\"actions\":", "\"delay\":\"P3D\",\"actions\":")
        );
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, patient));
        UtcTime proposed = ledger.Now;
        long proposal = PolicyLedger.Approved(
            ledger,
            Events.PolicyUpgraded,
            PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer("1.2.0")).ToControl(),
            out _
        );
        Assert.Equal(proposed + TimeSpan.FromDays(3), ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]));
    }

    [Theory]
    [InlineData("\"deadline\":\"P1D\"", "\"deadline\":\"P2D\"", true)]
    [InlineData("\"deadline\":\"P1D\"", "\"deadline\":\"PT1H\"", false)]
    [InlineData("\"strategy\":\"newest\"", "\"strategy\":\"median\"", true)]
    [InlineData("\"above\":0.5", "\"above\":0.4", true)]
    [InlineData("\"id\":\"fold\"", "\"id\":\"fold\",\"description\":\"a word\"", false)]
    [InlineData("\"id\":\"fold\"", "\"id\":\"fold\",\"retention\":{\"claims\":\"P1D\"}", false)]
    [InlineData("\"id\":\"fold\"", "\"id\":\"fold\",\"sources\":[\"s1\"]", true)]
    [InlineData("\"id\":\"fold\"", "\"id\":\"fold\",\"control\":{\"*\":\"one\"}", true)]
    public void Tells_a_loosening_from_a_tightening(string was, string becomes, bool loosens) =>
        Assert.Equal(
            loosens,
            Loosening.Of(FoldLedger.Policy, PolicyLedger.Edited("1.1.0", (was, becomes)), Windows.Default).Count > 0
        );

    [Fact]
    public void What_waited_under_the_old_policy_ends_at_once_and_is_decided_by_the_new_one()
    {
        GroupKey key = ledger.Contradict("B", 1, 9);
        long proposal = ledger.Propose(key);
        ledger.AddVote(proposal, 1);
        PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        Assert.Equal([new CloseIntent(proposal, ClosedAs.Superseded)], Kernel.Ended(ledger.Fold, ledger.Now));
        Refused(ErrorCodes.PolicyDiffers, ledger.Recorded(proposal));
        ledger.Add(ledger.Closing(proposal, ClosedAs.Superseded));
        IIntent again = Assert.Single(Kernel.Settle(ledger.Fold, key, ledger.Now));
        Assert.Equal(ledger.Fold.State.Policy, ((DecideIntent)again).Decision.Policy);
        ledger.Propose(key);
        Strangers.Agree(ledger);
    }

    [Fact]
    public void What_was_decided_stays_decided_unless_its_group_becomes_another_one()
    {
        ledger.AddClaims(InGrams("1", 9.0), InGrams("2", 9.1));
        var key = new GroupKey("A", "score", "g");
        ledger.Add(
            ledger.Make(Events.ContradictionDetected, ledger.Fold.Claims.Detect(key)!.ToJson(), VoucherKind.Log)
        );
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        Assert.Empty(Kernel.Settle(ledger.Fold, key, ledger.Now));
        // A unit makes it another group, and so another contradiction.
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Kilo("1.2.0")));
        Assert.Null(ledger.Fold.Claims.Detect(key));
        GroupKey kilo = Assert.Single(ledger.Fold.Claims.Keys);
        Assert.Equal("kg", kilo.Unit);
        Assert.Equal(
            [Events.ContradictionDetected, Events.DecisionRecorded],
            Kernel.Settle(ledger.Fold, kilo, ledger.Now).Select(intent => intent.Event)
        );
        Strangers.Agree(ledger);
    }

    [Fact]
    public void A_policy_is_never_cheaper_to_change_than_what_it_guards()
    {
        // Control events are left to the author alone, and so would be the approvals of everything.
        FoldLedger free = new(found: g =>
            g with
            {
                Policy = PolicyLedger.Edited(
                    "1.0.0",
                    ("\"actions\":{", "\"control\":{\"*\":\"nobody\"},\"actions\":{\"nobody\":{\"approvals\":[]},")
                ),
            }
        );
        EntryBody body = free.Control(
            Events.PolicyUpgraded,
            PolicyLedger.Upgrade(free, PolicyLedger.Laxer("1.1.0")).ToControl()
        ).Entry.Body;
        Assert.Equal(
            [new RequiredApproval("approver", 2), new RequiredApproval("legal", 1)],
            free.Fold.ElectorateOf(body).Asked
        );
    }

    [Fact]
    public void A_policy_that_nobody_could_change_again_is_refused()
    {
        Policy locked = PolicyLedger.Edited(
            "1.1.0",
            (
                "\"actions\":{",
                "\"control\":{\"POLICY_UPGRADED\":\"board\"},\"actions\":{\"board\":{\"approvals\":[{\"k\":1,\"role\":\"board\"}]},"
            )
        );
        Assert.Equal(ErrorCodes.TooFewHolders, Judge(PolicyLedger.Upgrade(ledger, locked))?.Code);
    }

    [Fact]
    public void A_document_that_is_not_the_one_pinned_is_refused()
    {
        JsonValue control = Upgrade("1.1.0").ToControl();
        JsonValue swapped = control.Without("document").With("document", PolicyLedger.Laxer("1.1.0").Document);
        Refused(ErrorCodes.PolicyDiffers, ledger.Control(Events.PolicyUpgraded, swapped));
    }

    [Fact]
    public void What_no_ledger_could_carry_out_is_refused()
    {
        FoldLedger quick = new(new Windows(8 * 24 * 3600, 300));
        Policy slow = PolicyLedger.Edited("1.1.0", ("\"P7D\"", "\"P9D\""));
        Receipt upgrade = quick.Control(Events.PolicyUpgraded, PolicyLedger.Upgrade(quick, slow).ToControl());
        KeyLedger.Refused(quick, ErrorCodes.BadValue, upgrade);
        Policy long_ = PolicyLedger.Edited(
            "1.1.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            ("\"actions\":", "\"delay\":\"P8D\",\"actions\":")
        );
        upgrade = quick.Control(Events.PolicyUpgraded, PolicyLedger.Upgrade(quick, long_).ToControl());
        KeyLedger.Refused(quick, ErrorCodes.BadValue, upgrade);
        Policy large = PolicyLedger.Edited(
            "1.1.0",
            (
                "\"id\":\"fold\"",
                $"\"id\":\"fold\",\"sources\":[{string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"{new string('x', 500)}{i}\""))}]"
            )
        );
        Assert.Equal(ErrorCodes.TooLarge, Judge(PolicyLedger.Upgrade(ledger, large))?.Code);
    }

    [Fact]
    public void A_verdict_given_under_another_policy_counts_no_more()
    {
        long other = ledger
            .Add(
                ledger.ProposeControl(
                    Events.LedgerClosed,
                    ControlEventTests.Next.ToControl(),
                    b => b with { ExpiresAt = b.IssuedAt + KeyLedger.Long }
                )
            )
            .Entry.Index;
        Approval early = ledger.Approval(other, 1);
        PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        Refused(ErrorCodes.StaleGovernance, ledger.Vote(other, early));
    }

    [Fact]
    public void A_bundle_that_leaves_out_the_upgrade_is_refuted()
    {
        GroupKey key = ledger.Contradict("A", 9.0, 9.1);
        Receipt upgrade = PolicyLedger.Pass(ledger, Upgrade("1.1.0"));
        Receipt decided = ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        long index = decided.Entry.Index;
        Assert.True(BundleVerifier.Verify(ledger.Bundle(index).ToBytes(), ledger.Trust, TimeProvider.System).Holds);
        Verdict without = BundleVerifier.Verify(
            ledger.Bundle(index, r => r.Entry.Index != upgrade.Entry.Index).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.False(without.Holds);
        Assert.Contains(without.Stages.SelectMany(stage => stage.Findings), f => f.Code == ErrorCodes.StateBroken);
    }

    private static Claim InGrams(string id, double value) =>
        Claim.FromJson(FoldLedger.Claim(id, "A", value, $"s{id}").ToJson().With("unit", "g"));

    private PolicyUpgraded Upgrade(string version) => PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter(version));

    private Refusal? Judge(PolicyUpgraded upgrade) =>
        ledger.Fold.JudgeWish(ledger.Control(Events.PolicyUpgraded, upgrade.ToControl()).Entry.Body);

    private Refusal? Judge(PolicyRolledBack back) =>
        ledger.Fold.JudgeWish(ledger.Control(Events.PolicyRolledBack, back.ToControl()).Entry.Body);

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
