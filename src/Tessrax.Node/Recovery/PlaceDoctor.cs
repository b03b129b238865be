using System.Globalization;
using Tessrax.Node.Files;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>Where the ledger lies: room on its disks, and who may write there.</summary>
internal static class PlaceDoctor
{
    private const long LeastRoom = 64L << 20;
    private const long LeastFiles = 1000;

    // Less than this, and the next batch may not fit.
    private const long NoRoom = 1L << 20;

    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        bool isWritten = SideDoctor
            .Names(LedgerDirectory.KeysOf(exam.Path), exam.Environment.Disk)
            .Any(name => name.EndsWith(".key", StringComparison.Ordinal));
        foreach (string folder in Folders(exam))
        {
            string shown = Path.GetRelativePath(exam.Path, folder);
            shown = shown == "." ? "the ledger's directory" : shown;
            foreach (Fault fault in Rights(folder, shown, isWritten))
                yield return fault with
                {
                    Area = FaultArea.Permissions,
                };
            if (isWritten && Room(exam, folder, shown) is { } room)
                yield return room with
                {
                    Area = FaultArea.Disk,
                };
        }
    }

    // The index and the rest lie on the ledger's own disk.
    private static IEnumerable<string> Folders(LedgerExam exam) =>
        exam
            .Shelf.Segments.Select(segment => Path.GetDirectoryName(segment.Path)!)
            .Prepend(LedgerDirectory.KeysOf(exam.Path))
            .Prepend(exam.Path)
            .Where(Directory.Exists)
            .Distinct();

    private static IEnumerable<Fault> Rights(string folder, string shown, bool isWritten)
    {
        if (OperatingSystem.IsWindows())
            yield break;
        if (Libc.WhyNotWritable(folder) is { } why)
            yield return new Fault(
                shown,
                ErrorCodes.NoPermission,
                FaultCause.Unreadable,
                isWritten ? FaultWeight.Blocking : FaultWeight.Note,
                $"it cannot be written by this user ({why}): nothing can be appended from here"
            )
            {
                Remedy = isWritten
                    ? ShellText.Of($"give it to the user who runs the ledger: chown -R USER {folder}")
                    : "nothing, if it is only to be read here",
            };
        if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
            yield return new Fault(
                shown,
                ErrorCodes.NoPermission,
                FaultCause.EditedByHand,
                FaultWeight.Note,
                "everybody on this machine may add and remove files there: changes would be found, but nothing keeps them out"
            )
            {
                Remedy = ShellText.Of($"chmod o-w {folder}"),
            };
    }

    private static Fault? Room(LedgerExam exam, string folder, string shown)
    {
        if (exam.Environment.Room(folder) is not { } room)
            return null;
        long wanted = Math.Max(LeastRoom, 2 * LargestSegment(exam));
        bool hasFiles = room.FreeFiles is null or >= LeastFiles;
        if (room.FreeBytes >= wanted && hasFiles)
            return null;
        bool isFull = room.FreeBytes < NoRoom || room.FreeFiles is < 10;
        string left = hasFiles
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{room.FreeBytes >> 20} MiB are free, and {wanted >> 20} MiB should be"
            )
            : string.Create(CultureInfo.InvariantCulture, $"its file system has room for {room.FreeFiles} more files");
        return new Fault(
            shown,
            ErrorCodes.DiskFull,
            FaultCause.Unknown,
            isFull ? FaultWeight.Blocking : FaultWeight.Note,
            left
        )
        {
            Remedy =
                "free some space there; older segments may lie on other disks: see --segment-dir of tessraxctl init",
        };
    }

    private static long LargestSegment(LedgerExam exam) =>
        exam.Shelf.Files.Select(file => new FileInfo(file)).Where(file => file.Exists).Max(file => (long?)file.Length)
        ?? 0;
}
