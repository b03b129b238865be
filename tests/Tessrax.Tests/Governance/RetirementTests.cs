using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>LEDGER_RETIRED: a ledger ends, and no other one goes on.</summary>
public sealed class RetirementTests
{
    private static readonly JsonValue Wish = new LedgerRetired("discontinued").ToControl();

    private readonly FoldLedger ledger = new();

    [Fact]
    public void It_takes_the_approvals_of_any_control_event_and_is_kept_in_the_state()
    {
        Refused(ErrorCodes.NeedsApproval, ledger.Control(Events.LedgerRetired, Wish));
        JsonValue before = ledger.Fold.State.ToJson();
        Assert.Null(before["retired"]);
        long at = Retire();
        Assert.Equal(new Retirement(at, "discontinued"), ledger.Fold.State.Retired);
        Assert.True(ledger.Fold.State.HasEnded);
        Assert.Empty(ledger.Fold.Proposals);
        JsonValue told = ledger.Fold.State.ToJson();
        Assert.Equal(JsonValue.Object(("at", at), ("reason", "discontinued")), told["retired"]);
        // An epoch, or a snapshot, hands the state on as JSON.
        GovernanceState again = GovernanceState.FromJson(told, "$");
        Assert.Equal(ledger.Fold.State.Digest, again.Digest);
        Assert.Equal(ledger.Fold.State.Retired, again.Retired);
    }

    [Fact]
    public void After_it_nothing_can_be_appended_whatever_it_is()
    {
        long decision = ledger.Propose(ledger.Contradict("A", 1, 9));
        Approval late = ledger.Approval(decision, 1);
        Retire();
        Refused(ErrorCodes.LedgerRetired, ledger.Make("x-more", FoldLedger.Own("more")));
        Refused(ErrorCodes.LedgerRetired, ledger.Vote(decision, late));
        Refused(ErrorCodes.LedgerRetired, ledger.ProposeControl(Events.LedgerRetired, Wish));
        Refused(
            ErrorCodes.LedgerRetired,
            ledger.ProposeControl(Events.LedgerClosed, ControlEventTests.Next.ToControl())
        );
    }

    [Fact]
    public void A_closed_ledger_is_not_retired()
    {
        KeyLedger.Pass(ledger, Events.LedgerClosed, ControlEventTests.Next.ToControl());
        Refused(ErrorCodes.LedgerClosed, ledger.ProposeControl(Events.LedgerRetired, Wish));
        Assert.Null(ledger.Fold.State.Retired);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reason":""}""")]
    [InlineData("""{"reason":"a\u0007b"}""")]
    [InlineData("""{"reason":"because","successor":null}""")]
    public void Refuses_content_that_gives_no_reason_or_more_than_one(string control) =>
        Assert.Equal(
            Aspect.Entry,
            ledger
                .Judge(
                    ledger.Control(Events.LedgerRetired, JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(control)))
                )
                ?.Aspect
        );

    private long Retire()
    {
        KeyLedger.Pass(ledger, Events.LedgerRetired, Wish);
        return ledger.Fold.Size - 1;
    }

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
