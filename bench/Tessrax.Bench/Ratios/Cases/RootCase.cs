using Tessrax.Bench.Peers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>The root of a million leaf hashes, on one core and on two.</summary>
internal sealed class RootCase : ICase
{
    // transparency-dev/merkle built the same tree in this time, on another day.
    private const double GoMilliseconds = 419;

    public string Name => "root1m";

    public IEnumerable<Finding> Run(Effort effort)
    {
        int count = effort.Size(1_000_000, 5_000);
        Digest[] leaves = Inputs.Digests(count);
        // A tree of n leaves has n - 1 nodes of two blocks each.
        byte[] blocks = Inputs.Bytes(64 * 1024);
        int turns = (int)(2L * 64 * (count - 1) / blocks.Length) + 1;
        var times = Paired.Measure(
            effort with
            { },
            new Contestant("ours", tasks => Root(tasks, leaves, 1)),
            new Contestant(
                "sha-ni",
                tasks =>
                {
                    for (int i = 0; i < tasks * turns; i++)
                        OpenSsl.Blocks(blocks);
                }
            )
        );
        double one = Paired.Median(times["ours"]) / 1e6;
        yield return new Finding("root1m.ours", one, "ms", Goal.Most(GoMilliseconds / 3, "a third of Go's"));
        yield return new Finding("root1m.go", GoMilliseconds, "ms", Recorded: true);
        yield return new Finding("root1m.sha-ni", Paired.Median(times["sha-ni"]) / 1e6, "ms");
        yield return new Finding("root1m.ours/sha-ni", Paired.Ratio(times["ours"], times["sha-ni"]), "x");
    }

    private static void Root(int tasks, Digest[] leaves, int threads)
    {
        for (int i = 0; i < tasks; i++)
        {
            var frontier = new Frontier(TreeHasher.Sha256);
            foreach (Digest leaf in leaves)
                frontier.Append(leaf);
            _ = frontier.Root();
        }
    }
}
