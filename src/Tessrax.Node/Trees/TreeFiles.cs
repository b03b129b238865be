using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Trees;

/// <summary>A ledger's full tiles on disk, in the layout of C2SP tlog-tiles: below <c>tiles</c>, where they are served from, or below <c>nodes</c>
/// for a ledger whose hash function no C2SP log has.</summary>
/// <param name="folder">Where they lie: <see cref="FolderOf"/>.</param>
/// <param name="hasher">The tree's.</param>
/// <param name="disk">The file system.</param>
/// <param name="canWrite">Whether this is the ledger's writer.</param>
internal sealed class TreeFiles(string folder, TreeHasher hasher, IDisk disk, bool canWrite) : ITreeStore
{
    private const string OwnFolder = "nodes";
    private readonly TileFiles files = new(folder, disk);

    /// <summary>The entries from an index on. Set before a tile can be missed: as soon as the segments can be read.</summary>
    public Func<long, IEnumerable<ReadOnlyMemory<byte>>>? EntriesFrom { get; set; }

    public bool CanWrite => canWrite;

    /// <summary>Where a ledger's tiles lie.</summary>
    public static string FolderOf(LedgerDirectory directory) =>
        Path.Combine(
            directory.Path,
            directory.Hasher.Engine == HashEngine.Sha256 ? TileDirectory.LedgerFolder : OwnFolder
        );

    public byte[]? ReadTile(int level, long index)
    {
        var tile = new TileId(level, index, TileId.FullWidth);
        return files.Read(files.FileOf(tile), tile.HashBytes);
    }

    /// <summary>The bytes of a tile that is not full, as a static log offers it beside its checkpoint; null if there is none.</summary>
    public byte[]? ReadPartial(TileId tile) => files.Read(files.FileOf(tile), tile.HashBytes);

    public void WriteTile(int level, long index, ReadOnlySpan<byte> hashes) =>
        files.Write(files.FileOf(new TileId(level, index, TileId.FullWidth)), hashes);

    public void HashLeaves(long first, Span<Digest> hashes)
    {
        int count = 0;
        foreach (ReadOnlyMemory<byte> entry in (EntriesFrom ?? throw TooEarly())(first))
        {
            hashes[count++] = hasher.Leaf(entry.Span);
            if (count == hashes.Length)
                return;
        }
        throw ErrorCodes.Damaged.Because($"entry {first + count} is not there, but the tree has it");
    }

    private static InvalidOperationException TooEarly() => new("a tile was needed before the segments were read");
}
