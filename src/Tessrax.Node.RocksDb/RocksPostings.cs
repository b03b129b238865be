using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>Entries of blocks, and of the tail behind the last block.</summary>
internal sealed class RocksPostings : IPostings
{
    private const int Length = IndexBlock.Length;

    private readonly IBlocks blocks;
    private readonly BlockMask tail;
    private readonly long tailBlock;
    private readonly bool falls;
    private long block = -1;
    private BlockMask mask;
    private bool hasBegun;
    private bool hasEnded;

    /// <param name="blocks">The blocks before the tail.</param>
    /// <param name="tail">The entries of the tail.</param>
    /// <param name="tailBlock">The number of whole blocks, which is that of the tail's own.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    public RocksPostings(IBlocks blocks, BlockMask tail, long tailBlock, IndexOrder order, long? from)
    {
        this.blocks = blocks;
        this.tail = tail;
        this.tailBlock = tailBlock;
        falls = order == IndexOrder.Newest;
        long behind = (tailBlock + 1) * Length;
        Current = falls ? Math.Clamp(from ?? behind, 0, behind) : Math.Clamp(from ?? -1, -1, behind);
    }

    public long Current { get; private set; }

    public bool Next() => !hasEnded && GoTo(falls ? Current - 1 : Current + 1);

    public bool SeekTo(long bound)
    {
        if (hasEnded)
            return false;
        if (hasBegun && (falls ? Current <= bound : Current >= bound))
            return true;
        return GoTo(falls ? Math.Min(bound, Current - 1) : Math.Max(bound, Current + 1));
    }

    public void Dispose() => blocks.Dispose();

    private bool GoTo(long entry)
    {
        hasBegun = true;
        long wanted = entry < 0 ? -1 : entry / Length;
        int offset = (int)(entry - wanted * Length);
        while (wanted >= 0 && wanted <= tailBlock)
        {
            if (wanted != block && !Load(wanted))
                break;
            // A block further on is looked through from its end.
            if (block != wanted)
                offset = falls ? Length - 1 : 0;
            int found = mask.Find(offset, falls);
            if (found >= 0)
            {
                Current = block * Length + found;
                return true;
            }
            wanted = falls ? block - 1 : block + 1;
            offset = falls ? Length - 1 : 0;
        }
        hasEnded = true;
        return false;
    }

    // The first block at this one or beyond it.
    private bool Load(long wanted)
    {
        if (wanted < tailBlock && blocks.SeekTo(wanted) && blocks.Block < tailBlock)
        {
            (block, mask) = (blocks.Block, blocks.Mask());
            return true;
        }
        if (falls && wanted < tailBlock)
            return false;
        (block, mask) = (tailBlock, tail);
        return true;
    }
}
