using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench verify</c>: checking proofs.</summary>
internal static class BenchVerify
{
    public static Command Create(CliContext context) =>
        BenchTree.Verb(
            context,
            "verify",
            "Measure checking proofs",
            "tessraxctl bench verify --leaves 1000000",
            Measure
        );

    private static void Measure(LoadRun run, MerkleTree tree, TreeHasher hasher)
    {
        var head = new TreeHead(tree.Size, tree.Root());
        long index = tree.Size / 3;
        Digest leaf = tree.Leaf(index);
        Digest[] inclusion = InclusionProof.Prove(tree, tree.Size, index, hasher);
        var old = new TreeHead(index + 1, tree.RootAt(index + 1));
        Digest[] consistency = ConsistencyProof.Prove(tree, old.Size, head.Size, hasher);
        run.Measure("verify.inclusion", () => Require(InclusionProof.Verify(inclusion, head, index, leaf, hasher)));
        run.Measure("verify.consistency", () => Require(ConsistencyProof.Verify(consistency, old, head, hasher)));
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("a proof that was just made does not hold");
    }
}
