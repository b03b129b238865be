using System.Buffers.Binary;

namespace Tessrax.Node.RocksDb;

/// <summary>The blocks of one value, or of one word: the keys that begin so.</summary>
internal sealed class KeyBlocks : IWordBlocks
{
    private readonly RocksFile file;
    private readonly RocksIterator keys;
    private readonly byte[] start;
    private readonly bool isWord;
    private readonly bool falls;
    private readonly List<long> places = [];
    private bool isThere;

    public KeyBlocks(RocksFile file, byte[] start, bool isWord, bool falls)
    {
        this.file = file;
        this.start = start;
        this.isWord = isWord;
        this.falls = falls;
        keys = file.Iterate();
    }

    public long Block { get; private set; }

    public bool SeekTo(long block)
    {
        if (isThere && block == Block)
            return true;
        if (falls ? block < 0 : block > uint.MaxValue)
            return isThere = false;
        // The next one is most often the one that is asked for.
        if (isThere && (falls ? block == Block - 1 : block == Block + 1))
            return At(keys.Move(falls));
        return At(keys.Seek(RocksKeys.WithBlock(start, Math.Clamp(block, 0, uint.MaxValue)), falls));
    }

    public BlockMask Mask()
    {
        BlockMask mask = default;
        if (isWord)
        {
            foreach (long place in Places())
                mask.Set(WordPostings.OffsetOf(place));
            return mask;
        }
        foreach (byte offset in keys.Value)
            mask.Set(offset);
        return mask;
    }

    public List<long> Places()
    {
        places.Clear();
        return WordPostings.TryRead(keys.Value, places) ? places : throw file.Broken("places of a word cannot be read");
    }

    public void Dispose() => keys.Dispose();

    private bool At(bool isValid)
    {
        isThere = isValid && keys.Key.Length == start.Length + sizeof(uint) && keys.Key.StartsWith(start);
        if (isThere)
            Block = BinaryPrimitives.ReadUInt32BigEndian(keys.Key[start.Length..]);
        return isThere;
    }
}
