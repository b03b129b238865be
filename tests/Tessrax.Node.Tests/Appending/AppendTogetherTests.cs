using Tessrax.Node.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Many appends with one call: each is an entry like any other, and the call says truthfully what became of them.</summary>
public sealed class AppendTogetherTests
{
    private static OwnDraft[] Many(int count, string text = "entry") =>
        [.. Enumerable.Range(0, count).Select(i => PipelineRun.Own($"{text} {i}"))];

    [Fact]
    public async Task They_stand_in_order_with_nobody_between_and_share_a_batch_that_holds_them()
    {
        await using var run = new PipelineRun();
        IReadOnlyList<AppendReceipt>[] calls = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(caller => Task.Run(() => run.Pipeline.AppendAsync(Many(100, $"{caller}"))))
        );
        foreach (IReadOnlyList<AppendReceipt> receipts in calls)
        {
            Assert.Equal(Enumerable.Range(0, 100).Select(i => receipts[0].Index + i), receipts.Select(r => r.Index));
            Assert.All(receipts, receipt => Assert.False(receipt.IsRepeat));
        }
        Assert.Equal(
            Enumerable.Range(1, 1200).Select(i => (long)i),
            calls.SelectMany(c => c).Select(r => r.Index).Order()
        );
        IReadOnlyList<AppendReceipt> few = await run.Pipeline.AppendAsync(Many(3));
        Assert.Single(few.Select(receipt => receipt.Checkpoint).Distinct());
        run.MustBeIdle();
        await run.HoldsAsync(1204);
    }

    [Fact]
    public async Task As_many_as_one_call_may_hold_take_several_batches_if_they_must()
    {
        await using var run = new PipelineRun();
        OwnDraft[] large = [.. Enumerable.Range(0, 600).Select(i => PipelineRun.Own($"{i}{new string('x', 2000)}"))];
        IReadOnlyList<AppendReceipt> receipts = await run.Pipeline.AppendAsync(large);
        Assert.True(receipts.Select(receipt => receipt.Checkpoint.Text).Distinct().Count() > 1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.Pipeline.AppendAsync(Array.Empty<OwnDraft>()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            run.Pipeline.AppendAsync(Many(LedgerPipeline.MostTogether + 1))
        );
        await run.HoldsAsync(601);
    }

    [Fact]
    public async Task One_that_is_not_what_it_should_be_keeps_all_of_its_call_out()
    {
        await using var run = new PipelineRun();
        OwnDraft[] drafts = Many(5);
        drafts[3] = drafts[3] with { Data = "{"u8.ToArray() };
        await Assert.ThrowsAsync<TessraxException>(() => run.Pipeline.AppendAsync(drafts));
        var good = run.Signed("good");
        var forged = run.Signed("forged");
        SignedDraft[] signed =
        [
            new(good.Signed, good.Payload),
            new(forged.Signed with { Signature = good.Signed.Signature }, forged.Payload),
        ];
        var refused = await Assert.ThrowsAsync<TessraxException>(() => run.Pipeline.AppendAsync(signed));
        Assert.Equal(ErrorCodes.SignatureBroken, refused.Code);
        run.MustBeIdle();
        Assert.Equal(1, Assert.Single(await run.Pipeline.AppendAsync([signed[0]])).Index);
        await run.HoldsAsync(2);
    }

    [Fact]
    public async Task The_same_nonces_are_the_same_appends_and_one_that_says_something_else_is_told_of_with_the_rest_durable()
    {
        await using var run = new PipelineRun();
        OwnDraft[] drafts = [PipelineRun.Own("a", nonce: 1), PipelineRun.Own("b", nonce: 2)];
        IReadOnlyList<AppendReceipt> first = await run.Pipeline.AppendAsync(drafts);
        IReadOnlyList<AppendReceipt> again = await run.Pipeline.AppendAsync(drafts);
        Assert.Equal(first.Select(receipt => receipt.Index), again.Select(receipt => receipt.Index));
        Assert.All(again, receipt => Assert.True(receipt.IsRepeat));
        drafts = [PipelineRun.Own("c"), PipelineRun.Own("not a", nonce: 1), PipelineRun.Own("d")];
        var partly = await Assert.ThrowsAsync<TessraxException>(() => run.Pipeline.AppendAsync(drafts));
        Assert.Equal(ErrorCodes.PartlyAppended, partly.Code);
        Assert.Equal(ErrorCodes.NonceReused, Assert.IsType<TessraxException>(partly.InnerException).Code);
        Assert.StartsWith("2 of 3 appends are durable", partly.Message, StringComparison.Ordinal);
        run.MustBeIdle();
        await run.HoldsAsync(5);
    }

    [Fact]
    public async Task A_failed_disk_leaves_a_token_and_every_call_is_told()
    {
        var disk = new SpoiltDisk();
        await using var run = new PipelineRun(disk: disk);
        disk.Spoil("sync", lands: true);
        Task<IReadOnlyList<AppendReceipt>>[] calls;
        await using (await run.HoldAsync())
            calls = [run.Pipeline.AppendAsync(Many(20)), run.Pipeline.AppendAsync(Many(20))];
        foreach (Task<IReadOnlyList<AppendReceipt>> call in calls)
        {
            var unknown = await Assert.ThrowsAsync<TessraxException>(() => call);
            Assert.Equal(ErrorCodes.OutcomeUnknown, unknown.Code);
            Assert.True(AppendToken.TryParse(unknown.Token!, out _));
        }
        var closed = await Assert.ThrowsAsync<TessraxException>(() => run.Pipeline.AppendAsync(Many(2)));
        Assert.Equal(ErrorCodes.PipelineClosed, closed.Code);
        run.MustBeIdle();
        disk.Mend();
        await run.ReopenAsync();
        await run.HoldsAsync(41);
    }

    [Fact]
    public async Task Waiting_for_room_can_be_cancelled_and_leaves_nothing()
    {
        await using var run = new PipelineRun(new LedgerPipelineOptions(maxQueuedEntries: 10));
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<AppendReceipt>> first;
        await using (await run.HoldAsync())
        {
            first = run.Pipeline.AppendAsync(Many(9));
            Task<IReadOnlyList<AppendReceipt>> second = run.Pipeline.AppendAsync(Many(50), cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        }
        Assert.Equal(9, (await first).Count);
        Assert.Equal(50, (await run.Pipeline.AppendAsync(Many(50))).Count);
        run.MustBeIdle();
        await run.HoldsAsync(60);
    }
}
