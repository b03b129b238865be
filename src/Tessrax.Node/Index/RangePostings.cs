namespace Tessrax.Node.Index;

/// <summary>Every entry of a range, falling or rising.</summary>
internal sealed class RangePostings : IPostings
{
    private readonly bool falls;
    private readonly long end;
    private bool hasBegun;

    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Entries from 0.</param>
    public RangePostings(IndexOrder order, long? from, long size)
    {
        falls = order == IndexOrder.Newest;
        end = falls ? -1 : size;
        Current = falls ? Math.Clamp(from ?? size, 0, size) : Math.Clamp(from ?? -1, -1, size);
    }

    public long Current { get; private set; }

    public bool Next() => GoTo(falls ? Current - 1 : Current + 1);

    public bool SeekTo(long bound)
    {
        if (hasBegun && (falls ? Current <= bound : Current >= bound))
            return Current != end;
        return GoTo(falls ? Math.Min(bound, Current - 1) : Math.Max(bound, Current + 1));
    }

    public void Dispose() { }

    private bool GoTo(long index)
    {
        hasBegun = true;
        Current = falls ? Math.Max(index, end) : Math.Min(index, end);
        return Current != end;
    }
}
