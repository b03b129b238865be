using Npgsql;
using Tessrax.Node.Postgres;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

// What a database is like, and not its connection.
public sealed partial class PostgresFaultTests
{
    [Fact]
    public void A_commit_that_no_replica_confirmed_is_not_acknowledged()
    {
        _ = server.Running; // or skipped
        using PrivatePostgres own = PrivatePostgres.Begin();
        using var database = new PostgresDatabase(
            PostgresAddress.Parse($"{own.Address()}&Command%20Timeout=1"),
            Options(Short)
        );
        database.Migrate();
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        var batches = new StoredBatches();
        using (ISharedStore store = database.Open(id))
        {
            store.Append(batches.Next(1));
            // From now on a commit waits for a replica that there is none of.
            Configure(own, "synchronous_standby_names = 'nobody'");
            TessraxException refused = Assert.Throws<TessraxException>(() => store.Append(batches.Next(2)));
            Assert.Equal(ErrorCodes.OutcomeUnknown, refused.Code);
            Assert.Equal(1, store.Size);
        }
        Assert.Equal(ErrorCodes.StoreAway, Assert.Throws<TessraxException>(() => database.Open(id)).Code);
        Configure(own, "synchronous_standby_names = ''");
        using ISharedStore again = database.Open(id);
        StoreConformance.Same(batches.Made, again.Reader.ReadAll());
    }

    [Fact]
    public void A_connection_that_would_forget_what_it_commits_is_refused_later_too()
    {
        _ = server.Running; // or skipped
        using PrivatePostgres own = PrivatePostgres.Begin();
        using (PostgresDatabase database = PostgresServer.Connect(own))
            database.Migrate();
        using var place = new PostgresPlace(own);
        using IBatchStore store = place.Create();
        var batches = new StoredBatches();
        Configure(own, "synchronous_commit = off");
        Batch first = batches.Next(1);
        Assert.Equal(ErrorCodes.StoreRefused, Assert.Throws<TessraxException>(() => store.Append(first)).Code);
        Configure(own, "synchronous_commit = on");
        store.Append(first);
        StoreConformance.Same(batches.Made, store.Reader.ReadAll());
    }

    [Theory]
    [InlineData("", "&options=-c%20client_min_messages%3Derror", "client_min_messages is error")]
    [InlineData("ALTER TABLE tessrax_batches SET UNLOGGED", "", "tessrax_batches is an unlogged table")]
    public void A_database_that_would_lose_without_a_word_is_refused(string statement, string option, string why)
    {
        using PostgresDatabase database = InSchema(option, statement);
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        TessraxException refused = Assert.Throws<TessraxException>(() => database.Open(id));
        Assert.Equal(ErrorCodes.StoreRefused, refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_another_type_is_damage()
    {
        using PostgresDatabase other = InSchema("", "ALTER TABLE tessrax_batches ALTER COLUMN first_index TYPE text");
        Hashing.Digest id = StoredBatches.NewId();
        other.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        using NpgsqlConnection direct = other.Connect();
        Execute(
            direct,
            "INSERT INTO tessrax_batches SELECT ledger, 1, 'many', '', '' FROM tessrax_ledgers; UPDATE tessrax_ledgers SET size = 1"
        );
        using IBatchReader reader = other.Read(id);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => reader.ReadBatch(0)).Code);
    }

    [Fact]
    public void A_server_that_does_not_speak_TLS_is_refused_at_once()
    {
        using var database = new PostgresDatabase(
            PostgresAddress.Parse($"{server.Running.Address()}&sslmode=require"),
            Options(TimeSpan.FromMinutes(10))
        );
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            database.Create(StoredBatches.NewId(), StoredBatches.Origin, "sha256", MoveToken.None)
        );
        Assert.Equal(ErrorCodes.StoreRefused, refused.Code);
    }

    [Fact]
    public async Task A_replica_that_is_not_promoted_yet_is_waited_for()
    {
        using PostgresDatabase database = InSchema("", "");
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        using NpgsqlConnection direct = Direct();
        string role = $"r{id.ToHex()[..12]}";
        Execute(
            direct,
            $"CREATE ROLE {role} LOGIN SUPERUSER; ALTER ROLE {role} SET default_transaction_read_only = on"
        );
        using var asRole = new PostgresDatabase(
            PostgresAddress.Parse(database.Address.Shown.Replace("tester@", $"{role}@", StringComparison.Ordinal)),
            Options(TimeSpan.FromSeconds(20))
        );
        Hashing.Digest other = StoredBatches.NewId();
        Task create = Task.Run(
            () => asRole.Create(other, StoredBatches.Origin, "sha256", MoveToken.None),
            TestContext.Current.CancellationToken
        );
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(create.IsCompleted);
        Execute(direct, $"ALTER ROLE {role} RESET default_transaction_read_only");
        await create;
        Assert.NotNull(database.Find(other));
    }

    [Fact]
    public void A_database_that_forgets_what_it_commits_is_refused()
    {
        using var database = new PostgresDatabase(
            PostgresAddress.Parse($"{server.Running.Address()}&options=-c%20synchronous_commit%3Doff"),
            Options(Short)
        );
        Hashing.Digest id = StoredBatches.NewId();
        database.Create(id, StoredBatches.Origin, "sha256", MoveToken.None);
        TessraxException refused = Assert.Throws<TessraxException>(() => database.Open(id));
        Assert.Equal(ErrorCodes.StoreRefused, refused.Code);
        Assert.Contains("synchronous_commit is off", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_missing_are_damage_after_the_batches_before_them()
    {
        foreach (
            string what in (string[])
                [
                    "UPDATE tessrax_batches SET entries = substring(entries FROM 1 FOR length(entries) - 1)",
                    "UPDATE tessrax_batches SET next_index = 7",
                    "DELETE FROM tessrax_batches",
                ]
        )
        {
            using var place = new PostgresPlace(server.Running);
            var batches = new StoredBatches();
            using IBatchStore store = place.Create();
            for (int i = 0; i < 4; i++)
                store.Append(batches.Next(3));
            using NpgsqlConnection other = Direct();
            Execute(other, $"{what} WHERE next_index = 6 AND ledger = {((PostgresStore)store).Number}");
            Assert.Equal(
                ErrorCodes.Damaged,
                Assert.Throws<TessraxException>(() => store.Reader.ReadAll().ToList()).Code
            );
            Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => store.Reader.ReadBatch(4)).Code);
            Segments.Store.AssertSame(batches.Made[0], store.Reader.ReadBatch(1));
        }
    }
}
