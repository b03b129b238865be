using Tessrax.Node.Files;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Serving;

/// <summary>A folded ledger that follows what is appended, read by many at once.</summary>
/// <remarks>Opened when it is first asked for. Bringing it up to date costs what was appended since; where that fails it is opened again, which tells why.</remarks>
internal sealed class FoldedView : IDisposable
{
    private readonly ReaderWriterLockSlim access = new();
    private readonly string path;
    private readonly IDisk disk;
    private readonly LedgerNews news;
    private readonly TimeProvider clock;
    private readonly TimeSpan freshness;
    private LedgerView? view;
    private object? seen;
    private long refreshedAt;

    public FoldedView(string path, IDisk disk, LedgerNews news, TimeProvider clock, TimeSpan freshness) =>
        (this.path, this.disk, this.news, this.clock, this.freshness) = (path, disk, news, clock, freshness);

    /// <summary>Reads; nothing changes meanwhile, and nothing of the view may be kept.</summary>
    /// <param name="read">Keep it short: what is appended is not seen by others before it ends.</param>
    /// <param name="covering">How many entries must have been folded, if the ledger has them.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerView.Open(string, IDisk)"/>, and what reading throws.</exception>
    public T Read<T>(Func<LedgerView, T> read, long covering)
    {
        // Who reads already may be led back here, by an entry that was erased: what they read stands still.
        if (access.IsReadLockHeld)
            return view!.Size >= covering
                ? read(view)
                : throw new InvalidOperationException("what is read within a reading must be covered by it");
        if (IsBehind(covering))
            Refresh(covering);
        access.EnterReadLock();
        try
        {
            return read(view!);
        }
        finally
        {
            access.ExitReadLock();
        }
    }

    public void Dispose()
    {
        view?.Dispose();
        access.Dispose();
    }

    private bool IsBehind(long covering)
    {
        access.EnterReadLock();
        try
        {
            return IsOutdated(covering);
        }
        finally
        {
            access.ExitReadLock();
        }
    }

    private bool IsOutdated(long covering) =>
        view is null
        || ((view.Size < covering || clock.GetElapsedTime(refreshedAt) >= freshness) && news.IsNewerThan(seen!));

    private void Refresh(long covering)
    {
        access.EnterWriteLock();
        try
        {
            if (!IsOutdated(covering))
                return;
            object now = news.Look();
            if (view is null || !TryGoOn(view))
            {
                LedgerView opened = LedgerView.Open(path, disk);
                view?.Dispose();
                view = opened;
            }
            (seen, refreshedAt) = (now, clock.GetTimestamp());
        }
        finally
        {
            access.ExitWriteLock();
        }
    }

    // What fails here may be the reading or the ledger: opening it again tells.
    private static bool TryGoOn(LedgerView view)
    {
        try
        {
            return view.TryGoOn();
        }
        catch (TessraxException)
        {
            return false;
        }
    }
}
