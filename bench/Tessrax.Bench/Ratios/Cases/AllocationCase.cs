using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Bytes allocated by what runs for every receipt, proof and node: none.</summary>
internal sealed class AllocationCase : ICase
{
    public string Name => "allocated";

    public IEnumerable<Finding> Run(Effort effort)
    {
        const int Size = 1 << 16;
        MerkleTree tree = Inputs.Tree(Size, TreeHasher.Sha256);
        var head = new TreeHead(Size, tree.Root());
        var frontier = new Frontier(TreeHasher.Sha256);
        Digest[] children = Inputs.Digests(512);
        var parents = new Digest[256];
        byte[] receipt = Inputs.Bytes(600);
        byte[] json = Encoding.UTF8.GetBytes("""{"b":[1.5,"\u20ac",null],"a":{"d":true,"c":"text"}}""");
        var canonicalizer = new Canonicalizer();
        var path = new Digest[InclusionProof.MaxLength];
        int length = InclusionProof.Prove(tree, Size, 12345, TreeHasher.Sha256, path);
        Digest leaf = tree.Leaf(12345);

        foreach (TreeHasher hasher in (TreeHasher[])[TreeHasher.Sha256, new TreeHasher(HashEngine.Blake3)])
        {
            string engine = hasher.Engine.Name;
            yield return None($"{engine}-node", () => hasher.Node(children[0], children[1]));
            yield return None($"{engine}-leaf600", () => hasher.Leaf(receipt));
            yield return None($"{engine}-level256", () => hasher.Nodes(children, parents));
        }
        (ClaimBook book, GroupKey group) = DetectCase.Book();
        yield return None("detect", () => book.Detect(group));
        yield return None("append", () => frontier.Append(leaf));
        yield return None("canonicalize", () => canonicalizer.Canonicalize(json));
        yield return None("prove", () => InclusionProof.Prove(tree, Size, 12345, TreeHasher.Sha256, path));
        yield return None(
            "verify",
            () => InclusionProof.Verify(path.AsSpan(0, length), head, 12345, leaf, TreeHasher.Sha256)
        );
    }

    private static Finding None(string name, Action operation) =>
        new($"allocated.{name}", Allocations.Of(operation), "B", Goal.Most(0));
}
