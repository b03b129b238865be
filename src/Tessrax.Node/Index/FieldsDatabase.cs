using System.Globalization;
using Microsoft.Data.Sqlite;
using Tessrax.Hashing;

namespace Tessrax.Node.Index;

/// <summary>How far an index is complete, and for which ledger.</summary>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Size">Entries with a row.</param>
/// <param name="Root">The root of the tree of that size, by the ledger's hash function.</param>
internal sealed record FieldsMark(Digest Ledger, long Size, Digest Root);

/// <summary>What is noted of a run of 256 entries, or of the last few: what they were, and what their rows were.</summary>
/// <param name="First">The first entry.</param>
/// <param name="Count">How many.</param>
/// <param name="Root">The root of the subtree above them; of a run that is not full, null.</param>
/// <param name="Rows">SHA-256 over the rows as they were written.</param>
internal sealed record FieldsBlock(long First, int Count, Digest? Root, Digest Rows);

/// <summary>The SQLite file <c>index/fields.db</c>. It holds fields to find entries by, and nothing that is true because it is here.</summary>
/// <remarks>
/// <code>
/// word(id, text)                                                every text once
/// entry(idx, event, key, at, subject, source, severity, policy) one row an entry; at in microseconds since 1970, the others ids of words
/// block(first, count, root, rows)                               one row for 256 entries: see FieldsBlock
/// mark(id, version, ledger, size, root)                         one row
/// </code>
/// Every failure of SQLite, a missing library included, is TSX3036: no other verb ever meets it.
/// </remarks>
internal sealed class FieldsDatabase : IDisposable
{
    public const string Folder = "index";
    public const string FileName = "fields.db";

    /// <summary>Entries to a block: a full tile.</summary>
    public const int BlockLength = 256;

    private const int Version = 1;
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, long> words = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> texts = [];

    private FieldsDatabase(SqliteConnection connection) => this.connection = connection;

    /// <summary>Where a ledger's index lies.</summary>
    public static string FileOf(string ledger) => Path.Combine(ledger, Folder, FileName);

    /// <summary>Opens an index.</summary>
    /// <exception cref="TessraxException">TSX3036.</exception>
    public static FieldsDatabase Open(string file, bool canWrite) =>
        Guard(file, () => Connect(file, canWrite ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly, null));

    /// <summary>Makes an empty index for a ledger.</summary>
    /// <exception cref="TessraxException">TSX3036.</exception>
    public static FieldsDatabase Create(string file, Digest ledger, Digest emptyRoot) =>
        Guard(file, () => Connect(file, SqliteOpenMode.ReadWriteCreate, new FieldsMark(ledger, 0, emptyRoot)));

    /// <summary>Runs a step on an index.</summary>
    /// <exception cref="TessraxException">TSX3036: SQLite, or its library, failed.</exception>
    public static T Guard<T>(string file, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (SqliteException e)
        {
            throw new TessraxException(ErrorCodes.IndexUnusable, $"{file}: {e.Message}", null, e);
        }
        // Whoever meets the library first is told so by the framework's initializers, in several wrappings.
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new TessraxException(
                ErrorCodes.IndexUnusable,
                $"SQLite's library cannot be loaded: {e.GetBaseException().Message}",
                "put the e_sqlite3 library back beside tessraxctl, where it came with it; nothing but the index needs it",
                e
            );
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or InvalidOperationException)
        {
            throw new TessraxException(ErrorCodes.IndexUnusable, $"{file} is no index of ours: {e.Message}", null, e);
        }
    }

    /// <summary>SQLite's own check of its pages; null if it finds nothing wrong.</summary>
    public string? Fault() =>
        Scalar("PRAGMA quick_check(1)") is "ok" ? null : Scalar("PRAGMA quick_check(1)")?.ToString();

    public FieldsMark Mark()
    {
        using SqliteDataReader reader = Query("SELECT version, ledger, size, root FROM mark WHERE id = 1");
        if (!reader.Read() || reader.GetInt64(0) != Version)
            throw new FormatException("it has no mark of version 1");
        return new FieldsMark(DigestOf(reader, 1), reader.GetInt64(2), DigestOf(reader, 3));
    }

    /// <summary>Runs a step that writes, all of it or nothing.</summary>
    public void Write(Action step)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        step();
        transaction.Commit();
    }

    public void Set(FieldsMark mark) =>
        Run(
            "INSERT OR REPLACE INTO mark (id, version, ledger, size, root) VALUES (1, @0, @1, @2, @3)",
            Version,
            mark.Ledger.Span.ToArray(),
            mark.Size,
            mark.Root.Span.ToArray()
        );

    public void Set(FieldsBlock block) =>
        Run(
            "INSERT OR REPLACE INTO block (first, count, root, rows) VALUES (@0, @1, @2, @3)",
            block.First,
            block.Count,
            block.Root is { } root ? root.Span.ToArray() : null,
            block.Rows.Span.ToArray()
        );

    public void Add(FieldsRow row) =>
        Run(
            "INSERT OR REPLACE INTO entry (idx, event, key, at, subject, source, severity, policy) VALUES (@0, @1, @2, @3, @4, @5, @6, @7)",
            row.Index,
            WordOf(row.Event),
            WordOf(row.Key),
            Microseconds(row.RecordedAt),
            WordOf(row.Subject),
            WordOf(row.Source),
            WordOf(row.Severity),
            WordOf(row.Policy)
        );

    /// <summary>The rows of entries from one up to, and without, another.</summary>
    public List<FieldsRow> Rows(long from, long to)
    {
        var rows = new List<FieldsRow>();
        using SqliteDataReader reader = Query(
            "SELECT idx, event, key, at, subject, source, severity, policy FROM entry WHERE idx >= @0 AND idx < @1 ORDER BY idx",
            from,
            to
        );
        while (reader.Read())
            rows.Add(
                new FieldsRow(
                    reader.GetInt64(0),
                    TextOf(reader, 1) ?? "",
                    TextOf(reader, 2) ?? "",
                    TimeText(reader.GetInt64(3)),
                    TextOf(reader, 4),
                    TextOf(reader, 5),
                    TextOf(reader, 6),
                    TextOf(reader, 7)
                )
            );
        return rows;
    }

    public List<FieldsBlock> Blocks()
    {
        var blocks = new List<FieldsBlock>();
        using SqliteDataReader reader = Query("SELECT first, count, root, rows FROM block ORDER BY first");
        while (reader.Read())
            blocks.Add(
                new FieldsBlock(
                    reader.GetInt64(0),
                    reader.GetInt32(1),
                    reader.IsDBNull(2) ? null : DigestOf(reader, 2),
                    DigestOf(reader, 3)
                )
            );
        return blocks;
    }

    public long CountRows() => (long)Scalar("SELECT count(*) FROM entry")!;

    public void Dispose() => connection.Dispose();

    private static FieldsDatabase Connect(string file, SqliteOpenMode mode, FieldsMark? first)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        };
        var database = new FieldsDatabase(new SqliteConnection(settings.ToString()));
        try
        {
            database.connection.Open();
            // A hostile file must not run anything: no triggers, no views, no functions of its own.
            database.Run("PRAGMA trusted_schema = OFF");
            if (mode != SqliteOpenMode.ReadOnly)
                database.Run("PRAGMA synchronous = NORMAL");
            if (first is not null)
                database.Found(first);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Found(FieldsMark mark) =>
        Write(() =>
        {
            Run("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)");
            Run(
                "CREATE TABLE entry (idx INTEGER PRIMARY KEY, event INTEGER NOT NULL, key INTEGER NOT NULL, at INTEGER NOT NULL, subject INTEGER, source INTEGER, severity INTEGER, policy INTEGER)"
            );
            Run("CREATE INDEX entry_event ON entry (event)");
            Run("CREATE INDEX entry_subject ON entry (subject) WHERE subject IS NOT NULL");
            Run(
                "CREATE TABLE block (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, root BLOB, rows BLOB NOT NULL)"
            );
            Run(
                "CREATE TABLE mark (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, ledger BLOB NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL)"
            );
            Set(mark);
        });

    private long? WordOf(string? text)
    {
        if (text is null)
            return null;
        if (words.TryGetValue(text, out long known))
            return known;
        Run("INSERT OR IGNORE INTO word (text) VALUES (@0)", text);
        long id = (long)Scalar("SELECT id FROM word WHERE text = @0", text)!;
        words[text] = id;
        return id;
    }

    private string? TextOf(SqliteDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
            return null;
        long id = reader.GetInt64(column);
        if (texts.TryGetValue(id, out string? known))
            return known;
        string text = Scalar("SELECT text FROM word WHERE id = @0", id) as string ?? $"(word {id} is missing)";
        texts[id] = text;
        return text;
    }

    private static Digest DigestOf(SqliteDataReader reader, int column)
    {
        byte[] bytes = reader.GetFieldValue<byte[]>(column);
        return bytes.Length == Digest.Size ? new Digest(bytes) : throw new FormatException("a digest has 32 bytes");
    }

    private static long Microseconds(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).Subtract(Epoch).Ticks
        / TimeSpan.TicksPerMicrosecond;

    // What no clock says can stand in a file that somebody edited.
    private static string TimeText(long microseconds)
    {
        long most = (DateTimeOffset.MaxValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return microseconds >= 0 && microseconds <= most
            ? Canonical.UtcTime.From(Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)).ToString()
            : $"({microseconds} is no time)";
    }

    private SqliteCommand Command(string text, object?[] values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"@{i}", values[i] ?? DBNull.Value);
        return command;
    }

    private void Run(string text, params object?[] values)
    {
        using SqliteCommand command = Command(text, values);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string text, params object?[] values)
    {
        using SqliteCommand command = Command(text, values);
        return command.ExecuteScalar();
    }

    private SqliteDataReader Query(string text, params object?[] values)
    {
        SqliteCommand command = Command(text, values);
        return command.ExecuteReader(System.Data.CommandBehavior.SingleResult);
    }
}
