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

    [Fact]
    public void Trees_subtrees_and_bundles_want_what_they_work_on()
    {
        Names<ArgumentNullException>("hasher", () => new MerkleTree(null!));
        foreach ((long from, long to) in ((long, long)[])[(0, 5), (3, 2)])
            Names<ArgumentOutOfRangeException>("from", () => ConsistencyProof.Prove(Tree, from, to, Hasher));
        Names<ArgumentNullException>("reader", () => SubtreeProof.ProveInclusion(null!, 0, 4, 0, Hasher));
        Names<ArgumentNullException>("hasher", () => SubtreeProof.ProveInclusion(Tree, 0, 4, 0, null!));
        Assert.Equal("bundle", Assert.Throws<ArgumentNullException>(() => EntryBundle.Write(null!, [])).ParamName);
    }

    [Fact]
    public async Task Readers_and_differences_want_sizes_that_there_were_and_trees_of_one_kind()
    {
        TileReader reader = StaticLog.Of(257).Reader();
        foreach (
            (long from, long to, string name) in ((long, long, string)[])
                [(0, 257, "from"), (3, 2, "from"), (1, 258, "to")]
        )
            await Names<ArgumentOutOfRangeException>(name, async () => await reader.ProveConsistencyAsync(from, to));
        foreach (long size in (long[])[-1, 258])
            await Names<ArgumentOutOfRangeException>("size", async () => await reader.RootAtAsync(size));
        await Names<ArgumentNullException>("a", async () => await TreeDiff.CompareAsync(null!, reader));
        await Names<ArgumentNullException>("b", async () => await TreeDiff.CompareAsync(reader, null!));
        await Names<ArgumentOutOfRangeException>(
            "mostRanges",
            async () => await TreeDiff.CompareAsync(reader, reader, 0)
        );
        var other = new TileReader(StaticLog.Of(257), StaticLog.Of(257).Head, TreeHasher.ByName("blake3")!);
        await Names<ArgumentException>("b", async () => await TreeDiff.CompareAsync(reader, other));
    }

    private static async Task Names<T>(string argument, Func<Task> call)
        where T : ArgumentException => Assert.Equal(argument, (await Assert.ThrowsAsync<T>(call)).ParamName);

    private static void Names<T>(string argument, Func<object> call)
        where T : ArgumentException => Assert.Equal(argument, Assert.Throws<T>(call).ParamName);
}
