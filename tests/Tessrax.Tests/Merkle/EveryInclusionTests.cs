using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;
using static Tessrax.Tests.Merkle.EveryTree;

namespace Tessrax.Tests.Merkle;

/// <summary>Every tree up to 100 leaves, with every inclusion proof and every single corruption of it.</summary>
public class EveryInclusionTests
{
    [Fact]
    public void Roots_and_paths_are_those_of_the_RFC()
    {
        for (int n = 0; n <= Max; n++)
        {
            Assert.Equal(Naive.Root(0, n), Heads[n].Root);
            for (int i = 0; i < n; i++)
                Assert.Equal(Naive.Path(i, 0, n), InclusionProof.Prove(Tree, n, i, Hasher));
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
                Assert.False(InclusionProof.Verify(path, Heads[n], -1, Leaves[i], Hasher));
                foreach (int other in Others(i, n))
                    Assert.Equal(other == i, InclusionProof.Verify(path, Heads[n], other, Leaves[i], Hasher));
                foreach (int other in Others(n, Max))
                    Assert.Equal(other == n, InclusionProof.Verify(path, Heads[other], i, Leaves[i], Hasher));
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
}
