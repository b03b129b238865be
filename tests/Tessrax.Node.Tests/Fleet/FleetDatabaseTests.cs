using Npgsql;
using Tessrax.Node.Fleet;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Stores;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Node.Tests.Fleet;

/// <summary>Rounds of ledgers in PostgreSQL, of which nothing but the database is read.</summary>
public sealed class FleetDatabaseTests : IDisposable
{
    private readonly PrivatePostgres server = PrivatePostgres.Begin();
    private readonly FleetHome home = new();

    public FleetDatabaseTests()
    {
        PostgresStores.Register();
        home.Add("a");
        home.Add("b");
        home.Add("c");
        LedgerStores.Migrate(server.Address(), home.Fleet.Environment);
        foreach (string name in (string[])["b", "c"])
            new LedgerMove(home[name].Environment).ToDatabase(home[name].DirectoryPath, server.Address());
    }

    private string[] Sources => [home["a"].DirectoryPath, server.Address()];

    public void Dispose()
    {
        home.Dispose();
        server.Dispose();
    }

    [Fact]
    public void A_database_is_a_source_of_all_its_open_ledgers_and_each_is_held_to_the_round_before()
    {
        FleetOutcome first = home.Record(Sources);
        Assert.Equal(3, first.Round.Ledgers);
        Assert.Equal(0, home.Record(Sources).Changes);
        home.Grow("b", 4);
        Assert.Equal(1, home.Record(Sources).Changes);
        FleetVerdict verdict = home.Verify(home.Prove("b"), FleetHome.TrustIn(home["b"], "b"));
        Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
        Assert.Equal(7, verdict.About!.Ledger.Head.Size);

        // A ledger that has left the database is gone from there.
        new LedgerMove(home["c"].Environment).ToDirectory(server.Address(), home["c"].DirectoryPath);
        Refuses(ErrorCodes.FleetGone, Sources);
        Assert.Equal(0, home.Record([.. Sources, home["c"].DirectoryPath]).Changes);
        // Of one that is there, the working copy is not another ledger.
        Refuses(ErrorCodes.BadUsage, [.. Sources, home["b"].DirectoryPath]);
    }

    [Fact]
    public void What_a_database_lost_or_changed_ends_the_round()
    {
        home.Grow("b", 2);
        home.Record(Sources);
        home.Grow("b", 2);
        // A leaf that the newest checkpoint covers.
        Execute(
            "UPDATE tessrax_batches SET entries = set_byte(entries, 48, (get_byte(entries, 48) + 1) % 128) WHERE first_index <= 1 AND next_index > 1"
        );
        Refuses(ErrorCodes.Damaged, Sources);
        Execute(
            "UPDATE tessrax_batches SET entries = set_byte(entries, 48, (get_byte(entries, 48) + 127) % 128) WHERE first_index <= 1 AND next_index > 1"
        );
        // The database as it was before its last batches.
        Execute("DELETE FROM tessrax_batches WHERE next_index > 4");
        Execute("UPDATE tessrax_ledgers SET size = 4 WHERE size > 4");
        Refuses(ErrorCodes.FleetShrank, Sources);
    }

    private void Refuses(ErrorCode code, string[] sources) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(() => home.Record(sources)).Code);

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }
}
