using System.Buffers;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Maintenance;

/// <summary>Makes again what follows from the segments: the published checkpoint, the tiles, and their bundles of entries.</summary>
/// <remarks>What is right already is left alone. The caller holds the writer's lock.</remarks>
internal sealed class DerivedRepair(LedgerView view, IDisk disk)
{
    private readonly TileFiles files = new(TreeFiles.FolderOf(view.Directory), disk);
    private readonly List<string> written = [];

    /// <summary>Writes what is missing or wrong.</summary>
    /// <returns>The files written, from the ledger's directory on.</returns>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: something cannot be written.</exception>
    public IReadOnlyList<string> Run()
    {
        byte[] note = view.Checkpoint.ToBytes();
        if (!files.Holds(view.Directory.CheckpointFile, note))
        {
            DurableFile.Write(disk, view.Directory.CheckpointFile, note, DurableFileOptions.Replace);
            written.Add("checkpoint");
        }
        bool isPublished = view.Hasher.Engine == HashEngine.Sha256;
        bool hasBundles = EntryBundles.AreIn(TreeFiles.FolderOf(view.Directory), disk);
        for (int level = 0; level <= TileId.MaxLevel; level++)
        {
            for (long index = 0; TileId.At(level, index, view.Size) is { } tile; index++)
            {
                // A tree that nobody serves keeps its full tiles alone.
                if (!tile.IsFull && !isPublished)
                    continue;
                Put(tile, TileFiles.Hashes(tile, view.Tree));
                if (level == 0 && hasBundles)
                    Put(new TileId(TileId.Entries, index, tile.Width), Bundle(tile));
            }
        }
        // An older one that is wrong serves nobody: readers of that checkpoint take the present one's beginning.
        foreach (TileId wrong in OldPartials.Wrong(TreeFiles.FolderOf(view.Directory), view.Size, disk).ToList())
        {
            DiskErrors.Writing(files.FileOf(wrong), () => disk.Delete(files.FileOf(wrong)));
            written.Add(Shown(files.FileOf(wrong)));
        }
        if (isPublished && !files.Holds(files.CheckpointFile, note))
        {
            files.Write(files.CheckpointFile, note);
            written.Add(Shown(files.CheckpointFile));
        }
        return written;
    }

    private void Put(TileId tile, ReadOnlySpan<byte> content)
    {
        string file = files.FileOf(tile);
        if (files.Holds(file, content))
            return;
        files.Write(file, content);
        written.Add(Shown(file));
    }

    private byte[] Bundle(TileId tile)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (Receipt receipt in view.Receipts(tile.Leaves.Start).Take(tile.Width))
            EntryBundle.Write(bundle, receipt.Leaf.Span);
        return bundle.WrittenSpan.ToArray();
    }

    private string Shown(string file) => Path.GetRelativePath(view.Directory.Path, file).Replace('\\', '/');
}
