using Tessrax.Hashing;

namespace Tessrax.Merkle;

public sealed partial class TileReader
{
    /// <summary>The hash of one leaf.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TessraxException">As <see cref="ReadAsync(ReadOnlyMemory{Subtree}, Memory{Digest}, CancellationToken)"/>.</exception>
    public ValueTask<Digest> ReadLeafAsync(long index, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Head.Size);
        return ReadAsync(new Subtree(0, index), cancel);
    }

    /// <summary>One entry, held against the hash of its leaf; the rest of its bundle is not looked at closer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TessraxException">TSX5018, 5019 for a tile, TSX5018, 5020 for the bundle: missing, or not the leaf's bytes. Those of the source.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadEntryAsync(long index, CancellationToken cancel = default)
    {
        Digest leaf = await ReadLeafAsync(index, cancel).ConfigureAwait(false);
        TileId bundle = TileId.At(TileId.Entries, index / TileId.FullWidth, Head.Size)!.Value;
        Fetched fetched = await FetchAsync(bundle, cancel).ConfigureAwait(false) ?? throw TileFault.Missing(bundle);
        int place = (int)(index % TileId.FullWidth);
        var entries = new ReadOnlyMemory<byte>[place + 1];
        if (EntryBundle.Read(fetched.Bytes, entries, out _) <= place || Hasher.Leaf(entries[place].Span) != leaf)
            throw TileFault.Entries(
                bundle,
                new LeafRange(index, index + 1),
                "does not have the entry that the tree has in this place"
            );
        return entries[place];
    }
}
