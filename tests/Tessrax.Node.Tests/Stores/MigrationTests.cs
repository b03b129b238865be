using Npgsql;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Tables are made version after version, by as many at once as like to.</summary>
public sealed class MigrationTests(PostgresServer server)
{
    [Fact]
    public void Tables_are_made_once_and_made_again_without_harm()
    {
        using PostgresDatabase database = NewDatabase();
        Assert.Equal(0, database.SchemaVersion());
        TessraxException missing = Assert.Throws<TessraxException>(database.RequireSchema);
        Assert.Equal(ErrorCodes.StoreSchema, missing.Code);
        Assert.Equal(ErrorCodes.StoreSchema, Assert.Throws<TessraxException>(() => database.All()).Code);
        Assert.Equal((0, 3), database.Migrate());
        Assert.Equal((3, 3), database.Migrate());
        database.RequireSchema();
        Assert.Empty(database.All());
    }

    [Fact]
    public async Task Many_at_once_make_the_tables_together()
    {
        using PostgresDatabase database = NewDatabase();
        string name = Name(database);
        using var together = new Barrier(8);
        Task[] all =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            using PostgresDatabase own = PostgresServer.Connect(server.Running, database: name);
                            together.SignalAndWait();
                            own.Migrate();
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];
        await Task.WhenAll(all);
        Assert.Equal(3, database.SchemaVersion());
        database.Create(StoredBatches.NewId(), StoredBatches.Origin, "sha256", MoveToken.None);
        Assert.Single(database.All());
    }

    [Fact]
    public void One_that_was_cut_short_between_two_tables_is_done_again()
    {
        using PostgresDatabase database = NewDatabase();
        // What an engine leaves that commits each table at once.
        Execute(
            Name(database),
            "CREATE TABLE tessrax_schema (version int8 PRIMARY KEY, applied_at timestamptz NOT NULL); CREATE TABLE tessrax_batches (ledger int8 NOT NULL, next_index int8 NOT NULL, first_index int8 NOT NULL, checkpoint bytea NOT NULL, entries bytea NOT NULL, PRIMARY KEY (ledger, next_index))"
        );
        Assert.Equal((0, 3), database.Migrate());
        database.Create(StoredBatches.NewId(), StoredBatches.Origin, "sha256", MoveToken.None);
    }

    [Fact]
    public void Tables_of_the_second_version_get_the_third_and_their_ledgers_stay()
    {
        using PostgresDatabase database = NewDatabase();
        database.Migrate();
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        Execute(Name(database), "DROP TABLE tessrax_prepared; DELETE FROM tessrax_schema WHERE version = 3");
        TessraxException old = Assert.Throws<TessraxException>(database.RequireSchema);
        Assert.Equal(ErrorCodes.StoreSchema, old.Code);
        Assert.Equal((2, 3), database.Migrate());
        using ISharedStore store = database.Open(id);
        Assert.Empty(store.Prepared.List());
    }

    [Fact]
    public void Tables_of_a_newer_version_are_left_alone()
    {
        using PostgresDatabase database = NewDatabase();
        database.Migrate();
        Execute(Name(database), "INSERT INTO tessrax_schema VALUES (99, now())");
        Assert.Equal(ErrorCodes.StoreSchema, Assert.Throws<TessraxException>(() => database.Migrate()).Code);
        Assert.Equal(ErrorCodes.StoreSchema, Assert.Throws<TessraxException>(database.RequireSchema).Code);
    }

    [Fact]
    public void Ledgers_that_are_made_at_once_get_numbers_of_their_own()
    {
        using PostgresDatabase database = NewDatabase();
        database.Migrate();
        Hashing.Digest shared = StoredBatches.NewId();
        Parallel.For(
            0,
            16,
            i =>
                database.Create(
                    i % 4 == 0 ? shared : StoredBatches.NewId(),
                    $"example.com/{i}",
                    "sha256",
                    MoveToken.None
                )
        );
        List<LedgerRow> all = database.Once(connection => LedgerRow.All(connection, database.Address));
        Assert.Equal(13, all.Count);
        Assert.Equal(13, all.Select(ledger => ledger.Number).Distinct().Count());
    }

    [Fact]
    public void A_ledger_whose_row_is_never_taken_is_refused_and_not_tried_for_ever()
    {
        using PostgresDatabase database = NewDatabase();
        database.Migrate();
        Execute(Name(database), "ALTER TABLE tessrax_ledgers ADD UNIQUE (origin)");
        database.Create(StoredBatches.NewId(), StoredBatches.Origin, "sha256", MoveToken.None);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            database.Create(StoredBatches.NewId(), StoredBatches.Origin, "sha256", MoveToken.None)
        );
        Assert.Equal(ErrorCodes.StoreRefused, refused.Code);
    }

    private static string Name(PostgresDatabase database) => database.Address.Shown.Split('/')[^1].Split('?')[0];

    private PostgresDatabase NewDatabase()
    {
        string name = $"t{StoredBatches.NewId().ToHex()[..12]}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return PostgresServer.Connect(server.Running, database: name);
    }

    private void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(
            server.Running.Connection.Replace("Database=postgres", $"Database={database}", StringComparison.Ordinal)
        );
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
