using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Checking an inclusion proof at 2^20 leaves: 20 nodes one after another.</summary>
internal static class VerifyCase
{
    public static ICase Make() => new PairedCase("verify", Contestants) { Ours = Goal.Most(2500, "Go took 5500") };

    private static Contestant[] Contestants(Effort effort)
    {
        int size = effort.Size(1 << 20, 1 << 10);
        MerkleTree tree = Inputs.Tree(size, TreeHasher.Sha256);
        var head = new TreeHead(size, tree.Root());
        int index = size / 3;
        Digest leaf = tree.Leaf(index);
        Digest[] path = InclusionProof.Prove(tree, size, index, TreeHasher.Sha256);
        return
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                    {
                        if (!InclusionProof.Verify(path, head, index, leaf, TreeHasher.Sha256))
                            throw new InvalidOperationException("a good proof was refused");
                    }
                }
            ),
        ];
    }
}
