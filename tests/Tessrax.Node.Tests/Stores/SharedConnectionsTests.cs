using Npgsql;
using Tessrax.Hashing;
using Tessrax.Node.Postgres;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A process has so many connections to a database at most, however many of its ledgers are open.</summary>
public sealed class SharedConnectionsTests : IDisposable
{
    // Its own: others end connections that do what is done here, and wait for locks as it is waited for here.
    private readonly PrivatePostgres server = PrivatePostgres.Begin();

    public SharedConnectionsTests()
    {
        using PostgresDatabase database = PostgresServer.Connect(server);
        database.Migrate();
    }

    public void Dispose() => server.Dispose();

    [Theory]
    [InlineData("", 20, 120)]
    [InlineData("&Maximum%20Pool%20Size=3", 3, 30)]
    [InlineData("&Maximum%20Pool%20Size=1", 1, 5)]
    public async Task More_ledgers_than_connections_are_open_and_each_is_written_to(string option, int most, int count)
    {
        string name = $"n{StoredBatches.NewId().ToHex()[..12]}";
        Place[] places = [.. Enumerable.Range(0, count).Select(_ => Begin($"&application_name={name}{option}"))];
        try
        {
            using var end = new CancellationTokenSource();
            Task<long> watching = Task.Run(() => MostSeen(name, end.Token), TestContext.Current.CancellationToken);
            Parallel.ForEach(
                places,
                new ParallelOptions { MaxDegreeOfParallelism = 32 },
                place =>
                {
                    for (int i = 1; i <= 3; i++)
                        place.Store.Append(place.Batches.Next(i, 300));
                }
            );
            await end.CancelAsync();
            Assert.InRange(await watching, 1, most);
            foreach (Place place in places)
                StoreConformance.Same(place.Batches.Made, place.Store.Reader.ReadAll());
        }
        finally
        {
            foreach (Place place in places)
                place.Dispose();
        }
        // The last one to go closes them.
        Assert.True(SpinWait.SpinUntil(() => Count(name) == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void With_one_connection_a_stale_writer_is_told_so()
    {
        string option = $"&application_name=n{StoredBatches.NewId().ToHex()[..12]}&Maximum%20Pool%20Size=1";
        using Place place = Begin(option);
        place.Store.Append(place.Batches.Next(1));
        using ISharedStore fresh = place.Database.Open(place.Id);
        Batch next = place.Batches.Next(1);
        Assert.Equal(ErrorCodes.StaleWriter, Assert.Throws<TessraxException>(() => place.Store.Append(next)).Code);
        fresh.Append(next);
    }

    [Fact]
    public async Task Whoever_finds_all_busy_waits_and_then_is_told_that_nothing_was_sent()
    {
        using PostgresDatabase database = Connect("&Maximum%20Pool%20Size=2", TimeSpan.FromMilliseconds(300));
        var batches = new StoredBatches();
        Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        using var store = (PostgresStore)database.Open(id);
        store.Append(batches.Next(1));
        await using var other = new NpgsqlConnection(server.Connection);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync(
            TestContext.Current.CancellationToken
        );
        await using var hold = new NpgsqlCommand(
            $"SELECT 1 FROM tessrax_ledgers WHERE ledger = {store.Number} FOR UPDATE",
            other
        );
        await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        Digest second = StoredBatches.NewId();
        database.Create(second, StoredBatches.Origin, "sha256", MoveToken.None);
        using ISharedStore waiting = database.Open(second);
        Batch late = batches.Next(1);
        Task append = Task.Run(() => store.Append(late), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => IsLocked(), TimeSpan.FromSeconds(30));
        var others = new StoredBatches();
        Batch first = others.Next(1);
        Assert.Equal(ErrorCodes.StoreAway, Assert.Throws<TessraxException>(() => waiting.Append(first)).Code);
        await holding.CommitAsync(TestContext.Current.CancellationToken);
        await append;
        // It can go on.
        waiting.Append(first);
        StoreConformance.Same(others.Made, waiting.Reader.ReadAll());
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
    }

    private Place Begin(string option)
    {
        PostgresDatabase database = Connect(option, TimeSpan.FromSeconds(30));
        Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        return new Place(id, database, database.Open(id));
    }

    private PostgresDatabase Connect(string option, TimeSpan patience) =>
        new(
            PostgresAddress.Parse(server.Address() + option),
            new PostgresOptions
            {
                Clock = TimeProvider.System,
                Random = SystemRandom.Fill,
                Patience = patience,
            }
        );

    private long MostSeen(string name, CancellationToken end)
    {
        long most = 0;
        // Once at least, however late this begins: who is done keeps its connection for who comes next.
        do most = Math.Max(most, Count(name));
        while (!end.IsCancellationRequested);
        return most;
    }

    private long Count(string name) => Ask($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'");

    private bool IsLocked() =>
        Ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%tessrax_batches%'")
        > 0;

    private long Ask(string question)
    {
        using var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(question, connection);
        return (long)command.ExecuteScalar()!;
    }

    private sealed record Place(Digest Id, PostgresDatabase Database, ISharedStore Store) : IDisposable
    {
        public StoredBatches Batches { get; } = new();

        public void Dispose()
        {
            Store.Dispose();
            Database.Dispose();
        }
    }
}
