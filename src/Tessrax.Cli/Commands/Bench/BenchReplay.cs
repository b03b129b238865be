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
        var one = new List<double>();
        var many = new List<double>();
        var hashing = new List<double>();
        var signatures = new List<double>();
        using PrivateKey key = PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize));
        byte[] signature = key.Sign(sample[0].Entry.Span);
        for (int round = 0; round < Rounds; round++)
        {
            hashing.Add(Rate(() => Hash(sample, hasher), sample.Length));
            signatures.Add(Rate(() => Verify(key.PublicKey, sample[0].Entry.Span, signature), 1));
            one.Add(entries / Verify(1));
            many.Add(entries / Verify(all));
        }
        run.Add($"replay.{mode}.1-thread", "entries/s", one);
        run.Add($"replay.{mode}.{all}-threads", "entries/s", many);
        run.Add($"limit.hash-and-read.{all}-threads", "entries/s", hashing);
        run.Add($"limit.ed25519.{all}-threads", "signatures/s", signatures);
        run.Add($"replay.{mode}.of-hash-limit", "ratio", Ratio(many, hashing));
        run.Add($"replay.{mode}.of-ed25519-limit", "ratio", Ratio(many, signatures));
        run.Add($"replay.{mode}.of-1-thread", "ratio", Ratio(many, one));
    }

    private static List<double> Ratio(List<double> what, List<double> of) => [.. what.Zip(of, (a, b) => a / b)];

    private double Verify(int threads)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var trust = new TrustRoot(ledger.Id, TlogPolicy.LogAlone(ledger.Log));
        long start = context.Time.GetTimestamp();
        Verdict verdict = new LedgerCheck(ledger.Environment, trust) { Threads = threads }.Run(ledger.Folder, false);
        double seconds = context.Time.GetElapsedTime(start).TotalSeconds;
        return verdict.Holds ? seconds : throw ErrorCodes.Bug.Because($"the ledger does not hold: {verdict.ToJson()}");
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

    // Things a second, on all threads together.
    private double Rate(Action task, int parts)
    {
        task();
        long done = 0;
        long start = context.Time.GetTimestamp();
        var threads = new Thread[all];
        for (int i = 0; i < all; i++)
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
        return done / context.Time.GetElapsedTime(start).TotalSeconds;
    }
}
