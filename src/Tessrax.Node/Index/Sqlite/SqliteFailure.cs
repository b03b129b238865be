using SQLitePCL;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>What SQLite answered, inside of the error that is told.</summary>
internal sealed class SqliteFailure(int code) : Exception($"SQLite gave {code}")
{
    /// <summary>The primary result code.</summary>
    public int Code { get; } = code;

    /// <summary>The code of what is told.</summary>
    public ErrorCode Meaning =>
        Code switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => ErrorCodes.IndexBusy,
            raw.SQLITE_FULL => ErrorCodes.DiskFull,
            _ => ErrorCodes.IndexUnusable,
        };

    /// <summary>Whether the medium does not let it do what it must, rather than that the file is damaged.</summary>
    public bool IsMedium => Code is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY;
}
