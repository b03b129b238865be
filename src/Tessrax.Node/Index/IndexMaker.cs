using Tessrax.Node.Logging;

namespace Tessrax.Node.Index;

/// <summary>Makes a generation from the ledger, beside the one that serves, and lets it serve when it is whole. What was cut short goes on where it was.</summary>
/// <remarks>Entries are read, held to their leaves and cut into words by all threads; one of them writes, in order. Memory: two runs a thread of at most 1,024 entries or 1 MiB as they are stored, but for a larger batch,
/// and the backend's pages.</remarks>
/// <param name="shop">Where the index is.</param>
/// <param name="source">The ledger's entries.</param>
internal sealed class IndexMaker(IndexWorkshop shop, IndexSource source)
{
    // An erasure that comes in between is rare; that it comes again and again is a fault.
    private const int MostAttempts = 8;
    private const int CacheBytes = 16 << 20;
    private static readonly TimeSpan Joining = TimeSpan.FromMinutes(10);

    /// <summary>Told how many entries the new generation holds.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Rows to a transaction.</summary>
    internal int Step { get; init; } = 16_384;

    /// <summary>Ends it early, at a point where the next run goes on.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Called after each transaction, to rest.</summary>
    public Action? Rest { get; init; }

    /// <summary>Where to stop at the latest, at the end of a batch: what lies beyond need not be durable, or is somebody else's to add.</summary>
    public long UpTo { get; init; } = long.MaxValue;

    /// <summary>Makes it. Whoever calls it holds <see cref="IndexLocks.Build"/>.</summary>
    /// <returns>What was made; null if it was stopped.</returns>
    /// <exception cref="TessraxException">TSX3036: the backend failed; TSX3003: the ledger is damaged; TSX3005 to TSX3008: it cannot be written; TSX3041: it was overtaken again and again.</exception>
    public IndexMade? Make(IndexWish wish)
    {
        long start = shop.Environment.Clock.GetTimestamp();
        shop.RequireKnown(wish.ReplacesNewer);
        IndexChange? change = shop.Recover();
        if (change is not null && !Suits(change.Journal.To, wish))
        {
            change.Undo();
            change = null;
        }
        for (int attempt = 1; attempt <= MostAttempts; attempt++)
        {
            change ??= Begin(wish);
            long resumed = Build(change, wish.Threads ?? Environment.ProcessorCount, out bool isWhole);
            if (Stop.IsCancellationRequested && !isWhole)
                return null;
            if (isWhole)
            {
                (long size, long bytes) = Look(change);
                TimeSpan elapsed = shop.Environment.Clock.GetElapsedTime(start);
                return new IndexMade(size, bytes, elapsed, change.Journal.To.Backend, resumed > 0 ? resumed : null);
            }
            change = shop.Recover();
        }
        throw ErrorCodes.IndexBusy.Because($"payloads were erased {MostAttempts} times while the index was being made");
    }

    private static bool Suits(IndexPointer to, IndexWish wish) =>
        (wish.Backend is null || wish.Backend == to.Backend)
        && (wish.HasText is null || wish.HasText == to.HasText)
        && !to.IsOutdated;

    private IndexChange Begin(IndexWish wish)
    {
        IndexPointer now = shop.Files.Asked();
        string backend = wish.Backend ?? now.Backend;
        bool hasText = wish.HasText ?? now.HasText;
        IndexOperation operation =
            shop.Files.HasOld || now.IsOutdated ? IndexOperation.Migrate
            : backend != now.Backend && now.File is not null ? IndexOperation.Backend
            : hasText != now.HasText && now.File is not null ? IndexOperation.Text
            : IndexOperation.Rebuild;
        IIndexStore store = shop.Stores(backend);
        // Nothing is begun that cannot be gone on with.
        store.Need();
        string suffix = store.Suffix;
        return shop.Begin(
            operation,
            from => from.Following(backend, suffix) with { HasText = hasText, Mode = IndexMode.Wal }
        );
    }

    // The entries that it held already.
    private long Build(IndexChange change, int threads, out bool isWhole)
    {
        isWhole = false;
        long resumed;
        using (IIndexBackend made = Open(change))
        {
            resumed = made.Mark.Size;
            Tell(change, resumed);
            var appender = new IndexAppender(made, source.Hasher, source.Leaves);
            if (!Fill(change, appender, threads))
                return resumed;
            made.Compact(Joining, Stop);
            if (Stop.IsCancellationRequested)
                return resumed;
            made.Analyze();
        }
        // From here on nobody adds to what serves, so nothing that it found already is missing in what serves next.
        using IDisposable follow = shop.Locks.Follow();
        using (IIndexBackend made = shop.Stores(change.Journal.To.Backend).Open(change.Place, IndexAccess.Write))
        {
            if (!Fill(change, new IndexAppender(made, source.Hasher, source.Leaves), threads))
                return resumed;
        }
        isWhole = shop.Confirm(change, isTrusted: resumed == 0) && shop.Finish(change);
        return resumed;
    }

    private void Tell(IndexChange change, long resumed)
    {
        if (resumed > 0)
            shop.Logger.IndexResumed(change.Place, resumed, change.Journal.OperationText);
        else
            shop.Logger.IndexBegun(change.Place, change.Journal.OperationText);
    }

    // False if it was stopped, or overtaken.
    private bool Fill(IndexChange change, IndexAppender appender, int threads)
    {
        IndexRun? last = null;
        bool isOvertaken = false;
        try
        {
            if (appender.Size >= UpTo)
                return !change.IsOvertaken;
            source.Feed(
                appender.Size,
                UpTo,
                change.Journal.To.HasText,
                threads,
                run =>
                {
                    appender.Add(run.Documents, run.Leaves);
                    last = run;
                    if (appender.Waiting < Step && !Stop.IsCancellationRequested)
                        return;
                    appender.Commit(run.Head);
                    Progress?.Report(run.End);
                    shop.Logger.IndexGrows(change.Place, run.End);
                    isOvertaken = change.IsOvertaken;
                    if (isOvertaken || Stop.IsCancellationRequested)
                        throw new OperationCanceledException();
                    Rest?.Invoke();
                }
            );
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        if (last is not null && appender.Waiting > 0)
            appender.Commit(last.Head);
        Progress?.Report(appender.Size);
        return !change.IsOvertaken;
    }

    // What an earlier run left, if it can be believed, or a new one.
    private IIndexBackend Open(IndexChange change)
    {
        IndexPointer to = change.Journal.To;
        IIndexStore store = shop.Stores(to.Backend);
        if (shop.Files.Has(to.File!))
        {
            if (Resume(change, store) is { } found)
                return found;
            change.Again(shop.Boot);
        }
        var empty = new IndexMark(
            to.Generation,
            source.Directory.Id,
            0,
            source.Hasher.Empty,
            to.HasText ? IndexText.Version : null
        );
        return store.Create(change.Place, empty, new IndexOptions(CacheBytes, IsRebuild: true));
    }

    private IIndexBackend? Resume(IndexChange change, IIndexStore store)
    {
        IIndexBackend? found = null;
        try
        {
            shop.Files.RequireOwn(change.Journal.To.File!);
            found = store.Open(change.Place, IndexAccess.Write);
            IndexPointer to = change.Journal.To;
            bool fits =
                found.Mark.Generation == to.Generation
                && found.Mark.Words == (to.HasText ? IndexText.Version : null)
                && source.Fits(found.Mark)
                && (!shop.MayBeLost(change.Journal.Boot) || IndexSoundness.FaultOf(found) is null);
            if (fits)
            {
                // Whether it is one tree tells the appender.
                _ = new IndexAppender(found, source.Hasher, source.Leaves);
                return found;
            }
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable || e.Code == ErrorCodes.IndexNewer)
        {
            // Made anew.
        }
        found?.Dispose();
        return null;
    }

    private (long Size, long Bytes) Look(IndexChange change)
    {
        using IIndexBackend made = shop.Stores(change.Journal.To.Backend).Open(change.Place, IndexAccess.Read);
        return (made.Mark.Size, made.Sizes().Bytes);
    }
}
