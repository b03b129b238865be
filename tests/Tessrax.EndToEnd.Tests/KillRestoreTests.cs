using System.Diagnostics;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 of backup and restore at any moment of their run.</summary>
public sealed class KillRestoreTests
{
    private readonly Random random = new(KillRun.Seed);

    [Fact]
    public void A_restore_that_is_killed_leaves_a_whole_ledger_or_none()
    {
        using LedgerHome home = Ingested();
        home.Ctl.Must("backup", "ledger", "-o", "a.backup");
        byte[] backup = File.ReadAllBytes(home.Ctl.PathOf("a.backup"));
        TimeSpan whole = Time(() => home.Ctl.Must("restore", "a.backup", "copy"));
        Directory.Delete(home.Ctl.PathOf("copy"), recursive: true);
        int made = 0;
        for (int round = 1; round <= 12; round++)
        {
            // Most of the run is spent verifying: half of the kills aim at its end, where things are written.
            double share = round % 2 == 0 ? random.NextDouble() : 0.6 + 0.45 * random.NextDouble();
            string what = $"seed {KillRun.Seed}, killed after {share:P0} of {whole}";
            KillRun.Ctl(home.Ctl, whole * share, "restore", "a.backup", "copy");
            string copy = home.Ctl.PathOf("copy");
            if (!Directory.Exists(copy))
                continue;
            made++;
            Assert.True(File.Exists(Path.Combine(copy, "ledger.json")), what);
            Assert.False(File.Exists(Path.Combine(copy, "restored.json")), what);
            Assert.Equal(backup, home.Ctl.Must("backup", "copy", "-o", "-").Bytes);
            Directory.Delete(copy, recursive: true);
        }
        // Whatever was left behind is gone after the next one.
        home.Ctl.Must("restore", "a.backup", "copy");
        home.Ctl.Must("verify", "copy");
        Assert.True(made < 12, "no round was killed before the end");
        Assert.DoesNotContain(
            Directory.GetDirectories(home.Ctl.Folder).Select(Path.GetFileName),
            name => name!.StartsWith(".copy", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_backup_that_is_killed_is_there_whole_or_not_at_all()
    {
        using LedgerHome home = Ingested();
        TimeSpan whole = Time(() => home.Ctl.Must("backup", "ledger", "-o", "a.backup"));
        byte[] backup = File.ReadAllBytes(home.Ctl.PathOf("a.backup"));
        for (int round = 1; round <= 6; round++)
        {
            KillRun.Ctl(home.Ctl, whole * random.NextDouble(), "backup", "ledger", "-o", "b.backup", "--force");
            if (File.Exists(home.Ctl.PathOf("b.backup")))
                Assert.Equal(backup, File.ReadAllBytes(home.Ctl.PathOf("b.backup")));
        }
        home.MustHold();
    }

    private static LedgerHome Ingested()
    {
        var home = new LedgerHome();
        home.Ctl.Must("ingest", "ledger", LedgerHome.Sample("cve-cwe.jsonl"));
        return home;
    }

    private static TimeSpan Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }
}
