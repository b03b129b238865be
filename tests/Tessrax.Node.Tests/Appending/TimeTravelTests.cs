using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A clock that jumps, stalls, runs backwards or drifts: the ledger stays in order, and what was done about it is on record.</summary>
public sealed class TimeTravelTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;
    private string boot = "first";
    private TimeSpan uptime = TimeSpan.FromHours(1);

    public TimeTravelTests() => ledger = new TestLedger(clock: clock);

    private NodeEnvironment Environment => ledger.Environment with { Uptime = () => new MachineUptime(boot, uptime) };

    private string NoteFile => Path.Combine(ledger.State, "clocks", ledger.Id.ToHex());

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void A_jump_ahead_is_refused_in_one_process_and_until_it_is_undone()
    {
        using LedgerWriter writer = Open();
        Append(writer);
        clock.Step(TimeSpan.FromMinutes(6));
        Refused(writer);
        clock.Step(TimeSpan.FromMinutes(-6));
        Append(writer);
        Holds();
    }

    [Fact]
    public void A_jump_between_two_processes_of_one_boot_is_refused_and_a_pause_is_not()
    {
        using (LedgerWriter writer = Open())
            Append(writer);
        // A pause: both clocks went on.
        Pass(TimeSpan.FromDays(2));
        using (LedgerWriter writer = Open())
            Append(writer);
        Pass(TimeSpan.FromSeconds(10));
        clock.Step(TimeSpan.FromHours(3));
        using (LedgerWriter writer = Open())
            Refused(writer);
        clock.Step(TimeSpan.FromHours(-3));
        using (LedgerWriter writer = Open())
            Append(writer);
        Holds();
    }

    [Fact]
    public void After_a_boot_a_jump_cannot_be_told_from_a_pause()
    {
        using (LedgerWriter writer = Open())
            Append(writer);
        (boot, uptime) = ("second", TimeSpan.FromMinutes(1));
        clock.Step(TimeSpan.FromHours(3));
        using LedgerWriter later = Open();
        Append(later);
        Holds();
    }

    [Theory]
    [InlineData("not a note")]
    [InlineData("{}")]
    [InlineData("""{"boot":"first","uptime":-1,"wall":"2026-01-31T12:00:00.000000Z"}""")]
    [InlineData("""{"boot":"first","uptime":999999999999999,"wall":"2026-01-31T12:00:00.000000Z"}""")]
    public void A_note_that_says_nothing_stops_nobody(string note)
    {
        using (LedgerWriter writer = Open())
            Append(writer);
        Assert.True(File.Exists(NoteFile));
        File.WriteAllText(NoteFile, note);
        clock.Step(TimeSpan.FromHours(3));
        using LedgerWriter later = Open();
        Append(later);
    }

    [Fact]
    public void A_clock_that_runs_backwards_or_stalls_gives_the_last_time_again()
    {
        using LedgerWriter writer = Open();
        UtcTime first = Append(writer);
        clock.Step(TimeSpan.FromHours(-5));
        Assert.Equal(first, Append(writer));
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(first, Append(writer));
        clock.Step(TimeSpan.FromHours(5));
        Assert.Equal(first + TimeSpan.FromMinutes(1), Append(writer));
        Holds();
    }

    [Fact]
    public void A_clock_that_drifts_is_followed_until_it_is_five_minutes_off()
    {
        using LedgerWriter writer = Open();
        for (int i = 0; i < 10; i++)
        {
            clock.Step(TimeSpan.FromSeconds(29));
            Pass(TimeSpan.FromSeconds(60));
            Append(writer);
        }
        clock.Step(TimeSpan.FromSeconds(11));
        Refused(writer);
        Holds();
    }

    [Fact]
    public void A_real_jump_ahead_is_recorded_with_approvals_and_then_followed()
    {
        UtcTime before;
        using (LedgerWriter writer = Open())
            before = Append(writer);
        clock.Step(TimeSpan.FromDays(3));
        Pass(TimeSpan.FromMinutes(1));
        long proposal = Propose(UtcTime.Now(clock), "the clock stood still before");
        for (int approver = 1; approver <= 2; approver++)
        {
            using LedgerWriter writer = Open();
            // For anything else the clock is still wrong.
            Refused(writer);
            writer.UseBelievedTime();
            Pass(TimeSpan.FromHours(1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, approver));
            if (approver == 2)
                Assert.InRange(Append(writer) - UtcTime.Now(clock), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
        using (LedgerWriter writer = Open())
            Assert.True(Append(writer) > before + TimeSpan.FromDays(3));
        Holds();
    }

    [Fact]
    public void An_adjustment_that_a_crash_kept_out_of_the_note_is_followed_all_the_same()
    {
        using (LedgerWriter writer = Open())
            Append(writer);
        string note = File.ReadAllText(NoteFile);
        clock.Step(TimeSpan.FromDays(3));
        long proposal = Propose(UtcTime.Now(clock), "the clock stood still before");
        using (LedgerWriter writer = Open())
        {
            writer.UseBelievedTime();
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 2));
        }
        Assert.NotEqual(note, File.ReadAllText(NoteFile));
        File.WriteAllText(NoteFile, note);
        using (LedgerWriter writer = Open())
            Append(writer);
        Holds();
    }

    [Fact]
    public void A_ledger_that_recorded_2099_is_set_back_with_approvals_and_epochs_go_on()
    {
        (boot, uptime) = ("second", TimeSpan.FromMinutes(1));
        UtcTime right = UtcTime.Now(clock);
        clock.Step(TimeSpan.FromDays(365 * 73));
        using (LedgerWriter writer = Open())
            Append(writer);
        (boot, uptime) = ("third", TimeSpan.FromMinutes(1));
        clock.Step(TimeSpan.FromDays(-365 * 73));
        // Everything would be recorded in 2099, or refused for having expired.
        using (LedgerWriter writer = Open())
            Assert.True(Append(writer) > right + TimeSpan.FromDays(365 * 72));
        long proposal = Propose(UtcTime.Now(clock), "somebody had set the clock to 2099");
        Pass(TimeSpan.FromDays(1));
        using (LedgerWriter writer = Open())
        {
            writer.UseBelievedTime();
            var desk = new ProposalDesk(writer);
            desk.Record(ledger.Vote(writer, proposal, 1));
            desk.Record(ledger.Vote(writer, proposal, 2));
            Assert.InRange(Append(writer) - UtcTime.Now(clock), TimeSpan.Zero, TimeSpan.FromSeconds(1));
            Pass(TimeSpan.FromHours(25));
            Append(writer);
            // One in 2099, one once a day had passed since the time that was set, and one now.
            Assert.Equal(3, writer.Fold.State.Epoch);
        }
        Holds();
        using LedgerView view = ledger.View();
        Assert.Equal(
            "somebody had set the clock to 2099",
            ClockAdjusted
                .Read(view.Receipts().Single(r => r.Entry.Body.Event == Events.ClockAdjusted).Entry.Body)
                .Reason
        );
    }

    [Fact]
    public void Without_approvers_the_author_adjusts_the_clock_alone()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        using LedgerWriter writer = alone.Open();
        clock.Step(TimeSpan.FromDays(1));
        writer.UseBelievedTime();
        new ProposalDesk(writer).AdjustClock(UtcTime.Now(clock), "summer", TimeSpan.FromDays(1));
        Assert.Equal(UtcTime.Now(clock), Append(writer));
    }

    private LedgerWriter Open() => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), Environment);

    private static UtcTime Append(LedgerWriter writer) => writer.Append([TestLedger.Own("x")])[0].Entry.RecordedAt;

    private static void Refused(LedgerWriter writer)
    {
        long size = writer.Fold.Size;
        Assert.Equal(ErrorCodes.ClockJump, Assert.Throws<TessraxException>(() => Append(writer)).Code);
        Assert.Equal(size, writer.Fold.Size);
    }

    private void Pass(TimeSpan span)
    {
        clock.Pass(span);
        uptime += span;
    }

    private long Propose(UtcTime to, string reason)
    {
        using LedgerWriter writer = Open();
        writer.UseBelievedTime();
        return new ProposalDesk(writer).AdjustClock(to, reason, TimeSpan.FromDays(7)).Entry.Index;
    }

    private void Holds() => Assert.True(ledger.Verify().Holds, ledger.Verify().ToJson().ToString());
}
