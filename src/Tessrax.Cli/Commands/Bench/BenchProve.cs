using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench prove</c>: making proofs from a tree in memory.</summary>
internal static class BenchProve
{
    public static Command Create(CliContext context) =>
        BenchTree.Verb(
            context,
            "prove",
            "Measure making proofs from a tree in memory",
            "tessraxctl bench prove --leaves 1000000",
            Measure
        );

    private static void Measure(LoadRun run, MerkleTree tree, TreeHasher hasher)
    {
        var path = new Digest[InclusionProof.MaxLength];
        long next = 0;
        // Leaves far from each other, one after another: a step that shares no factor with most sizes.
        long Index() => next = (next + 7_368_787) % tree.Size;
        run.Measure("prove.inclusion", () => InclusionProof.Prove(tree, tree.Size, Index(), hasher, path));
        run.Measure("prove.consistency", () => ConsistencyProof.Prove(tree, 1 + Index(), tree.Size, hasher));
    }
}
