namespace Tessrax.Node.Index.Sqlite;

/// <summary>Entries whose text matches, falling, found a window at a time.</summary>
/// <remarks>FTS5 goes to the middle of a list at once if it reads it forwards; backwards it goes there from the end, a page after the other. So a window is
/// read forwards and given out from its end. Windows are small at first, and where little is found they grow.</remarks>
internal sealed class SqliteWindows : IPostings
{
    private const long First = 64;
    private const long Widest = 65_536;
    private const int Few = 256;
    private const int Many = 4_096;

    private readonly SqliteStatement statement;
    private readonly List<long> window = [];

    // What is at it or above has been given out, or stands in the window.
    private long low;
    private long width = First;
    private int at;
    private bool hasBegun;

    /// <param name="statement">Takes the query, already bound, as parameter 1, the first entry as 2 and the one behind the last as 3.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Entries from 0.</param>
    public SqliteWindows(SqliteStatement statement, long? from, long size)
    {
        this.statement = statement;
        low = Math.Clamp(from ?? size, 0, size);
        Current = low;
    }

    public long Current { get; private set; }

    public bool Next()
    {
        hasBegun = true;
        at--;
        return at >= 0 ? Stand() : Read();
    }

    public bool SeekTo(long bound)
    {
        if (hasBegun && at >= 0 && Current <= bound)
            return true;
        hasBegun = true;
        if (bound >= low)
        {
            int found = window.BinarySearch(bound);
            at = Math.Min(at - 1, found >= 0 ? found : ~found - 1);
            return at >= 0 ? Stand() : Read();
        }
        low = Math.Max(0, bound + 1);
        width = First;
        return Read();
    }

    public void Dispose() => statement.Dispose();

    private bool Stand()
    {
        Current = window[at];
        return true;
    }

    private bool Read()
    {
        window.Clear();
        while (low > 0 && window.Count == 0)
        {
            long end = low;
            low = Math.Max(0, end - width);
            statement.Bind(2, low).Bind(3, end);
            while (statement.Step())
                window.Add(statement.Long(0));
            statement.Reset();
            width = window.Count switch
            {
                < Few => Math.Min(Widest, width * 4),
                > Many => width / 2,
                _ => width,
            };
        }
        at = window.Count - 1;
        return at >= 0 && Stand();
    }
}
