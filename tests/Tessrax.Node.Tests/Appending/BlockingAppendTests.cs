using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Callers that block do the work themselves when they are alone, and take their turn when they are not; what they may rely on is the same.</summary>
public sealed class BlockingAppendTests
{
    [Fact]
    public async Task One_that_is_alone_appends_on_its_own_thread()
    {
        var disk = new ThreadNotingDisk();
        await using var run = new PipelineRun(disk: disk);
        disk.Threads.Clear();
        for (int i = 1; i <= 3; i++)
            Assert.Equal(i, run.Pipeline.Append(PipelineRun.Own($"{i}")).Index);
        Assert.Equal([Environment.CurrentManagedThreadId], disk.Threads);
        run.MustBeIdle();
        await run.HoldsAsync(4);
    }

    [Fact]
    public async Task Many_beside_callers_who_await_lose_nothing_and_keep_their_order()
    {
        await using var run = new PipelineRun();
        const int Callers = 8;
        const int Each = 40;
        long[][] places = new long[2 * Callers][];
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Callers)
                .Select(caller => new Thread(() =>
                    places[caller] = [
                        .. Enumerable
                            .Range(0, Each)
                            .Select(i => run.Pipeline.Append(PipelineRun.Own($"{caller} {i}")).Index),
                    ]
                )),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        await Task.WhenAll(
            Enumerable
                .Range(Callers, Callers)
                .Select(caller =>
                    Task.Run(async () =>
                    {
                        places[caller] = new long[Each];
                        for (int i = 0; i < Each; i++)
                            places[caller][i] = (
                                await run.Pipeline.AppendAsync(PipelineRun.Own($"{caller} {i}"))
                            ).Index;
                    })
                )
        );
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        Assert.All(places, mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(Enumerable.Range(1, 2 * Callers * Each).Select(i => (long)i), places.SelectMany(p => p).Order());
        run.MustBeIdle();
        await run.HoldsAsync(1 + (2 * Callers * Each));
    }

    [Fact]
    public async Task Takes_bodies_signed_elsewhere_refuses_what_breaks_a_rule_and_goes_on()
    {
        await using var run = new PipelineRun();
        var (signed, payload) = run.Signed("one");
        Assert.Equal(1, run.Pipeline.Append(signed, payload).Index);
        Assert.True(run.Pipeline.Append(signed, payload).IsRepeat);
        var forged = run.Signed("two");
        Assert.Equal(
            ErrorCodes.SignatureBroken,
            Assert
                .Throws<TessraxException>(() =>
                    run.Pipeline.Append(forged.Signed with { Signature = signed.Signature }, forged.Payload)
                )
                .Code
        );
        run.Pipeline.Append(PipelineRun.Own("three", nonce: 7));
        Assert.Equal(
            ErrorCodes.NonceReused,
            Assert.Throws<TessraxException>(() => run.Pipeline.Append(PipelineRun.Own("four", nonce: 7))).Code
        );
        Assert.Equal(3, run.Pipeline.Append(PipelineRun.Own("five")).Index);
        run.MustBeIdle();
        await run.HoldsAsync(4);
    }

    [Theory]
    [InlineData("write", true)]
    [InlineData("sync", false)]
    public async Task A_disk_that_fails_leaves_a_token_and_the_pipeline_takes_nothing_more(string operation, bool lands)
    {
        var disk = new SpoiltDisk();
        await using var run = new PipelineRun(disk: disk);
        run.Pipeline.Append(PipelineRun.Own("safe"));
        disk.Spoil(operation, lands);
        var unknown = Assert.Throws<TessraxException>(() => run.Pipeline.Append(PipelineRun.Own("lost?")));
        Assert.Equal(ErrorCodes.OutcomeUnknown, unknown.Code);
        Assert.True(AppendToken.TryParse(unknown.Token!, out AppendToken? token));
        await PipelineRun.RefusesAsync(
            ErrorCodes.PipelineClosed,
            () => run.Pipeline.AppendAsync(PipelineRun.Own("later"))
        );
        Assert.Equal(
            ErrorCodes.PipelineClosed,
            Assert.Throws<TessraxException>(() => run.Pipeline.Append(PipelineRun.Own("later"))).Code
        );
        disk.Mend();
        await run.ReopenAsync();
        Assert.Equal(new AppendFate(AppendOutcome.Committed, 2), await run.Pipeline.FindAsync(token!));
        await run.HoldsAsync(3);
    }

    [Fact]
    public async Task However_many_race_with_a_disk_that_fails_each_is_told()
    {
        for (int round = 0; round < 12; round++)
        {
            var disk = new SpoiltDisk();
            await using var run = new PipelineRun(disk: disk);
            var told = new int[20];
            Thread[] threads =
            [
                .. Enumerable.Range(0, told.Length).Select(i => new Thread(() => told[i] = UntilRefused(run, i))),
            ];
            foreach (Thread thread in threads)
                thread.Start();
            await Task.Delay(round);
            disk.Spoil("sync", lands: true);
            foreach (Thread thread in threads)
                Assert.True(thread.Join(TimeSpan.FromMinutes(1)), "a caller was never told");
            Assert.All(told, refusals => Assert.Equal(3, refusals));
            run.MustBeIdle();
            disk.Mend();
        }
    }

    // Goes on after the first refusal, as whoever tries again at once.
    private static int UntilRefused(PipelineRun run, int caller)
    {
        int refused = 0;
        for (int i = 0; refused < 3; i++)
        {
            try
            {
                run.Pipeline.Append(PipelineRun.Own($"{caller} {i}"));
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.OutcomeUnknown || e.Code == ErrorCodes.PipelineClosed)
            {
                refused++;
            }
        }
        return refused;
    }

    [Fact]
    public async Task Work_that_blocks_on_its_own_pipeline_waits_in_vain_and_harms_nothing()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueueWait: TimeSpan.FromMilliseconds(200)));
        var late = await Assert.ThrowsAsync<TessraxException>(() =>
            run.Pipeline.RunAsync(
                "a test",
                writer =>
                {
                    writer.Append([TestLedger.Own("by the work")]);
                    return run.Pipeline.Append(PipelineRun.Own("from within"));
                }
            )
        );
        Assert.Equal(ErrorCodes.QueueWait, late.Code);
        Assert.Equal(2, run.Pipeline.Append(PipelineRun.Own("after")).Index);
        await run.HoldsAsync(3);
    }

    [Fact]
    public async Task Refuses_what_no_reader_would_take()
    {
        await using var run = new PipelineRun();
        var (signed, payload) = run.Signed("one");
        string text = signed.Signature!;
        var seal = new Seal(1, 0, [], text);
        Refuses(signed with { Seal = seal });
        Refuses(signed with { Signature = text + "\n" });
        Refuses(signed with { Signature = text[..^3] + (char)(text[^3] + 1) + "==" });
        var (inNonce, other) = run.Signed("two", body => body with { Nonce = " " + body.Nonce });
        Assert.Throws<TessraxException>(() => run.Pipeline.Append(inNonce, other));
        Assert.Equal(1, run.Pipeline.Append(signed, payload).Index);
        await run.HoldsAsync(2);

        void Refuses(SignedBody bad) =>
            Assert.Equal(
                ErrorCodes.EntryMalformed,
                Assert.Throws<TessraxException>(() => run.Pipeline.Append(bad, payload)).Code
            );
    }

    [Fact]
    public async Task One_that_finds_the_pipeline_busy_can_be_cancelled_while_it_waits()
    {
        await using var run = new PipelineRun();
        using var cancel = new CancellationTokenSource();
        await using (await run.HoldAsync())
        {
            Task blocked = Task.Run(() => run.Pipeline.Append(PipelineRun.Own("not"), cancel.Token));
            while (run.Pipeline.Pending < 2)
                await Task.Delay(1);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        }
        Assert.Throws<OperationCanceledException>(() => run.Pipeline.Append(PipelineRun.Own("not"), cancel.Token));
        Assert.Equal(1, run.Pipeline.Append(PipelineRun.Own("now")).Index);
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task Opens_an_epoch_first_when_one_is_due()
    {
        var clock = new FakeClock();
        await using var run = new PipelineRun(clock: clock);
        run.Pipeline.Append(PipelineRun.Own("first day"));
        clock.Pass(TimeSpan.FromHours(25));
        Assert.Equal(3, run.Pipeline.Append(PipelineRun.Own("second day")).Index);
        await run.HoldsAsync(4);
    }

    // Notes which threads write.
    private sealed class ThreadNotingDisk : ForwardingDisk
    {
        public HashSet<int> Threads { get; } = [];

        protected override void Sync(string path, Action real)
        {
            if (path.EndsWith(".seg", StringComparison.Ordinal))
                Threads.Add(Environment.CurrentManagedThreadId);
            real();
        }
    }
}
