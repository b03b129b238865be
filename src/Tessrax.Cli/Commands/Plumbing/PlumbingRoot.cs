using System.CommandLine;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing root</c>: the Merkle root of leaves given in hex.</summary>
internal static class PlumbingRoot
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.Leaves();
        Option<string> algorithm = HashOption.Create();
        var verb = new Verb(
            "root",
            "Print the RFC 6962 root of a tree in hex",
            "printf '00\\n0102\\n' | tessraxctl plumbing root --alg sha256"
        )
        {
            file,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            var tree = new Frontier(hasher);
            foreach (Digest leaf in LeafLines.Hashes(context, parsed.GetValue(file), hasher))
                tree.Append(leaf);
            context.Raw(Encoding.ASCII.GetBytes(tree.Root().ToHex() + "\n"));
        });
        return verb;
    }
}
