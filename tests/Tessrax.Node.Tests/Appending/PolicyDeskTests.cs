using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Snapshots;
using Tessrax.Verification;
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
    public void A_decision_is_judged_by_the_policy_that_an_entry_before_it_in_the_same_append_brought()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        using LedgerWriter writer = alone.Open();
        Ingest(writer, 1, 9);
        OpenProposal waiting = Assert.Single(writer.Fold.Proposals.Values);
        Proposal proposed = waiting.Proposal;
        Policy lower = Edited(
            "1.1.0",
            "\"critical\":{\"action\":\"approve-two\",",
            "\"critical\":{\"action\":\"approve-one\","
        );
        var upgrade = new PolicyUpgraded(writer.Fold.State.Policy!, lower, "one is enough");
        var refused = Assert.Throws<TessraxException>(() =>
            writer.Append([
                new Draft { Event = Events.PolicyUpgraded, Control = upgrade.ToControl() },
                new Draft
                {
                    Event = Events.DecisionRecorded,
                    Payload = FrozenPayload.From(proposed.Decision!.ToJson()),
                    Prepared = new SignedBody(
                        proposed.Body,
                        proposed.Signature,
                        Convert.FromBase64String(proposed.Salt!)
                    ),
                },
            ])
        );
        Assert.Equal(ErrorCodes.PolicyDiffers, refused.Code);
        // The upgrade stands in a batch of its own, and the old proposal never gets through.
        Assert.Equal(lower.Pin, writer.Fold.State.Policy);
        new ProposalDesk(writer).TakeDue();
        Assert.DoesNotContain(waiting.Index, writer.Fold.Proposals.Keys);
        Assert.True(alone.Verify().Holds);
    }

    [Fact]
    public void Whoever_checks_only_what_is_new_or_a_snapshot_reads_the_policy_from_the_state()
    {
        SignedNote since;
        using (LedgerWriter writer = ledger.Open())
        {
            Ingest(writer, 6, 9);
            Approve(writer, new PolicyDesk(writer).Upgrade(Edited("1.1.0", "\"k\":1", "\"k\":2"), "two").Entry);
            writer.OpenEpoch();
            since = writer.Checkpoint!;
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c", "A", 1, "s3", 2))]);
        }
        var check = new LedgerCheck(ledger.Environment, ledger.Trust) { Since = since };
        Verdict verdict = check.Run(ledger.DirectoryPath, withEvidence: false);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.NotNull(check.BeginNotice);
        string file = ledger.Beside("snapshot");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger));
        Assert.True(new SnapshotCheck(ledger.Environment, ledger.Trust).Run(file).Holds);
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

    [Fact]
    public void What_nobody_decides_in_time_is_asked_of_others_whoever_opens_the_ledger()
    {
        using var second = new TestLedger(Escalating(), clock);
        using (LedgerWriter writer = second.Open())
        {
            Ingest(writer, 6, 9);
            Assert.Empty(new ProposalDesk(writer).TakeDue());
        }
        clock.Pass(TimeSpan.FromHours(1));
        using (LedgerWriter writer = second.Open())
        {
            Receipt[] taken = [.. new ProposalDesk(writer).TakeDue()];
            Assert.Equal([Events.DecisionClosed, Events.DecisionProposed], taken.Select(r => r.Entry.Body.Event));
            OpenProposal open = Assert.Single(writer.Fold.Proposals.Values);
            Assert.Equal((1, "approve-two"), (open.Proposal.Decision!.Level, open.Proposal.Decision.Action));
            writer.OpenEpoch();
        }
        using (LedgerWriter writer = second.Open())
        {
            long proposal = writer.Fold.Proposals.Keys.Single();
            var desk = new ProposalDesk(writer);
            desk.Record(second.Vote(writer, proposal, 1));
            Assert.Equal(Events.DecisionRecorded, desk.Record(second.Vote(writer, proposal, 2))[^1].Entry.Body.Event);
        }
        Assert.True(second.Verify().Holds);
        using LedgerView view = second.View();
        Bundle bundle = BundleMaker.Make(view, view.Size - 1);
        Assert.True(BundleVerifier.Verify(bundle.ToBytes(), second.Trust, clock).Holds);
        var history = new DecisionHistory(view.Fold, UtcTime.Now(clock), view.Receipt);
        Assert.Equal(
            [DecisionState.Escalated, DecisionState.Recorded],
            view.Receipts().Reverse().Select(history.Add).OfType<DecisionStatus>().Reverse().Select(one => one.State)
        );
    }

    [Fact]
    public async Task A_pipeline_takes_what_time_has_made_due_while_others_append()
    {
        using var second = new TestLedger(Escalating(), clock);
        using (LedgerWriter writer = second.Open())
            Ingest(writer, 6, 9);
        await using (var pipeline = new LedgerPipeline(second.Open()))
        {
            await pipeline.AppendAsync(PipelineRun.Own("before"));
            clock.Pass(TimeSpan.FromHours(1));
            for (int i = 0; i < 50 && (await pipeline.AppendAsync(PipelineRun.Own($"{i}"))).Index < 7 + i; i++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        string[] events = [.. Receipts(second).Select(r => r.Entry.Body.Event)];
        Assert.Contains(Events.DecisionClosed, events);
        Assert.Equal(2, events.Count(name => name == Events.DecisionProposed));
        Assert.Equal("x-test", events[^1]);
        Assert.True(second.Verify().Holds);
    }

    private static Policy Escalating() =>
        Policy.FromJson(
            Policy
                .Default.Document.Without("policy")
                .With("policy", "tessrax/policy/v2")
                .Without("actions")
                .With(
                    "actions",
                    JsonValue.Parse(
                        """
                        {
                          "approve-one": { "approvals": [{ "role": "approver", "k": 1 }], "escalate": { "after": "PT1H", "to": "approve-two" } },
                          "approve-two": { "approvals": [{ "role": "approver", "k": 2 }], "deadline": "P7D" }
                        }
                        """u8
                    )
                )
        );

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
