namespace Tessrax.Node.RocksDb;

/// <summary>The blocks in which words stand one after the other.</summary>
internal sealed class PhraseBlocks(IReadOnlyList<IWordBlocks> words, bool falls) : IBlocks
{
    private BlockMask mask;

    public long Block { get; private set; }

    public bool SeekTo(long block)
    {
        while (Meet(block))
        {
            mask = Together();
            if (!mask.IsEmpty)
                return true;
            block = falls ? Block - 1 : Block + 1;
        }
        return false;
    }

    public BlockMask Mask() => mask;

    public void Dispose()
    {
        foreach (IWordBlocks word in words)
            word.Dispose();
    }

    // Goes to the first block that all have.
    private bool Meet(long block)
    {
        for (int same = 0, i = 0; same < words.Count; i = (i + 1) % words.Count)
        {
            if (!words[i].SeekTo(block))
                return false;
            same = words[i].Block == block ? same + 1 : 1;
            block = words[i].Block;
        }
        Block = block;
        return true;
    }

    private BlockMask Together()
    {
        BlockMask found = default;
        List<long> places = words[0].Places();
        for (int i = 1; i < words.Count; i++)
            places = Followed(places, words[i].Places(), i);
        foreach (long place in places)
            found.Set(WordPostings.OffsetOf(place));
        return found;
    }

    // The places that have one of the others so far behind them. Both are in order.
    private static List<long> Followed(List<long> places, List<long> others, int distance)
    {
        var left = new List<long>();
        int at = 0;
        foreach (long place in places)
        {
            while (at < others.Count && others[at] < place + distance)
                at++;
            if (at < others.Count && others[at] == place + distance)
                left.Add(place);
        }
        return left;
    }
}
