using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 of the real binary at any moment while it works on an index.</summary>
public sealed class KillIndexTests : IDisposable
{
    private readonly LedgerHome home = new();
    private readonly Random random = new(KillRun.Seed);

    public KillIndexTests()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, "index"));
        home.Ctl.Must(["ingest", "ledger", LedgerHome.Sample("cve-cvss3.jsonl")]);
    }

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("rebuild")]
    [InlineData("rebuild", "--no-text")]
    [InlineData("vacuum")]
    [InlineData("mode", "immutable")]
    [InlineData("rebuild", "--index", "rocksdb")]
    public void An_operation_that_is_killed_leaves_an_index_that_serves_and_is_finished_by_the_next(
        params string[] words
    )
    {
        string[] work = ["index", words[0], "ledger", .. words[1..]];
        home.Ctl.Must("index", "rebuild", "ledger", "--text");
        string found = Found();
        long start = Stopwatch.GetTimestamp();
        home.Ctl.Must(work);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        home.Ctl.Must("index", "rebuild", "ledger", "--text");
        for (int round = 1; round <= 4; round++)
        {
            TimeSpan delay = whole * random.NextDouble();
            string what = $"seed {KillRun.Seed}, killed after {delay} of {whole}: ";
            KillRun.Ctl(home.Ctl, delay, work);
            // Whichever serves, it holds everything, and whoever looks says nothing worse than that something was cut short.
            JsonValue status = Json("index", "status", "ledger", "--json");
            Assert.True(status["behind"]!.AsNumberText() == "0", what + status);
            Assert.Equal(JsonKind.Null, status["fault"]!.Kind);
            home.Ctl.Must("index", "check", "ledger", "--all", "--text");
            home.Ctl.Must("index", "rebuild", "ledger", "--text");
            Assert.Equal(found, Found());
            string[] left =
            [
                .. Directory
                    .EnumerateFileSystemEntries(Path.Combine(home.Path, "index"))
                    .Select(path => Path.GetFileName(path))
                    .Except(["build", "cared", "follow", "index.json", "lock"]),
            ];
            Assert.True(left.Length == 1, $"{what}left behind: {string.Join(' ', left)}");
        }
        home.Ctl.Must("index", "check", "ledger", "--all", "--text");
    }

    [Fact]
    public void Writers_that_are_killed_leave_an_index_that_follows_the_next_one()
    {
        string payload = home.Ctl.Write("payload.json", """{"text":"once more"}""");
        string[] append = ["append", "ledger", "--event", "x-kill", "--payload", payload];
        home.Ctl.Must(append);
        long start = Stopwatch.GetTimestamp();
        home.Ctl.Must(append);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        for (int round = 1; round <= 6; round++)
        {
            KillRun.Ctl(home.Ctl, whole * random.NextDouble(), append);
            home.Ctl.Must("index", "check", "ledger", "--all", "--text");
        }
        home.Ctl.Must(append);
        JsonValue status = Json("index", "status", "ledger", "--json");
        Assert.Equal("0", status["behind"]!.AsNumberText());
        Assert.Equal(JsonKind.Null, status["fault"]!.Kind);
        home.Ctl.Must("verify", "ledger");
    }

    // The newest entries that have this in them, as a search tells; by which index, is left out.
    private string Found() => Json("search", "ledger", "CVE", "--json")["hits"]!.ToString()!;

    private JsonValue Json(params string[] args) => JsonValue.Parse(Encoding.UTF8.GetBytes(home.Ctl.Must(args).Text));
}
