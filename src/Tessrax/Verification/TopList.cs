namespace Tessrax.Verification;

/// <summary>The few largest of many, exactly; of equal ones, those that came first.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="most">How many are kept.</param>
public sealed class TopList<T>(int most)
{
    private readonly List<(long Size, T Item)> items = [];

    /// <summary>The largest, in order.</summary>
    public IEnumerable<(long Size, T Item)> Items => items;

    /// <summary>Whether one of that size would be among the largest.</summary>
    public bool Takes(long size) => items.Count < most || size > items[^1].Size;

    /// <summary>Adds one, if it is among the largest.</summary>
    public void Add(long size, T item)
    {
        if (!Takes(size))
            return;
        int at = items.Count;
        while (at > 0 && items[at - 1].Size < size)
            at--;
        items.Insert(at, (size, item));
        if (items.Count > most)
            items.RemoveAt(most);
    }
}
