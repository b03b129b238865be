using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Recovery;

/// <summary>Opens a ledger by its last segment, wherever what lies before it is vouched for: the tiles give its tree, the state that EPOCH_OPENED commits to what it
/// adds up to, and the signed root both. Otherwise everything is read.</summary>
/// <remarks>
/// Nothing of tiles and state is believed: if anything is missing or wrong, the root does not come out, or a part does not have the digest that it is known by. Entries of older
/// segments are read when they are asked for, and held to their leaves then; or in the background. Changes nothing on disk.
/// </remarks>
/// <param name="directory">What <c>ledger.json</c> says.</param>
/// <param name="disk">The file system.</param>
/// <param name="canWrite">Whether this is for the ledger's writer.</param>
internal sealed class LedgerOpening(LedgerDirectory directory, IDisk disk, bool canWrite)
{
    private LedgerReplay? replay;

    /// <summary>As <see cref="LedgerReplay.MayLack"/>.</summary>
    public bool MayLack { get; init; }

    /// <summary>Whether the last <see cref="Read"/> read every segment.</summary>
    public bool ReadEverything { get; private set; }

    /// <summary>Tells a true checkpoint from an imitation, as far as the ledger was read.</summary>
    public bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        replay is null || replay.IsSigned(checkpoint, size);

    /// <summary>Reads a ledger as far as needed.</summary>
    /// <param name="reader">Its segments, which asks <see cref="IsSigned"/>.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerReplay.Finish"/>, and as <see cref="SegmentReader.ReadAll"/>.</exception>
    public LedgerReplay Read(SegmentReader reader)
    {
        // Twice: beside a writer that opens an epoch just now, the state of the one before goes away.
        return TryResume(reader) ?? TryResume(reader) ?? ReadAll(reader);
    }

    /// <summary>Reads every segment.</summary>
    /// <exception cref="TessraxException">As <see cref="Read"/>.</exception>
    internal LedgerReplay ReadAll(SegmentReader reader)
    {
        ReadEverything = true;
        LedgerReplay whole = Begin(reader);
        foreach (Batch batch in reader.LendAll())
        {
            whole.Add(batch);
            SegmentReader.GiveBack(batch);
        }
        whole.Finish();
        return whole;
    }

    private LedgerReplay? TryResume(SegmentReader reader)
    {
        try
        {
            return reader.LastStart() is > 0 and long start && start % TileId.FullWidth == 0
                ? Resume(reader, start)
                : null;
        }
        catch (TessraxException)
        {
            // Reading everything tells what is wrong, or that nothing is but what is derived.
            return null;
        }
    }

    private LedgerReplay? Resume(SegmentReader reader, long start)
    {
        replay = null;
        Receipt genesis = reader.Read(0).ToReceipt();
        Entry first = reader.Read(start).ToReceipt().Entry;
        Digest? root =
            first.Body.Event == Events.EpochOpened ? EpochOpened.Read(first.Body, directory.Hasher).Root.Root : null;
        LedgerReplay resumed = Begin(reader);
        if (!resumed.TryResume(genesis, start, root, new LogKeyHint(directory.Path, disk)))
            return null;
        foreach (Batch batch in reader.LendAll(start))
        {
            resumed.Hash(batch);
            SegmentReader.GiveBack(batch);
        }
        long from = resumed.ImportState(new StateParts(directory.Path, disk, canWrite).Read);
        foreach (Batch batch in reader.LendAll(from))
        {
            for (int i = (int)Math.Max(0, from - batch.FirstIndex); i < batch.Entries.Count; i++)
            {
                // What was appended between the two readings is not seen.
                if (batch.FirstIndex + i < resumed.Tree.Size)
                    resumed.FoldIn(batch.Entries[i]);
            }
            SegmentReader.GiveBack(batch);
        }
        resumed.Finish();
        return resumed;
    }

    private LedgerReplay Begin(SegmentReader reader)
    {
        replay = new LedgerReplay(directory, disk, canWrite)
        {
            MayGoOn = StorePlace.IsNamed(directory.Path, disk),
            MayLack = MayLack,
        };
        replay.ReadEntriesFrom(() => reader);
        return replay;
    }
}
