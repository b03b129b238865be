using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Appends by many clients to one ledger, beside what disk and signatures allow in the same run.</summary>
/// <remarks>Each round measures everything once, so that a disk that has a bad moment has it for all; ratios are taken within a round.</remarks>
internal sealed class BenchPipeline(
    CliContext context,
    LoadRun run,
    ReplayLedger ledger,
    int payload,
    int inFlight,
    int signed,
    IReadOnlyList<string> only
)
{
    private const int Clients = 8;

    private const string One = "one-client";
    private const string OneSigned = "one-client-signed";
    private const string Several = "8-clients";
    private const string InFlight = "in-flight";
    private const string Signed = "author-signed";
    private const string Sealed = "sealed";

    // As many a call as the peers' batch functions are given.
    private const int Together = 128;

    /// <summary>What can be measured alone.</summary>
    public static string[] Figures => [One, OneSigned, Several, InFlight, Signed, Sealed];

    private readonly Dictionary<string, (string Unit, List<double> Values)> figures = [];

    /// <summary>Measures so many rounds.</summary>
    public void Measure(int rounds, HashEngine hash) => MeasureAsync(rounds, hash).GetAwaiter().GetResult();

    private async Task MeasureAsync(int rounds, HashEngine hash)
    {
        var pipeline = new LedgerPipeline(ledger.Found(hash));
        await using (pipeline.ConfigureAwait(false))
        {
            var load = new AppendLoad(context, pipeline, payload);
            // The first appends of a process are not like the others.
            await load.Run(inFlight, run.Length / 4).ConfigureAwait(false);
            for (int round = 0; round < rounds; round++)
                await Round(pipeline, load).ConfigureAwait(false);
        }
        foreach ((string name, (string unit, List<double> values)) in figures)
            run.Add(name, unit, values);
    }

    private async Task Round(LedgerPipeline pipeline, AppendLoad load)
    {
        var limits = new DiskLimits(context, ledger.Folder, run.Length);
        if (Wants(One))
        {
            double small = Note("limit.append-4k-fdatasync", "writes/s", limits.AppendSmall());
            LoadResult one = load.RunBlocking(1, run.Length);
            Note("append.one-client", one);
            Note("append.one-client.of-append-4k", "ratio", one.Rate / small);
            double over = Note("limit.overwrite-4k-fdatasync", "writes/s", limits.OverwriteSmall());
            double sign = Note("limit.ed25519-sign", "us", SignMicros());
            // What a checkpoint for each receipt costs at the least: one small write into room that is there, and one signature.
            Note("append.one-client.of-overwrite-4k-and-sign", "ratio", one.Rate * ((1 / over) + (sign / 1e6)));
        }
        if (Wants(OneSigned))
            Note("append.one-client-signed", load.RunBlocking(1, run.Length, VoucherKind.Author));
        if (Wants(Several))
            Note($"append.{Clients}-clients", load.RunBlocking(Clients, run.Length));
        if (Wants(InFlight) || Wants(Sealed))
            await Many(pipeline, load, limits).ConfigureAwait(false);
        if (Wants(Signed))
        {
            double signatures = Note("limit.ed25519-verify", "signatures/s", VerifyRate());
            LoadResult alone = await load.Run(inFlight, Made(pipeline, seal: false)).ConfigureAwait(false);
            Note("append.author-signed", alone);
            Note("append.author-signed.of-ed25519-verify", "ratio", alone.Rate / signatures);
        }
    }

    private async Task Many(LedgerPipeline pipeline, AppendLoad load, DiskLimits limits)
    {
        double large = Note("limit.append-256k-fdatasync", "MB/s", limits.AppendLarge() / 1e6);
        LoadResult many = await load.Run(inFlight, run.Length).ConfigureAwait(false);
        Note($"append.{inFlight}-in-flight", many);
        double bytes = Note($"append.{inFlight}-in-flight.bytes", "MB/s", many.Bytes / many.Seconds / 1e6);
        Note($"append.{inFlight}-in-flight.of-append-256k", "ratio", bytes / large);
        (int calls, int each) = (Math.Max(1, inFlight / Together), Math.Min(Together, inFlight));
        LoadResult together = await load.RunTogether(calls, each, run.Length).ConfigureAwait(false);
        Note("append.together", together);
        Note("append.together.of-append-256k", "ratio", together.Bytes / together.Seconds / 1e6 / large);
        if (!Wants(Sealed))
            return;
        LoadResult isSealed = await load.Run(inFlight, Made(pipeline, seal: true)).ConfigureAwait(false);
        Note("append.sealed", isSealed);
        Note("append.sealed.of-unsigned", "ratio", isSealed.Rate / many.Rate);
        LoadResult sealedTogether = await load.RunTogether(calls, each, Made(pipeline, seal: true))
            .ConfigureAwait(false);
        Note("append.sealed-together", sealedTogether);
        Note("append.sealed-together.of-unsigned", "ratio", sealedTogether.Rate / together.Rate);
    }

    private bool Wants(string part) => only.Count == 0 || only.Contains(part);

    private IReadOnlyList<Draft> Made(LedgerPipeline pipeline, bool seal) =>
        AppendLoad.Sign(pipeline, ledger.Author, signed, seal, payload, context);

    private void Note(string name, LoadResult result)
    {
        Note($"{name}.rate", "entries/s", result.Rate);
        Note($"{name}.p50", "us", result.At(0.5));
        Note($"{name}.p99", "us", result.At(0.99));
        Note($"{name}.p99.9", "us", result.At(0.999));
        Note($"{name}.cpu", "us", result.Cpu.TotalMicroseconds / result.Count);
    }

    private double Note(string name, string unit, double value)
    {
        if (!figures.TryGetValue(name, out (string Unit, List<double> Values) figure))
            figures[name] = figure = (unit, []);
        figure.Values.Add(value);
        return value;
    }

    private double SignMicros()
    {
        byte[] message = context.RandomBytes(150);
        long done = 0;
        long begin = context.Time.GetTimestamp();
        for (; context.Time.GetElapsedTime(begin) < run.Length / 4; done++)
            ledger.Author.Sign(message);
        return context.Time.GetElapsedTime(begin).TotalMicroseconds / done;
    }

    // As many threads as there are processors.
    private double VerifyRate()
    {
        byte[] message = context.RandomBytes(600);
        byte[] signature = ledger.Author.Sign(message);
        PublicKey key = ledger.Author.PublicKey;
        long done = 0;
        long begin = context.Time.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, System.Environment.ProcessorCount).Select(_ => new Thread(Verify))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return done / context.Time.GetElapsedTime(begin).TotalSeconds;

        void Verify()
        {
            while (context.Time.GetElapsedTime(begin) < run.Length)
            {
                if (!key.Verify(message, signature))
                    throw ErrorCodes.Bug.Because("a signature that was just made does not hold");
                Interlocked.Increment(ref done);
            }
        }
    }
}
