using Tessrax.Governance;
using Tessrax.Merkle;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Maintenance;

/// <summary>Puts damaged bytes back from whatever source proves equal to what the log signed, and makes derived files again.</summary>
/// <remarks>
/// Nothing is guessed: an entry is put back only if its leaf gives a signed root, a payload only if it gives the commitment in its leaf. What was
/// erased stays away. Damaged originals go to <c>quarantine/</c> first; then each file takes the old one's place in one step. A repair that was cut
/// off is done again from the start, and comes to the same end.
/// </remarks>
public sealed class Repair
{
    private readonly string path;
    private readonly NodeEnvironment environment;
    private readonly IReadOnlyList<string> copies;
    private readonly IReadOnlyList<string> directories;
    private readonly List<RepairedPart> parts = [];
    private readonly List<string> rebuilt = [];
    private readonly List<UselessCopy> noUse = [];
    private readonly List<Fault> told = [];
    private string? guard;
    private readonly Quarantine quarantine;

    private Repair(
        string path,
        NodeEnvironment environment,
        IReadOnlyList<string> copies,
        IReadOnlyList<string> directories
    )
    {
        this.directories = directories;
        this.path = path;
        this.environment = environment;
        this.copies = copies;
        quarantine = new Quarantine(path, environment.Disk);
    }

    /// <summary>Repairs a ledger.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="copies">Other copies to take from: directories of the same ledger, static logs of it, snapshot and backup files.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="isDry">Whether to change nothing, and only say what would be done.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <param name="directories">Where its segments lie, if <c>ledger.json</c> is lost and they lie outside of the ledger's directory; else null.</param>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3002: a writer is at work; TSX3034: nothing tells which ledger it is; TSX3012: no
    /// such copy; TSX3037: none of the copies is of use; TSX3005 to TSX3009: something cannot be written, and everything not written yet is as it was.</exception>
    public static RepairReport Run(
        string path,
        IReadOnlyList<string> copies,
        NodeEnvironment environment,
        bool isDry = false,
        IProgress<long>? progress = null,
        IReadOnlyList<string>? directories = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(copies);
        ArgumentNullException.ThrowIfNull(environment);
        foreach (string copy in copies.Where(copy => !Path.Exists(copy)))
            throw ErrorCodes.NoSuchFile.Because($"there is no {copy} to repair from");
        Diagnosis before = Doctor.Examine(path, environment, directories ?? []);
        if (isDry)
        {
            var dry = new Repair(path, environment, copies, directories ?? []);
            dry.Go(isDry: true, progress);
            return dry.Report(isDry: true, before, before);
        }
        using WriterLock held = WriterLock.Acquire(path);
        var repair = new Repair(path, environment, copies, directories ?? []);
        repair.Go(isDry: false, progress);
        // What a copy still had may be gone by what a later entry says, and the next writer sees to it.
        if (repair.parts.Count > 0)
            PayloadEraser.LookAgain(path, environment.Disk);
        repair.Derive();
        return repair.Report(isDry: false, before, Doctor.Examine(path, environment));
    }

    private RepairReport Report(bool isDry, Diagnosis before, Diagnosis after)
    {
        foreach (RepairedPart part in isDry ? [] : parts)
            environment.Logger.Repaired(
                part.File,
                part.Restored.Sum(range => range.Length),
                part.Lost.Sum(range => range.Length),
                part.Cause.ToText()
            );
        foreach (string file in isDry ? [] : rebuilt)
            environment.Logger.MadeAgain(file);
        return new(
            isDry,
            before,
            parts,
            rebuilt,
            after with
            {
                Faults = [.. after.Faults, .. told],
            },
            quarantine.Notes().Count(note => note.Receipt is null)
        )
        {
            NoUse = noUse,
            Guard = guard,
        };
    }

    private void Go(bool isDry, IProgress<long>? progress)
    {
        using LedgerExam exam = LedgerExam.Run(path, environment, copies, progress, directories);
        RequirePlaces(exam);
        if (exam.Identity is not { } identity)
            throw ErrorCodes.NothingToRepairBy.Because(Unidentified());
        RequireUse(exam);
        KeepGuard(exam, identity, isDry);
        told.AddRange(HeadDoctor.ExamineCopies(exam));
        var rewriter = new SegmentRewriter(environment.Disk);
        byte[] before = new byte[SegmentHeader.IdLength];
        foreach (FoundSegment segment in SegmentsOf(exam))
        {
            SegmentPlan plan = SegmentPlan.Of(exam, segment);
            SegmentHeader header = HeaderFor(exam, segment, plan, before);
            before = header.Id;
            bool hasHeader =
                segment.Header is { Flip: null, Header: { } old }
                && old.Id.AsSpan().SequenceEqual(header.Id)
                && old.PreviousId.AsSpan().SequenceEqual(header.PreviousId)
                && old.FirstIndex == header.FirstIndex;
            // What nobody has stays as it is, where it is; so the same repair, run again, finds nothing to do and tells of nothing.
            bool writes = plan.Parts.Count > 0 && (plan.MendsAnything || !hasHeader);
            if (writes || plan.Mended.Count > 0)
                Tell(exam, plan, isDry || !writes);
            TellStillLost(plan);
            if (writes && !isDry)
                rewriter.Write(plan, header);
        }
        MendFacts(exam, identity, isDry);
        MendEvidence(exam, isDry);
    }

    // Only ledger.json says where segments lie. Made again without what it said, it would hide those that are left.
    private void RequirePlaces(LedgerExam exam)
    {
        if (exam.Facts is not null || directories.Count > 0 || copies.Count > 0)
            return;
        bool hasNone = exam.Shelf.Files.Count == 0;
        bool isPart =
            exam.Directories.Count > 0
            && exam.Survey?.Damaged.Any(range => range.Segment is { File: null, Unreadable: null }) == true;
        if (hasNone || isPart)
            throw ErrorCodes.NothingToRepairBy.Because(
                $"ledger.json, which says where segments lie, is lost, and {(hasNone ? "none" : "not all of them")} can be found in {path}",
                ShellText.Of(
                    $"name every directory that holds segments: tessraxctl repair {path} --segment-dir DIR; if they are lost too, give another copy with --from"
                )
            );
    }

    private string Unidentified() =>
        copies.Count == 0
            ? $"the first entry of the ledger in {path} cannot be read"
            : $"the first entry of the ledger in {path} can be read neither there nor in {string.Join(", ", copies)}, or it is another ledger's";

    // Whoever named something expects that it helps: better nothing is done than half of it.
    private void RequireUse(LedgerExam exam)
    {
        noUse.AddRange(
            exam.Copies.Where(copy => copy.NoUse is not null).Select(copy => new UselessCopy(copy.Path, copy.NoUse!))
        );
        if (noUse.Count > 0 && noUse.Count == exam.Copies.Count)
            throw ErrorCodes.UselessCopy.Because(string.Join("; ", noUse.Select(copy => $"{copy.Path}: {copy.Why}")));
    }

    // A copy may know that the log has signed more than can be restored. From then on that keeps this copy from signing, as its own checkpoint and mark do.
    private void KeepGuard(LedgerExam exam, LedgerIdentity identity, bool isDry)
    {
        KnownHead? copied = exam.CopiedHeads.MaxBy(head => head.Head!.Value.Head.Size);
        long size = copied?.Head!.Value.Head.Size ?? 0;
        if (copied is null || size <= exam.Survey!.Proven.Size || size <= SizeOf(exam.Heads))
            return;
        guard = $"{copied.Name} covers {size} entries: this copy signs nothing until it has them";
        if (isDry)
            return;
        LedgerMark.Raise(environment, identity.Id, copied.Note);
        DurableFile.Write(
            environment.Disk,
            Path.Combine(path, LedgerDirectory.CheckpointName),
            copied.Note,
            DurableFileOptions.Replace
        );
    }

    private static long SizeOf(IEnumerable<KnownHead> heads) => heads.Max(head => head.Head?.Head.Size) ?? -1;

    // Places where the file is gone altogether come after those that have one.
    private static IEnumerable<FoundSegment> SegmentsOf(LedgerExam exam) =>
        exam
            .Shelf.Segments.Concat(exam.Survey!.Damaged.Select(range => range.Segment))
            .Distinct()
            .OrderBy(segment => segment.Number);

    private SegmentHeader HeaderFor(LedgerExam exam, FoundSegment segment, SegmentPlan plan, byte[] before)
    {
        bool keepsRecords = plan.Parts.Any(part => part is SurveyedPiece);
        byte[]? named = exam
            .Shelf.Segments.FirstOrDefault(s => s.Number == segment.Number + 1 && !s.IsAbsent)
            ?.Header?.Header?.PreviousId;
        byte[]? copied = exam
            .Sources.OfType<MirrorSource>()
            .Select(m => m.IdOf(segment.Entries.Start))
            .FirstOrDefault(id => id is not null);
        byte[] id = keepsRecords
            ? segment.Id!
            : named ?? copied ?? segment.Id ?? environment.RandomBytes(SegmentHeader.IdLength);
        // An id that only does for its checksums gives way to the one that does as well and that the other copy has.
        if (keepsRecords && segment.Header?.Header is null && copied is not null && SegmentIdentity.IsSame(copied, id))
            id = copied;
        return new SegmentHeader((int)segment.Entries.Length, id, segment.Entries.Start, before);
    }

    // What is damaged is kept before it is replaced.
    private void Tell(LedgerExam exam, SegmentPlan plan, bool isDry)
    {
        FoundSegment segment = plan.Segment;
        var classifier = new RangeClassifier(exam.Identity!);
        if (segment.Fault is { } fault)
        {
            bool isWhole = segment.IsAbsent;
            IEnumerable<MendedRange> mended = isWhole ? plan.Mended : [];
            Keep(
                new QuarantineNote(
                    segment.RecordedName,
                    isWhole ? null : fault.Bytes,
                    isWhole ? segment.Entries : null,
                    fault.Cause,
                    fault.Says,
                    [.. mended.SelectMany(m => m.Restored)],
                    [.. mended.SelectMany(m => m.Lost)],
                    KindsOf(mended.SelectMany(m => m.Sources))
                ),
                segment.Path,
                isDry,
                [.. mended.SelectMany(m => m.Sources)]
            );
            if (isWhole)
                return;
        }
        foreach (MendedRange mended in plan.Mended)
        {
            RangeDiagnosis found = SegmentDoctor.Diagnose(exam, mended.Range, classifier);
            Keep(
                new QuarantineNote(
                    segment.RecordedName,
                    mended.Range.Piece?.Bytes,
                    mended.Range.Entries,
                    found.Cause,
                    found.Says,
                    mended.Restored,
                    mended.Lost,
                    KindsOf(mended.Sources)
                ),
                mended.Range.Piece is null ? "" : segment.Path,
                isDry,
                mended.Sources
            );
        }
    }

    private void TellStillLost(SegmentPlan plan)
    {
        foreach ((DamagedRange range, FoundEntries found) in plan.StillLost)
            parts.Add(
                new RepairedPart(
                    plan.Segment.RecordedName,
                    range.Entries,
                    FaultCause.Missing,
                    "it was lost before, and nobody who was asked has it",
                    [],
                    [.. found.LostPayloads.Select(index => new LeafRange(index, index + 1))],
                    []
                )
            );
    }

    private static List<string> KindsOf(IEnumerable<EntrySource> sources) =>
        [.. sources.Select(source => source.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private void Keep(
        QuarantineNote note,
        string original,
        bool isDry,
        IReadOnlyCollection<EntrySource>? sources = null,
        string? from = null
    )
    {
        string[] names = from is null ? [.. (sources ?? []).Select(source => source.Name).Distinct()] : [from];
        parts.Add(
            new RepairedPart(note.File, note.Entries, note.Cause, note.Says, note.Restored, note.Lost, note.Sources)
            {
                From = names,
            }
        );
        if (!isDry)
            quarantine.Keep(note, original);
    }

    private void MendFacts(LedgerExam exam, LedgerIdentity identity, bool isDry)
    {
        if (FactsDoctor.OfFacts(exam) is not { } fault)
            return;
        if (fault.Code == ErrorCodes.UnknownFormat)
            return;
        string file = LedgerDirectory.FileOf(path);
        Keep(
            new QuarantineNote(LedgerDirectory.FactsFile, null, null, fault.Cause, fault.Says, [], [], ["record"]),
            file,
            isDry
        );
        if (!isDry)
            LedgerDirectory.Restore(
                path,
                identity.Origin,
                identity.Id,
                identity.Hasher,
                LayoutOf(exam),
                environment.Disk
            );
    }

    // What ledger.json said of it is signed by nobody and stands nowhere else; the bundles, if there are any, are there to be seen.
    private LedgerLayout LayoutOf(LedgerExam exam) =>
        exam.Facts?.Layout
        ?? LedgerLayout.Default with
        {
            SegmentDirectories = exam.Directories,
            EntryBundles = EntryBundles.AreIn(Path.Combine(path, TileDirectory.LedgerFolder), environment.Disk),
        };

    private void MendEvidence(LedgerExam exam, bool isDry)
    {
        var store = new EvidenceStore(path, environment.Disk);
        foreach ((long index, EvidenceAdded added) in exam.Evidence.DistinctBy(e => e.Added.Digest))
        {
            if (store.Check(added) is not { } says)
                continue;
            string? copy = exam
                .Copies.Where(c => c is { NoUse: null, IsSnapshot: false })
                .Select(c => c.Path)
                .FirstOrDefault(c => new EvidenceStore(c, environment.Disk).Check(added) is null);
            var entry = new LeafRange(index, index + 1);
            string file = store.PathOf(added.Digest);
            Keep(
                new QuarantineNote(
                    $"evidence/{added.Digest.ToHex()}",
                    null,
                    entry,
                    environment.Disk.Exists(file)
                        ? ContentCause.Of(file, environment.Disk, added.Size)
                        : FaultCause.Missing,
                    says,
                    copy is null ? [] : [entry],
                    copy is null ? [entry] : [],
                    copy is null ? [] : ["mirror"]
                ),
                file,
                isDry || copy is null,
                from: copy is null ? null : $"mirror {copy}"
            );
            if (isDry || copy is null)
                continue;
            using Stream bytes = File.OpenRead(new EvidenceStore(copy, environment.Disk).PathOf(added.Digest));
            store.Add(added.Name, bytes);
        }
    }

    // Derived from segments that are whole again; while they are not, nobody can say what derived files should be. A checkpoint that
    // the log signed for more than is here, or for something else, is evidence and no derived file: it stays.
    private void Derive()
    {
        long signed;
        using (LedgerExam exam = LedgerExam.Run(path, environment, [], null))
        {
            bool isCovered = exam.Heads.All(head =>
                head.Head is { } said
                    ? exam.Survey?.RootsAt.GetValueOrDefault(said.Head.Size) == said.Head.Root
                    : exam is not { Identity: { } identity, Survey: { } survey }
                        || !HeadDoctor.IsByLaterKey(identity, survey, head)
            );
            if (!isCovered)
                return;
            signed = exam.Heads.Max(head => head.Head?.Head.Size ?? 0);
            DerivePlaces(exam);
        }
        foreach (string part in BesideDoctor.WrongParts(path, environment.Disk).ToList())
        {
            DiskErrors.Writing(part, () => environment.Disk.Delete(part));
            rebuilt.Add($"{StateParts.FolderName}/{Path.GetFileName(part)}");
        }
        try
        {
            using LedgerView view = LedgerView.Open(path, environment.Disk, isRepair: true);
            // Tiles may know leaves whose entries nobody has. As long as they are lost, what was signed for them keeps the log from signing others.
            if (view.Size >= signed)
                rebuilt.AddRange(new DerivedRepair(view, environment.Disk).Run());
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.UnknownFormat)
        {
            // What is lost was told of.
        }
    }

    private void DerivePlaces(LedgerExam exam)
    {
        foreach (FoundSegment segment in exam.Shelf.Segments)
        {
            // The next writer writes it again.
            string tail = TailFile.PathOf(segment.Path);
            if (environment.Disk.Exists(tail) && !PlacesDoctor.IsTailRight(exam, segment, tail))
            {
                DiskErrors.Writing(tail, () => environment.Disk.Delete(tail));
                rebuilt.Add(Path.ChangeExtension(segment.ShownName, TailFile.Extension));
            }
            string file = PlacesFile.PathOf(segment.Path);
            bool isWanted =
                segment.Number < exam.Shelf.Segments.Count - 1
                && PlacesDoctor.Expected(exam, segment) is { } expected
                && !PlacesDoctor.IsRight(file, expected, environment.Disk);
            if (!isWanted)
                continue;
            DurableFile.Write(
                environment.Disk,
                file,
                PlacesDoctor.Expected(exam, segment)!,
                DurableFileOptions.Derived
            );
            rebuilt.Add(Path.ChangeExtension(segment.ShownName, PlacesFile.Extension));
        }
    }
}
