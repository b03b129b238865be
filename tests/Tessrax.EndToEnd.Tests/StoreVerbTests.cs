using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Npgsql;
using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests.Web;
using Tessrax.KillTarget;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Tests.Stores;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A ledger in PostgreSQL on a second machine, by the real binaries: a HOME of its own, and no directory before.</summary>
public sealed class StoreVerbTests : IDisposable
{
    private readonly PrivatePostgres server = PrivatePostgres.Begin();
    private readonly LedgerHome home = new();
    private readonly Ctl other = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };

    public StoreVerbTests()
    {
        PostgresStores.Register();
        home.Ctl.Must("store", "migrate", Url);
        home.Ctl.Must("move", "ledger", Url);
        File.WriteAllBytes(other.PathOf("trust.json"), home.Trust.ToJson());
        home.Ctl.Write("payload.json", "{\"text\":\"there\"}");
        other.Write("payload.json", "{\"text\":\"here\"}");
    }

    private string Url => server.Address();

    public void Dispose()
    {
        home.Dispose();
        other.Dispose();
        server.Dispose();
    }

    [Fact]
    public void The_machine_that_wrote_is_lost_and_another_one_goes_on()
    {
        Append(home.Ctl, "ledger", "x-before");
        home.Ctl.Must("prove", "ledger", "1", "-o", other.PathOf("before.tessrax.json"));
        LedgerTree.Copy(Path.Combine(home.Path, "keys"), other.PathOf("kept"));
        Directory.Delete(home.Path, recursive: true);

        CtlResult made = other.Must("store", "attach", Url, "decisions", "--trust", "trust.json");
        Assert.Contains("made decisions: 2 entries of example.com/test, verified", made.Text, StringComparison.Ordinal);
        Assert.Contains("not in the database", made.Text, StringComparison.Ordinal);
        Assert.Contains("tessraxctl keys list decisions", made.Text, StringComparison.Ordinal);
        Refuses(2, "TSX3010", "store", "attach", Url, "decisions", "--trust", "trust.json");
        // To read, nothing is missing; to write, the keys are.
        other.Must("verify", "decisions", "--trust", "trust.json");
        Refuses(3, "TSX3012", "append", "decisions", "--event", "x-after", "--payload", "payload.json");
        Directory.Move(other.PathOf("kept"), other.PathOf("decisions", "keys"));
        Append(other, "decisions", "x-after");

        Assert.True(
            Json(other, "verify", "decisions", "--trust", "trust.json", "--json")["holds"]!.ToString() == "true"
        );
        other.Must("verify", "before.tessrax.json", "--trust", "trust.json");
        Assert.Equal("true", Json(other, "store", "check", "decisions", "--json")["holds"]!.ToString());
        Assert.Equal("3", Ask("SELECT size::text FROM tessrax_ledgers"));
    }

    [Fact]
    public void What_is_said_for_programs_and_what_is_refused()
    {
        JsonValue made = Json(other, "store", "attach", Url, "one", "--trust", "trust.json", "--json");
        Assert.Equal(
            (home.Id.ToString(), LedgerHome.Origin, "1", "1", "true"),
            (
                made["ledger"]!.AsString(),
                made["origin"]!.AsString(),
                made["size"]!.AsNumberText(),
                made["copied"]!.AsNumberText(),
                made["holds"]!.ToString()
            )
        );
        Assert.Equal(
            ["keys", "evidence", "prepared"],
            made["not_there"]!.Items.ToArray().Select(item => item.AsString())
        );

        string none = other.Must("store", "pull", "one").Text;
        Assert.Contains("one has all that", none, StringComparison.Ordinal);
        Append(home.Ctl, "ledger", "x-more");
        JsonValue pulled = Json(other, "store", "pull", "one", "--json");
        Assert.Equal(("2", "1"), (pulled["size"]!.AsNumberText(), pulled["copied"]!.AsNumberText()));

        Ask("UPDATE tessrax_ledgers SET state = 'Left'");
        Refuses(5, "TSX3052", "store", "attach", Url, "two");
        Refuses(1, "TSX3052", "store", "pull", "one");
        Ask("UPDATE tessrax_ledgers SET state = 'Open', size = 1");
        Refuses(1, "TSX3004", "store", "pull", "one");
        Ask("UPDATE tessrax_ledgers SET size = 2");
        Ask(
            "UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 2"
        );
        Refuses(1, "TSX3003", "store", "attach", Url, "two");
        Assert.False(File.Exists(other.PathOf("two", "ledger.json")));
        Ask(
            "INSERT INTO tessrax_ledgers SELECT ledger + 1, decode(repeat('01', 32), 'hex'), 'example.com/second', hash, state, size, root, fence, holder, move, ended, judged FROM tessrax_ledgers"
        );
        string several = Refuses(2, "TSX1012", "store", "attach", Url, "three").Error;
        Assert.Contains("example.com/second", several, StringComparison.Ordinal);
        Assert.Contains(home.Id.ToString(), several, StringComparison.Ordinal);
        Refuses(3, "TSX3001", "store", "attach", Url, "three", "--ledger", "example.com/third");
    }

    [Fact]
    public void An_attach_that_is_killed_anywhere_goes_on_and_leaves_no_half_of_a_ledger()
    {
        using (LedgerWriter writer = home.Open())
        {
            for (long i = 0; i < 400; i++)
                writer.Append(Acknowledged.Batch(1, i));
        }
        var random = new Random(KillRun.Seed);
        int midway = 0;
        for (int round = 0; round < 8 && !IsLedger(); round++)
        {
            using Process process = other.Start("store", "attach", Url, "decisions", "--trust", "trust.json");
            process.StandardInput.Close();
            long segment = SegmentLength();
            while (!process.HasExited && SegmentLength() == segment)
                Thread.Sleep(1);
            Thread.Sleep(random.Next(0, 60));
            process.Kill();
            process.WaitForExit();
            midway += !IsLedger() && SegmentLength() > 0 ? 1 : 0;
            if (!IsLedger())
                Refuses(3, "TSX3001", "log", "decisions");
        }
        Assert.True(midway > 0, $"seed {KillRun.Seed}: none was killed on its way");
        if (!IsLedger())
            other.Must("store", "attach", Url, "decisions", "--trust", "trust.json");
        Assert.True(
            Json(other, "verify", "decisions", "--trust", "trust.json", "--json")["holds"]!.ToString() == "true"
        );
        Assert.Equal(
            Json(home.Ctl, "checkpoint", "ledger", "--json").ToString(),
            Json(other, "checkpoint", "decisions", "--json").ToString()
        );
    }

    [Fact]
    public async Task A_server_that_only_reads_shows_what_another_machine_writes()
    {
        other.Must("store", "attach", Url, "decisions", "--trust", "trust.json");
        using var served = Tessraxd.Run(
            other.Folder,
            new Dictionary<string, string>(StringComparer.Ordinal),
            other.PathOf("decisions"),
            "--urls",
            "http://127.0.0.1:0",
            "--read-only",
            "--log",
            "warn"
        );
        using var http = new HttpClient { BaseAddress = served.Address };
        Append(home.Ctl, "ledger", "x-there");
        await Until(http, ready => ready["size"]!.AsNumberText() == "2" && ready["copy_age"] is not null);
        string metrics = await http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Contains("\ntessrax_copy_age_seconds{", metrics, StringComparison.Ordinal);

        // Not for a moment was the writer there shut out.
        Append(home.Ctl, "ledger", "x-there");
        await Until(http, ready => ready["size"]!.AsNumberText() == "3");
        server.Crash();
        await Until(http, ready => ready["warning"]?.AsString() == "TSX3049" && ready["ready"]!.ToString() == "true");
        server.Start();
        await Until(http, ready => ready["warning"] is null);
        Ask("UPDATE tessrax_ledgers SET size = 2");
        await Until(http, ready => ready["reason"]?.AsString() == "TSX3004" && ready["ready"]!.ToString() == "false");
        Assert.Equal(
            HttpStatusCode.OK,
            (await http.GetAsync("v1/receipts/2", TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.Contains("TSX3004", served.Complaints, StringComparison.Ordinal);
        Assert.Equal(0, served.Terminate());
    }

    private static async Task Until(HttpClient http, Func<JsonValue, bool> holds)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            HttpResponseMessage answer = await http.GetAsync("readyz", TestContext.Current.CancellationToken);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            if (holds(JsonValue.Parse(body)))
                return;
            Assert.True(
                Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60),
                $"it took too long: {Encoding.UTF8.GetString(body)}"
            );
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private bool IsLedger() => File.Exists(other.PathOf("decisions", "ledger.json"));

    // Zeros are written ahead: how many bytes are none.
    private long SegmentLength()
    {
        string file = other.PathOf("decisions", "segments", "0000000000.seg");
        return File.Exists(file) ? File.ReadAllBytes(file).AsSpan().TrimEnd((byte)0).Length : 0;
    }

    private CtlResult Refuses(int exitCode, string code, params string[] args)
    {
        CtlResult result = other.Run(args);
        string said = $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}";
        Assert.True(result.ExitCode == exitCode && result.Error.Contains(code, StringComparison.Ordinal), said);
        return result;
    }

    private static void Append(Ctl who, string ledger, string name) =>
        who.Must("append", ledger, "--event", name, "--payload", "payload.json");

    private string? Ask(string sql)
    {
        using var connection = new NpgsqlConnection(server.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static JsonValue Json(Ctl who, params string[] args) =>
        JsonValue.Parse(Encoding.UTF8.GetBytes(who.Must(args).Text.Trim()));
}
