using Tessrax.Node.Logging;

namespace Tessrax.Node.Index;

/// <summary>Brings the generation that serves up to date with what is durable, and makes one where none can be used. For whoever writes the ledger.</summary>
/// <remarks>What is added is not made durable step by step: <c>index/following</c> says so until it is, and whoever finds it after another start of the machine looks at
/// everything before the index serves again.</remarks>
/// <param name="shop">Where the index is.</param>
/// <param name="source">The ledger's entries.</param>
internal sealed class IndexUpdate(IndexWorkshop shop, IndexSource source)
{
    // Rows to a transaction: enough to make its commit cheap, few enough to stop soon and to take the processor for less than a tenth of a second.
    private const int Step = 2048;

    // What a writer that is about to end still makes anew.
    private const long MostAtTheEnd = 4096;
    private static readonly TimeSpan Tidying = TimeSpan.FromSeconds(1);

    /// <summary>Called after each transaction, to rest.</summary>
    public Action? Rest { get; init; }

    /// <summary>Ends it early; the next one goes on.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>Adds what the index lacks.</summary>
    /// <param name="durable">Entries that are durable.</param>
    /// <param name="isLast">Whether the writer is about to end.</param>
    /// <returns>Entries that the index holds; null if somebody else works on it, or nobody adds to it.</returns>
    /// <exception cref="TessraxException">TSX3036: the backend failed; TSX3039: a newer program made it; TSX3003 to TSX3009.</exception>
    public long? Run(long durable, bool isLast)
    {
        bool isShort = isLast && durable > MostAtTheEnd;
        if (!TryRecover(durable, isShort))
            return null;
        return TryAdd(durable, out long? size, out string? cause) || isShort ? size : Make(durable, cause);
    }

    /// <summary>Makes what was added survive a power cut, and tidies up if it is time.</summary>
    /// <param name="now">The time.</param>
    public void Settle(DateTimeOffset now)
    {
        IndexPointer pointer = shop.Files.Pointer();
        bool isDue = pointer.File is not null && IsCareDue(pointer, now);
        if (pointer.File is null || (shop.Files.Following() is null && !isDue))
            return;
        using IDisposable? follow = shop.Locks.TryFollow();
        if (follow is null || pointer.Mode != IndexMode.Wal || shop.Files.Pointer() != pointer)
            return;
        if (isDue)
        {
            shop.BeginAdding();
            using (IIndexBackend open = shop.Open(pointer, IndexAccess.Write))
            {
                long before = open.Sizes().Bytes;
                open.Compact(Tidying, Stop);
                open.Analyze();
                shop.Logger.IndexVacuumed(shop.Files.Ledger, before, open.Sizes().Bytes);
            }
            shop.Files.WriteCare(now);
        }
        shop.EndAdding(pointer);
    }

    private bool IsCareDue(IndexPointer pointer, DateTimeOffset now)
    {
        if (shop.Files.LastCare() is { } last)
            return now - last >= pointer.Care.Every;
        // The first time counts from when it was made.
        shop.Files.WriteCare(now);
        return false;
    }

    // False if another process carries something out, or if it would take too long now.
    private bool TryRecover(long durable, bool isShort)
    {
        if (!shop.Files.HasJournal)
            return true;
        using IDisposable? build = shop.Locks.TryBuild();
        if (build is null)
            return true; // What serves serves on, and is followed.
        if (shop.Recover() is not { } change)
            return true;
        if (isShort)
            return false;
        Maker(durable).Make(new IndexWish(change.Journal.To.Backend, change.Journal.To.HasText, Threads: 1));
        return !Stop.IsCancellationRequested;
    }

    // False if there is nothing that could be added to; the cause is null if there was nothing yet.
    private bool TryAdd(long durable, out long? size, out string? cause)
    {
        (size, cause) = (null, null);
        using IDisposable? follow = shop.Locks.TryFollow();
        if (follow is null)
            return true;
        IndexPointer? pointer = PointerOrNull(out cause);
        if (pointer is not { File: { } file })
            return false;
        cause =
            pointer.IsOutdated ? "it was made by older rules"
            : shop.Files.Has(file) ? null
            : $"{file} is gone";
        if (cause is not null)
            return false;
        if (pointer.Mode == IndexMode.Immutable)
            return true;
        try
        {
            using IIndexBackend open = shop.Open(pointer, IndexAccess.Write);
            cause =
                !source.Fits(open.Mark) ? $"{file} is not of this ledger's history"
                : MayBeLost ? IndexSoundness.FaultOf(open)
                : null;
            if (cause is not null)
                return false;
            Add(open, pointer, durable);
            size = open.Mark.Size;
            return true;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            cause = e.Message;
            return false; // Made anew; if it is the library that fails, that says so.
        }
    }

    private bool MayBeLost => shop.Files.Following() is { } since && shop.MayBeLost(since);

    private void Add(IIndexBackend open, IndexPointer pointer, long durable)
    {
        if (open.Mark.Size >= durable)
            return;
        shop.BeginAdding();
        var appender = new IndexAppender(open, source.Hasher, source.Leaves);
        IndexRun? last = null;
        foreach (IndexRun run in source.Runs(appender.Size, durable))
        {
            run.Read(source.Hasher, pointer.HasText);
            appender.Add(run.Documents, run.Leaves);
            last = run;
            if (appender.Waiting < Step && !Stop.IsCancellationRequested)
                continue;
            appender.Commit(run.Head);
            Rest?.Invoke();
            if (Stop.IsCancellationRequested)
                return;
        }
        if (last is not null && appender.Waiting > 0)
            appender.Commit(last.Head);
    }

    private IndexPointer? PointerOrNull(out string? cause)
    {
        try
        {
            cause = null;
            return shop.Files.Pointer();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            cause = e.Message;
            return null;
        }
    }

    private long? Make(long durable, string? cause)
    {
        using IDisposable? build = shop.Locks.TryBuild();
        if (build is null)
            return null;
        if (cause is not null)
            shop.Logger.IndexGivenUp(shop.Files.Ledger, cause);
        IndexMade? made = Maker(durable).Make(new IndexWish(Threads: 1));
        if (cause is not null && made is not null)
            shop.Logger.IndexHealed(shop.Files.Ledger);
        return made?.Size;
    }

    private IndexMaker Maker(long durable) =>
        new(shop, source)
        {
            Stop = Stop,
            Rest = Rest,
            UpTo = durable,
            Step = Step,
        };
}
