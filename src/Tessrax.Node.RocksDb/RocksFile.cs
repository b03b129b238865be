namespace Tessrax.Node.RocksDb;

/// <summary>A database of RocksDB, which may be a stranger's: bytes in order, and nothing that is run.</summary>
/// <remarks>One thread at a time. Every failure is TSX3036, TSX3041 where another process has it open to write, or TSX3005 where the disk is full.</remarks>
internal sealed class RocksFile : IDisposable
{
    // Of compression: LZ4. Postings shrink to half with it, at no cost that can be measured.
    private const int Lz4 = 4;
    private const int OnlyFatal = 4;

    private readonly RocksHandle handle;
    private readonly nint reading;
    private readonly nint writing;

    private RocksFile(string place, RocksHandle handle)
    {
        Place = place;
        this.handle = handle;
        reading = RocksNative.ReadOptionsCreate();
        writing = RocksNative.WriteOptionsCreate();
    }

    /// <summary>The directory.</summary>
    public string Place { get; }

    /// <summary>Opens it.</summary>
    /// <param name="place">The directory.</param>
    /// <param name="kind">To read, to write, or to make.</param>
    /// <param name="cacheBytes">Memory to keep blocks in.</param>
    /// <param name="isBulk">Whether it is filled in one go: files are joined when that is asked for.</param>
    public static RocksFile Open(string place, RocksOpening kind, int cacheBytes, bool isBulk = false)
    {
        RocksLibrary.Need();
        nint options = Options(kind, cacheBytes, isBulk);
        return new RocksFile(
            place,
            RocksHandle.Open(Path.GetFullPath(place), options, isReadOnly: kind == RocksOpening.Read)
        );
    }

    /// <summary>The value of a key; null if it has none.</summary>
    public unsafe byte[]? Get(ReadOnlySpan<byte> key)
    {
        byte* error = null;
        byte* value = RocksNative.Get(handle.Pointer, reading, key, (nuint)key.Length, out nuint length, ref error);
        Check(error);
        if (value is null)
            return null;
        byte[] copy = new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
        RocksNative.Free(value);
        return copy;
    }

    /// <summary>Writes what a batch holds: all of it or nothing.</summary>
    public unsafe void Write(RocksBatch batch)
    {
        byte* error = null;
        RocksNative.Write(handle.Pointer, writing, batch.Pointer, ref error);
        Check(error);
    }

    /// <summary>Goes through keys as they are now.</summary>
    public RocksIterator Iterate() => new(this, handle, reading);

    /// <summary>Writes what is in memory into files.</summary>
    public unsafe void Flush()
    {
        nint options = RocksNative.FlushOptionsCreate();
        byte* error = null;
        RocksNative.Flush(handle.Pointer, options, ref error);
        RocksNative.FlushOptionsDestroy(options);
        Check(error);
    }

    /// <summary>Joins the files of a range of keys.</summary>
    public void Compact(ReadOnlySpan<byte> start, ReadOnlySpan<byte> limit) =>
        RocksNative.CompactRange(handle.Pointer, start, (nuint)start.Length, limit, (nuint)limit.Length);

    /// <summary>From here on files are joined as they come.</summary>
    public unsafe void CompactAsItGoes()
    {
        byte* error = null;
        fixed (byte* key = "disable_auto_compactions\0"u8)
        fixed (byte* value = "false\0"u8)
        {
            byte** keys = stackalloc byte*[] { key };
            byte** values = stackalloc byte*[] { value };
            RocksNative.SetOptions(handle.Pointer, 1, keys, values, ref error);
        }
        Check(error);
    }

    /// <summary>What its checksums say against it; null if nothing.</summary>
    public unsafe string? Fault()
    {
        byte* error = null;
        RocksNative.VerifyChecksum(handle.Pointer, ref error);
        return error is null ? null : RocksHandle.Failure(Place, error).Message;
    }

    /// <summary>The number of files that hold keys.</summary>
    public int Files()
    {
        nint files = RocksNative.LiveFiles(handle.Pointer);
        int count = RocksNative.LiveFilesCount(files);
        RocksNative.LiveFilesDestroy(files);
        return count;
    }

    /// <summary>A number that RocksDB keeps about itself; 0 where it does not.</summary>
    public long Property(string name) =>
        RocksNative.PropertyInt(handle.Pointer, name, out ulong value) == 0 ? (long)Math.Min(value, long.MaxValue) : 0;

    /// <summary>That it does not hold what it should.</summary>
    public TessraxException Broken(string says) => ErrorCodes.IndexUnusable.Because($"{Place}: {says}");

    public unsafe void Check(byte* error)
    {
        if (error is not null)
            throw RocksHandle.Failure(Place, error);
    }

    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        // Iterators were made with these; RocksDB copied them.
        RocksNative.ReadOptionsDestroy(reading);
        RocksNative.WriteOptionsDestroy(writing);
        handle.Dispose();
    }

    private static nint Options(RocksOpening kind, int cacheBytes, bool isBulk)
    {
        nint options = RocksNative.OptionsCreate();
        RocksNative.SetCreateIfMissing(options, kind == RocksOpening.Create ? (byte)1 : (byte)0);
        RocksNative.SetErrorIfExists(options, kind == RocksOpening.Create ? (byte)1 : (byte)0);
        RocksNative.SetParanoidChecks(options, 1);
        RocksNative.SetCompression(options, Lz4);
        // Readers open what is there: the less of it lies in the log, the quicker. And with all files open, none is missed that is joined meanwhile.
        RocksNative.SetWriteBufferSize(options, isBulk ? 16u << 20 : 4u << 20);
        RocksNative.SetMaxOpenFiles(options, -1);
        RocksNative.SetInfoLogLevel(options, OnlyFatal);
        RocksNative.SetKeepLogFileNumber(options, 1);
        RocksNative.SetStatsDumpPeriod(options, 0);
        if (isBulk)
        {
            // Of each of many files that are joined at once; 2 MiB if nothing is said.
            RocksNative.SetCompactionReadahead(options, 128 << 10);
            RocksNative.SetDisableAutoCompactions(options, 1);
            RocksNative.SetLevel0Slowdown(options, int.MaxValue);
            RocksNative.SetLevel0Stop(options, int.MaxValue);
        }
        nint environment = RocksNative.EnvironmentCreate();
        RocksNative.EnvironmentLowerPriority(environment);
        RocksNative.SetEnvironment(options, environment);
        RocksNative.EnvironmentDestroy(environment);
        nint cache = RocksNative.CacheCreate((nuint)Math.Max(1 << 16, cacheBytes));
        nint table = RocksNative.TableCreate();
        RocksNative.SetTableCache(table, cache);
        RocksNative.SetTable(options, table);
        // Each is shared by whoever was given it.
        RocksNative.TableDestroy(table);
        RocksNative.CacheDestroy(cache);
        return options;
    }
}

/// <summary>How a database is opened.</summary>
internal enum RocksOpening
{
    Read,
    Write,
    Create,
}
