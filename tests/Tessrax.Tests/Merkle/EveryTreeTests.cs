using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Every tree up to 100 leaves, with every proof and every single corruption of it.</summary>
public class EveryTreeTests
{
    private const int Max = 100;

    private static readonly TreeHasher Hasher = TreeHasher.Sha256;
    private static readonly MerkleTree Tree = TestLeaves.Tree(Max);
    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Max).Select(TestLeaves.Hash)];
    private static readonly TreeHead[] Heads = [.. Enumerable.Range(0, Max + 1).Select(n => Tree.HeadAt(n))];

    [Fact]
    public void Roots_and_proofs_are_those_of_the_RFC()
    {
        for (int n = 0; n <= Max; n++)
        {
            ReadOnlySpan<Digest> leaves = Leaves.AsSpan(0, n);
            Assert.Equal(NaiveTree.Root(leaves), Heads[n].Root);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(NaiveTree.Path(i, leaves), InclusionProof.Prove(Tree, n, i, Hasher));
                Assert.Equal(NaiveTree.Proof(i + 1, leaves), ConsistencyProof.Prove(Tree, i + 1, n, Hasher));
            }
        }
    }

    [Fact]
    public void Every_inclusion_proof_holds_and_every_corruption_of_it_does_not()
    {
        for (int n = 1; n <= Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(Tree, n, i, Hasher);
                Assert.True(InclusionProof.Verify(path, Heads[n], i, Leaves[i], Hasher));
                foreach (Digest[] corrupted in Corruptions(path, Leaves[i], Heads[n].Root))
                    Assert.False(InclusionProof.Verify(corrupted, Heads[n], i, Leaves[i], Hasher));

                int bit = (n * 31) + i;
                Assert.False(InclusionProof.Verify(path, Heads[n], i, TestLeaves.Flip(Leaves[i], bit), Hasher));
                var wrongRoot = new TreeHead(n, TestLeaves.Flip(Heads[n].Root, bit));
                Assert.False(InclusionProof.Verify(path, wrongRoot, i, Leaves[i], Hasher));
            }
        }
    }

    [Fact]
    public void An_inclusion_proof_holds_for_no_other_index_and_no_other_tree()
    {
        for (int n = 1; n <= Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(Tree, n, i, Hasher);
                for (int other = -1; other <= n; other++)
                    Assert.Equal(other == i, InclusionProof.Verify(path, Heads[n], other, Leaves[i], Hasher));
                foreach (TreeHead head in Heads)
                    Assert.Equal(head.Size == n, InclusionProof.Verify(path, head, i, Leaves[i], Hasher));
            }
        }
    }

    // Sizes between two powers of two give the leaf the same way up, so only these must fail under an unchanged root.
    [Fact]
    public void An_inclusion_proof_fails_for_a_size_that_makes_its_way_another()
    {
        for (int n = 1; n <= Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(Tree, n, i, Hasher);
                // Leaf i ends a tree of i + 1, so there it has no sibling on the right; four times the tree is two levels higher.
                int[] sizes = [-n, -1, 0, i, i + 1 == n ? 0 : i + 1, 4 * n];
                foreach (int size in sizes)
                    Assert.False(
                        InclusionProof.Verify(path, new TreeHead(size, Heads[n].Root), i, Leaves[i], Hasher),
                        $"leaf {i} of {n} under size {size}"
                    );
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_holds_and_every_corruption_of_it_does_not()
    {
        for (int to = 1; to <= Max; to++)
        {
            for (int from = 1; from <= to; from++)
            {
                Digest[] path = ConsistencyProof.Prove(Tree, from, to, Hasher);
                Assert.True(ConsistencyProof.Verify(path, Heads[from], Heads[to], Hasher));
                foreach (Digest[] corrupted in Corruptions(path, Heads[from].Root, Heads[to].Root))
                    Assert.False(ConsistencyProof.Verify(corrupted, Heads[from], Heads[to], Hasher));

                int bit = (to * 31) + from;
                var wrongOld = new TreeHead(from, TestLeaves.Flip(Heads[from].Root, bit));
                var wrongNew = new TreeHead(to, TestLeaves.Flip(Heads[to].Root, bit));
                Assert.False(ConsistencyProof.Verify(path, wrongOld, Heads[to], Hasher));
                Assert.False(ConsistencyProof.Verify(path, Heads[from], wrongNew, Hasher));
            }
        }
    }

    [Fact]
    public void A_consistency_proof_holds_for_no_other_pair_of_trees()
    {
        for (int to = 1; to <= Max; to++)
        {
            for (int from = 1; from <= to; from++)
            {
                Digest[] path = ConsistencyProof.Prove(Tree, from, to, Hasher);
                foreach (TreeHead other in Heads)
                {
                    // An empty path proves each tree to extend itself.
                    bool same = path.Length == 0 && other.Size > 0;
                    Assert.Equal(other.Size == to, ConsistencyProof.Verify(path, Heads[from], other, Hasher));
                    Assert.Equal(other.Size == from, ConsistencyProof.Verify(path, other, Heads[to], Hasher));
                    Assert.Equal(same, ConsistencyProof.Verify(path, other, other, Hasher));
                }
            }
        }
    }

    [Fact]
    public void No_proof_leads_from_the_empty_tree_or_back_to_a_smaller_one()
    {
        for (int n = 0; n <= Max; n++)
        {
            Assert.False(ConsistencyProof.Verify([], Heads[0], Heads[n], Hasher));
            Assert.False(ConsistencyProof.Verify([Heads[n].Root], Heads[0], Heads[n], Hasher));
            for (int smaller = 1; smaller < n; smaller++)
            {
                Digest[] path = ConsistencyProof.Prove(Tree, smaller, n, Hasher);
                Assert.False(ConsistencyProof.Verify(path, Heads[n], Heads[smaller], Hasher));
                Assert.False(ConsistencyProof.Verify([], Heads[n], Heads[smaller], Hasher));
            }
        }
    }

    // One hash flipped, dropped, doubled or swapped with its neighbour; garbage before and behind; no path at all.
    private static IEnumerable<Digest[]> Corruptions(Digest[] path, Digest low, Digest high)
    {
        for (int i = 0; i < path.Length; i++)
        {
            yield return [.. path[..i], TestLeaves.Flip(path[i], i * 37), .. path[(i + 1)..]];
            yield return [.. path[..i], .. path[(i + 1)..]];
            yield return [.. path[..i], path[i], .. path[i..]];
            yield return [.. path[..i], default, .. path[(i + 1)..]];
            if (i + 1 < path.Length)
                yield return [.. path[..i], path[i + 1], path[i], .. path[(i + 2)..]];
        }
        foreach (Digest garbage in new[] { default, low, high, Hasher.Empty })
        {
            yield return [garbage, .. path];
            yield return [.. path, garbage];
        }
        if (path.Length > 0)
            yield return [];
    }
}
