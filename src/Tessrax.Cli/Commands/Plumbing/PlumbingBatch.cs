using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing prove-batch</c> and <c>verify-batch</c>: one proof for many leaves of one tree.</summary>
internal static class PlumbingBatch
{
    private const string IndexHelp = "the leaves, counted from 0 and rising, with commas between them";

    public static Command Prove(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.Leaves();
        Option<string> algorithm = HashOption.Create();
        Option<string> index = WholeNumber.Option("--index", "I,J,...", IndexHelp);
        var verb = new Verb(
            "prove-batch",
            "Print one proof that many leaves are in the tree, each hash that they share once",
            "tessraxctl plumbing prove-batch --alg sha256 --index 0,2 leaves.txt"
        )
        {
            file,
            algorithm,
            index,
        };
        verb.SetAction(parsed =>
        {
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            long[]? leaves = WholeNumber.ReadMany(parsed, index);
            MerkleTree tree = LeafLines.Tree(context, parsed.GetValue(file), hasher);
            if (leaves is null || !BatchInclusionProof.AreLeaves(leaves, tree.Size))
                throw ErrorCodes.BadUsage.Because(
                    $"'{parsed.GetValue(index)}' are not leaves of a tree of {tree.Size}, rising and none twice",
                    "leaves are counted from 0"
                );
            PlumbingProve.Print(context, BatchInclusionProof.Prove(tree, tree.Size, leaves, hasher));
        });
        return verb;
    }

    public static Command Verify(CliContext context)
    {
        Option<string> index = WholeNumber.Option("--index", "I,J,...", IndexHelp);
        Option<string> size = WholeNumber.Option("--size", "N", "the size of the tree");
        Option<string> leaf = HexText.Option("--leaf-hash", "the hash of each leaf, with commas between them");
        Option<string> root = HexText.Option("--root", "the tree's root");
        Option<string> proof = HexText.Option("--proof", PlumbingVerify.ProofHelp, required: false);
        Option<string> algorithm = HashOption.CreateOptional();
        var verb = new Verb(
            "verify-batch",
            "Check one proof that many leaves are in a tree",
            "tessraxctl plumbing verify-batch --index 0,1 --size 2 --leaf-hash $LEAF,$LEAF --root $ROOT"
        )
        {
            index,
            size,
            leaf,
            root,
            proof,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            long[]? at = WholeNumber.ReadMany(parsed, index);
            long? leaves = WholeNumber.Read(parsed, size);
            Digest[]? hashes = HexText.ReadDigests(parsed, leaf);
            Digest? head = HexText.ReadDigest(parsed, root);
            Digest[]? path = HexText.ReadDigests(parsed, proof);
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            bool holds =
                at is not null
                && leaves is { } n
                && hashes is not null
                && head is { } r
                && path is not null
                && BatchInclusionProof.Verify(path, new TreeHead(n, r), at, hashes, hasher);
            return PlumbingVerify.Answer(
                context,
                holds,
                ErrorCodes.InclusionBroken,
                "the batch inclusion proof does not hold"
            );
        });
        return verb;
    }
}
