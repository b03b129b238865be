using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench append</c>: durable appends to a ledger made for it and removed afterwards.</summary>
internal static class BenchAppend
{
    // What a payload has beside its text, about.
    private const int Frame = 32;

    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(
            2000,
            10_000_000,
            "how many; 2000 if left out. With --mode pipeline, how many are signed before the clock starts; 16384"
        );
        Option<string?> batch = new("--batch")
        {
            Description = "how many become durable together; 100 if left out",
            HelpName = "N",
        };
        Option<string> mode = new("--mode")
        {
            Description =
                "batch: one caller, many receipts a call; pipeline: one client, eight, many in flight, signed and sealed ones, beside the disk's limits",
            HelpName = "MODE",
            DefaultValueFactory = _ => "batch",
        };
        mode.AcceptOnlyFromAmong("batch", "pipeline");
        Option<string?> inFlight = new("--in-flight")
        {
            Description = "how many clients wait at once where there are many; 1024 if left out",
            HelpName = "N",
        };
        Option<string[]> only = new("--only")
        {
            Description =
                $"what to measure of the pipeline, if not everything: {string.Join(", ", BenchPipeline.Figures)}",
            HelpName = "FIGURE",
        };
        only.AcceptOnlyFromAmong(BenchPipeline.Figures);
        Option<string?> rounds = new("--rounds")
        {
            Description = "how often the pipeline is measured; the median counts; 3 if left out",
            HelpName = "N",
        };
        Option<string?> seconds = LoadRun.Seconds();
        Option<string> hash = HashOption.CreateOptional();
        var verb = new Verb(
            "append",
            "Measure durable appends to a temporary ledger",
            "tessraxctl bench append --entries 20000 --batch 200",
            "tessraxctl bench append --mode pipeline --in-flight 4096"
        )
        {
            batch,
            mode,
            inFlight,
            only,
            rounds,
            seconds,
            hash,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int count = options.CountOf(parsed);
            int together = LoadRun.Within(parsed.GetValue(batch), "--batch", 100, 1, 10_000);
            int bytes = options.BytesOf(parsed);
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(hash));
            using ReplayLedger ledger = options.Begin(context, parsed);
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            if (parsed.GetValue(mode) == "pipeline")
            {
                int many = LoadRun.Within(parsed.GetValue(inFlight), "--in-flight", 1024, 1, 100_000);
                int times = LoadRun.Within(parsed.GetValue(rounds), "--rounds", 3, 1, 100);
                int signed = options.CountOf(parsed, 16_384, 1_000_000);
                new BenchPipeline(context, run, ledger, bytes, many, signed, parsed.GetValue(only) ?? []).Measure(
                    times,
                    engine
                );
            }
            else
            {
                Append(context, run, ledger.Found(engine), (count, together, bytes));
            }
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Append(
        CliContext context,
        LoadRun run,
        LedgerWriter writer,
        (int Entries, int Batch, int Bytes) load
    )
    {
        using LedgerWriter owned = writer;
        var latencies = new List<double>();
        long begin = context.Time.GetTimestamp();
        for (int done = 0; done < load.Entries; )
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(load.Batch, load.Entries - done);
            Draft[] drafts = [.. Enumerable.Range(done, count).Select(number => DraftOf(number, load.Bytes))];
            long start = context.Time.GetTimestamp();
            owned.Append(drafts);
            latencies.Add(context.Time.GetElapsedTime(start).TotalMicroseconds);
            done += count;
        }
        double seconds = context.Time.GetElapsedTime(begin).TotalSeconds;
        run.Add("append.throughput", "entries/s", [load.Entries / seconds]);
        run.Add($"append.batch-of-{load.Batch}", "us", latencies);
    }

    private static Draft DraftOf(int number, int bytes) =>
        new()
        {
            Event = "x-bench",
            Payload = FrozenPayload.From(
                new OwnEvent(
                    JsonValue.Object(("n", number), ("text", new string('x', Math.Max(0, bytes - Frame)))),
                    null
                ).ToJson()
            ),
        };
}
