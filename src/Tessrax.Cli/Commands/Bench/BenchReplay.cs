using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Verifies a whole ledger on one thread and on all, beside the limits that hashing, parsing and signatures set on this machine in the same run.</summary>
internal sealed class BenchReplay(CliContext context, LoadRun run, ReplayLedger ledger)
{
    // Long enough for a processor to reach its pace; a ledger of a moment needs no better limit.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private const int Rounds = 3;
    private const int Few = 10_000;

    private readonly int all = System.Environment.ProcessorCount;
    private readonly Dictionary<string, (string Unit, List<double> Values)> figures = [];
    private TimeSpan length = Long;

    /// <summary>Measures a ledger that was made.</summary>
    /// <param name="entries">How many entries it has.</param>
    /// <param name="by">Who vouches for them.</param>
    /// <param name="hasher">Its tree.</param>
    public void Measure(int entries, VoucherKind by, TreeHasher hasher)
    {
        string mode = by switch
        {
            VoucherKind.Author => "signed",
            VoucherKind.Seal => "sealed",
            _ => "unsigned",
        };
        length = entries < Few ? Short : Long;
        StoredEntry[] sample = ledger.Sample();
        using PrivateKey key = PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize));
        byte[] signature = key.Sign(sample[0].Entry.Span);
        for (int round = 0; round < Rounds; round++)
        {
            Pace hashing = Rate(all, () => Hash(sample, hasher), sample.Length);
            Pace alone = Rate(1, () => Verify(key.PublicKey, sample[0].Entry.Span, signature), 1);
            Pace signatures = Rate(all, () => Verify(key.PublicKey, sample[0].Entry.Span, signature), 1);
            Pace one = Verify(1, entries);
            Pace many = Verify(all, entries);
            Note($"replay.{mode}.1-thread", "entries/s", one);
            Note($"replay.{mode}.{all}-threads", "entries/s", many);
            Note($"limit.hash-and-read.{all}-threads", "entries/s", hashing);
            Note("limit.ed25519.1-thread", "signatures/s", alone);
            Note($"limit.ed25519.{all}-threads", "signatures/s", signatures);
            Note($"replay.{mode}.of-hash-limit", many, hashing);
            Note($"replay.{mode}.of-ed25519-limit", many, signatures);
            Note($"replay.{mode}.of-1-thread", "ratio", many.Rate / one.Rate);
            Note("limit.ed25519.of-1-thread", "ratio", signatures.Rate / alone.Rate);
        }
        foreach ((string name, (string unit, List<double> values)) in figures)
            run.Add(name, unit, values);
    }

    private void Note(string name, string unit, Pace pace)
    {
        Note(name, unit, pace.Rate);
        Note($"{name}.cpu", "us", pace.Micros);
    }

    // Processor time as well: it says the same where others are at work on the machine.
    private void Note(string name, Pace what, Pace limit)
    {
        Note(name, "ratio", what.Rate / limit.Rate);
        Note($"{name}.cpu", "ratio", limit.Micros / what.Micros);
    }

    private void Note(string name, string unit, double value)
    {
        if (!figures.TryGetValue(name, out (string Unit, List<double> Values) figure))
            figures[name] = figure = (unit, []);
        figure.Values.Add(value);
    }

    private Pace Verify(int threads, int entries)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var trust = new TrustRoot(ledger.Id, TlogPolicy.LogAlone(ledger.Log));
        TimeSpan worked = System.Environment.CpuUsage.TotalTime;
        long start = context.Time.GetTimestamp();
        Verdict verdict = new LedgerCheck(ledger.Environment, trust) { Threads = threads }.Run(ledger.Folder, false);
        Pace pace = Since(start, worked, entries);
        return verdict.Holds ? pace : throw ErrorCodes.Bug.Because($"the ledger does not hold: {verdict.ToJson()}");
    }

    // What no verifier can do without: a leaf hash, a commitment, a node, and reading entry and payload as JSON.
    private void Hash(StoredEntry[] sample, TreeHasher hasher)
    {
        var leaves = new Digest[sample.Length];
        for (int i = 0; i < sample.Length; i++)
        {
            StoredEntry entry = sample[i];
            leaves[i] = hasher.Leaf(entry.Entry.Span);
            SignedBytes.CommitmentOf(ledger.Id, entry.Salt.Span, entry.Payload.Span);
            Read(entry.Entry.Span);
            Read(entry.Payload.Span);
        }
        var nodes = new Digest[sample.Length];
        hasher.Nodes(leaves.AsSpan(0, sample.Length / 2 * 2), nodes.AsSpan(0, sample.Length / 2));
        hasher.Nodes(leaves.AsSpan(0, sample.Length / 2 * 2), nodes.AsSpan(0, sample.Length / 2));
    }

    private static void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            // The pass alone is measured.
        }
    }

    private static void Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!key.Verify(message, signature))
            throw ErrorCodes.Bug.Because("a signature that was just made does not hold");
    }

    private Pace Rate(int count, Action task, int parts)
    {
        task();
        long done = 0;
        TimeSpan worked = System.Environment.CpuUsage.TotalTime;
        long start = context.Time.GetTimestamp();
        var threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                long mine = 0;
                for (; context.Time.GetElapsedTime(start) < length; mine += parts)
                    task();
                Interlocked.Add(ref done, mine);
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        return Since(start, worked, done);
    }

    private Pace Since(long start, TimeSpan worked, long done) =>
        new(
            done / context.Time.GetElapsedTime(start).TotalSeconds,
            (System.Environment.CpuUsage.TotalTime - worked).TotalMicroseconds / done
        );

    /// <summary>How fast something went.</summary>
    /// <param name="Rate">Things a second, on all threads together.</param>
    /// <param name="Micros">Processor time that the whole process took for each, in microseconds.</param>
    private readonly record struct Pace(double Rate, double Micros);
}
