using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Recovery;

/// <summary>Looks at the full segments of an open ledger, which nobody read when it was opened: one after another, on a thread of low priority that rests as long as it works.</summary>
/// <remarks>
/// Each segment is held to the tree: its records, each entry to its leaf, each payload to its commitment. What does not fit is reported, and the next segment looked at. Beside a writer, the tiles,
/// the places of records and the bundles of the segment are held to it too, and made again where they are wrong. It stops at the end, or when it is disposed.
/// </remarks>
public sealed class SegmentScrub : IDisposable
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    private readonly LedgerDirectory directory;
    private readonly NodeEnvironment environment;
    private readonly LedgerTree tree;
    private readonly Action<TessraxException> report;
    private readonly CancellationTokenSource end = new();
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread thread;
    private long segments;
    private long mended;

    private SegmentScrub(
        LedgerDirectory directory,
        NodeEnvironment environment,
        LedgerTree tree,
        Action<TessraxException> report
    )
    {
        this.directory = directory;
        this.environment = environment;
        this.tree = tree;
        this.report = report;
        thread = new Thread(Run)
        {
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
            Name = "scrub",
        };
    }

    /// <summary>How many segments were looked at.</summary>
    public long Segments => Interlocked.Read(ref segments);

    /// <summary>How many derived files were made again.</summary>
    public long Mended => Interlocked.Read(ref mended);

    /// <summary>Ends when all segments were looked at, or the scrub was disposed.</summary>
    public Task Completion => done.Task;

    /// <summary>Begins.</summary>
    /// <param name="directory">The ledger.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="tree">Its tree, confirmed by the signed root.</param>
    /// <param name="report">Told of each damage, TSX3003 above all, from the scrub's thread.</param>
    internal static SegmentScrub Start(
        LedgerDirectory directory,
        NodeEnvironment environment,
        LedgerTree tree,
        Action<TessraxException> report
    )
    {
        var scrub = new SegmentScrub(directory, environment, tree, report);
        scrub.thread.Start();
        return scrub;
    }

    /// <summary>Stops it and waits until it has, which takes no longer than one batch.</summary>
    public void Dispose()
    {
        end.Cancel();
        thread.Join();
        end.Dispose();
    }

    private void Run()
    {
        try
        {
            Examine();
        }
        catch (TessraxException e)
        {
            report(e);
        }
        catch (OperationCanceledException) { }
        finally
        {
            done.TrySetResult();
        }
    }

    private void Examine()
    {
        var folder = new SegmentFolder(directory.Path, environment.Disk, directory.Layout.SegmentDirectories);
        // Only full segments are looked at; whatever is signed later lies behind them.
        var set = new SegmentSet(folder, static (_, _) => false);
        for (long number = 0; number < set.Count - 1; number++)
        {
            long began = environment.Clock.GetTimestamp();
            try
            {
                // Before the entries are held to the tree, which reads these tiles and would mend them unseen.
                if (tree.CanMend)
                    MendTiles(set, number);
                Examine(set, number);
                if (tree.CanMend)
                    MendFiles(folder, set, number);
            }
            catch (TessraxException e)
            {
                report(e);
            }
            folder.Forget(number);
            Interlocked.Increment(ref segments);
            TimeSpan worked = environment.Clock.GetElapsedTime(began);
            end.Token.WaitHandle.WaitOne(worked < LongestRest ? worked : LongestRest);
            end.Token.ThrowIfCancellationRequested();
        }
    }

    private void Examine(SegmentSet set, long number)
    {
        foreach (Batch batch in set.Batches(number))
        {
            end.Token.ThrowIfCancellationRequested();
            for (int i = 0; i < batch.Entries.Count; i++)
            {
                long index = batch.FirstIndex + i;
                StoredEntry stored = batch.Entries[i];
                if (directory.Hasher.Leaf(stored.Entry.Span) != tree.Leaf(index))
                    throw ErrorCodes.Damaged.Because($"entry {index} is not the one that the signed root covers");
                if (!stored.Payload.IsEmpty && !stored.ToReceipt().PayloadMatches(directory.Id))
                    throw ErrorCodes.Damaged.Because(
                        $"the payload of entry {index} is not the one that its leaf commits to"
                    );
            }
        }
    }

    private void MendTiles(SegmentSet set, long number)
    {
        long first = number * set.Capacity;
        for (long index = first / TileId.FullWidth; (index + 1) * TileId.FullWidth <= first + set.Capacity; index++)
            Count(tree.Mend(0, index));
        const long high = 1L << (2 * TileId.Height);
        if (set.Capacity == high)
            Count(tree.Mend(1, number));
    }

    private void MendFiles(SegmentFolder folder, SegmentSet set, long number)
    {
        MendPlaces(folder, number);
        string tiles = TreeFiles.FolderOf(directory);
        if (directory.Hasher.Engine != HashEngine.Sha256 || !EntryBundles.AreIn(tiles, environment.Disk))
            return;
        using var reader = new SegmentReader(folder, static (_, _) => false);
        var bundles = new EntryBundles(new TileFiles(tiles, environment.Disk), tree, reader.EntriesFrom);
        long first = number * set.Capacity;
        long from = (first + TileId.FullWidth - 1) / TileId.FullWidth;
        Interlocked.Add(ref mended, bundles.Repair(from, (first + set.Capacity) / TileId.FullWidth));
    }

    private void MendPlaces(SegmentFolder folder, long number)
    {
        using SegmentFile file = folder.Open(number);
        RecordTable read = folder.Table(number, file.Header.Capacity);
        RecordPlace[] places = read.All();
        // Known from reading the whole segment just now, not from the file that is looked at.
        if (read.IsDerived || places.Length == 0 || places[^1].NextIndex != file.EndIndex)
            return;
        if (PlacesFile.Read(folder, file) is { } written && written.SequenceEqual(places))
            return;
        PlacesFile.Write(environment.Disk, folder.PathOf(number), file.Header, places);
        Count(true);
    }

    private void Count(bool made)
    {
        if (made)
            Interlocked.Increment(ref mended);
    }
}
