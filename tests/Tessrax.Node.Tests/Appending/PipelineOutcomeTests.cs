using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>No append is left in doubt: cancelled, refused, held up, repeated, on a failing disk, or across a restart.</summary>
public sealed class PipelineOutcomeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Cancelled_before_it_is_taken_it_is_surely_not_appended()
    {
        await using var run = new PipelineRun();
        using var before = new CancellationTokenSource();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await run.Pipeline.AppendAsync(PipelineRun.Own("never"), before.Token)
        );
        using var cancel = new CancellationTokenSource();
        Task<AppendReceipt> kept;
        await using (await run.HoldAsync())
        {
            Task<AppendReceipt> waiting = run
                .Pipeline.AppendAsync(PipelineRun.Own("waiting", 1), cancel.Token)
                .AsTask();
            Task<bool> work = run.Pipeline.RunAsync("never", _ => true, cancel.Token);
            kept = run.Pipeline.AppendAsync(PipelineRun.Own("kept")).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        }
        Assert.Equal(1, (await kept).Index);
        run.MustBeIdle();
        // Its nonce was not used either.
        Assert.False((await run.Pipeline.AppendAsync(PipelineRun.Own("another", 1))).IsRepeat);
        await run.HoldsAsync(3);
    }

    [Fact]
    public async Task Cancelled_after_it_was_taken_it_is_acknowledged_all_the_same()
    {
        using var disk = new SlowDisk();
        await using var run = new PipelineRun(disk: disk);
        using var cancel = new CancellationTokenSource();
        disk.Stop();
        Task<AppendReceipt> taken = run.Pipeline.AppendAsync(PipelineRun.Own("taken"), cancel.Token).AsTask();
        await disk.Stopped;
        await cancel.CancelAsync();
        await Task.Delay(20);
        Assert.False(taken.IsCompleted);
        disk.GoOn();
        Assert.Equal(1, (await taken).Index);
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task The_same_nonce_is_the_same_append_in_the_queue_in_the_ledger_and_after_a_restart()
    {
        await using var run = new PipelineRun();
        Task<AppendReceipt>[] both;
        await using (await run.HoldAsync())
            both =
            [
                .. Enumerable.Range(0, 3).Select(_ => run.Pipeline.AppendAsync(PipelineRun.Own("once", 7)).AsTask()),
            ];
        AppendReceipt[] receipts = await Task.WhenAll(both);
        Assert.Equal([false, true, true], receipts.Select(r => r.IsRepeat));
        AppendReceipt first = receipts[0];
        Assert.All(
            receipts,
            r => Assert.Equal((first.Index, first.Leaf, first.RecordedAt), (r.Index, r.Leaf, r.RecordedAt))
        );
        await Again();
        await run.ReopenAsync();
        await Again();
        await run.HoldsAsync(2);

        async Task Again()
        {
            AppendReceipt again = await run.Pipeline.AppendAsync(PipelineRun.Own("once", 7));
            Assert.True(again.IsRepeat);
            Assert.Equal((first.Index, first.Leaf, first.RecordedAt), (again.Index, again.Leaf, again.RecordedAt));
            await PipelineRun.RefusesAsync(
                ErrorCodes.NonceReused,
                () => run.Pipeline.AppendAsync(PipelineRun.Own("twice", 7))
            );
            await PipelineRun.RefusesAsync(
                ErrorCodes.NonceReused,
                () => run.Pipeline.AppendAsync(PipelineRun.Own("once", 7) with { Event = "x-other" })
            );
        }
    }

    [Fact]
    public async Task Of_two_appends_in_one_batch_with_one_nonce_the_second_is_refused_if_it_says_something_else()
    {
        await using var run = new PipelineRun();
        Task<AppendReceipt> one;
        Task<AppendReceipt> other;
        await using (await run.HoldAsync())
        {
            one = run.Pipeline.AppendAsync(PipelineRun.Own("one", 7)).AsTask();
            other = run.Pipeline.AppendAsync(PipelineRun.Own("other", 7)).AsTask();
        }
        Assert.Equal(1, (await one).Index);
        await PipelineRun.RefusesAsync(ErrorCodes.NonceReused, () => new ValueTask<AppendReceipt>(other));
        await run.HoldsAsync(2);
    }

    [Theory]
    [InlineData("write", true)]
    [InlineData("sync", true)]
    [InlineData("write", false)]
    [InlineData("sync", false)]
    public async Task After_a_failed_write_callers_can_ask_what_became_of_their_appends(string operation, bool lands)
    {
        var disk = new SpoiltDisk();
        await using var run = new PipelineRun(disk: disk);
        await run.Pipeline.AppendAsync(PipelineRun.Own("safe"));
        disk.Spoil(operation, lands);
        Task<AppendReceipt>[] failed;
        await using (await run.HoldAsync())
            failed =
            [
                .. Enumerable.Range(0, 3).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
        var tokens = new List<AppendToken>();
        foreach (Task<AppendReceipt> one in failed)
        {
            TessraxException unknown = await Assert.ThrowsAsync<TessraxException>(() => one);
            Assert.Equal(ErrorCodes.OutcomeUnknown, unknown.Code);
            Assert.True(AppendToken.TryParse(unknown.Token!, out AppendToken? token));
            Assert.Contains(unknown.Token!, unknown.Message, StringComparison.Ordinal);
            tokens.Add(token!);
        }
        await PipelineRun.RefusesAsync(
            ErrorCodes.PipelineClosed,
            () => run.Pipeline.AppendAsync(PipelineRun.Own("later"))
        );
        disk.Mend();
        await run.ReopenAsync();
        bool there = operation == "write" && lands || operation == "sync";
        foreach ((int i, AppendToken token) in tokens.Index())
        {
            AppendFate fate = await run.Pipeline.FindAsync(token);
            Assert.Equal(
                there ? new AppendFate(AppendOutcome.Committed, 2 + i) : new AppendFate(AppendOutcome.NotThere, null),
                fate
            );
        }
        Assert.Equal(there ? 5 : 2, (await run.Pipeline.AppendAsync(PipelineRun.Own("goes on"))).Index);
        await run.HoldsAsync(there ? 6 : 3);
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_of_a_batch_and_says_so()
    {
        var disk = new SpoiltDisk();
        await using var run = new PipelineRun(disk: disk);
        disk.Spoil("write", lands: false, full: true);
        await PipelineRun.RefusesAsync(ErrorCodes.DiskFull, () => run.Pipeline.AppendAsync(PipelineRun.Own("full")));
        await PipelineRun.RefusesAsync(ErrorCodes.PipelineClosed, () => run.Pipeline.AppendAsync(PipelineRun.Own("x")));
        disk.Mend();
        await run.ReopenAsync();
        Assert.Equal(1, (await run.Pipeline.AppendAsync(PipelineRun.Own("space"))).Index);
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task Whatever_goes_wrong_every_caller_is_told()
    {
        var clock = new BrokenClock();
        await using var run = new PipelineRun(clock: clock);
        Task<AppendReceipt>[] waiting;
        await using (await run.HoldAsync())
        {
            waiting =
            [
                .. Enumerable.Range(0, 5).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
            clock.Breaks = true;
        }
        foreach (Task<AppendReceipt> one in waiting)
            await PipelineRun.RefusesAsync(ErrorCodes.PipelineClosed, () => new ValueTask<AppendReceipt>(one));
        run.MustBeIdle();
        clock.Breaks = false;
        await run.ReopenAsync();
        await run.HoldsAsync(1);
    }

    // Fails where the sequencer asks it for the time, as nothing ever should.
    private sealed class BrokenClock : TimeProvider
    {
        public bool Breaks { get; set; }

        public override DateTimeOffset GetUtcNow() =>
            Breaks && Thread.CurrentThread.Name == "tessrax sequence"
                ? throw new InvalidOperationException("no time")
                : base.GetUtcNow();
    }

    [Fact]
    public async Task Forgets_a_nonce_only_when_the_ledger_does()
    {
        var clock = new FakeClock();
        await using var run = new PipelineRun(clock: clock);
        AppendReceipt receipt = await run.Pipeline.AppendAsync(PipelineRun.Own("one", 7));
        string nonce = Convert.ToBase64String(Enumerable.Repeat((byte)7, 16).ToArray());
        using LedgerKeys keys = TestLedger.Keys();
        var by = new Voucher(VoucherKind.Log, keys.Log.PublicKey.Id);
        UtcTime until = receipt.RecordedAt + Draft.DefaultValidity + TimeSpan.FromSeconds(300);
        var token = new AppendToken(by, nonce, until);
        Assert.Equal(new AppendFate(AppendOutcome.Committed, 1), await run.Pipeline.FindAsync(token));
        AppendToken unused = token with { Nonce = Convert.ToBase64String(new byte[16]) };
        Assert.Equal(AppendOutcome.NotThere, (await run.Pipeline.FindAsync(unused)).Outcome);
        clock.Pass(TimeSpan.FromMinutes(16));
        await run.Pipeline.AppendAsync(PipelineRun.Own("much later"));
        Assert.Equal(AppendOutcome.Forgotten, (await run.Pipeline.FindAsync(token)).Outcome);
    }

    [Fact]
    public async Task Callers_wait_for_room_in_turn_and_what_they_sent_is_bounded()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueuedEntries: 4));
        var all = new List<Task<AppendReceipt>>();
        using var cancel = new CancellationTokenSource();
        Task<AppendReceipt> cancelled;
        await using (await run.HoldAsync())
        {
            for (int i = 0; i < 10; i++)
                all.Add(run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask());
            cancelled = run.Pipeline.AppendAsync(PipelineRun.Own("not"), cancel.Token).AsTask();
            Assert.Equal(4, run.Pipeline.Pending);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }
        AppendReceipt[] receipts = await Task.WhenAll(all);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), receipts.Select(r => r.Index).Order());
        run.MustBeIdle();
        await run.HoldsAsync(11);
    }

    [Fact]
    public async Task Bytes_are_bounded_too_but_one_that_is_larger_than_the_bound_comes_alone()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueuedBytes: 10_000));
        var all = new List<Task<AppendReceipt>>();
        await using (await run.HoldAsync())
        {
            for (int i = 0; i < 6; i++)
                all.Add(run.Pipeline.AppendAsync(PipelineRun.Own(new string('x', 4000))).AsTask());
            Assert.InRange(run.Pipeline.Pending, 1, 3);
        }
        await Task.WhenAll(all);
        Assert.Equal(7, (await run.Pipeline.AppendAsync(PipelineRun.Own(new string('x', 100_000)))).Index);
        await run.HoldsAsync(8);
    }

    [Fact]
    public async Task Whoever_waits_for_too_long_is_told_what_holds_it_and_is_not_appended()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueuedEntries: 3, maxQueueWait: Soon));
        await using (await run.HoldAsync())
        {
            Task<AppendReceipt>[] waiting =
            [
                .. Enumerable.Range(0, 4).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
            foreach (Task<AppendReceipt> one in waiting)
            {
                TessraxException late = await Assert.ThrowsAsync<TessraxException>(() => one);
                Assert.Equal(ErrorCodes.QueueWait, late.Code);
                Assert.Contains("the work 'a test'", late.Message, StringComparison.Ordinal);
            }
        }
        Assert.Equal(1, (await run.Pipeline.AppendAsync(PipelineRun.Own("now"))).Index);
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_leaves_its_batch_unknown_and_ends_the_pipeline()
    {
        using var disk = new SlowDisk();
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxCommitWait: Soon), disk);
        disk.Stop();
        Task<AppendReceipt> stuck = run.Pipeline.AppendAsync(PipelineRun.Own("stuck")).AsTask();
        await disk.Stopped;
        TessraxException unknown = await Assert.ThrowsAsync<TessraxException>(() => stuck);
        Assert.Equal(ErrorCodes.OutcomeUnknown, unknown.Code);
        Assert.Contains("the disk", unknown.Message, StringComparison.Ordinal);
        await PipelineRun.RefusesAsync(ErrorCodes.PipelineClosed, () => run.Pipeline.AppendAsync(PipelineRun.Own("x")));
        disk.GoOn();
        await run.ReopenAsync();
        Assert.True(AppendToken.TryParse(unknown.Token!, out AppendToken? token));
        Assert.Equal(new AppendFate(AppendOutcome.Committed, 1), await run.Pipeline.FindAsync(token!));
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task Shutting_down_finishes_what_was_accepted_and_refuses_what_comes_later()
    {
        await using var run = new PipelineRun();
        Task<AppendReceipt>[] accepted;
        Task done;
        await using (await run.HoldAsync())
        {
            accepted =
            [
                .. Enumerable.Range(0, 20).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
            done = run.Pipeline.CompleteAsync();
            await PipelineRun.RefusesAsync(
                ErrorCodes.PipelineClosed,
                () => run.Pipeline.AppendAsync(PipelineRun.Own("late"))
            );
            Assert.Equal(
                ErrorCodes.PipelineClosed,
                (await Assert.ThrowsAsync<TessraxException>(() => run.Pipeline.RunAsync("late", _ => 0))).Code
            );
            Assert.False(done.IsCompleted);
        }
        await done;
        Assert.Equal(20, (await Task.WhenAll(accepted)).Length);
        await run.HoldsAsync(21);
    }

    [Fact]
    public async Task A_batch_may_wait_for_company_but_no_longer_than_it_was_told()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxLinger: TimeSpan.FromSeconds(1)));
        Task<AppendReceipt> first = run.Pipeline.AppendAsync(PipelineRun.Own("first")).AsTask();
        await Task.Delay(10);
        Task<AppendReceipt> second = run.Pipeline.AppendAsync(PipelineRun.Own("second")).AsTask();
        AppendReceipt[] both = await Task.WhenAll(first, second);
        Assert.Equal(both[0].Checkpoint, both[1].Checkpoint);
        await run.HoldsAsync(3);
    }

    [Fact]
    public async Task Callers_that_race_with_the_end_are_acknowledged_or_refused_and_nothing_is_lost()
    {
        for (int round = 0; round < 5; round++)
        {
            await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueuedEntries: 8));
            int acknowledged = 0;
            Task[] callers =
            [
                .. Enumerable
                    .Range(0, 12)
                    .Select(caller =>
                        Task.Run(async () =>
                        {
                            using var cancel = new CancellationTokenSource();
                            for (int i = 0; ; i++)
                            {
                                try
                                {
                                    ValueTask<AppendReceipt> append = run.Pipeline.AppendAsync(
                                        PipelineRun.Own($"{caller} {i}"),
                                        cancel.Token
                                    );
                                    if (caller == 0 && i == 20)
                                        await cancel.CancelAsync();
                                    await append;
                                    Interlocked.Increment(ref acknowledged);
                                }
                                catch (OperationCanceledException)
                                {
                                    return;
                                }
                                catch (TessraxException e) when (e.Code == ErrorCodes.PipelineClosed)
                                {
                                    return;
                                }
                            }
                        })
                    ),
            ];
            await Task.Delay(30 + (10 * round));
            await run.Pipeline.CompleteAsync();
            await Task.WhenAll(callers);
            await run.HoldsAsync(1 + acknowledged);
        }
    }

    [Fact]
    public async Task Goes_from_one_segment_to_the_next()
    {
        await using var run = new PipelineRun();
        const int Count = SegmentFormat.EntriesPerSegment + 10;
        var waiting = new Task<AppendReceipt>[Count];
        for (int i = 0; i < Count; i++)
            waiting[i] = run.Pipeline.AppendAsync(PipelineRun.Own("x")).AsTask();
        AppendReceipt[] receipts = await Task.WhenAll(waiting);
        Assert.Equal(Count, receipts.Select(r => r.Index).Distinct().Count());
        await run.HoldsAsync(receipts.Max(r => r.Index) + 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("log")]
    [InlineData("boss {key} AAAAAAAAAAAAAAAAAAAAAA== 2026-01-31T12:15:00.000000Z")]
    [InlineData("1 {key} AAAAAAAAAAAAAAAAAAAAAA== 2026-01-31T12:15:00.000000Z")]
    [InlineData("log {key} AAAA 2026-01-31T12:15:00.000000Z")]
    [InlineData("log {key} AAAAAAAAAAAAAAAAAAAAAA== 2026-01-31T12:15:00Z")]
    public void A_token_is_read_as_it_is_written_and_no_otherwise(string text)
    {
        string key = new('a', 64);
        Assert.False(AppendToken.TryParse(text.Replace("{key}", key, StringComparison.Ordinal), out _));
        string good = $"log {key} AAAAAAAAAAAAAAAAAAAAAA== 2026-01-31T12:15:00.000000Z";
        Assert.True(AppendToken.TryParse(good, out AppendToken? token));
        Assert.Equal(good, token!.ToString());
    }
}
