using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What became of each decision, told from the entries alone.</summary>
public sealed class DecisionHistoryTests
{
    private readonly FoldLedger ledger = SecondForm.Ledger();

    [Fact]
    public void Every_state_that_a_decision_can_be_in()
    {
        long executed = Decide("A", 9, 6.5);
        ledger.Add(SecondForm.Execution(ledger, executed));
        long replaced = Decide("B", 9, 6.5);
        ledger.AddClaims(FoldLedger.Claim("B-3", "B", 9.1, "s3"));
        ledger.Add(ledger.Detection("B"));
        long recorded = Carry(ledger.Propose(FoldLedger.Key("B")));
        long rejected = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(rejected, approver, approves: false);
        ledger.Add(ledger.Closing(rejected, ClosedAs.Rejected));
        long passedOn = ledger.Propose(ledger.Contradict("D", 9, 6.5));
        SecondForm.PassOn(ledger, passedOn);
        long expired = ledger.Propose(FoldLedger.Key("D"));
        ledger.Now += TimeSpan.FromDays(8);
        ledger.Add(ledger.Closing(expired, ClosedAs.Expired));
        long overtaken = ledger.Propose(ledger.Contradict("E", 9, 6.5));
        ledger.AddClaims(FoldLedger.Claim("E-3", "E", 1, "s3"));
        ledger.Add(ledger.Closing(overtaken, ClosedAs.Superseded));
        long proposed = ledger.Propose(ledger.Contradict("F", 9, 6.5));
        long approved = ledger.Propose(ledger.Contradict("G", 9, 6.5));
        ledger.AddVote(approved, 1);
        Assert.Equal(
            new Dictionary<long, DecisionState>
            {
                [executed] = DecisionState.Executed,
                [replaced] = DecisionState.Superseded,
                [recorded] = DecisionState.Recorded,
                [rejected] = DecisionState.Rejected,
                [passedOn] = DecisionState.Escalated,
                [expired] = DecisionState.Expired,
                [overtaken] = DecisionState.Superseded,
                [proposed] = DecisionState.Proposed,
                [approved] = DecisionState.Approved,
            },
            All().ToDictionary(status => status.Entry, status => status.State)
        );
        Assert.Equal(recorded, All().Single(status => status.Entry == replaced).At);
        Assert.Equal([executed, replaced, recorded], All().Where(s => s.WasRecorded).Select(s => s.Entry));
    }

    [Fact]
    public void A_decision_whose_claims_agree_by_now_is_superseded()
    {
        long decision = Decide("A", 9, 6.5);
        Assert.Equal(DecisionState.Recorded, Assert.Single(All()).State);
        ledger.AddClaims(FoldLedger.Claim("A-3", "A", 9, "s2", 2));
        Assert.Null(ledger.Fold.Claims.Detect(FoldLedger.Key("A")));
        Assert.Equal((decision, DecisionState.Superseded), (All()[0].Entry, All()[0].State));
    }

    [Fact]
    public void What_waited_when_the_clock_was_adjusted_has_expired()
    {
        long proposal = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        var adjusted = new ClockAdjusted(ledger.Now, ledger.Now + TimeSpan.FromHours(1), "it was slow");
        Receipt receipt = KeyLedger.Pass(ledger, Events.ClockAdjusted, adjusted.ToControl());
        DecisionStatus status = Assert.Single(All());
        Assert.Equal((proposal, DecisionState.Expired, receipt.Entry.Index), (status.Entry, status.State, status.At));
    }

    [Fact]
    public void One_that_nobody_can_read_any_more_is_told_of_without_what_it_said()
    {
        long decision = Decide("A", 9, 6.5);
        DecisionStatus status = Assert.Single(
            All(receipt => receipt.Entry.Index == decision ? receipt.Erase() : receipt)
        );
        Assert.Equal((decision, true, DecisionState.Recorded), (status.Entry, status.Decision is null, status.State));
    }

    [Fact]
    public void The_newest_ones_are_told_without_what_lies_before_them()
    {
        Decide("A", 9, 6.5);
        long second = Decide("B", 9, 6.5);
        DecisionHistory history = History();
        Assert.Equal(
            second,
            Enumerable.Reverse(ledger.Receipts).Select(history.Add).OfType<DecisionStatus>().First().Entry
        );
        // Other events tell it nothing.
        Assert.All(
            ledger.Receipts.Where(receipt => !DecisionHistory.Names.Contains(receipt.Entry.Body.Event)),
            receipt => Assert.Null(history.Add(receipt))
        );
    }

    private DecisionHistory History() => new(ledger.Fold, ledger.Now, index => ledger.Receipts[(int)index]);

    private IReadOnlyList<DecisionStatus> All(Func<Receipt, Receipt>? seen = null)
    {
        DecisionHistory history = History();
        return
        [
            .. Enumerable
                .Reverse(ledger.Receipts)
                .Select(receipt => history.Add(seen is null ? receipt : seen(receipt)))
                .OfType<DecisionStatus>()
                .Reverse(),
        ];
    }

    private long Decide(string subject, double one, double other) =>
        Carry(ledger.Propose(ledger.Contradict(subject, one, other)));

    private long Carry(long proposal) => ledger.Add(ledger.Recorded(proposal, ledger.AddVote(proposal, 1))).Entry.Index;
}
