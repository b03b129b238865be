using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Many inputs at once: a level and receipts, by BLAKE3 and by SHA-256.</summary>
internal static class EnginesCase
{
    private static readonly TreeHasher Blake3 = new(HashEngine.Blake3);

    public static IEnumerable<ICase> Make() =>
        [
            new PairedCase("engines-level", Levels, Duel.FasterBy(1, "sha256", "blake3")),
            new PairedCase("engines-leaves", Leaves, Duel.FasterBy(1, "sha256", "blake3")),
        ];

    private static Contestant[] Levels(Effort effort)
    {
        int nodes = effort.Size(4096, 64);
        Digest[] children = Inputs.Digests(2 * nodes);
        var parents = new Digest[nodes];
        return Both(hasher => hasher.Nodes(children, parents));
    }

    private static Contestant[] Leaves(Effort effort)
    {
        int count = effort.Size(1024, 16);
        byte[] data = Inputs.Bytes(600 * count);
        int[] ends = [.. Enumerable.Range(1, count).Select(i => 600 * i)];
        var hashes = new Digest[count];
        return Both(hasher => hasher.Leaves(data, ends, hashes));
    }

    private static Contestant[] Both(Action<TreeHasher> task)
    {
        return
        [
            new("sha256", tasks => Repeat(tasks, TreeHasher.Sha256)),
            new("blake3", tasks => Repeat(tasks, Blake3)),
        ];

        void Repeat(int tasks, TreeHasher hasher)
        {
            for (int i = 0; i < tasks; i++)
                task(hasher);
        }
    }
}
