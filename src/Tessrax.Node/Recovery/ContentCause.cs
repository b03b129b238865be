using Tessrax.Node.Files;

namespace Tessrax.Node.Recovery;

/// <summary>What a wrong small file tells by its bytes alone, where no checksum tells more.</summary>
internal static class ContentCause
{
    private const int Looked = 1 << 16;
    private const int Sector = 512;

    public static FaultCause Of(string file, IDisk disk)
    {
        try
        {
            using IDiskFile open = disk.Open(file, DiskAccess.Read);
            byte[] bytes = new byte[Looked];
            int read = open.Read(bytes, 0);
            if (read == 0)
                return FaultCause.Truncation;
            int used = bytes.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1;
            return read - used >= Math.Min(Sector, read) ? FaultCause.LostWrite : FaultCause.BitRot;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return FaultCause.Unreadable;
        }
    }
}
