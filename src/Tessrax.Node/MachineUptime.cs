using System.Globalization;

namespace Tessrax.Node;

/// <summary>How long the machine has been up, and since which start: a clock that nobody sets, and that all processes share.</summary>
/// <param name="Boot">Names this start of the machine.</param>
/// <param name="Uptime">Time since then, with that in which it slept.</param>
public readonly record struct MachineUptime(string Boot, TimeSpan Uptime)
{
    /// <summary>As Linux tells it: <c>/proc/sys/kernel/random/boot_id</c> and <c>/proc/uptime</c> (proc(5)). Null where there is no such thing.</summary>
    public static MachineUptime? Read()
    {
        try
        {
            string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            string[] uptime = File.ReadAllText("/proc/uptime").Split(' ');
            return double.TryParse(
                uptime[0],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double s
            )
                ? new MachineUptime(boot, TimeSpan.FromSeconds(s))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
