using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Tests.Contradictions;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class ContradictionLifecycleTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Is_open_until_it_is_decided_and_comes_back_as_another()
    {
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        long told = ledger.Fold.Size - 1;
        ContradictionStatus open = Only();
        Assert.Equal((ContradictionState.Open, 1, null), (open.State, open.Count, open.Settled));
        Assert.Equal(open.First, open.Last);
        Assert.Equal(told, open.Last.Entry);
        Assert.StartsWith($"open, told in entry {told}: 2 sources disagree", open.ToString(), StringComparison.Ordinal);

        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        ContradictionStatus resolved = Only();
        Assert.Equal((ContradictionState.Resolved, told + 1), (resolved.State, resolved.Settled));
        Assert.Contains($"decided in entry {told + 1}: ", resolved.ToString(), StringComparison.Ordinal);

        ledger.Now += TimeSpan.FromMinutes(5);
        ledger.AddClaims(FoldLedger.Claim("a3", "A", 9.05, "s3"));
        Assert.Equal(ContradictionState.Superseded, Only().State);
        ledger.Add(ledger.Detection("A"));
        ContradictionStatus again = Only();
        Assert.Equal((ContradictionState.Recurring, 2), (again.State, again.Count));
        Assert.Equal(told, again.First.Entry);
        Assert.Equal(ledger.Now, again.Last.At);
        Assert.Contains(
            $"told 2 times, first in entry {told} and last in entry ",
            again.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(3, again.Contradiction.Claims.Count);
    }

    [Fact]
    public void Is_superseded_when_the_claims_agree()
    {
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        ledger.AddClaims(FoldLedger.Claim("a3", "A", 9, "s2", day: 2));
        ContradictionStatus status = Only();
        Assert.Equal(ContradictionState.Superseded, status.State);
        Assert.Equal(ledger.Fold.Size - 2, status.Settled);
        Assert.Contains("settled in entry", status.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_proposal_that_waits_and_the_one_that_was_closed()
    {
        long proposal = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        Assert.Equal((ContradictionState.Open, proposal), (Only().State, Only().Proposal));
        Assert.Contains(
            $"waiting for the approvals of proposal {proposal}",
            Only().ToString(),
            StringComparison.Ordinal
        );
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(proposal, approver, approves: false);
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
        ContradictionStatus status = Only();
        Assert.Equal((ContradictionState.Resolved, proposal), (status.State, status.Proposal));
        Assert.Contains("without a decision", status.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_comes_first_and_the_graver_before_the_lesser()
    {
        GroupKey decided = ledger.Contradict("A", 1, 9);
        long proposal = ledger.Propose(decided);
        ledger.Add(
            ledger.Recorded(
                proposal,
                ledger.AddVote(proposal, 1),
                ledger.AddVote(proposal, 2),
                ledger.AddVote(proposal, 5, "legal")
            )
        );
        ledger.Contradict("B", 9, 9.1);
        ledger.Contradict("C", 1, 9);
        Assert.Equal(["C", "B", "A"], All().Select(s => s.Contradiction.Key.Subject));
    }

    [Fact]
    public void Counts_what_nobody_can_read()
    {
        ledger.Contradict("A", 9, 9.1);
        var lifecycle = new ContradictionLifecycle();
        lifecycle.Add(Receipt.Parse(ledger.Receipts[^1].Leaf.Span, [], [], true));
        Assert.Equal(1, lifecycle.Unreadable);
        Assert.Empty(lifecycle.All(ledger.Fold));
    }

    [Theory]
    [InlineData("1 of 2", "1", "2")]
    [InlineData("2 of 3", "1", "2", "1.0")]
    [InlineData("3 of 4", "5", "5", "4", "5")]
    public void Is_as_confident_as_the_claims_agree(string confidence, params string[] values)
    {
        Claim[] claims = [.. values.Select((value, i) => Some.Claim($"c{i}", value))];
        Assert.Equal(confidence, Some.Detect(Some.Rule(), claims)!.Confidence.ToString());
    }

    [Fact]
    public void Is_written_with_all_that_is_known()
    {
        ledger.Contradict("A", 9, 9.1);
        JsonValue json = Only().ToJson();
        Assert.Equal("open", json["state"]!.AsString());
        Assert.Equal("1", json["confidence"]!["for"]!.AsNumberText());
        Assert.Equal(Only().Contradiction, Contradiction.FromJson(json["contradiction"]!));
        Assert.Null(json["settled"]);
    }

    private IReadOnlyList<ContradictionStatus> All()
    {
        var lifecycle = new ContradictionLifecycle();
        foreach (Receipt receipt in ledger.Receipts)
            lifecycle.Add(receipt);
        return lifecycle.All(ledger.Fold);
    }

    private ContradictionStatus Only() => Assert.Single(All());
}
