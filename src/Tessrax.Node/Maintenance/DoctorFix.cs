using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Maintenance;

/// <summary>What <c>doctor --fix</c> came to.</summary>
/// <param name="Done">What was done, a sentence each.</param>
/// <param name="Left">Why something that could be made again was left as it is; null if nothing was.</param>
/// <param name="After">What the doctor finds now.</param>
public sealed record FixReport(IReadOnlyList<string> Done, string? Left, Diagnosis After);

/// <summary>Carries out the remedies that are safe: they write no entry, and touch nothing that cannot be made again. Each may be cut off at any point
/// and be run again.</summary>
public static class DoctorFix
{
    /// <summary>Mends what is safe to mend, and looks again.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="found">What the doctor found.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <param name="only">The area whose findings are mended; null for all. Damage of any area holds back what it holds back.</param>
    /// <exception cref="TessraxException">TSX3002: a writer is at work; TSX3005 to TSX3009: something cannot be written; TSX3036: the index cannot be made.</exception>
    public static FixReport Run(
        string path,
        Diagnosis found,
        NodeEnvironment environment,
        IProgress<long>? progress = null,
        FaultArea? only = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(environment);
        var done = new List<string>();
        string? left = null;
        ILookup<SafeFix, Fault> wanted = found.Of(only).ToLookup(fault => fault.Fix);
        bool isDamaged = found.Faults.Any(fault => fault.Weight == FaultWeight.Damage);
        bool isDerived = wanted[SafeFix.Derive].Any() || wanted[SafeFix.Index].Any();
        if (isDerived && isDamaged)
            left = "what follows from the segments is made again once they are whole: see what is damaged";
        else if (wanted[SafeFix.Derive].Any())
            done.AddRange(
                Repair.Run(path, [], environment, isDry: false, progress).Rebuilt.Select(file => $"made {file} again")
            );
        if (wanted[SafeFix.Remove].Any() || wanted[SafeFix.Protect].Any())
        {
            // A file that is being written is not unfinished.
            using WriterLock held = WriterLock.Acquire(path);
            done.AddRange(wanted[SafeFix.Remove].Select(fault => Remove(path, fault, environment.Disk)));
            done.AddRange(wanted[SafeFix.Protect].Select(fault => Protect(path, fault)));
        }
        if (wanted[SafeFix.Index].Any() && !isDamaged)
            done.Add(MakeIndex(path, environment, progress));
        foreach (string mended in done)
            environment.Logger.Mended(mended);
        return new FixReport(done, left, Doctor.Examine(path, environment, progress));
    }

    private static string Remove(string path, Fault fault, IDisk disk)
    {
        string file = Path.Combine(path, fault.File);
        DiskErrors.Writing(file, () => disk.Delete(file));
        return $"removed {fault.File}";
    }

    private static string Protect(string path, Fault fault)
    {
        string file = Path.Combine(path, fault.File);
        // There are no such modes on Windows, and so no such findings. A link may have taken the file's place since it was found.
        if (OperatingSystem.IsWindows() || DiskLinks.IsThrough(path, fault.File))
            return $"left {fault.File} as it is";
        try
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, file);
        }
        return $"took the rights on {fault.File} from everybody but its owner";
    }

    private static string MakeIndex(string path, NodeEnvironment environment, IProgress<long>? progress)
    {
        IndexMade made = LedgerIndex.Rebuild(path, environment, null, progress);
        return $"made the index again, of {made.Size} entries";
    }
}
