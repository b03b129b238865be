using System.Text;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Policies that come and go in a ledger on disk, what becomes of what waited, and readers who resume at an epoch.</summary>
public sealed class PolicyDeskTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;

    public PolicyDeskTests() => ledger = new TestLedger(clock: clock);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void An_upgrade_ends_what_waited_and_decides_it_anew()
    {
        Policy next = Edited("1.1.0", "\"k\":1", "\"k\":2");
        using (LedgerWriter writer = ledger.Open())
        {
            Ingest(writer, 6, 9);
            OpenProposal old = Assert.Single(writer.Fold.Proposals.Values);
            GovernOutcome asked = new PolicyDesk(writer).Upgrade(next, "two for high");
            Assert.False(asked.IsRecorded);
            Approve(writer, asked.Entry);
            OpenProposal fresh = Assert.Single(writer.Fold.Proposals.Values);
            Assert.Equal(next.Pin, fresh.Proposal.Decision!.Policy);
            Assert.Equal(2, fresh.Proposal.Decision.Approvals[0].K);
            Assert.NotEqual(old.Index, fresh.Index);
        }
        Resumes(next.Pin);
    }

    [Fact]
    public void What_is_laxer_waits_a_day_and_a_rollback_points_back()
    {
        Policy laxer = Edited("1.1.0", "\"k\":2", "\"k\":1");
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new PolicyDesk(writer);
            long proposal = desk.Upgrade(laxer, "one is enough").Entry;
            Approve(writer, proposal);
            Assert.Equal(new GovernOutcome(proposal, false), desk.Upgrade(laxer, "one is enough"));
            var refused = Assert.Throws<TessraxException>(() => desk.Upgrade(laxer, "another reason"));
            Assert.Equal(ErrorCodes.ProposalWaits, refused.Code);
            refused = Assert.Throws<TessraxException>(() => desk.RollBack(7, "there is none"));
            Assert.Equal(ErrorCodes.NoSuchEntry, refused.Code);
            clock.Pass(TimeSpan.FromHours(24));
            GovernOutcome done = desk.Upgrade(laxer, "one is enough");
            Assert.True(done.IsRecorded);
            long back = desk.RollBack(0, "one was not enough").Entry;
            Approve(writer, back);
            Assert.Equal(ledger.Policy.Pin, writer.Fold.State.Policy);
            Assert.Equal([0, done.Entry, writer.Fold.Size - 1], writer.Fold.State.AllPolicies.Select(p => p.At));
        }
        Resumes(ledger.Policy.Pin);
    }

    [Fact]
    public void A_smaller_tolerance_finds_what_nobody_contradicted_before()
    {
        using var alone = new TestLedger(Edited("1.0.0", "\"tolerance\":0", "\"tolerance\":0.5"), clock, approvers: 0);
        using LedgerWriter writer = alone.Open();
        Ingest(writer, 8, 9);
        Assert.Empty(writer.Fold.Proposals);
        Policy strict = Edited("1.1.0", "\"tolerance\":0", "\"tolerance\":0.01");
        Assert.True(new PolicyDesk(writer).Upgrade(strict, "we want to know").IsRecorded);
        string[] events = [.. Receipts(alone).Select(r => r.Entry.Body.Event)];
        Assert.Equal([Events.PolicyUpgraded, Events.ContradictionDetected, Events.DecisionRecorded], events[^3..]);
        Assert.True(alone.Verify().Holds);
    }

    [Fact]
    public void Of_two_who_upgrade_at_once_one_is_told_that_the_policy_moved_on()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        using LedgerWriter writer = alone.Open();
        var late = new PolicyUpgraded(writer.Fold.State.Policy!, Edited("1.2.0", "\"k\":2", "\"k\":1"), "late");
        new PolicyDesk(writer).Upgrade(Edited("1.1.0", "\"k\":2", "\"k\":3"), "first");
        var refused = Assert.Throws<TessraxException>(() =>
            new ProposalDesk(writer).Ask(Events.PolicyUpgraded, late.ToControl(), KeyDesk.Validity)
        );
        Assert.Equal(ErrorCodes.PolicyMovedOn, refused.Code);
        Assert.Contains("policy history", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_says_what_would_have_come_out_differently_and_changes_nothing()
    {
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("a", "A", 6, "s1"),
                    TestLedger.Claim("b", "A", 9, "s2"),
                    TestLedger.Claim("c", "B", 8.9, "s1"),
                    TestLedger.Claim("d", "B", 9, "s2"),
                    TestLedger.Claim("e", "C", 1, "s1"),
                    TestLedger.Claim("f", "C", 9, "s2")
                ),
            ]);
        PolicyTrial same = Try(Edited("1.1.0", "\"k\":2", "\"k\":2"));
        Assert.Equal((3, 0), (same.Decisions, same.Differences.Count));
        PolicyTrial stricter = Try(Edited("1.1.0", "\"k\":1", "\"k\":2"));
        TrialDifference high = Assert.Single(stricter.Differences);
        Assert.Equal(
            ("A", "1 of approver", "2 of approver"),
            (high.Was.Key.Subject, high.Was.Approvals[0].ToString(), high.Would!.Approvals[0].ToString())
        );
        PolicyTrial tolerant = Try(Edited("1.1.0", "\"tolerance\":0", "\"tolerance\":0.5"));
        Assert.Equal(["A", "B"], tolerant.Differences.Select(d => d.Was.Key.Subject).Order());
        Assert.All(tolerant.Differences, d => Assert.Null(d.Would));
        Assert.Equal("C", Assert.Single(tolerant.Contradictions()).Key.Subject);
    }

    private static Policy Edited(string version, string was, string becomes)
    {
        string text = Policy
            .Default.Document.ToString()
            .Replace($"\"{Policy.Default.Version}\"", $"\"{version}\"", StringComparison.Ordinal);
        if (was == "\"tolerance\":0" && !text.Contains(was, StringComparison.Ordinal))
            text = text.Replace(
                "{\"actions\"",
                "{\"metrics\":{\"*\":{\"tolerance\":0}},\"actions\"",
                StringComparison.Ordinal
            );
        Assert.Contains(was, text, StringComparison.Ordinal);
        return Policy.Parse(Encoding.UTF8.GetBytes(text.Replace(was, becomes, StringComparison.Ordinal)));
    }

    private PolicyTrial Try(Policy candidate)
    {
        var trial = new PolicyTrial(candidate);
        foreach (Receipt receipt in Receipts(ledger))
            trial.Add(receipt);
        return trial;
    }

    private static void Ingest(LedgerWriter writer, double one, double other) =>
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a", "A", one, "s1"), TestLedger.Claim("b", "A", other, "s2")),
        ]);

    private void Approve(LedgerWriter writer, long proposal)
    {
        for (int approver = 1; writer.Fold.Proposals.ContainsKey(proposal) && approver <= 3; approver++)
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, approver));
    }

    private static Receipt[] Receipts(TestLedger of)
    {
        using LedgerView view = of.View();
        return [.. view.Receipts()];
    }

    // Through an epoch: whoever opens the ledger then reads the policy from the state, and not from genesis.
    private void Resumes(PolicyPin pin)
    {
        using (LedgerWriter writer = ledger.Open())
            writer.OpenEpoch();
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.Equal(pin, writer.Fold.Policy!.Pin);
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("y", "Y", 1, "s1"), TestLedger.Claim("z", "Y", 9, "s2")),
            ]);
            Assert.Equal(pin, writer.Fold.Proposals.Values.Last().Proposal.Decision!.Policy);
        }
        Assert.True(ledger.Verify().Holds);
    }
}
