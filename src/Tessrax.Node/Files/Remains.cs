using System.Globalization;

namespace Tessrax.Node.Files;

/// <summary>Temporary files of processes that died before they could finish or remove them: <c>.NAME.PID.COUNT.tmp</c>, as <see cref="DurableFile"/> names them.</summary>
/// <remarks>Readers ignore them, so they harm nobody; but what is never removed fills a disk. Those of a process that lives are left alone.</remarks>
internal static class Remains
{
    private const string Suffix = ".tmp";

    /// <summary>Whether a name is one of a file that was not finished.</summary>
    public static bool Is(string name) => name.StartsWith('.') && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The name under which this process makes a file.</summary>
    /// <param name="name">The finished file's name.</param>
    /// <param name="number">Tells those of one process apart.</param>
    public static string NameOf(string name, long number) =>
        string.Create(CultureInfo.InvariantCulture, $".{name}.{Environment.ProcessId}.{number}{Suffix}");

    /// <summary>Whether a name is one that only this program gives, and whoever gave it has died; that of an unfinished segment tells of no process, and
    /// counts as dead to whoever keeps writers away.</summary>
    public static bool IsDead(IDisk disk, string name) => IsOurs(name) && !IsAlive(disk, name, alone: true);

    /// <summary>Whether a name is one of a certain file that was not finished.</summary>
    public static bool IsOf(string name, string of) => MakerOf(name)?.Name == of;

    /// <summary>Removes the remains of a ledger's own directory, as far as it can; nothing happens if there is none.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="directory">The directory, not those in it.</param>
    public static void Drop(IDisk disk, string directory) => Drop(disk, directory, IsOurs, alone: true);

    /// <summary>Removes the remains of one file, from a directory that others may use too.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="of">The name of the finished file.</param>
    /// <param name="alone">Whether nothing else in this process writes it, so that a file with its number is a dead one's: in a container all have the same.</param>
    public static void Drop(IDisk disk, string directory, string of, bool alone = true) =>
        Drop(disk, directory, name => IsOf(name, of), alone);

    /// <summary>Removes remains from a directory that others may use too, by their names.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="isOurs">Tells by its name whether an unfinished file is one of ours.</param>
    /// <param name="alone">As above.</param>
    public static void Drop(IDisk disk, string directory, Predicate<string> isOurs, bool alone)
    {
        try
        {
            foreach (string name in disk.List(directory))
            {
                if (Is(name) && isOurs(name) && !IsAlive(disk, name, alone))
                    disk.Delete(Path.Combine(directory, name));
            }
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            // No such directory, as a rule. What stays behind does no harm.
        }
    }

    /// <summary>Removes directories that dead processes left unfinished, as far as it can.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="directory">Where they lie.</param>
    /// <param name="of">The name of the finished directory.</param>
    public static void DropDirectories(IDisk disk, string directory, string of)
    {
        foreach (string path in Directory.GetDirectories(directory, $".{of}.*{Suffix}"))
        {
            string name = Path.GetFileName(path);
            try
            {
                // It lies among a user's own: only a name that nobody else gives goes.
                if (IsOf(name, of) && !IsAlive(disk, name, alone: false))
                    disk.DeleteDirectory(path);
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                // It takes space, and does no harm otherwise.
            }
        }
    }

    private static bool IsOurs(string name) =>
        Is(name) && (MakerOf(name) is not null || Segments.SegmentFormat.IsUnfinished(name[1..]));

    // In .NAME.PID.COUNT.tmp, what was being made and by which process; null for a name of another form, such as that of an unfinished segment.
    private static (string Name, int Process)? MakerOf(string name)
    {
        string[] parts = name.Split('.');
        return
            Is(name)
            && parts.Length >= 5
            && long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(parts[^3], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            ? (string.Join('.', parts[1..^3]), process)
            : null;
    }

    // Without /proc nobody counts as alive: whoever loses an unfinished file is told that it cannot be written.
    private static bool IsAlive(IDisk disk, string name, bool alone) =>
        MakerOf(name) is var (_, process)
        && (!alone || process != Environment.ProcessId)
        && disk.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
}
