using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>The connection to the database breaks at any message of preparing, committing and aborting: for a moment, or until another machine goes on. What was acknowledged stays true, what was not is one thing or the
/// other, and no receipt has two indexes.</summary>
public sealed class PostgresTransactionCrashTests : IDisposable
{
    private readonly TestLedger ledger = new(approvers: 0, clock: new HurriedClock());
    private readonly PrivatePostgres server;
    private readonly CuttingProxy proxy;
    private byte rounds;

    // Of some hundreds of messages. No multiple of what a statement takes, so that all kinds of them are met.
    private const int Stride = 11;

    public PostgresTransactionCrashTests(PostgresServer running)
    {
        PostgresStores.Register();
        server = running.Running;
        proxy = new CuttingProxy(server.Port);
        new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, server.Address(proxy.Port));
    }

    public void Dispose()
    {
        proxy.Dispose();
        ledger.Dispose();
    }

    [Theory]
    [InlineData((int)Cut.Before)]
    [InlineData((int)Cut.After)]
    public void A_connection_cut_at_any_message_is_not_noticed(int how)
    {
        int message = 1;
        for (; ; message += Stride)
        {
            var told = new Coordinator(++rounds);
            using (LedgerWriter writer = ledger.Open())
            {
                proxy.Arm(message, (Cut)how);
                told.Run(writer);
            }
            if (!proxy.Fired)
                break;
            proxy.Heal();
            Assert.Equal((4, 2, 1), (told.Prepared.Count, told.Committed.Count, told.Aborted.Count));
            CheckAndFinish(told, $"cut at message {message}");
        }
        Assert.True(message > 200, $"only {message} messages: this proves little");
    }

    [Theory]
    [InlineData((int)Cut.Before)]
    [InlineData((int)Cut.After)]
    public void After_a_database_was_gone_at_any_message_a_coordinator_that_asks_again_finishes(int how)
    {
        int message = how + 1;
        int stopped = 0;
        for (; ; message += Stride)
        {
            var told = new Coordinator(++rounds);
            using (LedgerWriter writer = ledger.Open())
            {
                proxy.Arm(message, (Cut)how, forGood: true);
                stopped += Record.Exception(() => told.Run(writer)) is TessraxException ? 1 : 0;
            }
            bool isOver = !proxy.Fired;
            proxy.Heal();
            if (isOver)
                break;
            CheckAndFinish(told, $"gone at message {message}");
        }
        Assert.True(message > 200 && stopped > 15, $"{stopped} of {message} messages stopped it: this proves little");
    }

    private void CheckAndFinish(Coordinator told, string what)
    {
        using (LedgerWriter writer = ledger.Open())
            told.Answers(writer, what);
        using (LedgerWriter writer = ledger.Open())
            told.Finish(writer, what);
        using LedgerWriter last = ledger.Open();
        told.MustBeAll(last, 1 + (2 * (rounds - 1)));
        Assert.True(ledger.Verify().Holds);
        // Each row is a message: the next round is to have no more of them.
        server.Ask(
            $"DELETE FROM tessrax_prepared WHERE ledger = (SELECT ledger FROM tessrax_ledgers WHERE id = decode('{ledger.Id.ToHex()}', 'hex'))"
        );
    }

    // Half a minute of patience is over in no time.
    private sealed class HurriedClock : TimeProvider
    {
        private const int Times = 200;

        public override long GetTimestamp() => base.GetTimestamp() * Times;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

        private static TimeSpan Shorter(TimeSpan span) => span > TimeSpan.Zero ? span / Times : span;
    }
}
