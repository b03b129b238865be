namespace Tessrax.Node.RocksDb;

/// <summary>Blocks of 256 entries in which something is found, falling or rising.</summary>
internal interface IBlocks : IDisposable
{
    /// <summary>The block that it stands at.</summary>
    long Block { get; }

    /// <summary>Goes to the first block at this one or beyond it in its order, from wherever it stands. False if there is none.</summary>
    bool SeekTo(long block);

    /// <summary>The entries of the block in which it is found.</summary>
    BlockMask Mask();
}

/// <summary>Blocks in which a word, or one of several, stands.</summary>
internal interface IWordBlocks : IBlocks
{
    /// <summary>The places in the block, in order.</summary>
    List<long> Places();
}
