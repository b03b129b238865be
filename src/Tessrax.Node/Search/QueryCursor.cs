using Tessrax.Node.Index;

namespace Tessrax.Node.Search;

/// <summary>How many steps of cursors an answer may take, so that no query takes for ever.</summary>
internal sealed class StepBudget(long steps, CancellationToken stop = default)
{
    /// <summary>How many were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether there are none left.</summary>
    public bool IsSpent => Taken >= steps;

    /// <summary>Takes one; false if there are none left.</summary>
    /// <exception cref="OperationCanceledException">Patience is over.</exception>
    public bool TryTake()
    {
        stop.ThrowIfCancellationRequested();
        if (IsSpent)
            return false;
        Taken++;
        return true;
    }

    /// <summary>Takes some for what is no step of an index, and is work all the same.</summary>
    public void Charge(long more) => Taken += more;
}

/// <summary>Entries that a part of a query finds, one after the other.</summary>
/// <remarks>Entries are told by <em>places</em> that always rise: the index where the oldest comes first, the index with its sign changed where the newest does.
/// When a cursor gives false, <see cref="At"/> is <see cref="End"/> if there is no more; if the budget is spent, it is the first place that nobody has
/// looked at, and the cursor is of no more use.</remarks>
internal abstract class QueryCursor
{
    /// <summary>Behind every place.</summary>
    public const long End = long.MaxValue;

    /// <summary>Where it stands.</summary>
    public long At { get; protected set; }

    /// <summary>Goes on by one.</summary>
    public abstract bool Next();

    /// <summary>Goes on to the first at a place or behind it; stays where it is if it stands there already.</summary>
    public abstract bool SeekTo(long place);
}

/// <summary>What an index finds.</summary>
internal sealed class PostingsCursor : QueryCursor
{
    private readonly IPostings postings;
    private readonly bool falls;
    private readonly StepBudget budget;
    private readonly int lists;
    private bool stands;

    /// <param name="postings">What is found.</param>
    /// <param name="falls">Whether the newest comes first.</param>
    /// <param name="first">The first place at which there can be something.</param>
    /// <param name="budget">What it takes its steps from.</param>
    /// <param name="lists">Of how many words or values the index puts it together: as many steps is one step of it.</param>
    public PostingsCursor(IPostings postings, bool falls, long first, StepBudget budget, int lists)
    {
        this.lists = lists;
        this.postings = postings;
        this.falls = falls;
        this.budget = budget;
        At = first;
    }

    public override bool Next()
    {
        if (At == End)
            return false;
        if (TryTake())
            return Reached(postings.Next());
        At += stands ? 1 : 0;
        stands = false;
        return false;
    }

    public override bool SeekTo(long place)
    {
        if (stands && At >= place)
            return true;
        if (At == End)
            return false;
        if (place == End || (falls && place > 0))
            return Reached(false);
        if (TryTake())
            return Reached(postings.SeekTo(falls ? -place : place));
        At = Math.Max(At + (stands ? 1 : 0), place);
        stands = false;
        return false;
    }

    private bool TryTake()
    {
        if (!budget.TryTake())
            return false;
        budget.Charge(lists - 1);
        return true;
    }

    private bool Reached(bool found)
    {
        stands = found;
        At =
            !found ? End
            : falls ? -postings.Current
            : postings.Current;
        return found;
    }
}

/// <summary>Ranges of entries.</summary>
internal sealed class RangesCursor : QueryCursor
{
    private readonly IReadOnlyList<(long First, long Last)> ranges;
    private int range;
    private bool stands;

    /// <param name="ranges">Places, both ends included; rising, none empty and none within another one.</param>
    public RangesCursor(IReadOnlyList<(long First, long Last)> ranges)
    {
        this.ranges = ranges;
        At = ranges.Count > 0 ? ranges[0].First : End;
    }

    public override bool Next() => At != End && GoTo(stands ? At + 1 : At);

    public override bool SeekTo(long place) => At != End && GoTo(Math.Max(At, place));

    private bool GoTo(long place)
    {
        while (range < ranges.Count && ranges[range].Last < place)
            range++;
        stands = range < ranges.Count;
        At = stands ? Math.Max(place, ranges[range].First) : End;
        return stands;
    }
}

/// <summary>What all of several cursors find.</summary>
internal sealed class AndCursor(IReadOnlyList<QueryCursor> parts) : QueryCursor
{
    private bool stands;

    public override bool Next() => Meet(parts[0].Next(), parts[0].At);

    public override bool SeekTo(long place) => (stands && At >= place) || Meet(parts[0].SeekTo(place), place);

    // Each part in turn goes to where the others are, until all are at one place.
    private bool Meet(bool begins, long place)
    {
        long target = Math.Max(place, parts[0].At);
        int agreed = begins ? 1 : 0;
        for (int i = 1; begins && agreed < parts.Count; i = (i + 1) % parts.Count)
        {
            begins = parts[i].SeekTo(target);
            agreed = parts[i].At == target ? agreed + 1 : 1;
            target = Math.Max(target, parts[i].At);
        }
        stands = begins;
        At = target;
        return begins;
    }
}

/// <summary>What any of several cursors finds.</summary>
internal sealed class OrCursor(IReadOnlyList<QueryCursor> parts, StepBudget budget) : QueryCursor
{
    // Looking at so many parts is about as dear as a step.
    private const int PartsOfStep = 16;

    private bool hasBegun;
    private bool stands;

    public override bool Next()
    {
        foreach (QueryCursor part in parts)
        {
            if (!hasBegun || (stands && part.At == At))
                part.Next();
        }
        return Nearest(long.MinValue);
    }

    public override bool SeekTo(long place)
    {
        if (stands && At >= place)
            return true;
        foreach (QueryCursor part in parts)
            part.SeekTo(place);
        return Nearest(place);
    }

    private bool Nearest(long least)
    {
        hasBegun = true;
        budget.Charge(parts.Count / PartsOfStep);
        long nearest = End;
        foreach (QueryCursor part in parts)
            nearest = Math.Min(nearest, part.At);
        At = Math.Max(least, nearest);
        // A part that could not go on may have been about to find something nearer than the others.
        stands = At != End && !budget.IsSpent;
        return stands;
    }
}

/// <summary>What one cursor finds and another one does not.</summary>
internal sealed class MinusCursor(QueryCursor from, QueryCursor less, StepBudget budget) : QueryCursor
{
    public override bool Next() => Clear(from.Next());

    public override bool SeekTo(long place) => Clear(from.SeekTo(place));

    private bool Clear(bool found)
    {
        for (; found; found = from.Next())
        {
            bool isTaken = less.SeekTo(from.At);
            if (!isTaken && budget.IsSpent)
                break;
            if (isTaken && less.At == from.At)
                continue;
            At = from.At;
            return true;
        }
        At = from.At;
        return false;
    }
}
