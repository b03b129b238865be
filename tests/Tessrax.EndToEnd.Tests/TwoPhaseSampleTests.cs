using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Stores;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>samples/two-phase</c>, killed at each of its steps: a row of the caller's database is released if and only if its receipt exists.</summary>
public sealed class TwoPhaseSampleTests : IDisposable
{
    private readonly LedgerHome home = new();
    private int round;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        home.Dispose();
    }

    [Fact]
    public void With_sqlite_a_row_is_released_if_and_only_if_its_receipt_exists_whatever_step_is_the_last()
    {
        string database = home.Ctl.PathOf("shop.db");
        foreach (string step in (string[])["begin", "prepared", "inserted", "committed", "released"])
            KillAt(database, step);
        KillWheneverChanceHasIt(database, 2);
        home.MustHold("after all kills: ");
    }

    [Fact]
    public void With_postgresql_a_row_is_released_if_and_only_if_its_receipt_exists_whatever_step_is_the_last()
    {
        using PrivatePostgres server = PrivatePostgres.Begin();
        foreach (string step in (string[])["prepared", "inserted", "committed"])
            KillAt(server.Connection, step);
        home.MustHold("after all kills: ");
    }

    [Fact]
    public void A_row_whose_receipt_expired_meanwhile_is_withdrawn()
    {
        string database = home.Ctl.PathOf("shop.db");
        Kill(Start(database, "--stop-at", "inserted:late", "late"), "inserted late");
        // Its time is over when the program comes back.
        string file = Directory.GetFiles(Path.Combine(home.Path, "prepared"), "*.prepared").Single();
        var record = TransactionRecord.Parse(File.ReadAllBytes(file));
        var expired = new TransactionRecord(
            record.Token,
            TransactionState.Expired,
            null,
            null,
            record.Prepared!.PreparedAt
        );
        File.WriteAllBytes(Path.ChangeExtension(file, "expired"), expired.ToBytes());
        Assert.Equal(["withdrawn late"], Lines(Start(database)));
        Assert.Empty(Receipts());
        AssertTogether(database, "expired");
    }

    private void KillAt(string database, string step)
    {
        string first = $"a{++round}";
        string second = $"b{round}";
        Kill(Start(database, "--stop-at", $"{step}:{second}", first, second), $"{step} {second}");
        AssertNoRowWithoutReceipt(database, step);
        // Only what was never written down at all has to be asked for again.
        string[] again = step is "begin" or "prepared" ? [second] : [];
        Lines(Start(database, again));
        AssertTogether(database, $"killed at {step}");
        Assert.Equal("released", Rows(database)[first].State);
        Assert.Equal("released", Rows(database)[second].State);
    }

    private void KillWheneverChanceHasIt(string database, int rounds)
    {
        var random = new Random(KillRun.Seed);
        for (int i = 0; i < rounds; i++)
        {
            string[] items = [.. Enumerable.Range(0, 40).Select(n => $"c{i}-{n}")];
            using Process process = Start(database, items);
            int lines = random.Next(60);
            for (int n = 0; n < lines && process.StandardOutput.ReadLine() is not null; n++) { }
            process.Kill();
            process.WaitForExit();
            string what = $"seed {KillRun.Seed}, round {i}, after {lines} lines";
            AssertNoRowWithoutReceipt(database, what);
            Lines(Start(database));
            AssertTogether(database, what);
        }
    }

    // At every moment, even before recovery.
    private void AssertNoRowWithoutReceipt(string database, string what)
    {
        Dictionary<string, long> receipts = Receipts();
        foreach ((string item, Row row) in Rows(database).Where(row => row.Value.State == "released"))
            Assert.True(receipts.GetValueOrDefault(row.Token, -1) == row.Receipt, $"{what}: {item} has no receipt");
    }

    private void AssertTogether(string database, string what)
    {
        Dictionary<string, long> receipts = Receipts();
        Dictionary<string, Row> rows = Rows(database);
        Assert.Equal(
            receipts.OrderBy(r => r.Value),
            rows.Values.Where(row => row.State == "released")
                .Select(row => KeyValuePair.Create(row.Token, row.Receipt))
                .OrderBy(r => r.Value)
        );
        Assert.True(rows.Values.All(row => row.State != "pending"), $"{what}: a row still waits");
        Assert.True(
            Directory.GetFiles(Path.Combine(home.Path, "prepared"), "*.prepared").Length == 0,
            $"{what}: a receipt still waits"
        );
    }

    /// <summary>Index by token.</summary>
    private Dictionary<string, long> Receipts()
    {
        using LedgerView view = home.View();
        return view.Receipts(1)
            .ToDictionary(r => TransactionToken.OfNonce(r.Entry.Body.Nonce).ToString(), r => r.Entry.Index);
    }

    private static Dictionary<string, Row> Rows(string database)
    {
        using DbConnection connection = database.Contains('=', StringComparison.Ordinal)
            ? new NpgsqlConnection(database)
            : new SqliteConnection($"Data Source={database}");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT item, token, state, COALESCE(receipt, -1) FROM releases";
        using DbDataReader reader = command.ExecuteReader();
        var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
        while (reader.Read())
            rows.Add(reader.GetString(0), new Row(reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        return rows;
    }

    private static void Kill(Process process, string at)
    {
        using (process)
        {
            string? line;
            while ((line = process.StandardOutput.ReadLine()) is not null && line != at) { }
            string error = line is null ? process.StandardError.ReadToEnd() : "";
            Assert.True(line == at, $"it never came to '{at}': {error}");
            process.Kill();
            process.WaitForExit();
        }
    }

    private static string[] Lines(Process process)
    {
        using (process)
        {
            string output = process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private Process Start(string database, params string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "two-phase.dll");
        var info = new ProcessStartInfo("dotnet", [program, home.Path, database, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = home.Ctl.Folder;
        info.Environment["TESSRAX_PASSPHRASE"] = "secret";
        return Process.Start(info)!;
    }

    private sealed record Row(string Token, string State, long Receipt);
}
