using System.Buffers.Binary;

namespace Tessrax.Node.RocksDb;

/// <summary>The blocks of all words that begin so.</summary>
/// <remarks>Postings lie word by word, and are wanted block by block: so those of a window of blocks are gathered from all words at a time. Windows grow as it
/// goes on, so that the first entries come soon and all of them do not take a search a block and word.</remarks>
internal sealed class PrefixBlocks : IWordBlocks
{
    private const long FirstWindow = 16;
    private const long WidestWindow = 1024;

    private readonly RocksFile file;
    private readonly RocksIterator keys;
    private readonly List<byte[]> words;
    private readonly bool falls;
    private readonly SortedDictionary<long, List<long>> gathered;
    private readonly List<long> order = [];
    private readonly long count;
    private long width = FirstWindow;
    private (long From, long To) window = (0, 0);
    private int at;

    /// <param name="file">The database.</param>
    /// <param name="words">What the keys of each word begin with.</param>
    /// <param name="falls">The order.</param>
    /// <param name="count">The number of blocks.</param>
    public PrefixBlocks(RocksFile file, List<byte[]> words, bool falls, long count)
    {
        this.file = file;
        this.words = words;
        this.falls = falls;
        this.count = count;
        gathered = falls ? new(Comparer<long>.Create(static (a, b) => b.CompareTo(a))) : [];
        keys = file.Iterate();
    }

    public long Block => order[at];

    public bool SeekTo(long block)
    {
        block = falls ? Math.Min(block, count - 1) : Math.Max(block, 0);
        while (block >= 0 && block < count)
        {
            if (block < window.From || block >= window.To)
                Gather(block);
            at = order.FindIndex(b => falls ? b <= block : b >= block);
            if (at >= 0)
                return true;
            block = falls ? window.From - 1 : window.To;
        }
        return false;
    }

    public BlockMask Mask()
    {
        BlockMask mask = default;
        foreach (long place in Places())
            mask.Set(WordPostings.OffsetOf(place));
        return mask;
    }

    public List<long> Places() => gathered[Block];

    public void Dispose() => keys.Dispose();

    private void Gather(long block)
    {
        window = falls ? (Math.Max(0, block + 1 - width), block + 1) : (block, Math.Min(count, block + width));
        width = Math.Min(WidestWindow, 2 * width);
        gathered.Clear();
        order.Clear();
        foreach (byte[] word in words)
        {
            for (
                bool isThere = keys.Seek(RocksKeys.WithBlock(word, window.From));
                isThere && keys.Key.Length == word.Length + sizeof(uint) && keys.Key.StartsWith(word);
                isThere = keys.Move()
            )
            {
                long found = BinaryPrimitives.ReadUInt32BigEndian(keys.Key[word.Length..]);
                if (found >= window.To)
                    break;
                Add(found);
            }
        }
        foreach ((long found, List<long> places) in gathered)
        {
            places.Sort();
            order.Add(found);
        }
    }

    private void Add(long block)
    {
        if (!gathered.TryGetValue(block, out List<long>? places))
            gathered[block] = places = [];
        if (!WordPostings.TryRead(keys.Value, places))
            throw file.Broken("places of a word cannot be read");
    }
}
