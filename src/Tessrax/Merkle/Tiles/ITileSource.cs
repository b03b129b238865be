namespace Tessrax.Merkle;

/// <summary>Where the files of a static log come from: a directory, a web server, a test. Nothing that it answers is believed.</summary>
/// <remarks>Safe for concurrent use. A source never answers with much more than was asked for: what is too long may be cut off one
/// byte beyond the most that is allowed, since its length already tells that it does not fit.</remarks>
public interface ITileSource
{
    /// <summary>The bytes served for a tile of hashes or a bundle of entries; null if it is not there.</summary>
    /// <exception cref="TessraxException">TSX3006, 3007, 3016: the source could not be asked, which says nothing about the log.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel);

    /// <summary>The bytes served as the log's checkpoint; null if there is none.</summary>
    /// <exception cref="TessraxException">As <see cref="ReadAsync"/>.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel);
}
