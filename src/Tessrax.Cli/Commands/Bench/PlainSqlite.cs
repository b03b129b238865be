using SQLitePCL;
using Tessrax.Governance;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>A row as a bare database would get it: what <c>index rebuild</c> writes of an entry, without where it comes from and whether it is right.</summary>
internal readonly record struct PlainRow(
    long Index,
    long At,
    byte[] Digest,
    IReadOnlyList<FieldValue> Fields,
    string Text
);

/// <summary>Inserts rows that lie in memory into the tables of an index, as fast as SQLite and FTS5 take them: one connection, prepared statements, no confirmation of the disk.</summary>
internal sealed class PlainSqlite : IDisposable
{
    private readonly sqlite3 file;
    private readonly sqlite3_stmt entry;
    private readonly sqlite3_stmt posting;
    private readonly sqlite3_stmt value;
    private readonly sqlite3_stmt text;
    private readonly Dictionary<FieldValue, long> values = [];

    public PlainSqlite(string place)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open(place, out file));
        Run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
        Run("PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8192");
        Run(
            "CREATE TABLE value(id INTEGER PRIMARY KEY, field INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(field, text))"
        );
        Run(
            "CREATE TABLE entry(idx INTEGER PRIMARY KEY, at INTEGER NOT NULL, epoch INTEGER NOT NULL, fields BLOB NOT NULL, words BLOB NOT NULL, cut INTEGER NOT NULL)"
        );
        Run(
            "CREATE TABLE posting(value INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY(value, idx)) WITHOUT ROWID"
        );
        Run("CREATE VIRTUAL TABLE text USING fts5(words, content='', columnsize=0)");
        entry = Prepare("INSERT INTO entry VALUES(?1, ?2, 0, ?3, ?4, 0)");
        posting = Prepare("INSERT INTO posting VALUES(?1, ?2)");
        value = Prepare("INSERT INTO value VALUES(?1, ?2, ?3)");
        text = Prepare("INSERT INTO text(rowid, words) VALUES(?1, ?2)");
    }

    /// <summary>Inserts rows in one transaction.</summary>
    public void Insert(IReadOnlyList<PlainRow> rows)
    {
        Run("BEGIN");
        foreach (PlainRow row in rows)
        {
            byte[] ids = new byte[8 * row.Fields.Count];
            for (int i = 0; i < row.Fields.Count; i++)
            {
                long id = IdOf(row.Fields[i]);
                BitConverter.TryWriteBytes(ids.AsSpan(8 * i), id);
                raw.sqlite3_bind_int64(posting, 1, id);
                raw.sqlite3_bind_int64(posting, 2, row.Index);
                Step(posting);
            }
            raw.sqlite3_bind_int64(entry, 1, row.Index);
            raw.sqlite3_bind_int64(entry, 2, row.At);
            raw.sqlite3_bind_blob(entry, 3, ids);
            raw.sqlite3_bind_blob(entry, 4, row.Digest);
            Step(entry);
            raw.sqlite3_bind_int64(text, 1, row.Index);
            raw.sqlite3_bind_text(text, 2, row.Text);
            Step(text);
        }
        Run("COMMIT");
    }

    public void Dispose()
    {
        foreach (sqlite3_stmt statement in (sqlite3_stmt[])[entry, posting, value, text])
            statement.Dispose();
        file.Dispose();
    }

    private long IdOf(FieldValue field)
    {
        if (values.TryGetValue(field, out long known))
            return known;
        long id = values[field] = values.Count + 1;
        raw.sqlite3_bind_int64(value, 1, id);
        raw.sqlite3_bind_int64(value, 2, (long)field.Field);
        raw.sqlite3_bind_text(value, 3, field.Value);
        Step(value);
        return id;
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(file, sql, out sqlite3_stmt statement));
        return statement;
    }

    private void Step(sqlite3_stmt statement)
    {
        if (raw.sqlite3_step(statement) != raw.SQLITE_DONE)
            throw Failure();
        raw.sqlite3_reset(statement);
    }

    private void Run(string sql) => Check(raw.sqlite3_exec(file, sql));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Failure();
    }

    private TessraxException Failure() =>
        ErrorCodes.IndexUnusable.Because($"SQLite: {raw.sqlite3_errmsg(file).utf8_to_string()}");
}
