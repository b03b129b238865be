using Tessrax.Hashing;

namespace Tessrax.Node.Trees;

/// <summary>Where a tree finds what it does not hold in memory: full tiles of hashes, and below them the leaves themselves.</summary>
/// <remarks>Not trusted: the tree holds all that comes from here against hashes that it knows. Any thread may call.</remarks>
internal interface ITreeStore
{
    /// <summary>Whether tiles may be written: by the ledger's writer alone.</summary>
    bool CanWrite { get; }

    /// <summary>The bytes of a full tile; null if there is none, or it cannot be read.</summary>
    byte[]? ReadTile(int level, long index);

    /// <summary>Writes a full tile, whole or not at all. It may be lost in a crash.</summary>
    /// <exception cref="TessraxException">It cannot be written.</exception>
    void WriteTile(int level, long index, ReadOnlySpan<byte> hashes);

    /// <summary>The leaf hashes from <paramref name="first"/> on, made from the entries themselves.</summary>
    /// <exception cref="TessraxException">TSX3003: the segments are damaged there; TSX3006, TSX3007: they cannot be read.</exception>
    void HashLeaves(long first, Span<Digest> hashes);
}
