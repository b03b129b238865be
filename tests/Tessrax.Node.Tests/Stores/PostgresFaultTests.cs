using Npgsql;
using Tessrax.Node.Postgres;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Whatever breaks between a writer and its database: what was acknowledged is there once, and nothing else is.</summary>
public sealed partial class PostgresFaultTests(PostgresServer server)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);

    [Theory]
    [InlineData((int)Cut.Before)]
    [InlineData((int)Cut.After)]
    public void A_connection_cut_at_any_message_of_an_append_loses_nothing_and_doubles_nothing(int how)
    {
        int messages = 0;
        while (true)
        {
            using var proxy = new CuttingProxy(server.Running.Port);
            using var place = new PostgresPlace(server.Running, proxy.Port);
            var batches = new StoredBatches();
            using IBatchStore store = place.Create();
            proxy.Arm(messages + 1, (Cut)how);
            for (int i = 1; i <= 3; i++)
                store.Append(batches.Next(i, 900));
            proxy.Heal();
            StoreConformance.Same(batches.Made, store.Reader.ReadAll());
            if (!proxy.Fired)
                break;
            messages++;
        }
        Assert.True(messages > 20, $"only {messages} messages: this proves little");
    }

    [Theory]
    [InlineData((int)Cut.Before)]
    [InlineData((int)Cut.After)]
    public void A_database_that_is_gone_at_any_message_leaves_an_outcome_that_the_next_opening_tells(int how)
    {
        (int there, int absent) = (0, 0);
        for (int message = 1; ; message++)
        {
            using var proxy = new CuttingProxy(server.Running.Port);
            using var place = new PostgresPlace(server.Running, proxy.Port, TimeSpan.FromMilliseconds(50));
            var batches = new StoredBatches();
            using (IBatchStore store = place.Create())
            {
                proxy.Arm(message, (Cut)how, forGood: true);
                TessraxException? failure = null;
                for (int i = 1; i <= 2 && failure is null; i++)
                {
                    Batch batch = batches.Next(i, 900);
                    failure = Record.Exception(() => store.Append(batch)) as TessraxException;
                }
                if (!proxy.Fired)
                    break;
                // The answer was all that was lost of the last message: nobody asks any more.
                if (failure is not null)
                {
                    Assert.Equal(ErrorCodes.OutcomeUnknown, failure.Code);
                    Batch next = batches.Made[^1];
                    Assert.Equal(
                        ErrorCodes.OutcomeUnknown,
                        Assert.Throws<TessraxException>(() => store.Append(next)).Code
                    );
                }
            }
            proxy.Heal();
            using IBatchStore again = place.Open();
            bool landed = again.Size == batches.Made[^1].NextIndex;
            (there, absent) = landed ? (there + 1, absent) : (there, absent + 1);
            if (!landed)
                again.Append(batches.Made[^1]);
            StoreConformance.Same(batches.Made, again.Reader.ReadAll());
        }
        Assert.True(there > 0 && absent > 0, $"{there} were there and {absent} were not: this proves little");
    }

    [Fact]
    public void A_statement_that_arrives_late_is_refused()
    {
        // The messages of an append that is prepared already; the later ones find the statement begun, which holds the lock.
        using var proxy = new CuttingProxy(server.Running.Port);
        using var place = new PostgresPlace(server.Running, proxy.Port);
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(2));
        proxy.Arm(1, Cut.Late);
        store.Append(batches.Next(3));
        Assert.True(proxy.Fired);
        proxy.Release();
        store.Append(batches.Next(1));
        WaitUntilIdle();
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
        store.Append(batches.Next(1));
    }

    [Fact]
    public void A_writer_that_another_one_followed_is_refused_and_has_written_nothing()
    {
        using var place = new PostgresPlace(server.Running);
        var batches = new StoredBatches();
        using IBatchStore old = place.Create();
        old.Append(batches.Next(2));
        using IBatchStore fresh = place.Open();
        Batch next = batches.Next(1);
        TessraxException refused = Assert.Throws<TessraxException>(() => old.Append(next));
        Assert.Equal(ErrorCodes.StaleWriter, refused.Code);
        Assert.Equal(
            ErrorCodes.StaleWriter,
            Assert.Throws<TessraxException>(() => ((PostgresStore)old).Erase([0])).Code
        );
        Assert.Equal(2, fresh.Size);
        fresh.Append(next);
        StoreConformance.Same(batches.Made, fresh.Reader.ReadAll());
    }

    [Fact]
    public void Only_under_the_newest_fencing_number_a_ledger_becomes_something_else()
    {
        using var place = new PostgresPlace(server.Running);
        using var store = (PostgresStore)place.Create();
        using NpgsqlConnection other = Direct();
        Execute(other, $"UPDATE tessrax_ledgers SET fence = fence + 1 WHERE ledger = {store.Number}");
        TessraxException refused = Assert.Throws<TessraxException>(() => store.Become(StoreState.Left, MoveToken.None));
        Assert.Equal(ErrorCodes.StaleWriter, refused.Code);
        Assert.Equal(StoreState.Filling, place.Database.Find(place.Id)!.State);
    }

    [Fact]
    public async Task A_writer_that_was_followed_while_its_answer_was_lost_knows_what_became_of_its_batch()
    {
        foreach (Cut how in (Cut[])[Cut.Before, Cut.After])
        {
            using var proxy = new CuttingProxy(server.Running.Port);
            using var place = new PostgresPlace(server.Running, proxy.Port);
            var batches = new StoredBatches();
            using IBatchStore old = place.Create();
            old.Append(batches.Next(1));
            using var direct = new PostgresPlace(server.Running);
            Batch last = batches.Next(2);
            // Bind, Execute, Sync; the writer's next connection waits until another writer is there.
            proxy.Arm(3, how, forGood: true);
            Task<Exception?> append = Task.Run(
                () => Record.Exception(() => old.Append(last)),
                TestContext.Current.CancellationToken
            );
            SpinWait.SpinUntil(() => proxy.Fired);
            WaitUntilIdle();
            using ISharedStore fresh = direct.Database.Open(place.Id);
            proxy.Heal();
            Exception? told = await append;
            if (fresh.Size == last.NextIndex)
                Assert.Null(told);
            else
                Assert.Equal(ErrorCodes.StaleWriter, Assert.IsType<TessraxException>(told).Code);
            Assert.Equal(how == Cut.After, told is null);
        }
    }

    [Fact]
    public async Task Backends_that_are_terminated_all_the_time_lose_nothing()
    {
        using var place = new PostgresPlace(server.Running);
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        using var end = new CancellationTokenSource();
        Task<int> killing = Task.Run(() => Terminate(end.Token), TestContext.Current.CancellationToken);
        int fence = (int)((PostgresStore)store).Facts.Fence;
        for (int i = 0; i < 200; i++)
            store.Append(batches.Next(1 + (i % 5), 300));
        await end.CancelAsync();
        Assert.True(await killing > 0);
        Assert.True(((PostgresStore)store).Facts.Fence > fence, "no append was hit");
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
    }

    [Fact]
    public async Task A_server_that_is_restarted_without_tidying_up_loses_nothing()
    {
        _ = server.Running; // or skipped
        using PrivatePostgres own = PrivatePostgres.Begin();
        using (PostgresDatabase database = PostgresServer.Connect(own))
            database.Migrate();
        using var place = new PostgresPlace(own);
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        using var end = new CancellationTokenSource();
        Task<long> appending = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                    store.Append(batches.Next(1 + (batches.Made.Count % 5), 300));
                return store.Size;
            },
            TestContext.Current.CancellationToken
        );
        for (int i = 0; i < 2; i++)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            own.Crash();
            own.Start();
        }
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await end.CancelAsync();
        Assert.True(await appending > 0);
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
    }

    [Fact]
    public async Task What_the_database_rolls_back_because_of_others_is_tried_again()
    {
        using var database = new PostgresDatabase(
            PostgresAddress.Parse(
                $"{server.Running.Address()}&options=-c%20default_transaction_isolation%3Drepeatable%5C%20read"
            ),
            Options(TimeSpan.FromSeconds(10))
        );
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        using var store = (PostgresStore)database.Open(id);
        var batches = new StoredBatches();
        store.Append(batches.Next(1));
        await using NpgsqlConnection other = new(server.Running.Connection);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(
            TestContext.Current.CancellationToken
        );
        // Holds the head's row, and changes nothing in it: the append waits, and is rolled back when this is committed.
        Assert.Equal(1, Execute(other, $"UPDATE tessrax_ledgers SET origin = origin WHERE ledger = {store.Number}"));
        Task append = Task.Run(() => store.Append(batches.Next(2)), TestContext.Current.CancellationToken);
        WaitUntilLocked();
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await append;
        Assert.Equal(1, store.Facts.Fence);
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
    }

    [Fact]
    public void A_database_that_was_set_back_is_not_written_to()
    {
        using var place = new PostgresPlace(server.Running);
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(1));
        Batch last = batches.Next(2);
        store.Append(last);
        long number = ((PostgresStore)store).Number;
        using NpgsqlConnection other = Direct();
        Execute(
            other,
            $"DELETE FROM tessrax_batches WHERE ledger = {number} AND next_index = 3; UPDATE tessrax_ledgers SET size = 1 WHERE ledger = {number}"
        );
        Batch next = batches.Next(1);
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => store.Append(next)).Code);
    }

    [Fact]
    public void An_erased_payload_is_gone_and_its_leaf_stays()
    {
        using var place = new PostgresPlace(server.Running);
        var batches = new StoredBatches();
        using var store = (PostgresStore)place.Create();
        store.Append(batches.Next(3));
        store.Append(batches.Next(3));
        Assert.Equal(2, store.Erase([0, 3]));
        Assert.Equal(0, store.Erase([0, 3]));
        foreach (int index in (int[])[0, 3])
        {
            Batch made = batches.Made[index / 3];
            Batch expected = made with { Entries = [made.Entries[0].Erase(), .. made.Entries.Skip(1)] };
            Segments.Store.AssertSame(expected, store.Reader.ReadBatch(index));
        }
    }

    [Fact]
    public void A_database_that_is_not_there_is_said_at_once()
    {
        using var proxy = new CuttingProxy(1);
        using PostgresDatabase database = PostgresServer.Connect(server.Running, proxy.Port);
        long begin = TimeProvider.System.GetTimestamp();
        Assert.Equal(ErrorCodes.StoreAway, Assert.Throws<TessraxException>(() => database.SchemaVersion()).Code);
        Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(10));
    }

    private static PostgresOptions Options(TimeSpan patience) =>
        new()
        {
            Clock = TimeProvider.System,
            Random = SystemRandom.Fill,
            Patience = patience,
        };

    // Tables of its own in the server of all, changed by a statement.
    private PostgresDatabase InSchema(string option, string statement)
    {
        string schema = $"s{StoredBatches.NewId().ToHex()[..12]}";
        using NpgsqlConnection direct = Direct();
        Execute(direct, $"CREATE SCHEMA {schema}");
        var database = new PostgresDatabase(
            PostgresAddress.Parse($"{server.Running.Address()}&Search%20Path={schema}{option}"),
            Options(Short)
        );
        database.Migrate();
        if (statement.Length > 0)
            Execute(direct, $"SET search_path = {schema}; {statement}");
        return database;
    }

    private static void Configure(PrivatePostgres own, string setting)
    {
        using var connection = new NpgsqlConnection(own.Connection);
        connection.Open();
        Execute(connection, $"ALTER SYSTEM SET {setting}");
        Execute(connection, "SELECT pg_reload_conf()");
        string name = setting.Split(' ')[0];
        string value = setting.Split("= ")[1].Trim('\'');
        // The server's processes read it one after another.
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    using var fresh = new NpgsqlConnection(own.Connection);
                    fresh.Open();
                    using var show = new NpgsqlCommand($"SHOW {name}", fresh);
                    return (string)show.ExecuteScalar()! == value;
                },
                TimeSpan.FromSeconds(10)
            )
        );
    }

    private int Terminate(CancellationToken end)
    {
        using NpgsqlConnection connection = Direct();
        int count = 0;
        while (!end.IsCancellationRequested)
        {
            Execute(
                connection,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'WITH moved%' AND pid <> pg_backend_pid()"
            );
            count++;
            Thread.Sleep(15);
        }
        return count;
    }

    private NpgsqlConnection Direct()
    {
        var connection = new NpgsqlConnection(server.Running.Connection);
        connection.Open();
        return connection;
    }

    private static int Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteNonQuery();
    }

    private void WaitUntilLocked() =>
        WaitUntil("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");

    private void WaitUntilIdle() =>
        WaitUntil(
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE 'WITH moved%' AND pid <> pg_backend_pid()"
        );

    private void WaitUntil(string question)
    {
        using NpgsqlConnection connection = Direct();
        using var command = new NpgsqlCommand(question, connection);
        for (int i = 0; !(bool)command.ExecuteScalar()!; i++)
        {
            Assert.True(i < 2000, $"still not: {question}");
            Thread.Sleep(5);
        }
    }
}
