using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios;

/// <summary>A static log of random leaf hashes in a temporary directory: its hash tiles, no entries.</summary>
internal sealed class TileLog : IDisposable
{
    private TileLog(string path, TreeHead head)
    {
        Path = path;
        Head = head;
    }

    public string Path { get; }

    public TreeHead Head { get; }

    /// <summary>Writes it, level by level.</summary>
    public static TileLog Make(int size)
    {
        string path = Directory.CreateTempSubdirectory("tessrax-bench-").FullName;
        TreeHasher hasher = TreeHasher.Sha256;
        Digest[] row = Inputs.Digests(size);
        var head = new TreeHead(size, MerkleRoot.Of(row, hasher));
        for (int level = 0; row.Length > 0; level++)
        {
            for (long index = 0; TileId.At(level, index, size) is { } tile; index++)
                Write(path, tile, row.AsSpan((int)(index * TileId.FullWidth), tile.Width));
            row = Above(row, hasher);
        }
        return new TileLog(path, head);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Write(string root, TileId tile, ReadOnlySpan<Digest> hashes)
    {
        string file = System.IO.Path.Combine(root, tile.Path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        using FileStream stream = File.Create(file);
        foreach (Digest hash in hashes)
            stream.Write(hash.Span);
    }

    // The roots of the full tiles of a row.
    private static Digest[] Above(Digest[] row, TreeHasher hasher)
    {
        var roots = new Digest[row.Length / TileId.FullWidth];
        var nodes = new Digest[TileId.FullWidth];
        for (int i = 0; i < roots.Length; i++)
        {
            row.AsSpan(i * TileId.FullWidth, TileId.FullWidth).CopyTo(nodes);
            for (int width = TileId.FullWidth / 2; width > 0; width /= 2)
                hasher.Nodes(nodes.AsSpan(0, 2 * width), nodes.AsSpan(0, width));
            roots[i] = nodes[0];
        }
        return roots;
    }
}
