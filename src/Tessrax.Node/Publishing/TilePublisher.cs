using System.Buffers;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Node.Publishing;

/// <summary>Offers a ledger as a static log (C2SP tlog-tiles) that any web server can serve: <c>LEDGER/tiles</c> with <c>checkpoint</c>,
/// <c>tile/L/N</c> and <c>tile/entries/N</c>.</summary>
/// <remarks>
/// Everything here is derived from the segments and never synced. Full tiles and bundles are written as soon as they are full, partial
/// ones and then the checkpoint at most once a second and at the end; so what the checkpoint names is always there. The first time in a
/// session all full tiles are held against the tree, and what is missing or wrong is written again. Partial tiles are deleted when
/// the full one is there. After a failure nothing is tried for a second. Not safe for concurrent use: it belongs to the writer.
/// </remarks>
internal sealed class TilePublisher
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock;
    private readonly TileFiles files;
    private readonly ISubtreeReader tree;
    private readonly Func<long, IEnumerable<ReadOnlyMemory<byte>>> entriesFrom;
    private readonly ArrayBufferWriter<byte> bundle = new();

    // The entries that full tiles and bundle hold; only if ready.
    private long size;
    private bool ready;
    private (long Size, byte[] Checkpoint)? waiting;
    private long triedAt;
    private bool tried;
    private bool offered;

    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="tree">The ledger's, of SHA-256; it may run ahead of what is durable.</param>
    /// <param name="entriesFrom">The durable entries from an index on.</param>
    /// <param name="newest">The newest checkpoint, which will be offered even if nothing is appended; null if there is none.</param>
    public TilePublisher(
        string ledger,
        NodeEnvironment environment,
        ISubtreeReader tree,
        Func<long, IEnumerable<ReadOnlyMemory<byte>>> entriesFrom,
        SignedNote? newest
    )
    {
        clock = environment.Clock;
        files = new TileFiles(Path.Combine(ledger, TileDirectory.LedgerFolder), environment.Disk);
        this.tree = tree;
        this.entriesFrom = entriesFrom;
        if (newest is not null)
            waiting = (Checkpoint.ParseBody(newest.Text).Head.Size, newest.ToBytes());
    }

    /// <summary>Notes entries that became durable, and the checkpoint that covers them; offers them if the last time is a second ago.</summary>
    /// <param name="entries">Those of one batch.</param>
    /// <param name="covered">The tree's size with them.</param>
    /// <param name="checkpoint">The signed note of that tree.</param>
    /// <exception cref="TessraxException">Something cannot be written; the ledger itself is not touched by that.</exception>
    public void Note(IReadOnlyCollection<ReadOnlyMemory<byte>> entries, long covered, byte[] checkpoint)
    {
        waiting = (covered, checkpoint);
        bool isDue = !tried || clock.GetElapsedTime(triedAt) >= Interval;
        if (!ready && !isDue)
            return;
        Try(() =>
        {
            if (!ready)
                Prepare(covered - entries.Count);
            foreach (ReadOnlyMemory<byte> entry in entries)
                Add(entry.Span);
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
            if (tile.Level == 0)
                Put(files.FileOf(new TileId(TileId.Entries, tile.Index, tile.Width)), bundle.WrittenSpan);
            Put(files.FileOf(tile), TileFiles.Hashes(tile, tree));
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
        new TileSurvey(files, tree, entriesFrom).Repair(covered);
        size = covered - covered % TileId.FullWidth;
        bundle.ResetWrittenCount();
        if (size < covered)
        {
            foreach (ReadOnlyMemory<byte> entry in entriesFrom(size).Take((int)(covered - size)))
                Add(entry.Span);
        }
        if (size != covered)
            throw ErrorCodes.Damaged.Because($"the ledger has {size} entries of the {covered} that it has signed");
        (ready, offered) = (true, false);
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        EntryBundle.Write(bundle, entry);
        size++;
        if (size % TileId.FullWidth != 0)
            return;
        Complete(TileId.Entries, bundle.WrittenSpan);
        bundle.ResetWrittenCount();
        for (int level = 0; level < TileId.MaxLevel && size % (1L << (TileId.Height * (level + 1))) == 0; level++)
            Complete(level, default);
    }

    // The tile that ends with the last entry added.
    private void Complete(int level, ReadOnlySpan<byte> content)
    {
        long index = (size >> (TileId.Height * (Math.Max(level, 0) + 1))) - 1;
        var tile = new TileId(level, index, TileId.FullWidth);
        files.Write(files.FileOf(tile), tile.IsBundle ? content : TileFiles.Hashes(tile, tree));
        files.DropPartials(tile);
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
