using Tessrax.Bench.Peers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>The root of a million leaf hashes, on one thread and on two.</summary>
internal sealed class RootCase : ICase
{
    // transparency-dev/merkle built the same tree in this time, on another day.
    private const double GoMilliseconds = 419;

    public string Name => "root1m";

    public bool OnAllCores => true;

    public IEnumerable<Finding> Run(Effort effort)
    {
        Digest[] leaves = Inputs.Digests(effort.Size(1_000_000, 50_000));
        IReadOnlyDictionary<string, double[]> times = Paired.Measure(
            effort.Longer(),
            new Contestant("ours", tasks => Root(tasks, leaves, 1)),
            new Contestant("two", tasks => Root(tasks, leaves, 2)),
            new Contestant("sha-ni", tasks => Limit(tasks, leaves.Length))
        );
        double[] one = times["ours"];
        Goal? third = effort.Quick ? null : Goal.Most(GoMilliseconds / 3, "a third of Go's");
        yield return new Finding("root1m.ours", Paired.Median(one) / 1e6, "ms", third);
        yield return new Finding("root1m.go", GoMilliseconds, "ms", Recorded: true);
        yield return new Finding("root1m.two", Paired.Median(times["two"]) / 1e6, "ms");
        yield return new Finding("root1m.ours/two", Paired.Ratio(one, times["two"]), "x", Goal.Least(1.8));
        if (OpenSsl.IsThere)
        {
            yield return new Finding("root1m.sha-ni", Paired.Median(times["sha-ni"]) / 1e6, "ms");
            yield return new Finding("root1m.ours/sha-ni", Paired.Ratio(one, times["sha-ni"]), "x");
        }
    }

    private static void Root(int tasks, Digest[] leaves, int threads)
    {
        for (int i = 0; i < tasks; i++)
            _ = MerkleRoot.Of(leaves, TreeHasher.Sha256, threads);
    }

    // A tree of n leaves has n - 1 nodes of two blocks each: the bare block function over as many.
    private static void Limit(int tasks, int leaves)
    {
        var blocks = new byte[64 * 1024];
        long bytes = OpenSsl.IsThere ? 2L * 64 * (leaves - 1) * tasks : 0;
        for (; bytes > 0; bytes -= blocks.Length)
            OpenSsl.Blocks(blocks.AsSpan(0, (int)Math.Min(bytes, blocks.Length)));
    }
}
