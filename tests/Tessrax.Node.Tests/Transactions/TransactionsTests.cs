using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Two phases for many callers, through the pipeline.</summary>
public sealed class TransactionsTests
{
    private const int Callers = 8;
    private const int Each = 6;

    [Fact]
    public async Task Many_callers_prepare_and_decide_while_others_append()
    {
        using var ledger = new TestLedger();
        var committed = new Dictionary<TransactionToken, long>();
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
        {
            CancellationToken stop = TestContext.Current.CancellationToken;
            Node.Transactions.Transactions receipts = await Node.Transactions.Transactions.OpenAsync(
                pipeline,
                cancellation: stop
            );
            await Task.WhenAll(
                Enumerable
                    .Range(0, Callers)
                    .Select(caller =>
                        Task.Run(
                            async () =>
                            {
                                for (int i = 0; i < Each; i++)
                                {
                                    Draft draft = TestLedger.Own($"{caller} {i}");
                                    await pipeline.AppendAsync(TestLedger.Own($"beside {caller} {i}"), stop);
                                    TransactionToken token = (await receipts.PrepareAsync(draft, null, stop)).Token;
                                    if (i % 3 == 2)
                                    {
                                        await receipts.AbortAsync(token, stop);
                                        continue;
                                    }
                                    long index = await receipts.CommitAsync(token, stop);
                                    Assert.Equal(index, await receipts.CommitAsync(token, stop));
                                    Assert.Equal(index, (await receipts.AskAsync(token, stop)).Index);
                                    lock (committed)
                                    {
                                        committed.Add(token, index);
                                    }
                                }
                            },
                            stop
                        )
                    )
            );
            Assert.Empty(await receipts.UndecidedAsync(stop));
            Assert.Null(receipts.Warning);
        }
        Assert.Equal(Callers * Each * 2 / 3, committed.Values.Distinct().Count());
        using LedgerView view = ledger.View();
        Assert.Equal(1 + committed.Count + (Callers * Each), view.Size);
        foreach ((TransactionToken token, long index) in committed)
            Assert.Equal(token.Nonce, view.Receipt(index).Entry.Body.Nonce);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public async Task A_commit_of_unknown_outcome_is_answered_by_the_next_session()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        CancellationToken stop = TestContext.Current.CancellationToken;
        TransactionToken token;
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
        {
            Node.Transactions.Transactions receipts = await Node.Transactions.Transactions.OpenAsync(
                pipeline,
                cancellation: stop
            );
            token = (await receipts.PrepareAsync(TestLedger.Own("in doubt"), null, stop)).Token;
            disk.Fails = (what, path) => what == "sync" && path.Contains("segments", StringComparison.Ordinal);
            TessraxException error = await Assert.ThrowsAsync<TessraxException>(() =>
                receipts.CommitAsync(token, stop)
            );
            Assert.Equal(ErrorCodes.OutcomeUnknown, error.Code);
            await Assert.ThrowsAsync<TessraxException>(() => receipts.AskAsync(token, stop));
        }
        disk.Fails = (_, _) => false;
        await using var next = new LedgerPipeline(ledger.Open());
        Node.Transactions.Transactions again = await Node.Transactions.Transactions.OpenAsync(next, cancellation: stop);
        Assert.Equal(1, await again.CommitAsync(token, stop));
    }
}
