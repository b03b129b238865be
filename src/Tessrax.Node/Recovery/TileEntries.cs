using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>The leaf hashes and entries in a directory of tiles: the ledger's own, a mirror's, or any static log's. It has no payloads.</summary>
/// <param name="folder">The directory that holds <c>tile/</c>.</param>
/// <param name="disk">The file system.</param>
/// <param name="hasher">The ledger's tree.</param>
/// <param name="heads">Opens the checkpoint beside the tiles; null if the log's key is not known.</param>
internal sealed class TileEntries(string folder, IDisk disk, TreeHasher hasher, HeadReader? heads) : EntrySource(hasher)
{
    private (long Index, ReadOnlyMemory<byte>[] Entries) bundle = (-1, []);
    private (long Index, byte[] Hashes) tile = (-1, []);

    /// <summary>The directories of tiles that a ledger's directory or a static log has.</summary>
    public static IEnumerable<string> FoldersIn(string directory) =>
        new[]
        {
            Path.Combine(directory, TileDirectory.LedgerFolder),
            Path.Combine(directory, "nodes"),
            directory,
        }.Where(folder => Directory.Exists(Path.Combine(folder, "tile")));

    public override string Kind => "tiles";

    public override string Name => $"the tiles in {folder}";

    public override StoredEntry? Find(long index)
    {
        long number = index / TileId.FullWidth;
        if (bundle.Index != number)
            bundle = (number, ReadBundle(number));
        int place = (int)(index % TileId.FullWidth);
        return place < bundle.Entries.Length ? new StoredEntry(bundle.Entries[place], default, default) : null;
    }

    public override Digest? LeafHash(long index)
    {
        long number = index / TileId.FullWidth;
        if (tile.Index != number)
            tile = (number, ReadWidest(0, number, TileId.FullWidth * Digest.Size, out _));
        int at = (int)(index % TileId.FullWidth) * Digest.Size;
        return at + Digest.Size <= tile.Hashes.Length
            ? new Digest(tile.Hashes.AsSpan(at, Digest.Size))
            : base.LeafHash(index);
    }

    public override IEnumerable<SignedHead> Heads(long beyond, long upTo)
    {
        byte[] note = Read(TileDirectory.FileOf(folder, TileDirectory.CheckpointFile), SignedNote.MaxBytes);
        return heads?.Open(note, out _) is { } head && head.Head.Size > beyond && head.Head.Size <= upTo ? [head] : [];
    }

    private ReadOnlyMemory<byte>[] ReadBundle(long number)
    {
        byte[] bytes = ReadWidest(TileId.Entries, number, EntryBundle.MaxBytes, out int width);
        return EntryBundle.TryRead(bytes, width, out ReadOnlyMemory<byte>[] entries) ? entries : [];
    }

    // The full tile; or else the widest of the partial ones.
    private byte[] ReadWidest(int level, long number, int most, out int width)
    {
        var full = new TileId(level, number, width = TileId.FullWidth);
        string file = TileDirectory.FileOf(folder, full.Path);
        if (Read(file, most) is { Length: > 0 } whole)
            return whole;
        foreach (int partial in Widths(file + ".p"))
        {
            width = partial;
            string path = TileDirectory.FileOf(folder, new TileId(level, number, partial).Path);
            if (Read(path, most) is { Length: > 0 } part)
                return part;
        }
        return [];
    }

    private List<int> Widths(string directory)
    {
        try
        {
            return disk.List(directory)
                .Select(name =>
                    int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int width) ? width : 0
                )
                .Where(width => width is > 0 and < TileId.FullWidth)
                .OrderDescending()
                .ToList();
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return [];
        }
    }

    private byte[] Read(string file, int most)
    {
        try
        {
            return disk.Exists(file) ? DurableFile.Read(disk, file, most) : [];
        }
        catch (TessraxException)
        {
            return [];
        }
    }
}
