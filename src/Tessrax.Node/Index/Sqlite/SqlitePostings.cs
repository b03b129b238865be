namespace Tessrax.Node.Index.Sqlite;

/// <summary>Entries that a statement finds below or above a bound.</summary>
/// <remarks>It takes the key as parameter 1 and the bound, itself left out, as 2. What lies beyond the size of the index was committed later, and is
/// not seen.</remarks>
internal sealed class SqlitePostings : IPostings
{
    private readonly SqliteStatement statement;
    private readonly int mostSteps;
    private readonly bool falls;
    private readonly long size;

    // Steps that are worth trying before a search: fewer, where they were in vain of late.
    private int steps;
    private bool hasBegun;
    private bool hasEnded;

    /// <param name="statement">The statement, its key bound.</param>
    /// <param name="stepsBeforeSearch">Going on so many rows is about as dear as searching for the next one.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Entries from 0.</param>
    public SqlitePostings(SqliteStatement statement, int stepsBeforeSearch, IndexOrder order, long? from, long size)
    {
        mostSteps = steps = stepsBeforeSearch;
        this.statement = statement;
        this.size = size;
        falls = order == IndexOrder.Newest;
        Current = falls ? Math.Min(from ?? size, size) : from ?? -1;
        statement.Bind(2, Current);
    }

    public long Current { get; private set; }

    public bool Next()
    {
        hasBegun = true;
        if (hasEnded)
            return false;
        if (statement.Step())
        {
            Current = statement.Long(0);
            if (falls || Current < size)
                return true;
        }
        hasEnded = true;
        // Lets go of what was read, so that the log can be emptied.
        statement.Reset();
        return false;
    }

    public bool SeekTo(long bound)
    {
        for (int step = 0; step < steps; step++)
        {
            if (hasEnded)
                return false;
            if (hasBegun && IsAtOrBeyond(bound))
                return Took(step);
            Next();
        }
        if (hasEnded || IsAtOrBeyond(bound))
            return !hasEnded && Took(steps);
        steps = Math.Max(1, steps / 2);
        statement.Reset();
        statement.Bind(2, falls ? bound + 1 : bound - 1);
        return Next();
    }

    public void Dispose() => statement.Dispose();

    private bool Took(int taken)
    {
        // Never twice the largest number there is.
        if (taken > steps / 2)
            steps = (int)Math.Min(mostSteps, steps * 2L);
        return true;
    }

    private bool IsAtOrBeyond(long bound) => falls ? Current <= bound : Current >= bound;
}
