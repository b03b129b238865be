using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>CLOCK_ADJUSTED sets the log's time back or ahead, with approvals; what was issued before it counts no more.</summary>
public sealed class ClockAdjustedTests
{
    private static readonly UtcTime Real = FoldLedger.Time("2026-03-01T00:00:00.000000Z");
    private static readonly UtcTime Wrong = FoldLedger.Time("2099-01-01T00:00:00.000000Z");
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Sets_the_time_back_by_as_much_as_was_approved()
    {
        ledger.Now = Wrong;
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("too late")));
        Digest before = ledger.Fold.State.Digest;
        Adjust(Real, TimeSpan.FromMinutes(5));
        UtcTime floor = Real + TimeSpan.FromMinutes(5);
        Assert.Equal((floor, floor), (ledger.Fold.State.TimeFloor, ledger.Fold.LastRecordedAt));
        Assert.Equal(ledger.Fold.EpochSince, Real);
        Assert.False(ledger.Fold.State.Accepts(before));
        ledger.Now = floor;
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("in time")));
        ledger.Now = floor + TimeSpan.FromSeconds(-1);
        Assert.Equal(ErrorCodes.TimeBroken, Code(ledger.Make("x-own", FoldLedger.Own("before the floor"))));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Sets_the_time_ahead_too()
    {
        UtcTime then = ledger.Now;
        Adjust(then + TimeSpan.FromDays(3), TimeSpan.Zero);
        Assert.Equal(then + TimeSpan.FromDays(3), ledger.Fold.LastRecordedAt);
        Assert.Equal(ErrorCodes.TimeBroken, Code(ledger.Make("x-own", FoldLedger.Own("as if nothing had been"))));
        ledger.Now = then + TimeSpan.FromDays(3);
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("after")));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void What_was_issued_before_it_is_refused_bodies_and_approvals_alike()
    {
        ledger.Now = Wrong;
        Adjust(Real, TimeSpan.Zero);
        ledger.Now = Real + TimeSpan.FromMinutes(1);
        Receipt early = ledger.Make(
            "x-own",
            FoldLedger.Own("signed before"),
            body: b => b with { IssuedAt = Real + TimeSpan.FromMicroseconds(-1) }
        );
        Assert.Equal(ErrorCodes.IssuedBeforeAdjustment, Code(early));
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval old = ledger.Approval(
            proposal,
            1,
            change: a => a with { IssuedAt = Real + TimeSpan.FromMicroseconds(-1) }
        );
        Assert.Equal(ErrorCodes.IssuedBeforeAdjustment, Code(ledger.Vote(proposal, old)));
        ledger.Add(ledger.Vote(proposal, ledger.Approval(proposal, 1)));
    }

    [Fact]
    public void Proposals_that_waited_are_open_no_more_and_can_be_made_again()
    {
        ledger.Now = Wrong;
        long waiting = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval vote = ledger.Approval(waiting, 1);
        Adjust(Real, TimeSpan.Zero);
        Assert.Empty(ledger.Fold.Proposals);
        ledger.Now = Real;
        Assert.Equal(
            ErrorCodes.Closed,
            Code(ledger.Make(Events.ApprovalRecorded, new ApprovalRecorded(waiting, vote).ToJson(), VoucherKind.Log))
        );
        ledger.Propose(FoldLedger.Key("B"));
    }

    [Fact]
    public void A_nonce_that_was_kept_stays_used()
    {
        Receipt first = ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        Adjust(ledger.Now + TimeSpan.FromMinutes(-1), TimeSpan.Zero);
        ledger.Now += TimeSpan.FromMinutes(-1);
        Receipt again = ledger.Make(
            "x-own",
            FoldLedger.Own("two"),
            body: b => b with { Nonce = first.Entry.Body.Nonce }
        );
        Assert.Equal(ErrorCodes.NonceReused, Code(again));
    }

    [Fact]
    public void Needs_its_approvals_and_is_never_attested_by_the_log_alone()
    {
        JsonValue control = Control(Real + TimeSpan.FromHours(1));
        Assert.Equal(ErrorCodes.NeedsApproval, Code(ledger.Control(Events.ClockAdjusted, control)));
        Receipt attested = ledger.Make(Events.ClockAdjusted, null, VoucherKind.Log, b => b with { Control = control });
        Assert.Equal(ErrorCodes.NotByThatKey, Code(attested));
    }

    [Fact]
    public void Is_about_the_moment_at_which_it_was_issued_and_changes_something()
    {
        JsonValue control = Control(Real + TimeSpan.FromHours(1));
        Assert.Equal(
            ErrorCodes.BadValue,
            Code(ledger.ProposeControl(Events.ClockAdjusted, control.With("from", Wrong.ToString())))
        );
        Assert.Equal(
            ErrorCodes.BadValue,
            Code(ledger.ProposeControl(Events.ClockAdjusted, control.With("to", ledger.Now.ToString())))
        );
        Assert.Equal(
            ErrorCodes.BadValue,
            Code(ledger.ProposeControl(Events.ClockAdjusted, control.With("reason", "")))
        );
        Assert.Equal(
            ErrorCodes.UnknownMember,
            Code(ledger.ProposeControl(Events.ClockAdjusted, control.With("more", 1)))
        );
    }

    [Fact]
    public void The_state_after_it_is_exported_and_imported()
    {
        ledger.Now = Wrong;
        Receipt late = ledger.Add(ledger.Make("x-own", FoldLedger.Own("too late")));
        Adjust(Real, TimeSpan.FromDays(1));
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(p => p.Digest, p => p.ToBytes());
        LedgerFold fold = LedgerFold.ImportState(ledger.Id, state.Digest, d => parts[d]);
        Assert.Equal(ledger.Fold.LastRecordedAt, fold.LastRecordedAt);
        Assert.Equal(ledger.Fold.State.TimeFloor, fold.State.TimeFloor);
        Assert.Equal(ledger.Fold.FindNonce(late.Entry.Body), fold.FindNonce(late.Entry.Body));
        ledger.Now = ledger.Fold.LastRecordedAt;
        ledger.Add(ledger.Epoch());
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    private JsonValue Control(UtcTime to) => new ClockAdjusted(ledger.Now, to, "the clock was wrong").ToControl();

    private void Adjust(UtcTime to, TimeSpan approvalsTake)
    {
        long proposal = ledger.Add(ledger.ProposeControl(Events.ClockAdjusted, Control(to))).Entry.Index;
        ledger.Now += approvalsTake;
        if (approvalsTake > FoldLedger.Validity)
        {
            // The proposal expired meanwhile: nothing is adjusted, and it is proposed again.
            ledger.Add(ledger.Closing(proposal, ClosedAs.Expired));
            proposal = ledger.Add(ledger.ProposeControl(Events.ClockAdjusted, Control(to))).Entry.Index;
        }
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.RecordedControl(proposal, votes));
    }

    private ErrorCode? Code(Receipt receipt) => ledger.Judge(receipt)?.Code;
}
