using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>What the disk allows whoever writes to it, one durable write after another: the limits beside which appends are measured.</summary>
internal sealed class DiskLimits(CliContext context, string folder, TimeSpan length)
{
    private const int Small = 4 << 10;
    private const int Large = 256 << 10;
    private const int Ahead = 32 << 20;

    /// <summary>Appends of 4 KiB, each with fdatasync, to a file that grows: writes a second.</summary>
    public double AppendSmall() => Rate(Small, written: 0);

    /// <summary>The same into zeros that were written before.</summary>
    public double OverwriteSmall() => Rate(Small, Ahead);

    /// <summary>Appends of 256 KiB, each with fdatasync, to a file that grows: bytes a second.</summary>
    public double AppendLarge() => Rate(Large, written: 0) * Large;

    private double Rate(int size, long written)
    {
        string path = Path.Combine(folder, "limit");
        var block = new byte[size];
        Array.Fill(block, (byte)'x');
        using IDiskFile file = SystemDisk.Instance.Open(path, DiskAccess.Create);
        try
        {
            var zeros = new byte[Large];
            for (long at = 0; at < written; at += zeros.Length)
                file.Write(zeros, at);
            file.SyncAll();
            long done = 0;
            long begin = context.Time.GetTimestamp();
            for (long at = 0; context.Time.GetElapsedTime(begin) < length; at += size, done++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                file.Write(block, written > 0 ? at % written : at);
                file.SyncData();
            }
            return done / context.Time.GetElapsedTime(begin).TotalSeconds;
        }
        finally
        {
            SystemDisk.Instance.Delete(path);
        }
    }
}
