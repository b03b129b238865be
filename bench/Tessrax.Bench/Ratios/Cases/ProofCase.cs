using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Inclusion proofs from memory at 2^20 leaves, into the caller's memory and into an array of their own.</summary>
internal static class ProofCase
{
    public static ICase Make() =>
        new PairedCase("prove", Contestants) { Ours = Goal.Most(850, "Go took as long, recorded") };

    private static Contestant[] Contestants(Effort effort)
    {
        int size = effort.Size(1 << 20, 1 << 10);
        MerkleTree tree = Inputs.Tree(size, TreeHasher.Sha256);
        var random = new Random(3);
        int[] indices = [.. Enumerable.Range(0, 4096).Select(_ => random.Next(size))];
        var path = new Digest[InclusionProof.MaxLength];
        return
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = InclusionProof.Prove(tree, size, indices[i % indices.Length], TreeHasher.Sha256, path);
                }
            ),
            new(
                "array",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = InclusionProof.Prove(tree, size, indices[i % indices.Length], TreeHasher.Sha256);
                }
            ),
        ];
    }
}
