using Npgsql;
using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A ledger of 21 entries in a directory, and a server that it may go to.</summary>
public abstract class PostgresLedgerTests : IDisposable
{
    private protected readonly PrivatePostgres server;
    private protected readonly TestLedger ledger = new(approvers: 0);

    private protected PostgresLedgerTests(PostgresServer running)
    {
        PostgresStores.Register();
        server = running.Running;
        Append(20);
    }

    private protected string Address => server.Address();

    public virtual void Dispose()
    {
        ledger.Dispose();
        GC.SuppressFinalize(this);
    }

    // Another machine: it shares neither locks nor marks.
    private protected NodeEnvironment Away() => ledger.Environment with { StateDirectory = ledger.Beside("away") };

    private protected void Move() => new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);

    private protected void Become(StoreState state, MoveToken move)
    {
        using PostgresDatabase database = PostgresServer.Connect(server);
        using ISharedStore store = database.Open(ledger.Id);
        store.Become(state, move);
    }

    private protected string Number =>
        $"(SELECT ledger FROM tessrax_ledgers WHERE id = decode('{ledger.Id.ToHex()}', 'hex'))";

    private protected string Root() =>
        (string)Ask($"SELECT encode(root, 'hex') FROM tessrax_ledgers WHERE ledger = {Number}")!;

    private protected void Execute(string sql) => Ask(sql);

    private protected object? Ask(string sql)
    {
        using var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private protected void Append(int count)
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < count; i++)
            writer.Append([TestLedger.Own($"entry {i}")]);
    }

    private protected void Holds() => Assert.True(ledger.Verify().Holds);

    private protected Merkle.TreeHead Head()
    {
        using LedgerView view = ledger.View();
        return new Merkle.TreeHead(view.Tree.Size, view.Tree.Root());
    }

    private protected List<Batch> Batches() => BatchesIn(ledger.DirectoryPath);

    private protected List<Batch> BatchesIn(string directory)
    {
        using var reader = new SegmentReader(directory, ledger.Environment.Disk, static (_, _) => true);
        return [.. reader.ReadAll()];
    }

    private protected List<Batch> Stored()
    {
        using PostgresDatabase database = PostgresServer.Connect(server);
        using IBatchReader reader = database.Read(ledger.Id);
        return [.. reader.ReadAll()];
    }

    private protected StoredLedger Facts() =>
        LedgerStores.List(Address, ledger.Environment).Single(found => found.Id == ledger.Id);

    private protected static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // A copy that has all that the database has, and verifies.
    private protected void IsWhole(string directory)
    {
        Assert.Equal(ledger.Id, LedgerDirectory.Open(directory, ledger.Environment.Disk).Id);
        Verdict verdict = new LedgerCheck(Away(), ledger.Trust).Run(directory, withEvidence: false);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(Facts().Size, verdict.Size);
    }

    private protected static string[] Names(string folder, string directory)
    {
        string root = Path.Combine(directory, folder);
        return
        [
            .. Directory
                .GetFiles(root, "*", SearchOption.AllDirectories)
                .Select(file => $"{Path.GetRelativePath(root, file)} {HashEngine.Sha256.Hash(File.ReadAllBytes(file))}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private protected sealed class StopAt(long size, CancellationTokenSource cancel) : IProgress<long>
    {
        public void Report(long value)
        {
            if (value >= size)
                cancel.Cancel();
        }
    }
}
