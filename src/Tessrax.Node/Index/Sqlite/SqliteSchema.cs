namespace Tessrax.Node.Index.Sqlite;

/// <summary>The tables of an index, as spec/index.md has them, and whether a file has these and no others.</summary>
internal static class SqliteSchema
{
    /// <summary>What stands in a file's header as its kind: <c>TSXI</c>.</summary>
    public const int ApplicationId = 0x54535849;

    /// <summary>The version of these tables. The file <c>fields.db</c> of before was 1.</summary>
    public const int Version = 3;

    public const int PageSize = 8192;

    private const string Text =
        "CREATE VIRTUAL TABLE text USING fts5(words, content='', columnsize=0, detail=full, tokenize='ascii')";

    // The name, and what SQLite keeps of it: the statement, or null for what it made itself.
    private static readonly (string Name, string? Sql)[] Tables =
    [
        (
            "mark",
            "CREATE TABLE mark(id INTEGER PRIMARY KEY CHECK(id = 1), generation INTEGER NOT NULL, ledger BLOB NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, words TEXT) STRICT"
        ),
        (
            "value",
            "CREATE TABLE value(id INTEGER PRIMARY KEY, field INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(field, text)) STRICT"
        ),
        ("sqlite_autoindex_value_1", null),
        (
            "entry",
            "CREATE TABLE entry(idx INTEGER PRIMARY KEY, at INTEGER NOT NULL, epoch INTEGER NOT NULL, fields BLOB NOT NULL, words BLOB NOT NULL, cut INTEGER NOT NULL) STRICT"
        ),
        (
            "posting",
            "CREATE TABLE posting(value INTEGER NOT NULL REFERENCES value, idx INTEGER NOT NULL REFERENCES entry, PRIMARY KEY(value, idx)) STRICT, WITHOUT ROWID"
        ),
        (
            "block",
            "CREATE TABLE block(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, root BLOB, rows BLOB NOT NULL) STRICT"
        ),
        ("run", "CREATE TABLE run(first INTEGER PRIMARY KEY) STRICT"),
    ];

    // The tables that FTS5 makes for its own use.
    private static readonly (string Name, string? Sql)[] TextTables =
    [
        ("text", Text),
        ("text_data", "CREATE TABLE 'text_data'(id INTEGER PRIMARY KEY, block BLOB)"),
        ("text_idx", "CREATE TABLE 'text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID"),
        ("text_config", "CREATE TABLE 'text_config'(k PRIMARY KEY, v) WITHOUT ROWID"),
    ];

    // What ANALYZE leaves.
    private static readonly (string Name, string? Sql)[] Statistics =
    [
        ("sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
        ("sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
    ];

    /// <summary>Makes the tables in an empty file.</summary>
    public static void Create(SqliteFile file, bool hasText)
    {
        file.Run(
            $"PRAGMA page_size = {PageSize}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"
        );
        file.Run("BEGIN IMMEDIATE");
        foreach ((_, string? sql) in Tables)
        {
            if (sql is not null)
                file.Run(sql);
        }
        if (hasText)
            file.Run(Text);
        file.Run("COMMIT");
    }

    /// <summary>In what a file's tables are not ours; null if they are, and there is nothing beside them.</summary>
    public static string? Difference(SqliteFile file, bool hasText)
    {
        var expected = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string name, string? sql) in hasText ? [.. Tables, .. TextTables] : Tables)
            expected.Add(name, sql);
        using SqliteStatement schema = file.Prepare("SELECT name, sql FROM sqlite_schema");
        while (schema.Step())
        {
            string name = schema.Text(0);
            string? sql = schema.IsNull(1) ? null : schema.Text(1);
            if (expected.Remove(name, out string? ours) ? ours == sql : Statistics.Contains((name, sql)))
                continue;
            return $"its schema has something else in it than ours: {name}";
        }
        return expected.Count == 0 ? null : $"its schema lacks {expected.Keys.First()}";
    }
}
