using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing prove-subtree</c> and <c>verify-subtree</c>: the tree over some leaves of a tree, as a part of the whole or
/// with one of its leaves.</summary>
internal static class PlumbingSubtree
{
    public static Command Prove(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.Leaves();
        Option<string> algorithm = HashOption.Create();
        Option<string> start = Start();
        Option<string> end = End();
        Option<string?> index = Optional("--index", "I", "prove that this leaf of the whole tree is in the subtree");
        var verb = new Verb(
            "prove-subtree",
            "Print the proof that a subtree is a part of the tree, or with --index that a leaf is in the subtree",
            "tessraxctl plumbing prove-subtree --alg sha256 --start 4 --end 6 leaves.txt"
        )
        {
            file,
            algorithm,
            start,
            end,
            index,
        };
        verb.SetAction(parsed =>
        {
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            long? first = WholeNumber.Read(parsed, start);
            long? behind = WholeNumber.Read(parsed, end);
            long? leaf = WholeNumber.Parse(parsed.GetValue(index), "--index");
            MerkleTree tree = LeafLines.Tree(context, parsed.GetValue(file), hasher);
            if (first is not { } from || behind is not { } to || !SubtreeProof.IsSubtree(from, to) || to > tree.Size)
                throw ErrorCodes.BadUsage.Because(
                    $"the tree of {tree.Size} leaves has no subtree from {parsed.GetValue(start)} to {parsed.GetValue(end)}",
                    "it begins at a multiple of the power of two that its length fits in"
                );
            if (leaf is { } at && (at < from || at >= to))
                throw ErrorCodes.BadUsage.Because(
                    $"leaf {at} is not in the subtree from {from} to {to}",
                    "leaves are counted from the beginning of the whole tree"
                );
            Digest[] path = leaf is { } one
                ? SubtreeProof.ProveInclusion(tree, from, to, one, hasher)
                : SubtreeProof.ProveConsistency(tree, from, to, tree.Size, hasher);
            PlumbingProve.Print(context, path);
        });
        return verb;
    }

    public static Command Verify(CliContext context)
    {
        Option<string> start = Start();
        Option<string> end = End();
        Option<string> subtree = HexText.Option("--subtree-root", "the subtree's root");
        Option<string?> size = Optional("--size", "N", "the size of the whole tree, with --root");
        Option<string?> root = Optional("--root", "HEX", "the whole tree's root");
        Option<string?> index = Optional("--index", "I", "a leaf of the whole tree, with --leaf-hash");
        Option<string?> leaf = Optional("--leaf-hash", "HEX", "the leaf's hash");
        Option<string> proof = HexText.Option("--proof", PlumbingVerify.ProofHelp, required: false);
        Option<string> algorithm = HashOption.CreateOptional();
        var verb = new Verb(
            "verify-subtree",
            "Check a proof that a subtree is a part of a tree, or that a leaf is in the subtree",
            "tessraxctl plumbing verify-subtree --start 0 --end 1 --subtree-root $ROOT --size 1 --root $ROOT"
        )
        {
            start,
            end,
            subtree,
            size,
            root,
            index,
            leaf,
            proof,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            long? first = WholeNumber.Read(parsed, start);
            long? behind = WholeNumber.Read(parsed, end);
            Digest? part = HexText.ReadDigest(parsed, subtree);
            Digest[]? path = HexText.ReadDigests(parsed, proof);
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            (long? number, Digest? hash) = OneOf(parsed, (size, root), (index, leaf), out bool isLeaf);
            bool readable =
                first is not null && behind is not null && part is not null && number is not null && hash is not null;
            if (!readable || path is null)
                return Answer(false);
            (long from, long to, Digest top) = (first!.Value, behind!.Value, part!.Value);
            return Answer(
                isLeaf
                    ? SubtreeProof.VerifyInclusion(path, from, to, top, number!.Value, hash!.Value, hasher)
                    : SubtreeProof.VerifyConsistency(
                        path,
                        from,
                        to,
                        top,
                        new TreeHead(number!.Value, hash!.Value),
                        hasher
                    )
            );

            int Answer(bool holds) =>
                isLeaf
                    ? PlumbingVerify.Answer(
                        context,
                        holds,
                        ErrorCodes.InclusionBroken,
                        "the subtree inclusion proof does not hold"
                    )
                    : PlumbingVerify.Answer(
                        context,
                        holds,
                        ErrorCodes.Inconsistent,
                        "the subtree consistency proof does not hold"
                    );
        });
        return verb;
    }

    private static Option<string> Start() => WholeNumber.Option("--start", "S", "the subtree's first leaf");

    private static Option<string> End() => WholeNumber.Option("--end", "E", "the leaf after the subtree's last");

    private static Option<string?> Optional(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName };

    // Exactly one of the two pairs says what is to be checked.
    private static (long? Number, Digest? Hash) OneOf(
        ParseResult parsed,
        (Option<string?> Number, Option<string?> Hash) tree,
        (Option<string?> Number, Option<string?> Hash) leaf,
        out bool isLeaf
    )
    {
        bool[] given =
        [
            .. new[] { tree.Number, tree.Hash, leaf.Number, leaf.Hash }.Select(o => parsed.GetValue(o) is not null),
        ];
        isLeaf = given[2];
        if (given is not ([true, true, false, false] or [false, false, true, true]))
            throw ErrorCodes.BadUsage.Because(
                "verify-subtree needs --size and --root, or --index and --leaf-hash",
                "the first pair checks the subtree against the whole tree, the second a leaf against the subtree"
            );
        (Option<string?> number, Option<string?> hash) = isLeaf ? leaf : tree;
        return (WholeNumber.Read(parsed, number!), HexText.ReadDigest(parsed, hash!));
    }
}
