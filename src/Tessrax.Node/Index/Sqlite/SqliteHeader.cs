using System.Buffers.Binary;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>The first 100 bytes of an SQLite file, read without SQLite: what it says of itself before anything of it is believed.</summary>
/// <param name="Length">The file's length in bytes.</param>
/// <param name="Start">Its first 100 bytes, or fewer.</param>
internal sealed record SqliteHeader(long Length, byte[] Start)
{
    private const int Size = 100;
    private const int PagesAt = 28;
    private const int VersionAt = 60;
    private const int ApplicationAt = 68;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    public int Version => BinaryPrimitives.ReadInt32BigEndian(Start.AsSpan(VersionAt));

    private bool IsOurs =>
        Start.Length == Size
        && Start.AsSpan().StartsWith(Magic)
        && BinaryPrimitives.ReadInt32BigEndian(Start.AsSpan(ApplicationAt)) == SqliteSchema.ApplicationId;

    /// <summary>Reads it; null if SQLite has the file open in this process, and has looked at it.</summary>
    /// <exception cref="TessraxException">TSX3012, TSX3006 or TSX3007: the file cannot be read.</exception>
    public static SqliteHeader? Of(string place, IDisk disk)
    {
        SqliteHeader? header = null;
        SqlitePlaces.WhileClosed(place, () => header = DiskErrors.Reading(place, () => Read(place, disk)));
        return header;
    }

    /// <summary>What is wrong with a file, as far as its header and length tell; null if nothing is.</summary>
    /// <param name="hasLog">Whether a log lies beside it: then its end may not have been written into it yet.</param>
    public (FaultCause Cause, string Says)? Fault(bool hasLog)
    {
        if (Length == 0)
            return (FaultCause.Truncation, "it is empty");
        if (!Start.AsSpan().ContainsAnyExcept((byte)0))
            return (FaultCause.LostWrite, "it begins with nothing but zeros");
        if (!IsOurs)
            return Start.Length < Size && Magic.StartsWith(Start.AsSpan(0, Math.Min(Start.Length, Magic.Length)))
                    ? (FaultCause.Truncation, "it ends within its header")
                : Start.AsSpan().StartsWith(Magic) ? (FaultCause.ForeignFile, "it is a database of something else")
                : (FaultCause.ForeignFile, "it is no database");
        long pages = BinaryPrimitives.ReadUInt32BigEndian(Start.AsSpan(PagesAt));
        long expected = pages * SqliteSchema.PageSize;
        return !hasLog && Length < expected
            ? (FaultCause.Truncation, $"it has {Length} bytes of the {expected} that its header names")
            : null;
    }

    private static SqliteHeader Read(string place, IDisk disk)
    {
        using IDiskFile file = disk.Open(place, DiskAccess.Read);
        byte[] start = new byte[Size];
        int read = file.Read(start, 0);
        return new SqliteHeader(file.Length, start[..read]);
    }
}
