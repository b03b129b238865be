using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>What a whole tree in memory takes, for each million leaves.</summary>
internal sealed class TreeMemoryCase : ICase
{
    public string Name => "tree-memory";

    public IEnumerable<Finding> Run(Effort effort)
    {
        int size = effort.Size(2_000_000, 100_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        MerkleTree tree = Inputs.Tree(size, TreeHasher.Sha256);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(tree);
        double perMillion = (after - before) / (double)(1 << 20) / size * 1_000_000;
        yield return new Finding("tree-memory.ours", perMillion, "MiB", Goal.Most(70, "a million leaves"));
        yield return new Finding("tree-memory.hashes", 2 * 32 * 1e6 / (1 << 20), "MiB");
    }
}
