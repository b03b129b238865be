using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>Segments stand for themselves, and together for the log.</summary>
public sealed class SegmentSetTests
{
    private const int PerSegment = 8;

    [Fact]
    public void The_roots_of_segments_give_the_root_of_the_log_at_every_size()
    {
        var disk = new FaultyDisk();
        var tree = new MerkleTree(TreeHasher.Sha256);
        using SegmentWriter writer = Store.Create(disk, PerSegment);
        while (writer.Size < 90)
        {
            tree.Append(TreeHasher.Sha256.Leaf(Store.Entry(writer.Size).Entry.Span));
            writer.Append(Store.Batch(writer.Size, 1));
            SegmentSet set = Open(disk);
            TreeHead[] heads = new TreeHead[set.Count];
            Parallel.For(0, heads.Length, number => heads[number] = set.HeadOf(number, TreeHasher.Sha256));
            Assert.Equal(new TreeHead(tree.Size, tree.Root()), set.Compose(heads, TreeHasher.Sha256));
            // A full segment's root is a node of the tree.
            for (int number = 0; number < tree.Size / PerSegment; number++)
            {
                var node = new Digest[1];
                tree.Read([new Subtree(3, number)], node);
                Assert.Equal(node[0], heads[number].Root);
            }
        }
    }

    [Fact]
    public void One_damaged_segment_is_the_only_one_that_cannot_be_read()
    {
        var disk = new FaultyDisk();
        using (SegmentWriter writer = Store.Create(disk, PerSegment))
        {
            while (writer.Size < 40)
                writer.Append(Store.Batch(writer.Size, 1));
        }
        disk[Store.PathOf(2)][200] ^= 1;
        SegmentSet set = Open(disk);
        for (long number = 0; number < set.Count; number++)
        {
            if (number == 2)
                Assert.Equal(
                    ErrorCodes.Damaged,
                    Assert.Throws<TessraxException>(() => set.HeadOf(2, TreeHasher.Sha256)).Code
                );
            else
                Assert.Equal(PerSegment, set.HeadOf(number, TreeHasher.Sha256).Size);
        }
    }

    [Fact]
    public void Parts_that_are_no_segments_are_not_composed()
    {
        var disk = new FaultyDisk();
        using (SegmentWriter writer = Store.Create(disk, PerSegment))
            writer.Append(Store.Batch(0, 8));
        SegmentSet set = Open(disk);
        TreeHead head = set.HeadOf(0, TreeHasher.Sha256);
        Assert.Throws<ArgumentException>(() => set.Compose([head with { Size = 7 }, head], TreeHasher.Sha256));
        Assert.Throws<ArgumentException>(() => set.Compose([head with { Size = 9 }], TreeHasher.Sha256));
    }

    private static SegmentSet Open(FaultyDisk disk) => new(new SegmentFolder(Store.Ledger, disk), Store.IsSigned);
}
