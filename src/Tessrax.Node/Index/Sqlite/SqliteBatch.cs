namespace Tessrax.Node.Index.Sqlite;

/// <summary>Entries being added, in a transaction that begins with the batch.</summary>
internal sealed class SqliteBatch
{
    private readonly SqliteFile file;
    private readonly SqliteValues values;
    private readonly bool hasText;
    private long next;
    private long lastAt;

    public SqliteBatch(SqliteFile file, SqliteValues values, IndexMark mark)
    {
        this.file = file;
        this.values = values;
        hasText = mark.Words is not null;
        next = mark.Size;
        file.Run("BEGIN IMMEDIATE");
        lastAt = next == 0 ? long.MaxValue : AtOf(next - 1);
    }

    /// <summary>Adds the next entry.</summary>
    /// <exception cref="TessraxException">TSX3036; nothing of the batch may be kept then.</exception>
    public void Add(in IndexDocument document)
    {
        IndexRow row = document.Row;
        if (row.Index != next)
            throw new ArgumentException($"entry {next} comes next, not {row.Index}", nameof(document));
        AddRow(row);
        if (hasText && document.Words.Length > 0)
            AddText(row.Index, document.Words);
        if (row.At < lastAt)
            AddRun(row.Index);
        lastAt = row.At;
        next++;
    }

    /// <summary>Notes the blocks. All but the commit is done then.</summary>
    public void Finish(long size, ReadOnlySpan<IndexBlock> blocks)
    {
        if (size != next)
            throw new ArgumentException($"there are {next} entries, not {size}", nameof(size));
        using SqliteStatement set = file.Prepare(
            "INSERT OR REPLACE INTO block(first, count, root, rows) VALUES(?1, ?2, ?3, ?4)"
        );
        foreach (IndexBlock block in blocks)
        {
            set.Bind(1, block.First).Bind(2, block.Count).Bind(4, block.Rows.Span);
            if (block.Root is { } root)
                set.Bind(3, root.Span);
            else
                set.BindNull(3);
            set.Run();
        }
    }

    private void AddRow(IndexRow row)
    {
        Span<long> ids = row.Fields.Count <= 64 ? stackalloc long[row.Fields.Count] : new long[row.Fields.Count];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = values.Intern(row.Fields[i]);
        using (
            SqliteStatement entry = file.Prepare(
                "INSERT INTO entry(idx, at, epoch, fields, words, cut) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
            )
        )
        {
            entry.Bind(1, row.Index).Bind(2, row.At).Bind(3, row.Epoch).Bind(4, SqliteValues.Pack(ids));
            entry.Bind(5, row.Words.Span).Bind(6, row.IsCut ? 1 : 0).Run();
        }
        using SqliteStatement posting = file.Prepare("INSERT INTO posting(value, idx) VALUES(?1, ?2)");
        foreach (long id in ids)
            posting.Bind(1, id).Bind(2, row.Index).Run();
    }

    private void AddText(long index, string words)
    {
        using SqliteStatement text = file.Prepare("INSERT INTO text(rowid, words) VALUES(?1, ?2)");
        text.Bind(1, index).Bind(2, words).Run();
    }

    private void AddRun(long first)
    {
        using SqliteStatement run = file.Prepare("INSERT INTO run(first) VALUES(?1)");
        run.Bind(1, first).Run();
    }

    private long AtOf(long index)
    {
        using SqliteStatement last = file.Prepare("SELECT at FROM entry WHERE idx = ?1");
        return last.Bind(1, index).Step()
            ? last.Long(0)
            : throw ErrorCodes.IndexUnusable.Because($"{file.Place}: entry {index} has no row");
    }
}
