using Tessrax.Bench.Peers;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Proofs from the tiles of a log of ten million leaves on disk, and what having it open takes.</summary>
internal sealed class TileCase : ICase
{
    public string Name => "tiles10m";

    public IEnumerable<Finding> Run(Effort effort)
    {
        int size = effort.Size(10_000_000, 100_000);
        using TileLog log = TileLog.Make(size);
        var random = new Random(5);

        // As many leaves as have their tiles in the cache, in random order.
        TileReader warm = Open(log);
        long[] held = [.. Enumerable.Range(0, 256).Select(_ => random.NextInt64(size))];
        yield return new Finding("tiles10m.warm", Median(effort, warm, held), "ns", Goal.Most(10_000));
        // Anywhere: most proofs read one file from the system's page cache and hash 255 nodes.
        long[] anywhere = [.. Enumerable.Range(0, 1 << 16).Select(_ => random.NextInt64(size))];
        yield return new Finding("tiles10m.anywhere", Median(effort, Open(log), anywhere), "ns");

        long most = 0;
        for (int i = 0; i < effort.Size(200, 20); i++)
        {
            TileReader cold = Open(log);
            Wait(cold.OpenAsync());
            long opened = cold.TilesRead;
            _ = Wait(cold.ProveInclusionAsync(random.NextInt64(size)));
            most = Math.Max(most, cold.TilesRead - opened);
            if (i == 0)
                yield return new Finding("tiles10m.open-reads", opened, "count");
        }
        yield return new Finding("tiles10m.cold-reads", most, "count", Goal.Most(3, "after opening"));

        double runtime = ProcessMemory.OfChild("memory", "runtime");
        yield return new Finding("tiles10m.runtime", runtime, "MiB");
        // A thousand proofs fill the cache. Twenty thousand show besides what the collector leaves lying about before it
        // first looks, which is a choice of the runtime's and grows with the processor's caches.
        double open = Memory(log, 1000);
        yield return new Finding("tiles10m.open", open, "MiB");
        yield return new Finding(
            "tiles10m.open-runtime",
            open - runtime,
            "MiB",
            Goal.Most(64, "above the runtime's own")
        );
        yield return new Finding("tiles10m.busy-runtime", Memory(log, 20_000) - runtime, "MiB");
    }

    private static double Memory(TileLog log, int proofs) =>
        ProcessMemory.OfChild("memory", "tiles", log.Path, $"{log.Head.Size}", log.Head.Root.ToHex(), $"{proofs}");

    /// <summary>Proofs of leaves all over a log, in a process of its own.</summary>
    public static void Prove(string path, TreeHead head, int proofs)
    {
        var reader = new TileReader(new TileDirectory(path, SystemDisk.Instance), head, TreeHasher.Sha256);
        var random = new Random(6);
        for (int i = 0; i < proofs; i++)
            _ = Wait(reader.ProveInclusionAsync(random.NextInt64(head.Size)));
    }

    private static TileReader Open(TileLog log) =>
        new(new TileDirectory(log.Path, SystemDisk.Instance), log.Head, TreeHasher.Sha256);

    private static double Median(Effort effort, TileReader reader, long[] leaves)
    {
        int next = 0;
        var contestant = new Contestant(
            "ours",
            tasks =>
            {
                for (int i = 0; i < tasks; i++)
                    _ = Wait(reader.ProveInclusionAsync(leaves[next++ % leaves.Length]));
            }
        );
        return Paired.Median(Paired.Measure(effort, contestant)["ours"]);
    }

    private static T Wait<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
