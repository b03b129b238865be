using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;
using static Tessrax.Tests.Merkle.EveryTree;

namespace Tessrax.Tests.Merkle;

/// <summary>Every pair of trees up to 100 leaves, with its consistency proof and every single corruption of it.</summary>
public class EveryConsistencyTests
{
    [Fact]
    public void Proofs_are_those_of_the_RFC()
    {
        for (int to = 1; to <= Max; to++)
        {
            for (int from = 1; from <= to; from++)
                Assert.Equal(Naive.Proof(from, 0, to), ConsistencyProof.Prove(Tree, from, to, Hasher));
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
                foreach (TreeHead other in Others(from, Max).Union(Others(to, Max)).Select(n => Heads[n]))
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
}
