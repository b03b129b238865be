using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using Tessrax.Canonical;
using Tessrax.KillTarget;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Tests.Stores;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A ledger goes to PostgreSQL and back by the real binary, also if that is killed.</summary>
public sealed class MoveVerbTests : IDisposable
{
    private readonly PrivatePostgres server = PrivatePostgres.Begin();
    private readonly LedgerHome home = new();

    public MoveVerbTests()
    {
        PostgresStores.Register();
    }

    private Ctl Ctl => home.Ctl;

    private string Url => server.Address();

    public void Dispose()
    {
        home.Dispose();
        server.Dispose();
    }

    [Fact]
    public void A_ledger_goes_there_is_written_to_and_comes_back()
    {
        home.MustRefuse(5, "TSX3051", "move", "ledger", Url);
        home.MustRefuse(2, "TSX1012", "move", "ledger", "elsewhere");
        Ctl.Must("store", "migrate", Url);
        Assert.Equal("""{"before":3,"version":3}""", Ctl.Must("store", "migrate", Url, "--json").Text.Trim());
        Assert.Contains("no ledger is there", Ctl.Must("store", "list", Url).Text, StringComparison.Ordinal);

        JsonValue moved = Json("move", "ledger", Url, "--json");
        Assert.Equal(("database", "1"), (moved["to"]!.AsString(), moved["size"]!.AsNumberText()));
        string payload = Ctl.Write("payload.json", "{\"text\":\"there\"}");
        Ctl.Must("append", "ledger", "--event", "x-there", "--payload", payload);
        JsonValue listed = Json("store", "list", Url, "--json").Items[0];
        Assert.Equal(
            (LedgerHome.Origin, "open", "2"),
            (listed["origin"]!.AsString(), listed["state"]!.AsString(), listed["size"]!.AsNumberText())
        );
        Assert.Equal("true", Json("store", "check", "ledger", "--json")["holds"]!.ToString());
        Ctl.Must("prove", "ledger", "1", "-o", "there.tessrax.json");

        Ctl.Must("move", Url, "ledger");
        Ctl.Must("append", "ledger", "--event", "x-back", "--payload", payload);
        home.MustHold("back: ");
        Ctl.Must("verify", "there.tessrax.json");
        home.MustRefuse(2, "TSX1012", "store", "check", "ledger");
    }

    [Fact]
    public void Receipts_in_two_phases_go_along_and_are_decided_there_and_after_the_way_back()
    {
        Ctl.Must("store", "migrate", Url);
        string payload = Ctl.Write("payload.json", "{\"paid\":12}");
        string first = Prepare(payload);
        Ctl.Must("move", "ledger", Url);
        string second = Prepare(payload);
        Assert.Equal(
            [first, second],
            Ctl.Must("tx", "list", "ledger", "--json")
                .Text.Trim()
                .Split('\n')
                .Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line))["token"]!.AsString())
        );
        Assert.Equal("1", Json("tx", "commit", "ledger", first, "--json")["index"]!.AsNumberText());
        Assert.Equal("1", Json("tx", "show", "ledger", first, "--json")["index"]!.AsNumberText());
        Ctl.Must("move", Url, "ledger");
        Assert.Equal("1", Json("tx", "commit", "ledger", first, "--json")["index"]!.AsNumberText());
        Ctl.Must("tx", "abort", "ledger", second);
        home.MustRefuse(4, "TSX4028", "tx", "commit", "ledger", second);
        home.MustHold("back: ");
    }

    private string Prepare(string payload) =>
        Json("tx", "prepare", "ledger", "--event", "x-paid", "--payload", payload, "--json")["token"]!.AsString();

    [Fact]
    public void A_move_that_is_killed_anywhere_goes_on()
    {
        Ctl.Must("store", "migrate", Url);
        long size;
        using (LedgerWriter writer = home.Open())
        {
            for (long i = 0; i < 150; i++)
                writer.Append(Acknowledged.Batch(1, i));
            size = writer.Fold.Size;
        }
        string before = Json("checkpoint", "ledger", "--json").ToString();
        var random = new Random(KillRun.Seed);
        int midway = 0;
        for (int round = 0; round < 6; round++)
        {
            KillMoving(random.Next(1, 20));
            midway += Stored() is ("Filling", > 0 and var copied) && copied < size ? 1 : 0;
        }
        Assert.True(midway > 0, $"seed {KillRun.Seed}: no move was killed on its way");
        Ctl.Must("move", "ledger", Url);
        for (int round = 0; round < 3; round++)
            KillRun.Ctl(Ctl, TimeSpan.FromMilliseconds(random.Next(20, 400)), "move", Url, "ledger");
        // The last one may have come to its end.
        if (File.Exists(Ctl.PathOf("ledger", "store.json")))
            Ctl.Must("move", Url, "ledger");
        Assert.Equal(before, Json("checkpoint", "ledger", "--json").ToString());
        home.MustHold($"seed {KillRun.Seed}: ");
    }

    [Fact]
    public void Rows_that_are_missing_refute()
    {
        Ctl.Must("store", "migrate", Url);
        Ctl.Must("move", "ledger", Url);
        Ask("DELETE FROM tessrax_batches");
        home.MustRefuse(1, "TSX3003", "store", "check", "ledger");
        Ask("UPDATE tessrax_ledgers SET size = 0, root = ''");
        home.MustRefuse(1, "TSX3004", "store", "check", "ledger");
    }

    [Fact]
    public void A_writer_that_is_killed_leaves_in_the_database_what_it_acknowledged()
    {
        Ctl.Must("store", "migrate", Url);
        Ctl.Must("move", "ledger", Url);
        var random = new Random(KillRun.Seed);
        int acknowledged = 0;
        for (int run = 1; run <= 8; run++)
        {
            var at = KillAt.Draw(random, 20);
            acknowledged += KillAppendTests
                .Round(home, run, at, $"seed {KillRun.Seed}, run {run}, {at}: ")
                .Acknowledged;
        }
        Assert.True(acknowledged > 8, "the writer hardly ever came to write");
        Ctl.Must("store", "check", "ledger");
    }

    // Kills a move as soon as it has copied so many entries more.
    private void KillMoving(int entries)
    {
        long from = Stored().Size;
        using Process process = Ctl.Start("move", "ledger", Url);
        process.StandardInput.Close();
        while (!process.HasExited && Stored().Size < from + entries)
            Thread.Sleep(1);
        process.Kill();
        process.WaitForExit();
    }

    private (string State, long Size) Stored() =>
        Ask("SELECT state || ' ' || size FROM tessrax_ledgers") is string row
            ? (row.Split(' ')[0], long.Parse(row.Split(' ')[1], CultureInfo.InvariantCulture))
            : ("", 0);

    private object? Ask(string sql)
    {
        using var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(Encoding.UTF8.GetBytes(Ctl.Must(args).Text.Trim()));
}
