using System.Numerics;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Segments;

/// <summary>A ledger's segments as whole pieces, each of which can be read, verified, copied and repaired without the others, on any thread.</summary>
/// <remarks>A full segment is one perfect subtree of the ledger's tree, so its root is a node of it, and the roots of all segments give the root of the
/// log: <see cref="Compose"/>. Takes no lock; segments that are made meanwhile are not seen.</remarks>
internal sealed class SegmentSet
{
    private readonly SegmentFolder folder;
    private readonly CheckpointTest isSigned;

    /// <param name="folder">Where they lie.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation; needed for the last segment only.</param>
    /// <exception cref="TessraxException">TSX3001, TSX3003: there is none, or one before the last is missing.</exception>
    public SegmentSet(SegmentFolder folder, CheckpointTest isSigned)
    {
        this.folder = folder;
        this.isSigned = isSigned;
        Count = folder.FindLast() + 1;
        using SegmentFile first = folder.Open(0);
        Capacity = first.Header.Capacity;
    }

    /// <summary>How many segments there are; the last one may still grow.</summary>
    public long Count { get; }

    /// <summary>The entries of a full one.</summary>
    public int Capacity { get; }

    /// <summary>The segment that an entry lies in.</summary>
    public long NumberOf(long index) => index / Capacity;

    /// <summary>The batches of one segment, in order.</summary>
    /// <exception cref="TessraxException">While enumerating: as <see cref="SegmentReader.ReadAll"/>.</exception>
    public IEnumerable<Batch> Batches(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        long end = (number + 1) * Capacity;
        return new SegmentScan(folder, isSigned, confirm: true)
            .Run(number * Capacity)
            .TakeWhile(batch => batch.FirstIndex < end);
    }

    /// <summary>How many entries one segment has and the root of their tree, from its bytes.</summary>
    public TreeHead HeadOf(long number, TreeHasher hasher)
    {
        var edge = new Frontier(hasher);
        var leaves = new List<Digest>();
        foreach (Batch batch in Batches(number))
        {
            leaves.Clear();
            foreach (StoredEntry stored in batch.Entries)
                leaves.Add(hasher.Leaf(stored.Entry.Span));
            edge.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(leaves));
        }
        return edge.Head;
    }

    /// <summary>The head of the log from those of its segments, in one hash a segment.</summary>
    /// <param name="segments">In order; all but the last are full.</param>
    /// <param name="hasher">The tree's.</param>
    /// <exception cref="ArgumentException">One before the last is not full, or a full one is no perfect subtree.</exception>
    public TreeHead Compose(IReadOnlyList<TreeHead> segments, TreeHasher hasher)
    {
        if (!BitOperations.IsPow2(Capacity))
            throw new InvalidOperationException($"a segment of {Capacity} entries is no perfect subtree");
        // A tree of k full segments and a part of one has, above them, the shape of a tree of k + 1 leaves: RFC 6962, section 2.1, splits off
        // the largest power of two, which is a whole number of segments until only one is left.
        var above = new Frontier(hasher);
        long size = 0;
        foreach (TreeHead segment in segments)
        {
            if (size % Capacity != 0 || segment.Size > Capacity)
                throw new ArgumentException("only the last segment may have fewer entries", nameof(segments));
            if (segment.Size > 0)
                above.Append(segment.Root);
            size += segment.Size;
        }
        return new TreeHead(size, above.Root());
    }
}
