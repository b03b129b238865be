using Tessrax.Node.Waiting;

namespace Tessrax.Node.Segments;

/// <summary>Where a record is in its segment, and which entries it holds.</summary>
internal readonly record struct RecordPlace(long Position, int Length, long FirstIndex, int Count)
{
    public long NextIndex => FirstIndex + Count;

    public long End => Position + Length;
}

/// <summary>The records of one segment, as far as they are known: from its start without a gap. Threads may share it.</summary>
/// <param name="firstIndex">The index of the segment's first entry.</param>
/// <param name="derived">The places that a places file gives: they are to be held against the records; null for none.</param>
internal sealed class RecordTable(long firstIndex, List<RecordPlace>? derived = null)
{
    private readonly Gate gate = new("the records of a segment");
    private readonly List<RecordPlace> places = derived ?? [];

    /// <summary>Whether the places were never seen, only read of.</summary>
    public bool IsDerived => derived is not null;

    /// <summary>All places known.</summary>
    public RecordPlace[] All()
    {
        using (gate.Enter("to list them"))
        {
            return [.. places];
        }
    }

    /// <summary>The last record known; null if none is.</summary>
    public RecordPlace? Last
    {
        get
        {
            using (gate.Enter("to read the last one"))
            {
                return places.Count == 0 ? null : places[^1];
            }
        }
    }

    /// <summary>Adds the next record; one that is known already is ignored.</summary>
    public void Add(RecordPlace place)
    {
        using (gate.Enter("to add one"))
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
        using (gate.Enter("to find one"))
        {
            return Known(index);
        }
    }

    /// <summary>Where to read on so as to meet an entry: at its record, after the last record known, or at
    /// the segment's start if it lies before.</summary>
    public (long Position, long Index) Seek(long index)
    {
        // In one passage: between two, another thread may add the very record, and what comes after it would be taken for where to begin.
        using (gate.Enter("to seek one"))
        {
            if (Known(index) is { } place)
            {
                return (place.Position, place.FirstIndex);
            }
            return index < firstIndex || places.Count == 0
                ? (SegmentHeader.Length, firstIndex)
                : (places[^1].End, places[^1].NextIndex);
        }
    }

    private RecordPlace? Known(long index)
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
