using Tessrax.Merkle;

namespace Tessrax.Node.Recovery;

/// <summary>Looks at everything that belongs to a ledger, and says what is wrong, why, and what to do. Changes nothing.</summary>
/// <remarks>It tells of bytes and of what they are derived from. Whether every entry kept the rules is for <c>verify</c> to say.</remarks>
public static class Doctor
{
    /// <summary>Examines a ledger.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="environment">The surroundings: marks and pinned trust roots are looked at too.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <exception cref="TessraxException">TSX3001: there is no ledger; TSX3006, TSX3007: the directory cannot be read at all.</exception>
    public static Diagnosis Examine(string path, NodeEnvironment environment, IProgress<long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(environment);
        RequireLedger(path, environment);
        using LedgerExam exam = LedgerExam.Run(path, environment, [], progress);
        return Report(exam);
    }

    internal static Diagnosis Report(LedgerExam exam)
    {
        var faults = new List<Fault>();
        faults.AddRange(FactsDoctor.Examine(exam));
        faults.AddRange(SegmentDoctor.Examine(exam));
        faults.AddRange(PlacesDoctor.Examine(exam));
        faults.AddRange(HeadDoctor.Examine(exam));
        faults.AddRange(TileDoctor.Examine(exam));
        faults.AddRange(SideDoctor.Examine(exam));
        return new Diagnosis(
            exam.Identity?.Id,
            exam.Identity?.Origin ?? exam.Facts?.Origin ?? "",
            exam.Identity?.Hasher ?? TreeHasher.Sha256,
            exam.Survey?.Proven ?? new TreeHead(0, TreeHasher.Sha256.Empty),
            exam.Survey?.Size ?? 0,
            faults
        );
    }

    // A directory that holds neither facts nor segments is no ledger, however little is left of one.
    private static void RequireLedger(string path, NodeEnvironment environment)
    {
        bool isLedger =
            environment.Disk.Exists(LedgerDirectory.FileOf(path)) || Directory.Exists(LedgerDirectory.SegmentsOf(path));
        if (!isLedger)
            LedgerDirectory.Open(path, environment.Disk);
    }
}
