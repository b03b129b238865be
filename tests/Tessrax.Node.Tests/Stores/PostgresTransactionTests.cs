using Npgsql;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Transactions;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Receipts in two phases in PostgreSQL, held to what they are in files; and what only a database must do.</summary>
public sealed class PostgresTransactionTests : TransactionDeskConformance
{
    private readonly PrivatePostgres server;

    public PostgresTransactionTests(PostgresServer running)
        : base(ledger => new PreparedRowsOf(running.Running, ledger)) => server = running.Running;

    [Fact]
    public void What_one_machine_prepared_another_one_commits_and_the_first_one_writes_nothing_any_more()
    {
        TransactionToken waits = desk.Prepare(TestLedger.Own("waits")).Token;
        TransactionToken other = desk.Prepare(TestLedger.Own("other")).Token;
        string there = Attach("there");
        using LedgerWriter second = OpenThere(there);
        var desk2 = new TransactionDesk(second);
        Assert.Equal(1, desk2.Commit(waits));
        long before = Rows();
        Fails(ErrorCodes.StaleWriter, () => desk.Prepare(TestLedger.Own("stale")));
        // Whoever knows that it is followed answers nothing any more.
        Fails(ErrorCodes.StaleWriter, () => desk.Ask(waits));
        Fails(ErrorCodes.StaleWriter, () => desk.Abort(other));
        Fails(ErrorCodes.StaleWriter, () => desk.Commit(other));
        Assert.Equal(before, Rows());
        Assert.Equal(1, desk2.Commit(waits));
        Assert.Equal(TransactionState.Prepared, desk2.Ask(other).State);
        Assert.Equal(2, second.Tree.Size);
    }

    [Fact]
    public void A_writer_that_was_followed_without_knowing_it_decides_nothing_and_tells_nothing()
    {
        TransactionToken waits = desk.Prepare(TestLedger.Own("waits")).Token;
        string there = Attach("there");
        using LedgerWriter second = OpenThere(there);
        var desk2 = new TransactionDesk(second);
        TransactionToken late = desk2.Prepare(TestLedger.Own("late")).Token;
        Assert.Equal(1, desk2.Commit(waits));
        // Its own fold says that it waits.
        Fails(ErrorCodes.StaleWriter, () => desk.Ask(late));
        Reopen();
        Fails(ErrorCodes.StaleWriter, () => desk2.Abort(late));
        desk.Abort(late);
        Assert.Equal(1, desk.Commit(waits));
    }

    [Fact]
    public void A_copy_that_is_behind_does_not_say_that_nothing_was_recorded()
    {
        TransactionToken waits = desk.Prepare(TestLedger.Own("waits")).Token;
        TransactionToken stranger = TransactionToken.TryParse(new string('0', 32))!;
        string there = Attach("there");
        using LedgerView old = LedgerView.Open(there, ledger.Environment.Disk);
        var copy = new TransactionView(old, Away("there"));
        Assert.Null(copy.Ask(stranger).State);
        desk.Commit(waits);
        Assert.Equal(TransactionState.Committed, copy.Ask(waits).State);
        Fails(ErrorCodes.StoreMismatch, () => copy.Ask(stranger));
        using LedgerView now = LedgerView.Open(ledger.DirectoryPath, ledger.Environment.Disk);
        Assert.Null(new TransactionView(now, ledger.Environment).Ask(stranger).State);
    }

    [Fact]
    public void Nothing_of_it_lies_in_the_working_copy()
    {
        TransactionToken token = desk.Prepare(TestLedger.Own("secret text")).Token;
        desk.Abort(token);
        Assert.False(Directory.Exists(Path.Combine(ledger.DirectoryPath, "prepared")));
    }

    private string Attach(string name)
    {
        string there = ledger.Beside(name);
        Assert.True(new WorkingCopy(Away(name)).Attach(server.Address(), ledger.Id.ToString(), there).IsMade);
        return there;
    }

    private NodeEnvironment Away(string name) =>
        ledger.Environment with
        {
            StateDirectory = ledger.Beside($"{name}-state"),
        };

    private LedgerWriter OpenThere(string there) => LedgerWriter.Open(there, TestLedger.Keys(), Away("there"));

    private long Rows() => new PreparedRowsOf(server, ledger).All().Count;
}

/// <summary>The rows of a ledger's prepared receipts. Moves the ledger into the database.</summary>
internal sealed class PreparedRowsOf : IPreparedPlace
{
    private readonly PrivatePostgres server;
    private readonly TestLedger ledger;

    public PreparedRowsOf(PrivatePostgres server, TestLedger ledger)
    {
        (this.server, this.ledger) = (server, ledger);
        PostgresStores.Register();
        if (!File.Exists(Path.Combine(ledger.DirectoryPath, StorePlace.FileName)))
            new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, server.Address());
    }

    public SortedDictionary<string, byte[]> All()
    {
        var all = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using NpgsqlConnection connection = Connect();
        using var command = new NpgsqlCommand(
            $"SELECT token, state, record FROM tessrax_prepared WHERE ledger = {Number}",
            connection
        );
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
            all.Add($"{reader.GetString(0)}.{reader.GetString(1)}", reader.GetFieldValue<byte[]>(2));
        return all;
    }

    public void Replace(TransactionToken token, string state, byte[] bytes)
    {
        using NpgsqlConnection connection = Connect();
        using var command = new NpgsqlCommand(
            $"UPDATE tessrax_prepared SET state = '{state}', record = $1 WHERE ledger = {Number} AND token = '{token}'",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = bytes });
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    public string NameOf(TransactionToken token) => $"the row of {token} in tessrax_prepared";

    private string Number => $"(SELECT ledger FROM tessrax_ledgers WHERE id = decode('{ledger.Id.ToHex()}', 'hex'))";

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        return connection;
    }
}
