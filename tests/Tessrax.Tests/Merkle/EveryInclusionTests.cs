using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Every tree up to 100 leaves, with every inclusion proof and every single corruption of it.</summary>
public class EveryInclusionTests
{
    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Roots_and_paths_are_those_of_the_RFC(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 0; n <= EveryTree.Max; n++)
        {
            Assert.Equal(every.Naive.Root(0, n), every.Heads[n].Root);
            for (int i = 0; i < n; i++)
                Assert.Equal(every.Naive.Path(i, 0, n), InclusionProof.Prove(every.Tree, n, i, every.Hasher));
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_inclusion_proof_holds_and_every_corruption_of_it_does_not(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 1; n <= EveryTree.Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(every.Tree, n, i, every.Hasher);
                Assert.True(InclusionProof.Verify(path, every.Heads[n], i, every.Leaves[i], every.Hasher));
                foreach (Digest[] corrupted in EveryTree.Corruptions(path, every.Leaves[i], every.Heads[n].Root))
                    Assert.False(InclusionProof.Verify(corrupted, every.Heads[n], i, every.Leaves[i], every.Hasher));

                int bit = (n * 31) + i;
                Assert.False(
                    InclusionProof.Verify(path, every.Heads[n], i, TestLeaves.Flip(every.Leaves[i], bit), every.Hasher)
                );
                var wrongRoot = new TreeHead(n, TestLeaves.Flip(every.Heads[n].Root, bit));
                Assert.False(InclusionProof.Verify(path, wrongRoot, i, every.Leaves[i], every.Hasher));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void An_inclusion_proof_holds_for_no_other_index_and_no_other_tree(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 1; n <= EveryTree.Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(every.Tree, n, i, every.Hasher);
                Assert.False(InclusionProof.Verify(path, every.Heads[n], -1, every.Leaves[i], every.Hasher));
                foreach (int other in EveryTree.Others(i, n))
                    Assert.Equal(
                        other == i,
                        InclusionProof.Verify(path, every.Heads[n], other, every.Leaves[i], every.Hasher)
                    );
                foreach (int other in EveryTree.Others(n, EveryTree.Max))
                    Assert.Equal(
                        other == n,
                        InclusionProof.Verify(path, every.Heads[other], i, every.Leaves[i], every.Hasher)
                    );
            }
        }
    }

    // Sizes between two powers of two give the leaf the same way up, so only these must fail under an unchanged root.
    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void An_inclusion_proof_fails_for_a_size_that_makes_its_way_another(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 1; n <= EveryTree.Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Digest[] path = InclusionProof.Prove(every.Tree, n, i, every.Hasher);
                // Leaf i ends a tree of i + 1, so there it has no sibling on the right; four times the tree is two levels higher.
                int[] sizes = [-n, -1, 0, i, i + 1 == n ? 0 : i + 1, 4 * n];
                foreach (int size in sizes)
                    Assert.False(
                        InclusionProof.Verify(
                            path,
                            new TreeHead(size, every.Heads[n].Root),
                            i,
                            every.Leaves[i],
                            every.Hasher
                        ),
                        $"leaf {i} of {n} under size {size}"
                    );
            }
        }
    }
}
