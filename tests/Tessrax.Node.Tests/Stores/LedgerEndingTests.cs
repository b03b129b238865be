using System.Globalization;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Whether a ledger has ended is told by its row, which is written with the batch that ends it: who lists ledgers reads no batches.</summary>
public sealed class LedgerEndingTests : IDisposable
{
    private readonly PrivatePostgres server = PrivatePostgres.Begin();
    private readonly TestLedger ended = new(approvers: 0);
    private readonly TestLedger goesOn = new(approvers: 0);

    public LedgerEndingTests()
    {
        PostgresStores.Register();
        LedgerStores.Migrate(server.Address(), ended.Environment);
        foreach (TestLedger one in (TestLedger[])[ended, goesOn])
            new LedgerMove(one.Environment).ToDatabase(one.DirectoryPath, server.Address());
        Append(goesOn, "LEDGER_RETIRED is only a word here");
    }

    public void Dispose()
    {
        ended.Dispose();
        goesOn.Dispose();
        server.Dispose();
    }

    [Fact]
    public void The_row_tells_it_without_a_batch()
    {
        Assert.Equal((null, null), Listed());
        Retire();
        // Nobody could read one.
        server.Ask("ALTER TABLE tessrax_batches RENAME TO elsewhere");
        Assert.Equal((Events.LedgerRetired, null), Listed());
    }

    [Fact]
    public async Task Tables_of_before_are_brought_up_to_date_by_many_at_once_and_say_it_from_then_on()
    {
        Retire();
        BringBack();
        Assert.Equal(ErrorCodes.StoreSchema, Assert.Throws<TessraxException>(() => Listed()).Code);
        using var together = new Barrier(6);
        (long Before, long Now)[] done = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            together.SignalAndWait();
                            return LedgerStores.Migrate(server.Address(), ended.Environment);
                        },
                        TaskCreationOptions.LongRunning
                    )
                )
        );
        Assert.All(done, one => Assert.Equal(3, one.Now));
        Assert.Equal((3, 3), LedgerStores.Migrate(server.Address(), ended.Environment));
        server.Ask("ALTER TABLE tessrax_batches RENAME TO elsewhere");
        Assert.Equal((Events.LedgerRetired, null), Listed());
    }

    [Fact]
    public void What_a_program_of_before_appended_since_is_looked_up()
    {
        Retire();
        // It moves the size, and knows of no other column.
        server.Ask("UPDATE tessrax_ledgers SET ended = '', judged = 1");
        Assert.Equal((Events.LedgerRetired, null), Listed());
        Assert.Equal((3, 3), LedgerStores.Migrate(server.Address(), ended.Environment));
        Assert.Equal(0L, server.Ask("SELECT count(*) FROM tessrax_ledgers WHERE judged <> size"));
    }

    [Fact]
    public void A_value_that_is_longer_than_any_batch_is_not_fetched()
    {
        Append(goesOn, "one more");
        server.Ask(
            string.Create(
                CultureInfo.InvariantCulture,
                $"UPDATE tessrax_batches SET entries = decode(repeat('00', {SegmentFormat.MaxRecord + 1}), 'hex')"
            )
        );
        using PostgresDatabase database = PostgresServer.Connect(server);
        using IBatchReader reader = database.Read(goesOn.Id);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => reader.ReadBatch(1)).Code);
        // Other tests allocate meanwhile, on other threads.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => reader.ReadBatch(1)).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, SegmentFormat.MaxRecord / 4);
    }

    [Fact]
    public void A_removal_whose_commit_was_cut_off_anywhere_is_done_and_says_so()
    {
        Retire();
        StoredLedger listed = LedgerStores.List(server.Address(), ended.Environment).Single(one => one.Id == ended.Id);
        int cuts = 0;
        for (int message = 1; ; message++)
        {
            server.Ask("DROP TABLE IF EXISTS kept_ledgers, kept_batches");
            server.Ask("CREATE TABLE kept_ledgers AS SELECT * FROM tessrax_ledgers");
            server.Ask("CREATE TABLE kept_batches AS SELECT * FROM tessrax_batches");
            using var proxy = new CuttingProxy(server.Port);
            using PostgresDatabase database = PostgresServer.Connect(server, proxy.Port);
            Assert.NotNull(database.Find(listed.Id));
            proxy.Arm(message, Cut.After);
            Assert.Equal(listed.Size, database.Remove(listed));
            Assert.Null(database.Find(listed.Id));
            if (!proxy.Fired)
                break;
            cuts++;
            server.Ask("DELETE FROM tessrax_ledgers");
            server.Ask("DELETE FROM tessrax_batches");
            server.Ask("INSERT INTO tessrax_ledgers SELECT * FROM kept_ledgers");
            server.Ask("INSERT INTO tessrax_batches SELECT * FROM kept_batches");
        }
        Assert.True(cuts > 5, $"only {cuts} messages: this proves little");
        Assert.NotNull(LedgerStores.List(server.Address(), ended.Environment).Single(one => one.Id == goesOn.Id));
    }

    private (string? Ended, string? GoesOn) Listed()
    {
        IReadOnlyList<StoredLedger> all = LedgerStores.List(server.Address(), ended.Environment);
        return (all.Single(one => one.Id == ended.Id).EndedBy, all.Single(one => one.Id == goesOn.Id).EndedBy);
    }

    // As tables of version 1 were.
    private void BringBack()
    {
        server.Ask("ALTER TABLE tessrax_ledgers DROP COLUMN ended, DROP COLUMN judged");
        server.Ask("DELETE FROM tessrax_schema WHERE version > 1");
    }

    private void Retire()
    {
        using LedgerWriter writer = ended.Open();
        GovernOutcome asked = new ProposalDesk(writer).Ask(
            Events.LedgerRetired,
            new LedgerRetired("over").ToControl(),
            KeyDesk.Validity
        );
        Assert.True(asked.IsRecorded);
    }

    private static void Append(TestLedger to, string text)
    {
        using LedgerWriter writer = to.Open();
        writer.Append([TestLedger.Own(text)]);
    }
}
