using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench open</c>: how long a ledger takes to open, what memory it takes while it is open, and what lies on the disk for it.</summary>
internal static class BenchOpen
{
    private const int Rounds = 3;
    private const double Mebi = 1 << 20;

    // Ten million entries within a week: nonces of a quarter of an hour are live, as in a ledger that grew, and not those of all entries.
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(20_000, 20_000_000);
        Option<string?> at = new("--at")
        {
            Description =
                "open this ledger instead of making one: the memory is then that of a process that did nothing else",
            HelpName = "DIR",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "open",
            "Measure opening a ledger, its memory, and its bytes on disk",
            "tessraxctl bench open --entries 100000",
            "tessraxctl bench open --at decisions"
        )
        {
            at,
            seconds,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            if (parsed.GetValue(at) is { } existing)
            {
                MeasureView(context, run, existing, LedgerSession.Environment(context), Rounds);
                MeasureDisk(run, existing, SystemDisk.Instance);
                run.Report();
                return 0;
            }
            using ReplayLedger ledger = options.Begin(context, parsed);
            ledger.Make(options.CountOf(parsed), options.BytesOf(parsed), VoucherKind.Log, HashEngine.Sha256, Pace);
            MeasureView(context, run, ledger.Folder, ledger.Environment, Rounds);
            MeasureWriter(context, run, ledger);
            MeasureDisk(run, ledger.Folder, ledger.Environment.Disk);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void MeasureView(
        CliContext context,
        LoadRun run,
        string folder,
        NodeEnvironment environment,
        int rounds
    )
    {
        var times = new List<double>();
        var work = new List<double>();
        long before = Resident();
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        for (int round = 0; round < rounds; round++)
        {
            TimeSpan worked = System.Environment.CpuUsage.TotalTime;
            long start = context.Time.GetTimestamp();
            using LedgerView view = LedgerView.Open(folder, environment.Disk);
            times.Add(context.Time.GetElapsedTime(start).TotalMilliseconds);
            work.Add((System.Environment.CpuUsage.TotalTime - worked).TotalMilliseconds);
            if (round > 0)
                continue;
            long peak = Resident() - before;
            run.Add("open.heap", "MiB", [(GC.GetTotalMemory(forceFullCollection: true) - heap) / Mebi]);
            run.Add("open.process", "MiB", [Math.Max(0, peak) / Mebi]);
        }
        run.Add("open.view", "ms", times);
        run.Add("open.view.processor", "ms", work);
    }

    private static void MeasureWriter(CliContext context, LoadRun run, ReplayLedger ledger)
    {
        var times = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            long start = context.Time.GetTimestamp();
            using LedgerWriter writer = LedgerWriter.Open(ledger.Folder, ledger.Keys(), ledger.Environment);
            times.Add(context.Time.GetElapsedTime(start).TotalMilliseconds);
        }
        run.Add("open.writer", "ms", times);
    }

    private static void MeasureDisk(LoadRun run, string folder, IDisk disk)
    {
        LedgerDirectory directory = LedgerDirectory.Open(folder, disk);
        long content = 0;
        using (var reader = new SegmentReader(folder, disk, static (_, _) => true))
        {
            foreach (Batch batch in reader.ReadAll())
                content += batch.Entries.Sum(entry => (long)entry.Entry.Length + entry.Payload.Length);
        }
        long segments = directory.SegmentFolders.Sum(place => BytesIn(place, "*.seg"));
        long tiles = BytesIn(Path.Combine(folder, "tiles"), "*") + BytesIn(Path.Combine(folder, "nodes"), "*");
        run.Add("disk.entries-and-payloads", "MiB", [content / Mebi]);
        run.Add("disk.segments", "MiB", [segments / Mebi]);
        run.Add("disk.tiles", "MiB", [tiles / Mebi]);
        run.Add("disk.state", "MiB", [BytesIn(Path.Combine(folder, "state"), "*") / Mebi]);
        run.Add("disk.places", "MiB", [directory.SegmentFolders.Sum(place => BytesIn(place, "*.idx")) / Mebi]);
        run.Add("disk.segments-and-tiles/entries-and-payloads", "x", [(segments + tiles) / (double)content]);
    }

    private static long BytesIn(string folder, string pattern) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles(pattern, SearchOption.AllDirectories).Sum(file => file.Length)
            : 0;

    // What the process has in memory now, the runtime included; 0 where the system does not say.
    private static long Resident() => System.Environment.WorkingSet;
}
