namespace Tessrax.Node.Index.Sqlite;

/// <summary>Entries whose text matches, falling, found a window at a time.</summary>
/// <remarks>FTS5 goes to the middle of a list at once if it reads it forwards; backwards it goes there from the end, a page after the other. So a window is
/// read forwards and given out from its end. Windows are small at first, and where little is found they grow. Of a window with nothing in it FTS5 looks beyond the
/// end for the first one behind: so where even the widest has nothing, it goes backwards to the next one after all.</remarks>
internal sealed class SqliteWindows : IPostings
{
    /// <summary>How many entries a window has at most, if nothing else is said.</summary>
    public const long Widest = 65_536;

    private const long First = 64;
    private const int Few = 1_024;
    private const int Many = 4_096;

    private readonly long widest;
    private readonly SqliteStatement statement;
    private readonly SqliteStatement nextBelow;
    private readonly List<long> window = [];

    // What is at it or above has been given out, or stands in the window.
    private long low;
    private long width = First;
    private int at;
    private bool hasBegun;
    private bool isVoid;

    /// <param name="statement">Takes the query, already bound, as parameter 1, the first entry as 2 and the one behind the last as 3.</param>
    /// <param name="nextBelow">Finds the last entry below one: the query, already bound, and parameter 2.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Entries from 0.</param>
    /// <param name="widest">How many entries a window has at most.</param>
    public SqliteWindows(
        SqliteStatement statement,
        SqliteStatement nextBelow,
        long? from,
        long size,
        long widest = Widest
    )
    {
        this.widest = widest;
        this.nextBelow = nextBelow;
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
        isVoid = false;
        return Read();
    }

    public void Dispose()
    {
        statement.Dispose();
        nextBelow.Dispose();
    }

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
            if (isVoid)
            {
                isVoid = false;
                LeapDown();
                break;
            }
            long end = low;
            low = Math.Max(0, end - width);
            statement.Bind(2, low).Bind(3, end);
            while (statement.Step())
                window.Add(statement.Long(0));
            statement.Reset();
            isVoid = window.Count == 0 && width == widest;
            width = window.Count switch
            {
                < Few => Math.Min(widest, width * 4),
                > Many => width / 2,
                _ => width,
            };
        }
        at = window.Count - 1;
        return at >= 0 && Stand();
    }

    private void LeapDown()
    {
        bool isThere = nextBelow.Bind(2, low).Step();
        low = isThere ? nextBelow.Long(0) : 0;
        nextBelow.Reset();
        if (isThere)
            window.Add(low);
    }
}
