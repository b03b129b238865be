using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Publishing;

/// <summary>Offers a ledger as a static log (C2SP tlog-tiles): <c>LEDGER/tiles</c> with <c>checkpoint</c>, <c>tile/L/N</c>, and
/// <c>tile/entries/N</c> if it was asked for.</summary>
/// <remarks>
/// Everything here is derived from the segments and never synced on the way of an append. Full tiles and bundles are written as soon as they are full, partial
/// ones and then the checkpoint at most once a second and at the end; so what the checkpoint names is always there. The first time in a
/// session, what is missing or wrong of the entries that were read when the ledger was opened is written again. Partial tiles are deleted when
/// the full one is there. After a failure nothing is tried for a second. Not safe for concurrent use: it belongs to the writer.
/// </remarks>
internal sealed class TilePublisher
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock;
    private readonly TileFiles files;
    private readonly LedgerTree tree;
    private readonly EntryBundles? bundles;

    // Places where partial tiles may lie.
    private readonly HashSet<(int Level, long Index)> partial = [];
    private bool ready;
    private (long Size, byte[] Checkpoint)? waiting;
    private long triedAt;
    private bool tried;
    private bool offered;

    /// <param name="folder">The log's prefix.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="tree">The ledger's, of SHA-256; it may run ahead of what is durable.</param>
    /// <param name="entriesFrom">The durable entries from an index on, to write bundles of; null to leave them out.</param>
    /// <param name="newest">The newest checkpoint, which will be offered even if nothing is appended; null if there is none.</param>
    public TilePublisher(
        string folder,
        NodeEnvironment environment,
        LedgerTree tree,
        Func<long, IEnumerable<ReadOnlyMemory<byte>>>? entriesFrom,
        SignedNote? newest
    )
    {
        clock = environment.Clock;
        files = new TileFiles(folder, environment.Disk);
        this.tree = tree;
        if (entriesFrom is not null)
            bundles = new EntryBundles(files, tree, entriesFrom);
        if (newest is not null)
            waiting = (Checkpoint.ParseBody(newest.Text).Head.Size, newest.ToBytes());
    }

    /// <summary>Notes entries that became durable, and the checkpoint that covers them; offers them if the last time is a second ago.</summary>
    /// <param name="from">The tree's size before them.</param>
    /// <param name="covered">The tree's size with them.</param>
    /// <param name="entries">Gives them; asked only where bundles are written.</param>
    /// <param name="checkpoint">The signed note of that tree.</param>
    /// <exception cref="TessraxException">Something cannot be written; the ledger itself is not touched by that.</exception>
    public void Note(long from, long covered, Func<IEnumerable<ReadOnlyMemory<byte>>> entries, byte[] checkpoint)
    {
        waiting = (covered, checkpoint);
        bool isDue = !tried || clock.GetElapsedTime(triedAt) >= Interval;
        if (!ready && !isDue)
            return;
        Try(() =>
        {
            if (!ready)
                Prepare(from);
            Complete(covered);
            if (bundles is not null)
            {
                foreach (ReadOnlyMemory<byte> entry in entries())
                    bundles.Add(entry.Span);
            }
            if (isDue)
                Offer();
        });
    }

    /// <summary>Offers what waits.</summary>
    /// <exception cref="TessraxException">As <see cref="Note"/>.</exception>
    public void Flush() =>
        Try(() =>
        {
            if (waiting is { } next && !ready)
                Prepare(next.Size);
            Offer();
        });

    private void Offer()
    {
        if (waiting is not { } next)
            return;
        (tried, triedAt) = (true, clock.GetTimestamp());
        foreach (TileId tile in TileId.PartialIn(next.Size))
        {
            if (tile.Level == 0 && bundles is not null)
                Put(files.FileOf(new TileId(TileId.Entries, tile.Index, tile.Width)), bundles.Partial);
            Put(files.FileOf(tile), TileFiles.Hashes(tile, tree));
            partial.Add((tile.Level, tile.Index));
        }
        Put(files.CheckpointFile, next.Checkpoint);
        waiting = null;
        offered = true;
    }

    // What fails may have failed half-way: the next attempt looks at everything again.
    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch
        {
            ready = false;
            (tried, triedAt) = (true, clock.GetTimestamp());
            throw;
        }
    }

    private void Prepare(long covered)
    {
        files.DropRemains(covered);
        foreach (TileId tile in TileId.PartialIn(covered))
            partial.Add((tile.Level, tile.Index));
        foreach (TileId tile in tree.Commit(covered))
            files.DropPartials(tile);
        bundles?.Prepare(covered);
        (ready, offered) = (true, false);
    }

    private void Complete(long covered)
    {
        foreach (TileId tile in tree.Commit(covered))
        {
            if (partial.Remove((tile.Level, tile.Index)))
                files.DropPartials(tile);
        }
    }

    // The first time in a session, what is right already is left alone.
    private void Put(string file, ReadOnlySpan<byte> content)
    {
        if (offered)
            files.Write(file, content);
        else
            files.WriteIfOther(file, content);
    }
}
