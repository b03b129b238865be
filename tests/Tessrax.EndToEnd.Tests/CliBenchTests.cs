using System.Globalization;
using System.Text.Json;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The load generators print their figures and leave nothing behind; how fast anything is, no test says.</summary>
public sealed class CliBenchTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Prints_name_value_and_unit()
    {
        string[] lines = ctl.Must("bench", "prove", "--leaves", "1000", "--seconds", "1").Lines;
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^prove\.(inclusion|consistency) [0-9.]+ ns$", line));
        Assert.Equal(2, ctl.Must("bench", "verify", "--leaves", "7", "--alg", "blake3").Lines.Length);
        Assert.Equal(4, ctl.Must("bench", "hash", "--alg", "sha256").Lines.Length);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("signed")]
    [InlineData("sealed")]
    public void Verifies_a_ledger_beside_the_limits_of_this_machine(string mode)
    {
        string[] lines = ctl.Must("bench", "verify", "--entries", "700", "--mode", mode).Lines;
        Assert.Equal(16, lines.Length);
        Assert.StartsWith($"replay.{mode}.1-thread ", lines[0], StringComparison.Ordinal);
        Assert.All(
            lines,
            line => Assert.Matches("^(replay|limit)\\.[a-z0-9.-]+ [0-9.]+ (entries/s|signatures/s|us|ratio)$", line)
        );
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Detects_and_decides_beside_the_limits_of_this_machine()
    {
        string[] detected = ctl.Must("bench", "detect", "--claims", "1000").Lines;
        Assert.Contains("detect.contradictions 10 groups", detected);
        foreach (string figure in (string[])["all", "all-and-decide", "as-they-come"])
            Assert.Contains(detected, line => line.StartsWith($"detect.{figure} ", StringComparison.Ordinal));
        string[] decided = ctl.Must("bench", "decide", "--claims", "200", "--subjects", "20").Lines;
        foreach (string figure in (string[])["memory", "replay.1-thread", "replay.ed25519-share", "replay.signatures"])
            Assert.Contains(decided, line => line.StartsWith($"decide.{figure} ", StringComparison.Ordinal));
        Assert.All(
            detected.Concat(decided),
            line => Assert.Matches("^(detect|decide|limit)\\.[a-z0-9.-]+ [0-9.]+ [a-z/ ]+$", line)
        );
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Appends_to_a_ledger_that_is_gone_afterwards()
    {
        CtlResult result = ctl.Must("bench", "append", "--entries", "60", "--batch", "25", "--json");
        using JsonDocument document = JsonDocument.Parse(result.Text);
        JsonElement latency = document.RootElement.GetProperty("figures")[1];
        Assert.Equal("append.batch-of-25", latency.GetProperty("name").GetString());
        Assert.Equal(3, latency.GetProperty("samples").GetInt32());
        Assert.True(latency.GetProperty("median").GetDouble() <= latency.GetProperty("max").GetDouble());
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Opens_a_ledger_of_more_than_one_segment_whose_bytes_are_those_of_its_entries()
    {
        CtlResult result = ctl.Must("bench", "open", "--entries", "70000", "--payload", "120", "--json");
        using JsonDocument document = JsonDocument.Parse(result.Text);
        Dictionary<string, double> figures = document
            .RootElement.GetProperty("figures")
            .EnumerateArray()
            .ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("median").GetDouble());
        Assert.True(figures["open.view"] > 0 && figures["open.writer"] > 0);
        Assert.True(figures["open.heap"] < 64, $"{figures["open.heap"]} MiB are held");
        Assert.True(figures["disk.state"] > 0 && figures["disk.places"] > 0);
        Assert.InRange(figures["disk.segments-and-tiles/entries-and-payloads"], 1, 1.10);
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Measures_a_pipeline_beside_what_the_disk_and_signatures_allow()
    {
        string[] lines = ctl.Must("bench", "append", "--mode", "pipeline", "--rounds", "1", "--entries", "300").Lines;
        foreach (string name in (string[])["one-client", "8-clients", "1024-in-flight", "author-signed", "sealed"])
        {
            foreach (string figure in (string[])["rate", "p50", "p99", "p99.9"])
                Assert.Contains(lines, line => line.StartsWith($"append.{name}.{figure} ", StringComparison.Ordinal));
        }
        Assert.Contains(lines, line => line.StartsWith("limit.append-4k-fdatasync ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("append.one-client.of-append-4k ", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Makes_an_index_beside_a_bare_database_and_appends_with_it_and_without()
    {
        string[] lines = ctl.Must("bench", "index", "--entries", "3000", "--rounds", "1").Lines;
        string[] names =
        [
            "append.without-index",
            "append.with-index",
            "append.with/without",
            "append.with/without.cpu",
            "append.with/without.p99",
            "index.behind-at-the-end",
            "index.rebuild",
            "index.rebuild.bytes-a-row",
            "index.plain-sqlite",
            "index.rebuild/plain-sqlite",
        ];
        Assert.Equal(names, lines.Select(line => line.Split(' ')[0]));
        Assert.All(
            lines.Where(line => !line.Contains("behind", StringComparison.Ordinal)),
            line => Assert.NotEqual("0", line.Split(' ')[1])
        );
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Fact]
    public void Loads_a_ledger_and_loses_nothing_and_its_memory_stays_flat()
    {
        string[] lines = ctl.Must("bench", "load", "--entries", "20000", "--clients", "64", "--readers", "1").Lines;
        Assert.Contains(lines, line => line.StartsWith("load.p99.9 ", StringComparison.Ordinal));
        double[] memory =
        [
            .. lines
                .Where(line => line.StartsWith("load.memory.at-", StringComparison.Ordinal))
                .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(5, memory.Length);
        // 48 bytes for each live nonce, and what the collector has not looked at yet.
        Assert.True(memory[4] - memory[1] < 64, string.Join(' ', memory));
        double Figure(string name) =>
            double.Parse(
                Assert.Single(lines, line => line.StartsWith($"load.{name} ", StringComparison.Ordinal)).Split(' ')[1],
                CultureInfo.InvariantCulture
            );
        Assert.Equal(20_000, Figure("live-nonces"));
        double rest = Figure("kept.all") - Figure("kept.live-nonces");
        Assert.InRange(rest, Figure("kept.to-check-receipts") + Figure("kept.latencies"), 40);
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Theory]
    [InlineData("bench", "append", "--entries", "0")]
    [InlineData("bench", "load", "--clients", "0")]
    [InlineData("bench", "hash", "--alg", "md5")]
    [InlineData("bench", "prove", "--leaves", "many")]
    [InlineData("bench", "verify", "--seconds", "0")]
    public void Refuses_what_makes_no_sense(params string[] args)
    {
        CtlResult result = ctl.Run(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("TSX1012", result.Error, StringComparison.Ordinal);
    }
}
