using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The kernel says what follows, with nothing but a fold in memory: from claims to a decision, and what time alone brings about.</summary>
public sealed class KernelTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void A_group_is_told_of_proposed_and_recorded_step_by_step()
    {
        GroupKey key = Claims(1, 9);
        Contradiction contradiction = ledger.Fold.Claims.Detect(key)!;
        var told = (TellIntent)Kernel.Settle(ledger.Fold, key, ledger.Now).First();
        Assert.Equal(contradiction.Id, told.Contradiction.Id);
        ledger.Add(ledger.Detection("B"));
        var decided = (DecideIntent)Assert.Single(Kernel.Settle(ledger.Fold, key, ledger.Now));
        Assert.Equal(ledger.Decision(key), decided.Decision);
        long proposal = ledger.Propose(key);
        Assert.Empty(Kernel.Settle(ledger.Fold, key, ledger.Now));
        Approval[] votes = [ledger.AddVote(proposal, 1), ledger.AddVote(proposal, 2)];
        Assert.Null(Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now));
        votes = [.. votes, ledger.AddVote(proposal, 5, "legal")];
        var recorded = (RecordIntent)Assert.Single(Kernel.Settle(ledger.Fold, key, ledger.Now));
        Assert.Equal((proposal, votes), (recorded.Proposal.Index, recorded.Approvals.ToArray()), Same);
        ledger.Add(ledger.Recorded(proposal, votes));
        Assert.Empty(Kernel.Settle(ledger.Fold, key, ledger.Now));
    }

    [Fact]
    public void What_comes_next_is_asked_of_the_fold_as_it_is_then()
    {
        GroupKey key = Claims(9.0, 9.1);
        var names = new List<string>();
        foreach (IIntent intent in Kernel.Settle(ledger.Fold, key, ledger.Now))
        {
            names.Add(intent.Event);
            if (intent is TellIntent)
                ledger.Add(ledger.Detection("B"));
            else
                ledger.Add(ledger.Make(Events.DecisionRecorded, ((DecideIntent)intent).Decision.ToJson()));
        }
        Assert.Equal([Events.ContradictionDetected, Events.DecisionRecorded], names);
        Assert.Empty(Kernel.Settle(ledger.Fold, key, ledger.Now));
    }

    [Fact]
    public void A_proposal_ends_when_its_quorum_is_out_of_reach_or_its_claims_say_something_else()
    {
        GroupKey key = ledger.Contradict("B", 1, 9);
        long proposal = ledger.Propose(key);
        ledger.AddVote(proposal, 1, approves: false);
        ledger.AddVote(proposal, 2, approves: false);
        Assert.Empty(Kernel.Settle(ledger.Fold, key, ledger.Now));
        ledger.AddVote(proposal, 3, approves: false);
        Assert.Equal(
            new CloseIntent(proposal, ClosedAs.Rejected),
            Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now)
        );
        ledger.AddClaims(FoldLedger.Claim("more", "B", 30, "s3"));
        Assert.Equal(
            new CloseIntent(proposal, ClosedAs.Superseded),
            Kernel.Settle(ledger.Fold, key, ledger.Now).First()
        );
    }

    [Fact]
    public void Time_ends_a_proposal_one_microsecond_after_its_window()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        UtcTime end = ledger.Fold.Proposals[proposal].Proposal.Body.ExpiresAt;
        Assert.Empty(Kernel.Ended(ledger.Fold, end));
        Assert.Equal(
            [new CloseIntent(proposal, ClosedAs.Expired)],
            Kernel.Ended(ledger.Fold, end + TimeSpan.FromMicroseconds(1))
        );
    }

    [Fact]
    public void Time_records_what_waited_for_its_delay_at_the_moment_that_it_is_over()
    {
        ApproversChanged change = KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "frank", "approver")]);
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.ApproversChanged, change.ToControl())).Entry.Index;
        UtcTime due = ledger.Now + KeyLedger.Delay;
        Assert.Empty(Kernel.Due(ledger.Fold, due));
        foreach (
            (int approver, string role) in (ReadOnlySpan<(int, string)>)
                [(1, "approver"), (2, "approver"), (3, "approver"), (5, "legal")]
        )
            ledger.AddVote(proposal, approver, role);
        Assert.Empty(Kernel.Due(ledger.Fold, due + TimeSpan.FromMicroseconds(-1)));
        Assert.Equal(proposal, ((RecordIntent)Assert.Single(Kernel.Due(ledger.Fold, due))).Proposal.Index);
    }

    [Fact]
    public void Of_what_waits_for_no_delay_another_key_of_the_log_alone_is_left_to_time()
    {
        // All others are recorded by whoever records the last approval.
        foreach (
            (string name, JsonValue control, bool isDue) in (ReadOnlySpan<(string, JsonValue, bool)>)
                [
                    (Events.HoldPlaced, new HoldPlaced("case", IndexRanges.Between(1, 1), "order").ToControl(), false),
                    (Events.KeyRotated, LogRotationTests.Rotation(ledger).ToControl(), true),
                ]
        )
        {
            long proposal = ledger.Add(KeyLedger.Propose(ledger, name, control)).Entry.Index;
            Approval[] votes =
            [
                ledger.AddVote(proposal, 1),
                ledger.AddVote(proposal, 2),
                ledger.AddVote(proposal, 3),
                ledger.AddVote(proposal, 5, "legal"),
            ];
            long[] due = isDue ? [proposal] : [];
            Assert.Equal(
                due,
                Kernel.Due(ledger.Fold, ledger.Now).Select(intent => ((RecordIntent)intent).Proposal.Index)
            );
            ledger.Add(ledger.RecordedControl(proposal, votes));
        }
    }

    private static bool Same((long Index, Approval[] Votes) one, (long Index, Approval[] Votes) other) =>
        one.Index == other.Index && one.Votes.SequenceEqual(other.Votes);

    private GroupKey Claims(double one, double other)
    {
        ledger.AddClaims(FoldLedger.Claim("1", "B", one, "s1"), FoldLedger.Claim("2", "B", other, "s2"));
        return FoldLedger.Key("B");
    }
}
