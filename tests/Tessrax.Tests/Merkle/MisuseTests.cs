using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Whoever calls with what can never be meant is told so, and by the name of the argument; strangers' proofs are only refused.</summary>
public sealed class MisuseTests
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;
    private static readonly MerkleTree Tree = TestLeaves.Tree(5);

    [Fact]
    public void Inclusion_wants_a_tree_a_hasher_a_leaf_that_is_there_and_room()
    {
        Names<ArgumentNullException>("reader", () => InclusionProof.Prove(null!, 5, 0, Hasher));
        Names<ArgumentNullException>("hasher", () => InclusionProof.Prove(Tree, 5, 0, null!));
        Names<ArgumentNullException>("hasher", () => InclusionProof.TryRoot([], 1, 0, default, null!, out _));
        foreach (long index in (long[])[-1, 5, long.MaxValue])
        {
            Names<ArgumentOutOfRangeException>("index", () => InclusionProof.Prove(Tree, 5, index, Hasher));
            Names<ArgumentOutOfRangeException>("index", () => InclusionProof.Siblings(5, index));
        }
        Names<ArgumentException>("path", () => InclusionProof.Prove(Tree, 5, 0, Hasher, new Digest[2]));
        var room = new Digest[4];
        Assert.Equal(3, InclusionProof.Prove(Tree, 5, 0, Hasher, room));
        Assert.Equal(InclusionProof.Prove(Tree, 5, 0, Hasher), room[..3]);
        Assert.Equal(default, room[3]);
        Assert.Equal(3, InclusionProof.Prove(Tree, 5, 0, Hasher, new Digest[3]));
    }

    [Fact]
    public void A_leaf_that_a_tree_does_not_have_is_refused_and_gives_no_root()
    {
        Digest leaf = TestLeaves.Hash(0);
        foreach ((long size, long index) in ((long, long)[])[(1, 1), (1, -1), (0, 0), (5, 5)])
        {
            Assert.False(InclusionProof.TryRoot([], size, index, leaf, Hasher, out Digest root));
            Assert.Equal(default, root);
        }
        Assert.False(InclusionProof.TryRoot([leaf], 1, 0, leaf, Hasher, out _));
        Assert.True(InclusionProof.TryRoot([], 1, 0, leaf, Hasher, out Digest only));
        Assert.Equal(leaf, only);
    }

    private static void Names<T>(string argument, Func<object> call)
        where T : ArgumentException => Assert.Equal(argument, Assert.Throws<T>(call).ParamName);
}
