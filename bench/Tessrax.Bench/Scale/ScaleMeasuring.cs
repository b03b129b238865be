using System.Diagnostics;
using Tessrax.Bench.Databases;
using Tessrax.Bench.Http;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;

namespace Tessrax.Bench.Scale;

/// <summary>Measures what the model is fed with: our own parts in this process, and a PostgreSQL server on this machine.</summary>
/// <param name="work">A directory on the disk that is to be measured.</param>
/// <param name="quick">As little as possible, for figures that mean nothing.</param>
internal sealed class ScaleMeasuring(string work, bool quick)
{
    private const int Clients = 16;
    private const int Together = 100;

    public async Task<ScaleCosts> Run()
    {
        PostgresStores.Register();
        using var server = new BenchPostgres(Path.Combine(work, "server"));
        LedgerStores.Migrate(server.Address, HttpLedger.Environment);
        await using HashChain asking = await HashChain.Create(server.Connection, 1);
        await using LedgerCrowd crowd = LedgerCrowd.Make(
            Path.Combine(work, "crowd"),
            quick ? 4 : Clients * 4,
            server.Address,
            HttpLedger.Environment
        );
        TimeSpan turn = TimeSpan.FromSeconds(quick ? 0.05 : 5);
        OwnDraft[] one = Drafts(1);
        OwnDraft[] many = Drafts(Together);
        await Load.Run(1, turn, Own, _ => crowd.Append(one));

        (Load single, double singleBytes) = await Written(one);
        (Load large, double largeBytes) = await Written(many);
        Load crowded = await Load.Run(Clients, turn, Own, _ => crowd.Append(one));

        double entry = Further(single.Micros, large.Micros) / 1e6;
        double entryBytes = Further(singleBytes, largeBytes);
        return new ScaleCosts(
            Batch: single.Micros / 1e6 - entry,
            Entry: entry,
            Commit: Math.Max(0, 1 / single.Rate - single.Micros / 1e6),
            CommitsPerSecond: crowded.Rate,
            Open: await Opening(),
            Verify: Verifying(),
            Hash: Hashing(),
            BatchBytes: Math.Max(0, singleBytes - entryBytes),
            EntryBytes: entryBytes
        );

        async Task<(Load Load, double Bytes)> Written(OwnDraft[] drafts)
        {
            long before = await Bytes(asking);
            Load load = await Load.Run(1, turn, Own, _ => crowd.Append(drafts));
            return (load, (await Bytes(asking) - before) / (load.Rate * turn.TotalSeconds));
        }
    }

    // What one more entry of a batch takes.
    private static double Further(double single, double large) => Math.Max(0, (large - single) / (Together - 1));

    private static TimeSpan Own() => Environment.CpuUsage.TotalTime;

    private static Task<long> Bytes(HashChain asking) => asking.Ask("SELECT pg_database_size(current_database())");

    private static OwnDraft[] Drafts(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new OwnDraft(HttpLedger.Event, HttpLedger.DataOf(i)))];

    // A working copy that is up to date, of a thousand entries.
    private async Task<double> Opening()
    {
        string directory = Path.Combine(work, "opened");
        await HttpLedger.Make(directory, 1000);
        TimeSpan begun = Own();
        int times = quick ? 1 : 20;
        for (int i = 0; i < times; i++)
            LedgerWriter.Open(directory, HttpLedger.Keys, HttpLedger.Environment).Dispose();
        return (Own() - begun).TotalSeconds / times;
    }

    private double Verifying()
    {
        using PrivateKey key = PrivateKey.FromSeed([.. Enumerable.Repeat((byte)1, PrivateKey.SeedSize)]);
        var verifier = VerifierKey.Create("example.com/bench", key.PublicKey);
        byte[] note = new Checkpoint("example.com/bench", new TreeHead(1, HashEngine.Sha256.Hash([])))
            .Sign(key)
            .ToBytes();
        return Each(quick ? 10 : 10_000, () => SignedNote.Parse(note).TryVerify(verifier));
    }

    private double Hashing()
    {
        Digest digest = HashEngine.Sha256.Hash([]);
        return Each(quick ? 100 : 1_000_000, () => TreeHasher.Sha256.Node(digest, digest) != digest);
    }

    private static double Each(int times, Func<bool> act)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            if (!act())
                throw new InvalidOperationException("what was measured does not work");
        }
        return Stopwatch.GetElapsedTime(begun).TotalSeconds / times;
    }
}
