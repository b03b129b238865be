using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;

namespace Tessrax.Node.Publishing;

/// <summary>Writes the files of a static log, each whole or not at all. Nothing is synced: all of it can be made again. Any thread may write.</summary>
internal sealed class TileFiles(string folder, IDisk disk)
{
    private const string PartialSuffix = ".p";

    private readonly ConcurrentDictionary<string, bool> made = new();

    public string CheckpointFile => Path.Combine(folder, TileDirectory.CheckpointFile);

    public string FileOf(TileId tile) => TileDirectory.FileOf(folder, tile.Path);

    /// <summary>The bytes of a tile, from the tree.</summary>
    public static byte[] Hashes(TileId tile, ISubtreeReader tree)
    {
        var wanted = new Subtree[tile.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(TileId.Height * tile.Level, (tile.Index << TileId.Height) + i);
        var hashes = new Digest[wanted.Length];
        tree.Read(wanted, hashes);
        return MemoryMarshal.AsBytes(hashes.AsSpan()).ToArray();
    }

    public void Write(string file, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(file)!;
        if (!made.ContainsKey(directory))
        {
            DiskErrors.Writing(directory, () => disk.CreateDirectory(directory));
            made[directory] = true;
        }
        DurableFile.Write(disk, file, content, DurableFileOptions.Derived);
    }

    /// <summary>Writes a file unless it has these bytes already.</summary>
    public void WriteIfOther(string file, ReadOnlySpan<byte> content)
    {
        if (!Holds(file, content))
            Write(file, content);
    }

    /// <summary>Whether a file has exactly these bytes.</summary>
    public bool Holds(string file, ReadOnlySpan<byte> content) =>
        Read(file, content.Length) is { } found && content.SequenceEqual(found);

    /// <summary>A file's bytes; null if there is none, it cannot be read, or it is larger than <paramref name="most"/>.</summary>
    public byte[]? Read(string file, int most)
    {
        try
        {
            return disk.Exists(file) ? DurableFile.Read(disk, file, most) : null;
        }
        catch (TessraxException)
        {
            // It will be written anew, and that tells whether something is wrong with the disk.
            return null;
        }
    }

    /// <summary>Deletes the partial tiles of a place whose full tile is there: tlog-tiles allows it.</summary>
    public void DropPartials(TileId tile) => DeleteAll(FileOf(tile.Full) + PartialSuffix);

    /// <summary>Deletes what a crash left beside the files that are written next.</summary>
    public void DropRemains(long size)
    {
        Remains.Drop(disk, folder);
        for (int level = TileId.Entries; level <= TileId.MaxLevel; level++)
        {
            // The place after the last full tile, whether anything is there yet or not.
            long index = level == TileId.MaxLevel ? 0 : size >> (TileId.Height * (Math.Max(level, 0) + 1));
            if (TileId.At(level, 0, size) is null)
                return;
            string file = FileOf(new TileId(level, index, 1));
            Remains.Drop(disk, Path.GetDirectoryName(file)!);
            Remains.Drop(disk, Path.GetDirectoryName(Path.GetDirectoryName(file))!);
        }
    }

    private void DeleteAll(string directory)
    {
        try
        {
            foreach (string name in disk.List(directory))
                disk.Delete(Path.Combine(directory, name));
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            // No such directory, as a rule. What stays behind does no harm.
        }
    }
}
