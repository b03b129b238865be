namespace Tessrax.Node.Segments;

/// <summary>Where a record is in its segment, and which entries it holds.</summary>
internal readonly record struct RecordPlace(long Position, int Length, long FirstIndex, int Count)
{
    public long NextIndex => FirstIndex + Count;

    public long End => Position + Length;
}

/// <summary>The records of one segment, as far as they are known: from its start without a gap. Threads may share it.</summary>
internal sealed class RecordTable(long firstIndex)
{
    private readonly Lock gate = new();
    private readonly List<RecordPlace> places = [];

    /// <summary>The last record known; null if none is.</summary>
    public RecordPlace? Last
    {
        get
        {
            lock (gate)
            {
                return places.Count == 0 ? null : places[^1];
            }
        }
    }

    /// <summary>Adds the next record; one that is known already is ignored.</summary>
    public void Add(RecordPlace place)
    {
        lock (gate)
        {
            long next = places.Count == 0 ? firstIndex : places[^1].NextIndex;
            if (place.FirstIndex == next)
            {
                places.Add(place);
            }
        }
    }

    /// <summary>The record that holds an entry; null if it is not known.</summary>
    public RecordPlace? Find(long index)
    {
        lock (gate)
        {
            int low = 0;
            int high = places.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                RecordPlace place = places[middle];
                if (index < place.FirstIndex)
                {
                    high = middle - 1;
                }
                else if (index >= place.NextIndex)
                {
                    low = middle + 1;
                }
                else
                {
                    return place;
                }
            }
            return null;
        }
    }

    /// <summary>Where to read on so as to meet an entry: at its record, after the last record known, or at
    /// the segment's start if it lies before.</summary>
    public (long Position, long Index) Seek(long index)
    {
        RecordPlace? place = Find(index);
        if (place is not null)
        {
            return (place.Value.Position, place.Value.FirstIndex);
        }
        RecordPlace? last = index < firstIndex ? null : Last;
        return last is null ? (SegmentHeader.Length, firstIndex) : (last.Value.End, last.Value.NextIndex);
    }
}
