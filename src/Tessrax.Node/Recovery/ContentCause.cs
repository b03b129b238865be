using System.Buffers.Binary;
using Tessrax.Merkle;
using Tessrax.Node.Files;

namespace Tessrax.Node.Recovery;

/// <summary>What a wrong small file tells by its bytes alone, where no checksum tells more.</summary>
internal static class ContentCause
{
    private const int Looked = 1 << 16;
    private const int Sector = 512;

    /// <summary>The cause.</summary>
    /// <param name="file">The file.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="length">The bytes that it should have; null if that is not known.</param>
    public static FaultCause Of(string file, IDisk disk, long? length = null)
    {
        try
        {
            using IDiskFile open = disk.Open(file, DiskAccess.Read);
            byte[] bytes = new byte[Looked];
            int read = open.Read(bytes, 0);
            if (read == 0 || open.Length < length)
                return FaultCause.Truncation;
            int used = bytes.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1;
            if (read - used >= Math.Min(Sector, read))
                return FaultCause.LostWrite;
            // JSON that begins and does not end.
            bool isCut = bytes[0] == '{' && read == open.Length && bytes.AsSpan(0, read).TrimEnd("\n"u8)[^1] != '}';
            return isCut ? FaultCause.Truncation : FaultCause.BitRot;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return FaultCause.Unreadable;
        }
    }

    /// <summary>The cause of a wrong tile: one of hashes has a length that follows from its name, and a bundle says of each entry how long it is.</summary>
    public static FaultCause OfTile(string file, TileId tile, IDisk disk)
    {
        if (!tile.IsBundle)
            return Of(file, disk, tile.HashBytes);
        try
        {
            byte[] bytes = DurableFile.Read(disk, file, EntryBundle.MaxBytes);
            int at = 0;
            for (int entry = 0; entry < tile.Width; entry++)
            {
                if (bytes.Length - at < sizeof(ushort))
                    return FaultCause.Truncation;
                at += sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
                if (at > bytes.Length)
                    return FaultCause.Truncation;
            }
        }
        catch (TessraxException)
        {
            // Too large, or unreadable.
        }
        return Of(file, disk);
    }
}
