using System.Globalization;
using System.Text;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.RocksDb;

/// <summary>Indexes in RocksDB: a directory a generation.</summary>
internal sealed class RocksIndexStore(IDisk disk, TimeProvider clock) : IIndexStore
{
    /// <summary>As <c>--index</c> names it.</summary>
    public const string Kind = "rocksdb";

    // A file of RocksDB's that names the newest of those that say which files there are: without it a directory holds no database.
    private const string Current = "CURRENT";

    // A file of ours: nobody adds to what it lies in.
    private const string Immutable = "IMMUTABLE";

    private const int MostLooks = 5;
    private const int MostOptions = 1 << 20;

    public string Name => Kind;

    public void Need() => RocksLibrary.Need();

    // The library tells nobody its version, but notes it beside what it writes (RocksDB, "RocksDB Options File").
    public string? LibraryOf(string place)
    {
        const string Noted = "rocksdb_version=";
        try
        {
            string? options = Directory.Exists(place)
                ? Directory.GetFiles(place, "OPTIONS-*").Max(StringComparer.Ordinal)
                : null;
            if (options is null)
                return null;
            string text = Encoding.UTF8.GetString(DurableFile.Read(disk, options, MostOptions));
            string? line = text.Split('\n')
                .Select(one => one.Trim())
                .FirstOrDefault(one => one.StartsWith(Noted, StringComparison.Ordinal));
            return line is null ? null : $"RocksDB {line[Noted.Length..]}";
        }
        catch (Exception e) when (e is TessraxException || DiskErrors.IsDisk(e))
        {
            // Replaced meanwhile.
            return null;
        }
    }

    public string Suffix => ".rocks";

    public IIndexBackend Create(string place, IndexMark empty, IndexOptions options)
    {
        ArgumentNullException.ThrowIfNull(empty);
        ArgumentNullException.ThrowIfNull(options);
        if (empty.Size != 0)
            throw new ArgumentException("an index begins empty", nameof(empty));
        RocksFile file = Make(place, options.CacheBytes, options.IsRebuild);
        return Owned.By(
            file,
            () =>
            {
                var index = new RocksIndex(file, clock, reopen: null);
                index.Begin(empty);
                return index;
            }
        );
    }

    public IIndexBackend Open(string place, IndexAccess access)
    {
        Need(place);
        if (access == IndexAccess.Write)
        {
            if (disk.Exists(Path.Combine(place, Immutable)))
                throw ErrorCodes.IndexMode.Because($"{place} is immutable, and cannot be added to");
            // A newer program's is not even opened that way, which would change its files.
            using (IIndexBackend looked = Open(place, IndexAccess.Read)) { }
            return Loaded(OpenToWrite(place), reopen: null);
        }
        return Loaded(Look(place), () => Look(place));
    }

    public void Vacuum(string from, string to)
    {
        using RocksFile made = Make(to, new IndexOptions().CacheBytes, isBulk: true);
        using (var source = (RocksIndex)Open(from, IndexAccess.Read))
            source.CopyTo(made);
        using (RocksIndex copy = new(made, clock, reopen: null))
            copy.Compact(TimeSpan.MaxValue);
        if (disk.Exists(Path.Combine(from, Immutable)))
            Mark(to);
    }

    public void SetMode(string place, bool isImmutable)
    {
        Need(place);
        string marker = Path.Combine(place, Immutable);
        if (disk.Exists(marker) == isImmutable)
            return;
        // Whoever adds to it has it open; and all of it goes into files that are never changed again.
        using (RocksFile file = OpenToWrite(place))
            file.Flush();
        if (isImmutable)
            Mark(place);
        else
            DiskErrors.Writing(marker, () => disk.Delete(marker));
    }

    public void Sync(string place) => DiskErrors.Writing(place, () => disk.SyncTree(place));

    public FaultCause? Diagnose(string place)
    {
        try
        {
            if (!disk.Exists(Path.Combine(place, Current)))
                return FaultCause.Missing;
            byte[] current = DurableFile.Read(disk, Path.Combine(place, Current), 4096);
            if (current.Length == 0)
                return FaultCause.Truncation;
            if (!current.AsSpan().ContainsAnyExcept((byte)0))
                return FaultCause.LostWrite;
            if (!current.AsSpan().StartsWith("MANIFEST-"u8))
                return FaultCause.ForeignFile;
            using IIndexBackend index = Open(place, IndexAccess.Read);
            return null;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            return e.InnerException is RocksFailure failure ? CauseOf(failure) : FaultCause.ForeignFile;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoPermission || e.Code == ErrorCodes.CannotRead)
        {
            return FaultCause.Unreadable;
        }
    }

    public void Delete(string place) => DiskErrors.Writing(place, () => disk.DeleteDirectory(place));

    private static FaultCause CauseOf(RocksFailure failure) =>
        failure.IsGone ? FaultCause.Missing
        : failure.IsCut ? FaultCause.Truncation
        : FaultCause.BitRot;

    private RocksFile Make(string place, int cacheBytes, bool isBulk)
    {
        if (disk.Exists(Path.Combine(place, Current)))
            throw ErrorCodes.AlreadyExists.Because($"{place} exists already");
        Delete(place);
        DiskErrors.Writing(place, () => disk.CreateDirectory(place));
        return RocksFile.Open(place, RocksOpening.Create, cacheBytes, isBulk);
    }

    private void Need(string place)
    {
        if (disk.Exists(Path.Combine(place, Current)))
            return;
        throw Directory.Exists(place)
            ? ErrorCodes.IndexUnusable.Because($"{place} holds no database")
            : ErrorCodes.NoSuchFile.Because($"{place} does not exist");
    }

    private static RocksFile OpenToWrite(string place)
    {
        try
        {
            return RocksFile.Open(place, RocksOpening.Write, new IndexOptions().CacheBytes);
        }
        catch (TessraxException e) when (e.InnerException is RocksFailure { IsMedium: true })
        {
            throw new TessraxException(ErrorCodes.IndexMode, $"{place} cannot be written", null, e);
        }
    }

    // What is joined while it is being opened is gone: then it has other files, and is looked at again.
    private RocksFile Look(string place)
    {
        for (int look = 1; ; look++)
        {
            string before = FilesOf(place);
            try
            {
                return RocksFile.Open(place, RocksOpening.Read, new IndexOptions().CacheBytes);
            }
            catch (TessraxException e)
                when (e.Code == ErrorCodes.IndexUnusable && look < MostLooks && FilesOf(place) != before) { }
        }
    }

    private string FilesOf(string place)
    {
        var files = new StringBuilder();
        foreach (string name in disk.List(place).Order(StringComparer.Ordinal))
            files.Append(CultureInfo.InvariantCulture, $"{name}/");
        return files.ToString();
    }

    private void Mark(string place) =>
        DurableFile.Write(
            disk,
            Path.Combine(place, Immutable),
            "nobody adds to this index\n"u8,
            DurableFileOptions.Replace
        );

    private RocksIndex Loaded(RocksFile file, Func<RocksFile>? reopen) =>
        Owned.By(
            file,
            () =>
            {
                var index = new RocksIndex(file, clock, reopen);
                index.Load();
                return index;
            }
        );
}
