using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench load</c>: many clients append while readers prove and verify, and nothing may be lost.</summary>
internal static class BenchLoad
{
    private const double Mebi = 1 << 20;

    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(20_000, 100_000_000, "how many receipts; 20000 if left out");
        Option<string?> clients = new("--clients")
        {
            Description = "how many append at once, one receipt after another; 64 if left out",
            HelpName = "N",
        };
        Option<string?> readers = new("--readers")
        {
            Description = "how many prove and verify meanwhile; 2 if left out",
            HelpName = "N",
        };
        Option<string> hash = HashOption.CreateOptional();
        var verb = new Verb(
            "load",
            "Append by many clients while readers verify; lose nothing",
            "tessraxctl bench load --entries 1000000 --clients 64 --readers 2"
        )
        {
            clients,
            readers,
            hash,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int count = options.CountOf(parsed);
            int writers = LoadRun.Within(parsed.GetValue(clients), "--clients", 64, 1, 100_000);
            int verifiers = LoadRun.Within(parsed.GetValue(readers), "--readers", 2, 0, 1000);
            int bytes = options.BytesOf(parsed);
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(hash));
            using ReplayLedger ledger = options.Begin(context, parsed);
            var run = new LoadRun(context, TimeSpan.Zero);
            MixedLoad load = Measure(context, run, ledger, engine, (count, writers, verifiers, bytes));
            AddNonces(run, ledger);
            load.RequireAllIn(ledger);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static MixedLoad Measure(
        CliContext context,
        LoadRun run,
        ReplayLedger ledger,
        HashEngine engine,
        (int Entries, int Clients, int Readers, int Bytes) wanted
    )
    {
        var pipeline = new LedgerPipeline(ledger.Found(engine));
        var load = new MixedLoad(context, pipeline, ledger.Log, wanted.Entries);
        try
        {
            LoadResult result = load.Run(wanted.Clients, wanted.Readers, wanted.Bytes).GetAwaiter().GetResult();
            run.Add("load.rate", "entries/s", [result.Rate]);
            run.Add("load.p50", "us", [result.At(0.5)]);
            run.Add("load.p99", "us", [result.At(0.99)]);
            run.Add("load.p99.9", "us", [result.At(0.999)]);
            run.Add("load.cpu", "us", [result.Cpu.TotalMicroseconds / result.Count]);
            run.Add("load.inclusion-proofs", "verified", [load.Inclusions]);
            run.Add("load.consistency-proofs", "verified", [load.Consistencies]);
            foreach ((int percent, double mebibytes) in load.Memory)
                run.Add($"load.memory.at-{percent}-percent", "MiB", [mebibytes]);
            run.Add("load.memory.growth", "MiB", [load.Memory[^1].Mebibytes - load.Memory[0].Mebibytes]);
            AddKept(run, load, result);
        }
        finally
        {
            pipeline.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        return load;
    }

    // What is in use at the end, and by what: the rest is what the collector has not given back yet.
    private static void AddKept(LoadRun run, MixedLoad load, LoadResult result)
    {
        run.Add("load.kept.all", "MiB", [GC.GetTotalMemory(forceFullCollection: true) / Mebi]);
        run.Add("load.kept.to-check-receipts", "MiB", [load.Remembered / Mebi]);
        run.Add("load.kept.latencies", "MiB", [result.Micros.LongLength * sizeof(double) / Mebi]);
    }

    // The same nonces are live for whoever reads the ledger right afterwards.
    private static void AddNonces(LoadRun run, ReplayLedger ledger)
    {
        using LedgerView view = LedgerView.Open(ledger.Folder, ledger.Environment.Disk);
        run.Add("load.kept.live-nonces", "MiB", [view.Fold.NonceBytes / Mebi]);
        run.Add("load.live-nonces", "nonces", [view.Fold.LiveNonces]);
    }
}
