using System.Diagnostics.CodeAnalysis;
using SQLitePCL;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>Indexes in SQLite: one file a generation, with <c>-wal</c> and <c>-shm</c> beside it while somebody has it open.</summary>
/// <remarks>A file is never renamed over another one: the next to open it would take the log of the old file for the new one's, and read the old rows.</remarks>
internal sealed class SqliteIndexStore(IDisk disk, TimeProvider clock) : IIndexStore
{
    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    /// <summary>How long to wait for others, in milliseconds.</summary>
    public int Patience { get; init; } = 5_000;

    /// <summary>As <see cref="SqliteIndex.WidestWindow"/>.</summary>
    public long WidestWindow { get; init; } = SqliteWindows.Widest;

    public string Name => "sqlite";

    public void Need() => SqliteFile.Need();

    public string? LibraryOf(string place) => $"SQLite {raw.sqlite3_libversion().utf8_to_string()}";

    public string Suffix => ".db";

    public IIndexBackend Create(string place, IndexMark empty, IndexOptions options)
    {
        ArgumentNullException.ThrowIfNull(empty);
        ArgumentNullException.ThrowIfNull(options);
        if (empty.Size != 0)
            throw new ArgumentException("an index begins empty", nameof(empty));
        if (disk.Exists(place))
            throw ErrorCodes.AlreadyExists.Because($"{place} exists already");
        // A log without its file is another one's.
        Delete(place);
        SqliteFile file = SqliteFile.Open(place, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, Patience);
        return Owned.By(
            file,
            () =>
            {
                file.Run("PRAGMA synchronous = OFF");
                SqliteSchema.Create(file, empty.Words is not null);
                file.Run("PRAGMA journal_mode = WAL");
                var index = new SqliteIndex(file, clock, options.CacheBytes) { WidestWindow = WidestWindow };
                index.Begin(empty, options);
                return index;
            }
        );
    }

    public IIndexBackend Open(string place, IndexAccess access)
    {
        if (SqliteHeader.Of(place, disk) is { } header)
            Look(place, header);
        if (access == IndexAccess.Immutable && HasLog(place))
            throw ErrorCodes.IndexMode.Because($"{place} has a log beside it, so it is not immutable");
        SqliteFile file = SqliteFile.Open(
            place,
            access == IndexAccess.Immutable ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE,
            Patience,
            isImmutable: access == IndexAccess.Immutable
        );
        return Owned.By(file, () => Opened(file, access));
    }

    public void Vacuum(string from, string to)
    {
        if (disk.Exists(to))
            throw ErrorCodes.AlreadyExists.Because($"{to} exists already");
        Delete(to);
        bool isWal;
        using (SqliteIndex source = (SqliteIndex)Open(from, IndexAccess.Read))
        {
            isWal = source.KeepsLog;
            source.CopyTo(to);
        }
        if (isWal)
            SetMode(to, isImmutable: false);
    }

    public void Sync(string place)
    {
        // Nothing to be done, and no harm, where there is no log.
        using (SqliteFile file = SqliteFile.Open(place, raw.SQLITE_OPEN_READWRITE, Patience))
            file.Run("PRAGMA wal_checkpoint(PASSIVE)");
        SyncFile(place + Beside[0]);
        string folder = FolderOf(place);
        if (SqlitePlaces.WhileClosed(place, () => SyncFile(place)))
            DiskErrors.Writing(place, () => disk.SyncDirectory(folder));
        else
            DiskErrors.Writing(place, () => disk.SyncTree(folder));
    }

    /// <summary>Makes a file one that keeps no log and that nobody adds to, or one that follows its ledger again. Repeating it changes nothing.</summary>
    /// <exception cref="TessraxException">TSX3041: somebody has it open; TSX3038: it cannot be written.</exception>
    public void SetMode(string place, bool isImmutable)
    {
        using SqliteFile file = SqliteFile.Open(place, raw.SQLITE_OPEN_READWRITE, Patience);
        string wanted = isImmutable ? "delete" : "wal";
        file.Run("PRAGMA synchronous = FULL");
        if (file.Text($"PRAGMA journal_mode = {wanted}") != wanted)
            throw file.IsReadOnly
                ? ErrorCodes.IndexMode.Because($"{place} cannot be written")
                : ErrorCodes.IndexBusy.Because($"{place} is open elsewhere");
    }

    public FaultCause? Diagnose(string place)
    {
        try
        {
            if (SqliteHeader.Of(place, disk)?.Fault(HasLog(place)) is { } fault)
                return fault.Cause;
            using SqliteFile file = SqliteFile.Open(place, raw.SQLITE_OPEN_READWRITE, Patience);
            file.Run("PRAGMA query_only = ON");
            return SqliteSchema.Difference(file, HasText(file)) is not null ? FaultCause.EditedByHand : null;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            return FaultCause.BitRot;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            return FaultCause.Missing;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoPermission || e.Code == ErrorCodes.CannotRead)
        {
            return FaultCause.Unreadable;
        }
    }

    public void Delete(string place)
    {
        // The log first: without its file nobody would take it for anything.
        foreach (string end in Beside)
            DiskErrors.Writing(place + end, () => disk.Delete(place + end));
        DiskErrors.Writing(place, () => disk.Delete(place));
    }

    [SuppressMessage(
        "Reliability",
        "CA2000:Dispose objects before losing scope",
        Justification = "the index that is returned owns the file"
    )]
    private SqliteIndex Opened(SqliteFile file, IndexAccess access)
    {
        try
        {
            file.Run(access == IndexAccess.Write ? "PRAGMA synchronous = OFF" : "PRAGMA query_only = ON");
            if (SqliteSchema.Difference(file, HasText(file)) is { } difference)
                throw ErrorCodes.IndexUnusable.Because($"{file.Place}: {difference}");
            if (access == IndexAccess.Write && file.IsReadOnly)
                throw ErrorCodes.IndexMode.Because($"{file.Place} cannot be written");
            var index = new SqliteIndex(file, clock, new IndexOptions().CacheBytes) { WidestWindow = WidestWindow };
            if (access == IndexAccess.Write && !index.KeepsLog)
                throw ErrorCodes.IndexMode.Because($"{file.Place} is immutable, and cannot be added to");
            index.Refresh();
            return index;
        }
        catch (TessraxException e)
            when (e.InnerException is SqliteFailure { IsMedium: true } && access != IndexAccess.Immutable)
        {
            throw new TessraxException(
                ErrorCodes.IndexMode,
                $"{file.Place} keeps a log, and its directory cannot be written",
                null,
                e
            );
        }
    }

    private void Look(string place, SqliteHeader header)
    {
        if (header.Fault(HasLog(place)) is { } fault)
            throw ErrorCodes.IndexUnusable.Because($"{place}: {fault.Says}");
        if (header.Version > SqliteSchema.Version)
            throw ErrorCodes.IndexNewer.Because(
                $"{place} is of version {header.Version}; this program knows {SqliteSchema.Version}"
            );
        if (header.Version < SqliteSchema.Version)
            throw ErrorCodes.IndexUnusable.Because($"{place} is of version {header.Version}");
    }

    private static bool HasText(SqliteFile file) => file.Number("SELECT words IS NOT NULL FROM mark WHERE id = 1") is 1;

    private bool HasLog(string place)
    {
        string log = place + Beside[0];
        if (!disk.Exists(log))
            return false;
        try
        {
            using IDiskFile file = disk.Open(log, DiskAccess.Read);
            return file.Length > 0;
        }
        // Whoever had it open closed it meanwhile, and what it held is in the file.
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return false;
        }
    }

    private void SyncFile(string path)
    {
        if (!disk.Exists(path))
            return;
        DiskErrors.Writing(
            path,
            () =>
            {
                using IDiskFile file = disk.Open(path, DiskAccess.Write);
                file.SyncAll();
            }
        );
    }

    private static string FolderOf(string place) => Path.GetDirectoryName(Path.GetFullPath(place))!;
}
