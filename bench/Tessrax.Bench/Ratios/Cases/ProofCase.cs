using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Inclusion proofs from memory at 2^20 leaves.</summary>
internal static class ProofCase
{
    public static ICase Make() => new PairedCase("prove", Contestants) { Ours = Goal.Most(850, "Go took as long") };

    private static Contestant[] Contestants(Effort effort)
    {
        int size = effort.Size(1 << 20, 1 << 10);
        MerkleTree tree = Inputs.Tree(size, TreeHasher.Sha256);
        var random = new Random(3);
        int[] indices = [.. Enumerable.Range(0, 4096).Select(_ => random.Next(size))];
        return
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = InclusionProof.Prove(tree, size, indices[i % indices.Length], TreeHasher.Sha256);
                }
            ),
        ];
    }
}
