using Tessrax.Node.Segments;

namespace Tessrax.Node.Postgres;

/// <summary>The entries of a batch as one value of the database: one after another as they stand in a record (see <see cref="RecordCodec"/>), without its header, padding, checkpoint and checksum.</summary>
/// <remarks>
/// One value for many entries costs the server half of what a row for each does, and entries of a batch have most of their bytes in common: compressed together they take a sixth of the room, in the tables as in the
/// database's log. To erase a payload the value is written anew.
/// </remarks>
internal static class StoredEntries
{
    /// <summary>How many bytes <see cref="Write"/> gives.</summary>
    public static long LengthOf(Batch batch) => batch.Entries.Sum(entry => (long)SegmentFormat.EntryLength(entry));

    /// <summary>Writes a batch's entries.</summary>
    /// <param name="batch">A batch that keeps the limits of the format.</param>
    /// <param name="to">Begins with them then.</param>
    public static void Write(Batch batch, Span<byte> to)
    {
        foreach (StoredEntry entry in batch.Entries)
            to = to[RecordCodec.WriteEntry(entry, to)..];
    }

    /// <summary>A batch's entries.</summary>
    public static byte[] ToBytes(Batch batch)
    {
        byte[] bytes = new byte[LengthOf(batch)];
        Write(batch, bytes);
        return bytes;
    }

    /// <summary>Reads so many entries; null if these bytes are something else. They share the bytes.</summary>
    public static StoredEntry[]? Read(ReadOnlyMemory<byte> bytes, int count)
    {
        var entries = new StoredEntry[count];
        for (int i = 0; i < count; i++)
        {
            int length = RecordCodec.ReadEntry(bytes, out entries[i]);
            if (length == 0)
                return null;
            bytes = bytes[length..];
        }
        return bytes.IsEmpty ? entries : null;
    }
}
