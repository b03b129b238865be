using System.Buffers;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Publishing;

/// <summary>Entry bundles of a ledger that keeps none as files, made from its segments.</summary>
/// <remarks>As little to be trusted as a file: whoever reads them holds each entry against its leaf.</remarks>
internal sealed class SegmentBundles
{
    private readonly SegmentFolder folder;

    private SegmentBundles(string ledger, IDisk disk) => folder = new SegmentFolder(ledger, disk);

    /// <summary>The bundles of the ledger whose log lies in <paramref name="folder"/>; null if it is no ledger's, or has bundles as files.</summary>
    public static SegmentBundles? Of(string folder, IDisk disk)
    {
        string? ledger = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        bool isLedgers =
            ledger is not null
            && Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) == TileDirectory.LedgerFolder
            && disk.Exists(LedgerDirectory.FileOf(ledger));
        return isLedgers && !EntryBundles.AreIn(folder, disk) ? new SegmentBundles(ledger!, disk) : null;
    }

    /// <summary>The bytes of a bundle; null if the ledger has not so many entries that can be read.</summary>
    public byte[]? Read(TileId bundle)
    {
        var bytes = new ArrayBufferWriter<byte>();
        int count = 0;
        // What looks like a record that was written later is not looked for: where none can be read, the bundle is not there.
        using var segments = new SegmentReader(folder, static (_, _) => false);
        try
        {
            foreach (ReadOnlyMemory<byte> entry in segments.EntriesFrom(bundle.Leaves.Start).Take(bundle.Width))
            {
                EntryBundle.Write(bytes, entry.Span);
                count++;
            }
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
        {
            // What could be read of it: the check then names the entries that are missing.
        }
        return count == 0 || (count < bundle.Width && bundle.IsFull) ? null : bytes.WrittenSpan.ToArray();
    }
}
