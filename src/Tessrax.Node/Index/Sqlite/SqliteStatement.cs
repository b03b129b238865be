using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>A statement of a <see cref="SqliteFile"/>. Parameters are counted from 1, columns from 0.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteFile file;
    private readonly sqlite3_stmt handle;

    public SqliteStatement(SqliteFile file, sqlite3_stmt handle, string sql)
    {
        this.file = file;
        this.handle = handle;
        Sql = sql;
    }

    /// <summary>As it was prepared.</summary>
    public string Sql { get; }

    public SqliteStatement Bind(int at, long value)
    {
        file.Check(raw.sqlite3_bind_int64(handle, at, value));
        return this;
    }

    /// <summary>Binds a text, which may hold NUL; null for none.</summary>
    public SqliteStatement Bind(int at, string? text)
    {
        if (text is null)
        {
            file.Check(raw.sqlite3_bind_null(handle, at));
            return this;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, buffer);
        // Of no bytes SQLite would make a null.
        file.Check(
            length == 0
                ? raw.sqlite3_bind_text(handle, at, utf8z.FromSpan("\0"u8))
                : raw.sqlite3_bind_text(handle, at, buffer.AsSpan(0, length))
        );
        ArrayPool<byte>.Shared.Return(buffer);
        return this;
    }

    /// <summary>Binds bytes.</summary>
    public SqliteStatement Bind(int at, ReadOnlySpan<byte> bytes)
    {
        file.Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, at, 0) : raw.sqlite3_bind_blob(handle, at, bytes));
        return this;
    }

    public SqliteStatement BindNull(int at)
    {
        file.Check(raw.sqlite3_bind_null(handle, at));
        return this;
    }

    /// <summary>Goes on to the next row; false behind the last one.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            file.Check(code);
        return false;
    }

    /// <summary>Runs it to its end, and makes it ready to be bound again.</summary>
    public void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Makes it ready to be bound again. What failed has been told by the step that failed.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>The bytes of a column; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>The text of a column, NUL included.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>Gives it back to its file.</summary>
    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        Reset();
        raw.sqlite3_clear_bindings(handle);
        file.GiveBack(this);
    }

    internal void Close() => handle.Dispose();
}
