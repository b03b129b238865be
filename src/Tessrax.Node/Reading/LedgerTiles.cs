using System.Buffers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Reading;

/// <summary>A ledger's tree and entries as a static log would serve them, made from the segments: what is published need not exist, nor be right.</summary>
/// <remarks>Serves only the tiles of the tree's own size, and no others than <see cref="TileId.At"/> names for it.</remarks>
public sealed class LedgerTiles(LedgerView view) : ITileSource
{
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (TileId.At(tile.Level, tile.Index, view.Size) is not { } served || served.Width < tile.Width)
            return default;
        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(tile.IsBundle ? Entries(tile) : Hashes(tile));
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>?>(view.Checkpoint.ToBytes());

    private byte[] Hashes(TileId tile)
    {
        var wanted = new Subtree[tile.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(tile.Level * TileId.Height, (tile.Index << TileId.Height) + i);
        var hashes = new Digest[wanted.Length];
        view.Tree.Read(wanted, hashes);
        return TileBytes.Of(hashes);
    }

    private byte[] Entries(TileId tile)
    {
        var bundle = new ArrayBufferWriter<byte>();
        for (long index = tile.Leaves.Start; index < tile.Leaves.End; index++)
            EntryBundle.Write(bundle, view.Receipt(index).Leaf.Span);
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
