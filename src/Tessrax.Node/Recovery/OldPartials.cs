using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Recovery;

/// <summary>Partial tiles and bundles of smaller trees that still lie there for readers who hold an older checkpoint: each must be how the present
/// one of its place begins.</summary>
internal static class OldPartials
{
    /// <summary>The ones that are not, by their paths.</summary>
    /// <param name="folder">The directory that holds <c>tile/</c>.</param>
    /// <param name="size">The present tree's size.</param>
    /// <param name="disk">The file system.</param>
    public static IEnumerable<TileId> Wrong(string folder, long size, IDisk disk)
    {
        string tiles = Path.Combine(folder, "tile");
        if (!Directory.Exists(tiles))
            yield break;
        foreach (string file in Directory.EnumerateFiles(tiles, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (!TileId.TryParse(path, out TileId tile) || tile.IsFull)
                continue;
            if (TileId.At(tile.Level, tile.Index, size) is not { } present || present.Width <= tile.Width)
                continue;
            byte[] now = Read(TileDirectory.FileOf(folder, present.Path), disk);
            byte[] then = Read(file, disk);
            bool isRight =
                then.Length > 0
                && now.AsSpan().StartsWith(then)
                && (tile.IsBundle ? EntryBundle.TryRead(then, tile.Width, out _) : then.Length == tile.HashBytes);
            if (!isRight)
                yield return tile;
        }
    }

    private static byte[] Read(string file, IDisk disk)
    {
        try
        {
            return disk.Exists(file) ? DurableFile.Read(disk, file, EntryBundle.MaxBytes) : [];
        }
        catch (TessraxException)
        {
            return [];
        }
    }
}
