using Tessrax.Node.Waiting;

namespace Tessrax.Node.Segments;

/// <summary>Where a record is in its segment, and which entries it holds.</summary>
internal readonly record struct RecordPlace(long Position, int Length, long FirstIndex, int Count)
{
    public long NextIndex => FirstIndex + Count;

    public long End => Position + Length;
}

/// <summary>Where a record begins: the index of its first entry, and its position in the segment.</summary>
internal readonly record struct RecordMark(long FirstIndex, long Position);

/// <summary>The records of one segment, as far as they are known: from its start without a gap, and marks of single ones beyond. Threads may share it.</summary>
/// <param name="firstIndex">The index of the segment's first entry.</param>
/// <param name="derived">The places that a places file gives: they are to be held against the records; null for none.</param>
internal sealed class RecordTable(long firstIndex, List<RecordPlace>? derived = null)
{
    private readonly Gate gate = new("the records of a segment");
    private readonly List<RecordPlace> places = derived ?? [];
    private readonly SortedList<long, long> marks = [];

    /// <summary>Whether places or marks were never seen, only read of.</summary>
    public bool IsDerived => derived is not null || HasMarks;

    /// <summary>Whether any marks were taken.</summary>
    public bool HasMarks
    {
        get
        {
            using (gate.Enter("to look for marks"))
            {
                return marks.Count > 0;
            }
        }
    }

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

    /// <summary>Takes marks that a file gives: they are to be held against the records.</summary>
    public void Learn(IEnumerable<RecordMark> found)
    {
        using (gate.Enter("to learn where some are"))
        {
            foreach (RecordMark mark in found)
            {
                marks[mark.FirstIndex] = mark.Position;
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

    /// <summary>Where to read on so as to meet an entry: at its record, at the nearest mark before it, after the last record known, or at
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
            (long position, long next) =
                index < firstIndex || places.Count == 0
                    ? (SegmentHeader.Length, firstIndex)
                    : (places[^1].End, places[^1].NextIndex);
            int mark = LastMarkUpTo(index);
            return mark >= 0 && marks.Keys[mark] > next ? (marks.Values[mark], marks.Keys[mark]) : (position, next);
        }
    }

    private int LastMarkUpTo(long index)
    {
        (int low, int high) = (0, marks.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (marks.Keys[middle] <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low - 1;
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
