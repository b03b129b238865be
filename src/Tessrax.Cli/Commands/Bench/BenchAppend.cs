using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench append</c>: durable appends to a ledger made for it and removed afterwards.</summary>
internal static class BenchAppend
{
    private const string Origin = "bench.example/ledger";

    public static Command Create(CliContext context)
    {
        Option<string?> entries = new("--entries") { Description = "how many; 2000 if left out", HelpName = "N" };
        Option<string?> batch = new("--batch")
        {
            Description = "how many become durable together; 100 if left out",
            HelpName = "N",
        };
        Option<string?> payload = new("--payload")
        {
            Description = "bytes of text in each; 300 if left out",
            HelpName = "BYTES",
        };
        Option<string?> place = new("--in")
        {
            Description = "the directory on whose disk the ledger is made; the current one if left out",
            HelpName = "DIR",
        };
        Option<string> hash = HashOption.CreateOptional();
        var verb = new Verb(
            "append",
            "Measure durable appends to a temporary ledger",
            "tessraxctl bench append --entries 20000 --batch 200"
        )
        {
            entries,
            batch,
            payload,
            place,
            hash,
        };
        verb.SetAction(parsed =>
        {
            int count = LoadRun.Within(parsed.GetValue(entries), "--entries", 2000, 1, 10_000_000);
            int together = LoadRun.Within(parsed.GetValue(batch), "--batch", 100, 1, 10_000);
            int bytes = LoadRun.Within(parsed.GetValue(payload), "--payload", 300, 0, 500_000);
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(hash));
            string folder = Path.Combine(parsed.GetValue(place) ?? ".", $".tessrax-bench-{Environment.ProcessId}");
            DiskErrors.Writing(folder, () => LedgerFounder.CreatePrivate(folder));
            try
            {
                var run = new LoadRun(context, TimeSpan.Zero);
                Append(context, run, folder, engine, (count, together, bytes));
                run.Report();
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
            return 0;
        });
        return verb;
    }

    private static void Append(
        CliContext context,
        LoadRun run,
        string folder,
        HashEngine engine,
        (int Entries, int Batch, int Bytes) load
    )
    {
        // Nothing of this ledger is remembered outside of it.
        NodeEnvironment environment = LedgerSession.Environment(context) with
        {
            ConfigDirectory = null,
            StateDirectory = null,
        };
        using LedgerWriter writer = LedgerWriter.Create(
            folder,
            GenesisOf(engine, context, out var keys),
            keys,
            environment
        );
        var latencies = new List<double>();
        long begin = context.Time.GetTimestamp();
        for (int done = 0; done < load.Entries; )
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(load.Batch, load.Entries - done);
            Draft[] drafts = [.. Enumerable.Range(done, count).Select(number => DraftOf(number, load.Bytes))];
            long start = context.Time.GetTimestamp();
            writer.Append(drafts);
            latencies.Add(context.Time.GetElapsedTime(start).TotalMicroseconds);
            done += count;
        }
        double seconds = context.Time.GetElapsedTime(begin).TotalSeconds;
        run.Add("append.throughput", "entries/s", [load.Entries / seconds]);
        run.Add($"append.batch-of-{load.Batch}", "us", latencies);
    }

    private static Genesis GenesisOf(HashEngine engine, CliContext context, out LedgerKeys keys)
    {
        keys = new LedgerKeys(
            PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize)),
            PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize))
        );
        return new Genesis
        {
            Origin = Origin,
            Hash = engine.Name,
            Policy = Policy.Default,
            Keys = [Own(Origin, KeyPurpose.Log, keys.Log), Own("author", KeyPurpose.Author, keys.Author)],
        };
    }

    private static LedgerKey Own(string name, KeyPurpose purpose, PrivateKey key) =>
        new(name, purpose, VerifierKey.Create(name, key.PublicKey), [], 0);

    private static Draft DraftOf(int number, int bytes) =>
        new()
        {
            Event = "x-bench",
            Payload = FrozenPayload.From(
                new OwnEvent(JsonValue.Object(("n", number), ("text", new string('x', bytes))), null).ToJson()
            ),
        };
}
