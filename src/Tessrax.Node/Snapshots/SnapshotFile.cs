namespace Tessrax.Node.Snapshots;

/// <summary>A file within a snapshot or a backup, whose bytes are read once.</summary>
internal sealed class SnapshotFile(SnapshotPlace place, string name, long length, ChunkReader input)
{
    private const int Piece = 1 << 16;

    private long rest = length;

    public SnapshotPlace Place => place;

    public string Name => name;

    public long Length { get; } = length;

    /// <summary>Its path within the ledger's directory, with <c>/</c>.</summary>
    public string ShownName => place == SnapshotPlace.Own ? name : $"{SnapshotFormat.FolderOf(place)}/{name}";

    /// <summary>Hands what was not read yet to the sink.</summary>
    /// <exception cref="TessraxException">TSX3028: the file is damaged.</exception>
    public void CopyTo(ByteSink sink)
    {
        var piece = new byte[(int)Math.Min(Piece, rest)];
        while (rest > 0)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, rest));
            input.Read(part);
            rest -= part.Length;
            sink(part);
        }
    }

    /// <summary>All its bytes; for places whose limit is small.</summary>
    public byte[] ReadAll()
    {
        using var bytes = new MemoryStream();
        CopyTo(bytes.Write);
        return bytes.ToArray();
    }

    public int CompareTo(SnapshotFile other) =>
        place != other.Place ? place.CompareTo(other.Place) : string.CompareOrdinal(name, other.Name);
}
