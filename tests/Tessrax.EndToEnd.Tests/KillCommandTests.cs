using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 of the real binary at any moment of its run, 30 rounds.</summary>
public sealed class KillCommandTests
{
    private static readonly string[] Files = [LedgerHome.Sample("cve-cvss3.jsonl"), LedgerHome.Sample("cve-cwe.jsonl")];

    private readonly Random random = new(KillRun.Seed);

    [Fact]
    public void An_ingest_of_real_claims_that_is_killed_is_completed_by_the_next()
    {
        using var undisturbed = new LedgerHome();
        long start = Stopwatch.GetTimestamp();
        undisturbed.Ctl.Must(["ingest", "ledger", .. Files]);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        string[] all = KillOutcome.Of(undisturbed);
        for (int round = 1; round <= 12; round++)
        {
            using var home = new LedgerHome();
            TimeSpan delay = whole * random.NextDouble();
            string what = $"seed {KillRun.Seed}, killed after {delay} of {whole}: ";
            KillRun.Ctl(home.Ctl, delay, ["ingest", "ledger", .. Files]);
            Assert.Empty(KillOutcome.Beyond(KillOutcome.Of(home), all));
            if (round % 4 == 0)
                home.Ctl.Must("verify", "ledger");
            home.Ctl.Must(["ingest", "ledger", .. Files]);
            string[] reached = KillOutcome.Of(home);
            Assert.True(all.SequenceEqual(reached), $"{what}{string.Join('\n', KillOutcome.Beyond(reached, all))}");
        }
    }

    [Fact]
    public void An_append_that_is_killed_is_there_whole_or_not_at_all()
    {
        using var home = new LedgerHome();
        string payload = home.Ctl.Write("payload.json", """{"text":"once"}""");
        string[] append = ["append", "ledger", "--event", "x-kill", "--payload", payload, "--json"];
        home.Ctl.Must(append);
        long start = Stopwatch.GetTimestamp();
        home.Ctl.Must(append);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        for (int round = 1; round <= 12; round++)
        {
            long before = Size(home);
            TimeSpan delay = whole * random.NextDouble();
            string what = $"seed {KillRun.Seed}, killed after {delay} of {whole}: ";
            string output = KillRun.Ctl(home.Ctl, delay, append);
            home.MustHold(what);
            using LedgerView view = home.View();
            Assert.True(view.Size - before is 0 or 1, $"{what}{view.Size - before} entries");
            if (output.Length > 0)
            {
                JsonValue printed = JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(output));
                Assert.Equal($"{before}", printed["index"]!.AsNumberText());
                Assert.Equal(
                    view.Hasher.Text(view.Receipt(before).LeafHash(view.Hasher)),
                    printed["leaf_hash"]!.AsString()
                );
            }
        }
        home.Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void An_init_that_is_killed_leaves_a_whole_ledger_or_none()
    {
        using var ctl = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
        long start = Stopwatch.GetTimestamp();
        ctl.Must("init", "whole", "--origin", "example.com/whole");
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        for (int round = 1; round <= 6; round++)
        {
            string[] init = ["init", $"ledger-{round}", "--origin", "example.com/test"];
            KillRun.Ctl(ctl, whole * random.NextDouble(), init);
            bool isLedger = File.Exists(ctl.PathOf(init[1], "ledger.json"));
            bool isEmpty =
                !Directory.Exists(ctl.PathOf(init[1]))
                || !Directory.EnumerateFileSystemEntries(ctl.PathOf(init[1])).Any();
            Assert.Equal(isLedger ? 0 : 3, ctl.Run("log", init[1]).ExitCode);
            CtlResult again = ctl.Run(init);
            if (again.ExitCode == 0)
                continue;
            Assert.False(isEmpty, again.Error);
            Assert.StartsWith("error TSX3010: ", again.Error, StringComparison.Ordinal);
            Assert.Equal(!isLedger, again.Error.Contains("cut short", StringComparison.Ordinal));
        }
    }

    private static long Size(LedgerHome home)
    {
        using LedgerView view = home.View();
        return view.Size;
    }
}
