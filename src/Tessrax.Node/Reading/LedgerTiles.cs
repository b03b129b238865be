using System.Buffers;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Reading;

/// <summary>A ledger's tree and entries as a static log would serve them, made from the segments: what is published need not exist, nor be right.</summary>
/// <remarks>Serves the tiles of the tree's own size, and the narrower ones that stood in their places before; no others.</remarks>
public sealed class LedgerTiles : ITileSource
{
    private readonly LedgerTree tree;
    private readonly SignedNote checkpoint;
    private readonly Func<LeafRange, IEnumerable<ReadOnlyMemory<byte>>> leaves;
    private readonly long size;

    /// <param name="view">A ledger that is read whole.</param>
    public LedgerTiles(LedgerView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        (tree, checkpoint, size) = (view.Tree, view.Checkpoint, view.Size);
        leaves = range => Enumerable.Range(0, (int)range.Length).Select(i => view.Receipt(range.Start + i).Leaf);
    }

    /// <param name="glance">A ledger of which a few entries are read.</param>
    public LedgerTiles(LedgerGlance glance)
    {
        ArgumentNullException.ThrowIfNull(glance);
        (tree, checkpoint, size) = (glance.Tree, glance.Checkpoint, glance.Size);
        leaves = glance.Leaves;
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (TileId.At(tile.Level, tile.Index, size) is not { } served || served.Width < tile.Width)
            return default;
        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(tile.IsBundle ? Entries(tile) : Hashes(tile));
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>?>(checkpoint.ToBytes());

    private byte[] Hashes(TileId tile)
    {
        var wanted = new Subtree[tile.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(tile.Level * TileId.Height, (tile.Index << TileId.Height) + i);
        var hashes = new Digest[wanted.Length];
        tree.Read(wanted, hashes);
        return TileBytes.Of(hashes);
    }

    private byte[] Entries(TileId tile)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (ReadOnlyMemory<byte> leaf in leaves(tile.Leaves))
            EntryBundle.Write(bundle, leaf.Span);
        return bundle.WrittenSpan.ToArray();
    }
}

/// <summary>Hashes side by side, as a tile has them.</summary>
internal static class TileBytes
{
    public static byte[] Of(ReadOnlySpan<Digest> hashes)
    {
        var bytes = new byte[hashes.Length * Digest.Size];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i].Span.CopyTo(bytes.AsSpan(i * Digest.Size));
        return bytes;
    }
}
