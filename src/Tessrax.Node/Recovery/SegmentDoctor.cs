using Tessrax.Merkle;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>What is wrong with the segments: whole files first, then records.</summary>
internal static class SegmentDoctor
{
    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        var faults = new List<Fault>();
        if (exam.Moved.Count > 0)
            faults.Add(Moved(exam));
        foreach (FoundSegment segment in exam.Shelf.Segments)
        {
            if (segment.Fault is { } fault)
                faults.Add(fault with { Remedy = fault.Remedy ?? RemedyOf(exam, segment) });
        }
        if (exam.Survey is not { } survey || exam.Identity is not { } identity)
            return faults;
        var classifier = new RangeClassifier(identity);
        foreach (DamagedRange range in survey.Damaged.Where(range => !IsToldOf(range)))
        {
            if (!range.IsOnlyLost)
                Add(faults, Of(exam, range, classifier));
            faults.AddRange(LostPayloads.Of(exam, range));
        }
        foreach (FoundSegment segment in exam.Shelf.Segments.Where(s => !s.IsLinked && s.Fault is null))
        {
            bool isStranger = faults.Exists(f => f.File == segment.ShownName && f.Cause == FaultCause.ForeignFile);
            string? previous = exam.Shelf.Segments.FirstOrDefault(s => s.Number == segment.Number - 1)?.ShownName;
            bool before = faults.Exists(f => f.File == previous && f.Cause == FaultCause.ForeignFile);
            if (!isStranger && !before)
                faults.Add(Unlinked(exam, segment));
        }
        if (survey.Tail is { } tail)
            faults.Add(Torn(tail.Segment, tail.Piece));
        return faults.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Bytes?.Start ?? 0);
    }

    private static Fault Moved(LedgerExam exam)
    {
        string folder = Path.GetDirectoryName(exam.Moved[0])!;
        string belongs = exam.Directories is [var named, ..] ? named : SegmentFormat.Folder;
        return new Fault(
            belongs,
            ErrorCodes.Damaged,
            FaultCause.Misplaced,
            FaultWeight.Damage,
            $"no segments are there, where ledger.json says that they are; {Path.GetFileName(folder)} holds some"
        )
        {
            Remedy =
                exam.Directories.Count > 0 || Directory.Exists(Path.Combine(exam.Path, belongs))
                    ? Remedies.Repair(exam.Path)
                    : ShellText.Of(
                        $"mv {folder} {Path.Combine(exam.Path, belongs)}; or tessraxctl repair {exam.Path}, which copies what proves right"
                    ),
        };
    }

    // What is said of the whole file need not be said of its entries again.
    private static bool IsToldOf(DamagedRange range) =>
        range.Piece is null && range.Segment is { Fault: not null, IsAbsent: true };

    /// <summary>The likely cause of damage to records.</summary>
    public static RangeDiagnosis Diagnose(LedgerExam exam, DamagedRange range, RangeClassifier classifier) =>
        Behind(exam, exam.Survey!, range)
        ?? LeftOpen(exam, range)
        ?? LostPayloads.Diagnose(exam, range)
        ?? classifier.Of(range);

    // A repair has made the file, without what nobody had then.
    private static RangeDiagnosis? LeftOpen(LedgerExam exam, DamagedRange range)
    {
        if (range is not { Piece: null, Segment.File: not null })
            return null;
        bool isKnown = new Quarantine(exam.Path, exam.Environment.Disk)
            .Notes()
            .Any(note =>
                note.File == range.Segment.RecordedName && note.Lost.Any(lost => lost.Contains(range.Entries))
            );
        return isKnown
            ? new RangeDiagnosis(
                FaultCause.Missing,
                "an earlier repair made this file without them: nobody had them then"
            )
            : null;
    }

    private static Fault Of(LedgerExam exam, DamagedRange range, RangeClassifier classifier)
    {
        RangeDiagnosis found = Diagnose(exam, range, classifier);
        return new Fault(range.Segment.ShownName, ErrorCodes.Damaged, found.Cause, FaultWeight.Damage, found.Says)
        {
            Bytes = found.Bytes ?? range.Piece?.Bytes,
            Entries = range.Entries,
            Proof = found.Proof,
            Remedy = RemedyOf(exam, [range]),
        };
    }

    // Whole and consistent, but shorter than what is known outside of the directory: an older copy stands here.
    private static RangeDiagnosis? Behind(LedgerExam exam, LedgerSurvey survey, DamagedRange range)
    {
        bool isBehind = range.Piece is null && survey.Newest is { } newest && range.Entries.Start < newest.Head.Size;
        if (!isBehind || range.Segment.Fault is not null || range.Entries.Start != EndOfRecords(survey))
            return null;
        KnownHead? inside = exam
            .Heads.Where(h => !h.IsOutside && h.Head is not null)
            .MaxBy(h => h.Head!.Value.Head.Size);
        if (inside?.Head is { } published && published.Head.Size > range.Entries.Start)
            return null;
        TreeHead seen = survey.Newest!.Value.Head;
        string name =
            exam.Heads.Concat(exam.CopiedHeads).FirstOrDefault(h => h.Head?.Head == seen)?.Name ?? "a checkpoint";
        return new RangeDiagnosis(
            FaultCause.Rollback,
            $"the directory is whole and ends at {range.Entries.Start} entries, but {name} covers {seen.Size}: it is an older copy",
            $"{name} is signed by the log's key, and lies outside of the directory"
        );
    }

    // Where the missing end begins: the first of the ranges at the end behind which there is no record.
    private static long EndOfRecords(LedgerSurvey survey)
    {
        long end = survey.Size;
        for (int i = survey.Damaged.Count - 1; i >= 0; i--)
        {
            DamagedRange range = survey.Damaged[i];
            if (range.Piece is not null || range.Entries.End != end)
                break;
            end = range.Entries.Start;
        }
        return end;
    }

    // Neighbours with the same story are one finding.
    private static void Add(List<Fault> faults, Fault fault)
    {
        if (
            faults.Count > 0
            && faults[^1] is { Entries: { } before } last
            && last.File == fault.File
            && last.Cause == fault.Cause
            && fault.Entries is { } entries
            && before.End == entries.Start
            && last.Says.Equals(fault.Says, StringComparison.Ordinal)
        )
            faults[^1] = last with
            {
                Entries = new LeafRange(before.Start, entries.End),
                Bytes =
                    last.Bytes is { } from && fault.Bytes is { } to ? new ByteRange(from.Start, to.End) : last.Bytes,
            };
        else
            faults.Add(fault);
    }

    private static Fault Unlinked(LedgerExam exam, FoundSegment segment) =>
        new(
            segment.ShownName,
            ErrorCodes.Damaged,
            FaultCause.EditedByHand,
            FaultWeight.Damage,
            "its header names another segment before it than the one that is there, and yet both hold what the roots ask for"
        )
        {
            Bytes = new ByteRange(0, SegmentHeader.Length),
            Remedy = Remedies.Repair(exam.Path),
        };

    private static Fault Torn(FoundSegment segment, SurveyedPiece piece) =>
        new(
            segment.ShownName,
            ErrorCodes.BytesDamaged,
            FaultCause.TornWrite,
            FaultWeight.Note,
            $"{piece.Bytes.Length} bytes after the last record are no record: a write that a crash cut short, and that nobody was told of"
        )
        {
            Bytes = piece.Bytes,
            Proof = "no checkpoint that is known covers more than the records before it",
            Remedy = "nothing: the next append overwrites them with zeros first",
        };

    private static string RemedyOf(LedgerExam exam, FoundSegment segment) =>
        RemedyOf(exam, exam.Survey?.Damaged.Where(range => range.Segment == segment) ?? []);

    private static string RemedyOf(LedgerExam exam, IEnumerable<DamagedRange> ranges) =>
        exam.Survey is not null && ranges.All(range => exam.Find(range).IsWhole)
            ? Remedies.Repair(exam.Path)
            : Remedies.FromCopy(exam.Path);
}
