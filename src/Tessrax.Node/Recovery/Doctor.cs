using Tessrax.Merkle;
using Tessrax.Node.Logging;
using Tessrax.Node.Publishing;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Recovery;

/// <summary>Looks at everything that belongs to a ledger, and says what is wrong, why, and what to do. Changes nothing.</summary>
/// <remarks>It tells of bytes and of what they are derived from. Whether every entry kept the rules is for <c>verify</c> to say.</remarks>
public static class Doctor
{
    private const int MostLooks = 5;

    /// <summary>Examines a ledger.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="environment">The surroundings: marks and pinned trust roots are looked at too.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <exception cref="TessraxException">TSX3001: there is no ledger; TSX3006, TSX3007: the directory cannot be read at all.</exception>
    public static Diagnosis Examine(string path, NodeEnvironment environment, IProgress<long>? progress = null)
    {
        return Examine(path, environment, [], progress);
    }

    /// <summary>The same.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="directories">Where its segments lie, if <c>ledger.json</c> is lost and somebody knows.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    internal static Diagnosis Examine(
        string path,
        NodeEnvironment environment,
        IReadOnlyList<string> directories,
        IProgress<long>? progress = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(environment);
        RequireLedger(path, environment);
        // A writer may be at work: what looks like damage at the end is looked at again, as long as the ledger grows meanwhile.
        for (int look = 1; ; look++)
        {
            using LedgerExam exam = LedgerExam.Run(path, environment, [], progress, directories);
            if (look == MostLooks || !IsAtEnd(exam) || !HasGrown(exam, environment))
                return Told(Report(exam), path, environment);
        }
    }

    private static Diagnosis Told(Diagnosis found, string path, NodeEnvironment environment)
    {
        environment.Logger.Examined(path, found.Size, found.Faults.Count);
        // A note is no warning: nothing needs doing.
        foreach (Fault fault in found.Faults.Where(fault => fault.Weight != FaultWeight.Note))
            environment.Logger.Found(fault.WeightText, fault.Cause.ToText(), fault.File, fault.Says, fault.Code);
        return found;
    }

    private static bool IsAtEnd(LedgerExam exam) =>
        exam.Survey is { Damaged.Count: > 0 } survey
        && survey.Damaged[^1].Segment.Number >= exam.Shelf.Segments.Count - 1;

    private static bool HasGrown(LedgerExam exam, NodeEnvironment environment)
    {
        using LedgerExam again = LedgerExam.Run(exam.Path, environment, [], null, exam.Directories);
        return again.Survey?.Size != exam.Survey?.Size || again.Survey?.Damaged.Count != exam.Survey?.Damaged.Count;
    }

    /// <summary>Holds index, tree and ledger against each other.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="depth">How far the index is compared; null for what changed since it was written.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <exception cref="TessraxException">As <see cref="Examine(string, NodeEnvironment, IProgress{long})"/>; TSX3003: nothing tells which ledger it is.</exception>
    public static Divergence Compare(
        string path,
        NodeEnvironment environment,
        IndexCheckDepth? depth = null,
        IProgress<long>? progress = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(environment);
        RequireLedger(path, environment);
        using LedgerExam exam = LedgerExam.Run(path, environment, [], progress);
        if (exam is not { Identity: { } identity, Survey: { } survey })
            throw ErrorCodes.Damaged.Because($"no first entry can be read in {path}");
        var index = new IndexDoctor(exam, depth ?? new IndexCheckDepth());
        List<Fault> faults =
        [
            .. SegmentDoctor.Examine(exam),
            .. PlacesDoctor.Examine(exam),
            .. HeadDoctor.Examine(exam),
            .. TileDoctor.Examine(exam),
            .. index.Examine(),
        ];
        KnownHead? published = exam.Heads.FirstOrDefault(h => h.Name == $"{TileDirectory.LedgerFolder}/checkpoint");
        return new Divergence(identity.Hasher, survey.Proven, published?.Head?.Head, index.Comparison, faults);
    }

    internal static Diagnosis Report(LedgerExam exam)
    {
        IEnumerable<Fault> found =
        [
            .. FactsDoctor.Examine(exam).Select(InLedger),
            .. SegmentDoctor.Examine(exam).Select(InLedger),
            .. PlacesDoctor.Examine(exam).Select(InLedger),
            .. HeadDoctor.Examine(exam).Select(InLedger),
            .. TileDoctor.Examine(exam).Select(InLedger),
            .. new IndexDoctor(exam, new IndexCheckDepth()).Examine(),
            .. BesideDoctor.Examine(exam).Select(InLedger),
            .. SideDoctor.Examine(exam),
            .. PlaceDoctor.Examine(exam),
        ];
        bool isWhole = found.All(fault => fault.Weight is not FaultWeight.Damage);
        Fault[] faults =
        [
            .. found.Concat(isWhole ? QuorumDoctor.Examine(exam) : []).Select(fault => WithFix(fault, exam.Path)),
        ];
        return new Diagnosis(
            exam.Identity?.Id,
            exam.Identity?.Origin ?? exam.Facts?.Origin ?? "",
            exam.Identity?.Hasher ?? TreeHasher.Sha256,
            exam.Survey?.Proven ?? new TreeHead(0, TreeHasher.Sha256.Empty),
            exam.Survey?.Size ?? 0,
            []
        ).With(faults);

        Fault InLedger(Fault fault) =>
            fault with
            {
                Area = fault.Code == ErrorCodes.UnknownFormat ? FaultArea.Versions : FaultArea.Ledger,
            };
    }

    // What a repair without another copy makes again. Where something else is damaged it would act on that too, which is not for --fix to decide.
    private static Fault WithFix(Fault fault, string path) =>
        fault is { Weight: FaultWeight.Derived, Fix: SafeFix.None } && fault.Remedy == Remedies.Repair(path)
            ? fault with
            {
                Fix = SafeFix.Derive,
            }
            : fault;

    // A directory that holds neither facts nor segments is no ledger, however little is left of one; but keys or a checkpoint say that there was one.
    private static void RequireLedger(string path, NodeEnvironment environment)
    {
        bool isLedger =
            environment.Disk.Exists(LedgerDirectory.FileOf(path))
            || Directory.Exists(LedgerDirectory.SegmentsOf(path))
            || Directory.Exists(LedgerDirectory.KeysOf(path))
            || environment.Disk.Exists(Path.Combine(path, LedgerDirectory.CheckpointName));
        // What is half of a copy is made whole by who began it, and not by a repair.
        if (!isLedger || StorePlace.Unfinished(path, environment.Disk) is not null)
            LedgerDirectory.Open(path, environment.Disk);
    }
}
