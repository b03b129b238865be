using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Web.Drawing;

namespace Tessrax.Server.Tests;

/// <summary>What pages draw: the way of a proof, and JSON for people.</summary>
public sealed class DrawingTests
{
    [Fact]
    public void A_way_goes_from_the_leaf_to_the_root_of_every_small_tree_by_true_subtrees()
    {
        TreeHasher hasher = TreeHasher.Sha256;
        Digest[] leaves = [.. Enumerable.Range(0, 33).Select(i => hasher.Leaf([(byte)i]))];
        for (int size = 1; size <= leaves.Length; size++)
        {
            for (int index = 0; index < size; index++)
            {
                LeafRange[] siblings = [.. SiblingsOf(index, new LeafRange(0, size))];
                Digest[] path = [.. siblings.Select(range => RootOf(leaves, range, hasher))];
                Assert.True(
                    InclusionProof.Verify(
                        path,
                        new TreeHead(size, RootOf(leaves, new LeafRange(0, size), hasher)),
                        index,
                        leaves[index],
                        hasher
                    )
                );
                ProofWay way = ProofWay.Of(index, leaves[index], size, path, hasher);
                Assert.Equal(RootOf(leaves, new LeafRange(0, size), hasher), way.Root);
                Assert.Equal(siblings, way.Steps.Select(step => step.Sibling));
                foreach (ProofStep step in way.Steps)
                {
                    Assert.Equal(RootOf(leaves, step.Leaves, hasher), step.Hash);
                    Assert.Equal(RootOf(leaves, step.Sibling, hasher), step.SiblingHash);
                }
            }
        }
    }

    [Fact]
    public void Json_for_people_is_the_same_json_and_harmless()
    {
        JsonValue value = JsonValue.Object(
            ("empty", JsonValue.EmptyObject),
            ("list", JsonValue.Of(JsonValue.Number(1), JsonValue.Null, JsonValue.EmptyArray)),
            ("<b>", "\u202e\u0007 \" \\ é"),
            ("\u200b", JsonValue.True)
        );
        string text = string.Concat(JsonLines.Of(value, out bool isWhole).Select(piece => piece.Text));
        Assert.True(isWhole);
        Assert.Equal(value, JsonValue.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.DoesNotContain('\u202e', text);
        Assert.DoesNotContain('\u200b', text);
        Assert.Contains("\n  \"list\": [\n    1,\n    null,\n    []\n  ]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_json_that_nobody_reads_to_its_end_the_beginning_is_shown()
    {
        JsonValue value = JsonValue.Of(Enumerable.Range(0, 100_000).Select(i => JsonValue.Number((long)i)));
        IReadOnlyList<JsonPiece> pieces = JsonLines.Of(value, out bool isWhole);
        Assert.False(isWhole);
        Assert.InRange(pieces.Sum(piece => piece.Text.Length), 60_000, 64 * 1024);
    }

    // From the leaf's up, by the definition: RFC 6962, section 2.1.1.
    private static IEnumerable<LeafRange> SiblingsOf(long index, LeafRange of)
    {
        if (of.Length == 1)
            return [];
        long k = 1;
        while (2 * k < of.Length)
            k *= 2;
        var left = new LeafRange(of.Start, of.Start + k);
        var right = new LeafRange(of.Start + k, of.End);
        return index < left.End ? SiblingsOf(index, left).Append(right) : SiblingsOf(index, right).Append(left);
    }

    private static Digest RootOf(Digest[] leaves, LeafRange of, TreeHasher hasher)
    {
        if (of.Length == 1)
            return leaves[of.Start];
        long k = 1;
        while (2 * k < of.Length)
            k *= 2;
        return hasher.Node(
            RootOf(leaves, new LeafRange(of.Start, of.Start + k), hasher),
            RootOf(leaves, new LeafRange(of.Start + k, of.End), hasher)
        );
    }
}
