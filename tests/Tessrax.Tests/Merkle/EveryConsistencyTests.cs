using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Every pair of trees up to 100 leaves, with its consistency proof and every single corruption of it.</summary>
public class EveryConsistencyTests
{
    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Proofs_are_those_of_the_RFC(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int to = 1; to <= EveryTree.Max; to++)
        {
            for (int from = 1; from <= to; from++)
                Assert.Equal(
                    every.Naive.Proof(from, 0, to),
                    ConsistencyProof.Prove(every.Tree, from, to, every.Hasher)
                );
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_consistency_proof_holds_and_every_corruption_of_it_does_not(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int to = 1; to <= EveryTree.Max; to++)
        {
            for (int from = 1; from <= to; from++)
            {
                Digest[] path = ConsistencyProof.Prove(every.Tree, from, to, every.Hasher);
                Assert.True(ConsistencyProof.Verify(path, every.Heads[from], every.Heads[to], every.Hasher));
                foreach (
                    Digest[] corrupted in EveryTree.Corruptions(path, every.Heads[from].Root, every.Heads[to].Root)
                )
                    Assert.False(ConsistencyProof.Verify(corrupted, every.Heads[from], every.Heads[to], every.Hasher));

                int bit = (to * 31) + from;
                var wrongOld = new TreeHead(from, TestLeaves.Flip(every.Heads[from].Root, bit));
                var wrongNew = new TreeHead(to, TestLeaves.Flip(every.Heads[to].Root, bit));
                Assert.False(ConsistencyProof.Verify(path, wrongOld, every.Heads[to], every.Hasher));
                Assert.False(ConsistencyProof.Verify(path, every.Heads[from], wrongNew, every.Hasher));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void A_consistency_proof_holds_for_no_other_pair_of_trees(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int to = 1; to <= EveryTree.Max; to++)
        {
            for (int from = 1; from <= to; from++)
            {
                Digest[] path = ConsistencyProof.Prove(every.Tree, from, to, every.Hasher);
                foreach (
                    TreeHead other in EveryTree
                        .Others(from, EveryTree.Max)
                        .Union(EveryTree.Others(to, EveryTree.Max))
                        .Select(n => every.Heads[n])
                )
                {
                    // An empty path proves each tree to extend itself.
                    bool same = path.Length == 0 && other.Size > 0;
                    Assert.Equal(
                        other.Size == to,
                        ConsistencyProof.Verify(path, every.Heads[from], other, every.Hasher)
                    );
                    Assert.Equal(
                        other.Size == from,
                        ConsistencyProof.Verify(path, other, every.Heads[to], every.Hasher)
                    );
                    Assert.Equal(same, ConsistencyProof.Verify(path, other, other, every.Hasher));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void No_proof_leads_from_the_empty_tree_or_back_to_a_smaller_one(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 0; n <= EveryTree.Max; n++)
        {
            Assert.False(ConsistencyProof.Verify([], every.Heads[0], every.Heads[n], every.Hasher));
            Assert.False(ConsistencyProof.Verify([every.Heads[n].Root], every.Heads[0], every.Heads[n], every.Hasher));
            for (int smaller = 1; smaller < n; smaller++)
            {
                Digest[] path = ConsistencyProof.Prove(every.Tree, smaller, n, every.Hasher);
                Assert.False(ConsistencyProof.Verify(path, every.Heads[n], every.Heads[smaller], every.Hasher));
                Assert.False(ConsistencyProof.Verify([], every.Heads[n], every.Heads[smaller], every.Hasher));
            }
        }
    }
}
