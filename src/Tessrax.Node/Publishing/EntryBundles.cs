using System.Buffers;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Publishing;

/// <summary>The entry bundles of a ledger that offers them as files, so that any web server can serve the whole log.</summary>
/// <remarks>Not safe for concurrent use: it belongs to the writer.</remarks>
/// <param name="files">Where they lie.</param>
/// <param name="tree">The ledger's, of SHA-256; it may run ahead of what is durable.</param>
/// <param name="entriesFrom">The durable entries from an index on.</param>
internal sealed class EntryBundles(
    TileFiles files,
    LedgerTree tree,
    Func<long, IEnumerable<ReadOnlyMemory<byte>>> entriesFrom
)
{
    /// <summary>The bundles of so many entries at the end are read and hashed when a writer begins; older ones are durable, and looked at in the background.</summary>
    public const long Recent = 1 << 16;

    private const string Folder = "tile/entries";
    private readonly ArrayBufferWriter<byte> bundle = new();

    // The entries that full bundles and the one that is growing hold.
    private long size;

    /// <summary>Whether a log's directory has bundles.</summary>
    public static bool AreIn(string folder, IDisk disk)
    {
        try
        {
            disk.List(TileDirectory.FileOf(folder, Folder));
            return true;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return false;
        }
    }

    /// <summary>The partial bundle.</summary>
    public ReadOnlySpan<byte> Partial => bundle.WrittenSpan;

    /// <summary>Leaves the recent full bundles of the first <paramref name="covered"/> entries in place, and begins to grow the partial one.</summary>
    public void Prepare(long covered)
    {
        long full = covered / TileId.FullWidth;
        Repair(Math.Max(0, (covered - Recent) / TileId.FullWidth), full);
        size = full * TileId.FullWidth;
        bundle.ResetWrittenCount();
        if (size < covered)
        {
            foreach (ReadOnlyMemory<byte> entry in entriesFrom(size).Take((int)(covered - size)))
                Add(entry.Span);
        }
        if (size != covered)
            throw ErrorCodes.Damaged.Because($"the ledger has {size} entries of the {covered} that it has signed");
    }

    /// <summary>Adds a durable entry; writes the bundle that it fills.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        EntryBundle.Write(bundle, entry);
        size++;
        if (size % TileId.FullWidth != 0)
            return;
        Replace((size / TileId.FullWidth) - 1, bundle.WrittenSpan);
        bundle.ResetWrittenCount();
    }

    /// <summary>Writes the full bundles in [from, to) that are missing or wrong again, from the segments.</summary>
    /// <returns>How many there were.</returns>
    public int Repair(long from, long to)
    {
        // Side by side in one reading, where several are missing: a ledger that never offered bundles has none.
        List<long> wrong = [];
        for (long index = from; index < to; index++)
        {
            if (!IsRight(index))
                wrong.Add(index);
        }
        for (int i = 0; i < wrong.Count; )
        {
            int run = 1;
            while (i + run < wrong.Count && wrong[i + run] == wrong[i] + run)
                run++;
            Rewrite(wrong[i], run);
            i += run;
        }
        return wrong.Count;
    }

    private static TileId Bundle(long index) => new(TileId.Entries, index, TileId.FullWidth);

    private bool IsRight(long index)
    {
        if (files.Read(files.FileOf(Bundle(index)), EntryBundle.MaxBytes) is not { } bytes)
            return false;
        if (!EntryBundle.TryRead(bytes, TileId.FullWidth, out ReadOnlyMemory<byte>[] entries))
            return false;
        var wanted = new Subtree[TileId.FullWidth];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(0, (index * TileId.FullWidth) + i);
        var leaves = new Digest[TileId.FullWidth];
        tree.Read(wanted, leaves);
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tree.Hasher.Leaf(entries[i].Span) != leaves[i])
                return false;
        }
        return true;
    }

    private void Rewrite(long first, int count)
    {
        var bytes = new ArrayBufferWriter<byte>();
        long entries = 0;
        foreach (ReadOnlyMemory<byte> entry in entriesFrom(first * TileId.FullWidth))
        {
            EntryBundle.Write(bytes, entry.Span);
            entries++;
            if (entries % TileId.FullWidth != 0)
                continue;
            Replace(first + (entries / TileId.FullWidth) - 1, bytes.WrittenSpan);
            bytes.ResetWrittenCount();
            if (entries == (long)count * TileId.FullWidth)
                return;
        }
    }

    private void Replace(long index, ReadOnlySpan<byte> content)
    {
        files.Write(files.FileOf(Bundle(index)), content);
        files.DropPartials(Bundle(index));
    }
}
