using System.Text;
using SQLitePCL;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>A connection to one SQLite file, which may be a stranger's: nothing that stands in it is run.</summary>
/// <remarks>Statements that are given back are kept to be used again. One thread at a time. Every failure is TSX3036, TSX3041 where another
/// process holds the file for too long, or TSX3005 where the disk is full.</remarks>
internal sealed class SqliteFile : IDisposable
{
    private readonly string path;
    private readonly sqlite3 handle;
    private readonly Dictionary<string, Stack<SqliteStatement>> idle = new(StringComparer.Ordinal);
    private readonly HashSet<SqliteStatement> statements = [];

    private SqliteFile(string place, string path, sqlite3 handle)
    {
        Place = place;
        this.path = path;
        this.handle = handle;
    }

    /// <summary>The file.</summary>
    public string Place { get; }

    /// <summary>Whether nothing can be written to it: by its mode, or because the medium cannot.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(handle, "main") != 0;

    /// <summary>Rows that this connection has changed since it was opened.</summary>
    public int Changes => raw.sqlite3_total_changes(handle);

    /// <summary>The number of the row that was inserted last.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>Opens a file by SQLite's flags.</summary>
    /// <param name="place">Its path.</param>
    /// <param name="flags"><c>SQLITE_OPEN_*</c>.</param>
    /// <param name="patience">Milliseconds to wait for others.</param>
    /// <param name="isImmutable">Whether to take it for a file that nobody changes: no lock, and no file beside it.</param>
    /// <exception cref="TessraxException">TSX3036; TSX3042: SQLite's library is missing.</exception>
    public static SqliteFile Open(string place, int flags, int patience, bool isImmutable = false)
    {
        string path = Path.GetFullPath(place);
        Need();
        SqlitePlaces.Enter(path);
        int code = raw.sqlite3_open_v2(
            isImmutable ? UriOf(path) : path,
            out sqlite3 handle,
            flags | (isImmutable ? raw.SQLITE_OPEN_URI : 0),
            null
        );
        var file = new SqliteFile(place, path, handle);
        try
        {
            file.Check(code);
            file.Harden(patience);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The version of SQLite that is loaded.</summary>
    public static string Version()
    {
        Need();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    /// <summary>A statement to bind and step, which its disposal gives back.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (idle.TryGetValue(sql, out Stack<SqliteStatement>? free) && free.TryPop(out SqliteStatement? known))
            return known;
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt prepared));
        var statement = new SqliteStatement(this, prepared, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements without parameters, and drops what they give.</summary>
    public void Run(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>The first column of the first row, as a number; null without a row or for a null.</summary>
    public long? Number(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Long(0) : null;
    }

    /// <summary>The first column of the first row, as text; null without a row or for a null.</summary>
    public string? Text(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Text(0) : null;
    }

    /// <summary>Cuts off the statements that run now; from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(handle);

    /// <summary>Undoes an open transaction, if SQLite has not done so itself. Never fails: what is not undone now, is when the file is opened again.</summary>
    public void Rollback()
    {
        if (IsInTransaction)
            raw.sqlite3_exec(handle, "ROLLBACK");
    }

    /// <summary>Throws what a result code means, unless it is that of success.</summary>
    public void Check(int code)
    {
        if (code is raw.SQLITE_OK)
            return;
        var failure = new SqliteFailure(code & 0xFF);
        throw new TessraxException(
            failure.Meaning,
            $"{Place}: {raw.sqlite3_errmsg(handle).utf8_to_string()}",
            null,
            failure
        );
    }

    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        foreach (SqliteStatement statement in statements)
            statement.Close();
        statements.Clear();
        idle.Clear();
        handle.Dispose();
        SqlitePlaces.Leave(path);
    }

    internal void GiveBack(SqliteStatement statement)
    {
        if (!idle.TryGetValue(statement.Sql, out Stack<SqliteStatement>? free))
            idle[statement.Sql] = free = new Stack<SqliteStatement>();
        free.Push(statement);
    }

    /// <summary>Makes sure that SQLite's library is there.</summary>
    /// <exception cref="TessraxException">TSX3042.</exception>
    public static void Need()
    {
        try
        {
            Batteries_V2.Init();
        }
        // Whoever meets the library first is told so by the framework's initializers, in several wrappings.
        catch (Exception e)
            when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new TessraxException(
                ErrorCodes.BackendMissing,
                $"SQLite's library, e_sqlite3, is not beside the program in {AppContext.BaseDirectory}",
                "put the e_sqlite3 library back beside tessraxctl, where it came with it; nothing but the index needs it",
                e
            );
        }
    }

    // No triggers, no views, no functions out of a schema, no writing to what SQLite keeps for itself; and pages are looked at before they are used.
    private void Harden(int patience)
    {
        Check(raw.sqlite3_busy_timeout(handle, patience));
        foreach ((int option, int value) in Options)
            Check(raw.sqlite3_db_config(handle, option, value, out _));
        Run("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
    }

    private static readonly (int Option, int Value)[] Options =
    [
        (raw.SQLITE_DBCONFIG_DEFENSIVE, 1),
        (raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        (raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
        (raw.SQLITE_DBCONFIG_ENABLE_VIEW, 0),
        // References are checked when somebody asks for it, not at each row.
        (raw.SQLITE_DBCONFIG_ENABLE_FKEY, 0),
    ];

    // SQLite reads options behind ?, so nothing of the path may look like one.
    private static string UriOf(string path)
    {
        string slashed = path.Replace('\\', '/');
        var uri = new StringBuilder(slashed.StartsWith('/') ? "file://" : "file:///");
        foreach (byte b in Encoding.UTF8.GetBytes(slashed))
        {
            if (
                char.IsAsciiLetterOrDigit((char)b) || b is (byte)'/' or (byte)'.' or (byte)'-' or (byte)'_' or (byte)':'
            )
                uri.Append((char)b);
            else
                uri.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return uri.Append("?immutable=1").ToString();
    }
}
