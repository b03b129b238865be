using System.CommandLine;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing prove-inclusion</c> and <c>prove-consistency</c>: proofs from leaves given in hex, one hash a line.</summary>
internal static class PlumbingProve
{
    public static Command Inclusion(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.Leaves();
        Option<string> algorithm = HashOption.Create();
        Option<string> index = WholeNumber.Option("--index", "I", "the leaf, counted from 0");
        var verb = new Verb(
            "prove-inclusion",
            "Print the proof that a leaf is in the tree, from its sibling up",
            "tessraxctl plumbing prove-inclusion --alg sha256 --index 2 leaves.txt"
        )
        {
            file,
            algorithm,
            index,
        };
        verb.SetAction(parsed =>
        {
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            long? leaf = WholeNumber.Read(parsed, index);
            MerkleTree tree = LeafLines.Tree(context, parsed.GetValue(file), hasher);
            if (leaf is not { } at || at < 0 || at >= tree.Size)
                throw ErrorCodes.BadUsage.Because(
                    $"the tree of {tree.Size} leaves has no leaf {parsed.GetValue(index)}",
                    "leaves are counted from 0"
                );
            Print(context, InclusionProof.Prove(tree, tree.Size, at, hasher));
        });
        return verb;
    }

    public static Command Consistency(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.Leaves();
        Option<string> algorithm = HashOption.Create();
        Option<string> from = WholeNumber.Option("--from", "M", "the size of the older tree");
        var verb = new Verb(
            "prove-consistency",
            "Print the proof that the tree extends the tree of its first M leaves",
            "tessraxctl plumbing prove-consistency --alg sha256 --from 3 leaves.txt"
        )
        {
            file,
            algorithm,
            from,
        };
        verb.SetAction(parsed =>
        {
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            long? size = WholeNumber.Read(parsed, from);
            MerkleTree tree = LeafLines.Tree(context, parsed.GetValue(file), hasher);
            if (size is not { } older || older < 1 || older > tree.Size)
                throw ErrorCodes.BadUsage.Because(
                    $"no proof leads from size {parsed.GetValue(from)} to size {tree.Size}",
                    "the older tree has at least one leaf, and no more than the newer"
                );
            Print(context, ConsistencyProof.Prove(tree, older, tree.Size, hasher));
        });
        return verb;
    }

    internal static void Print(CliContext context, Digest[] path)
    {
        foreach (Digest hash in path)
            context.Raw(Encoding.ASCII.GetBytes(hash.ToHex() + "\n"));
    }
}
