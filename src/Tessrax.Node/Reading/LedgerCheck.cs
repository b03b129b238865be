using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Witnessing;
using Tessrax.Node.Wording;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Verifies a ledger directory: reads its bytes, feeds them to the pure verifier, and checks what lies beside the segments.</summary>
public sealed partial class LedgerCheck
{
    private readonly NodeEnvironment environment;
    private readonly TrustRoot? trust;
    private LedgerVerifier verifier;
    private readonly List<(long Index, EvidenceAdded Added)> evidence = [];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private LogKeyChain? log;
    private Checkpoint? published;
    private Checkpoint? ofThatSize;

    /// <param name="environment">Disk and clock.</param>
    /// <param name="trust">What is accepted; null if trust was not established.</param>
    public LedgerCheck(NodeEnvironment environment, TrustRoot? trust)
    {
        this.environment = environment;
        this.trust = trust;
        verifier = new LedgerVerifier(environment.Clock, trust) { WhenRead = Collect };
    }

    /// <summary>How many threads check; as many as there are processors, if 0. The verdict does not depend on it.</summary>
    public int Threads { get; init; }

    // More than any machine has.
    private const int MostThreads = 1024;

    /// <summary>How many that are.</summary>
    internal int ThreadCount => Threads > 0 ? Math.Min(Threads, MostThreads) : System.Environment.ProcessorCount;

    /// <summary>Whether the ledgers before this one are verified as well.</summary>
    internal bool LooksBack { get; init; } = true;

    /// <summary>Watches the work, entry by entry; null as a rule, for watching takes time itself.</summary>
    internal ReplayWatch? Watch { get; init; }

    /// <summary>Directories where predecessors lie, in any order; otherwise the hint beside <c>ledger.json</c> is followed.</summary>
    public IReadOnlyList<string> Predecessors { get; init; } = [];

    /// <summary>The verdict on a ledger. Damage is a finding, not an exception.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="withEvidence">Whether to hash the evidence again.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <exception cref="TessraxException">TSX3001: there is no ledger to verify; TSX3006, TSX3007: it may not be read; TSX5030: not a note to go on from; TSX5031: not a
    /// checkpoint to begin at.</exception>
    public Verdict Run(string path, bool withEvidence, IProgress<CheckProgress>? progress = null)
    {
        Begin(path);
        ReadAll(path, withEvidence, null, progress);
        ReportUnknownState();
        KeepNote();
        Walk(path, withEvidence, progress);
        foreach (string unused in Predecessors.Where(given => !used.Contains(given)))
            verifier.Board.Failed(
                PredecessorJudge.StageName,
                ErrorCodes.PredecessorBroken,
                $"{unused} holds no ledger that this one follows"
            );
        Verdict verdict = verifier.Finish();
        foreach (Stage stage in verdict.Stages)
            environment.Logger.Stage(stage.Name, Outcome(stage));
        environment.Logger.Verified(path, verdict.Holds ? "it holds" : "it does not hold");
        return verdict;
    }

    private void ReadAll(string path, bool withEvidence, PredecessorJudge? judge, IProgress<CheckProgress>? progress)
    {
        string segments = LedgerDirectory.SegmentsOf(path);
        if (!Directory.Exists(segments) && !environment.Disk.Exists(LedgerDirectory.FileOf(path)))
            LedgerDirectory.Open(path, environment.Disk); // says why: there is none, or it may not be entered
        StageBoard board = verifier.Board;
        LedgerDirectory? directory = ReadDirectory(path, board);
        byte[] note = ReadPublished(path, board);
        if (CosignedNote.Read(path, environment.Disk) is { } cosigned)
            verifier.Cosigned(cosigned);
        ReadRestored(path, board);
        ofThatSize = verifier.Last?.Head.Size == published?.Head.Size ? verifier.Last : null;
        byte[] mark = directory is null ? [] : LedgerMark.NoteOf(environment, directory.Id);
        LedgerFeed feed = Feed(path, judge, progress);
        using (var reader = new SegmentReader(path, environment.Disk, feed.IsSigned))
        {
            Read(reader, feed);
            ReportMissing(reader.End, board);
            ReportEnd(reader.End?.TornBytes ?? 0, note, board);
            ReportMark(mark, directory, board);
            FindSuspects(reader);
        }
        if (withEvidence)
            CheckEvidence(path);
        CompareDirectory(directory, board);
    }

    // What ledger.json says of the ledger, beside what genesis makes of it.
    private static string Outcome(Stage stage) =>
        stage.Holds switch
        {
            true => "holds",
            false => $"does not hold, {stage.Findings[0].Code} {stage.Findings[0].Message}",
            null => "not checked",
        };

    private void CompareDirectory(LedgerDirectory? directory, StageBoard board)
    {
        if (directory is not null && verifier.Ledger is { } id && id != directory.Id)
            board.Failed(
                "framing",
                ErrorCodes.WrongLedger,
                $"ledger.json names the ledger {directory.Id}, but genesis makes {id}"
            );
        if (directory is not null && log is not null && log.Origin != directory.Origin)
            board.Failed(
                "framing",
                ErrorCodes.WrongLedger,
                $"ledger.json names the origin {directory.Origin}, but genesis {log.Origin}"
            );
        if (directory is not null && log is not null && directory.Hasher != verifier.Hasher)
            board.Failed(
                "framing",
                ErrorCodes.WrongLedger,
                $"ledger.json names the hash function {directory.Hasher.Engine.Name}, but genesis {verifier.Hasher.Engine.Name}"
            );
    }

    // Back as far as ledgers are at hand, each verified as any ledger is; then, the oldest first, each is held against the genesis of the one after it.
    private void Walk(string path, bool withEvidence, IProgress<CheckProgress>? progress)
    {
        if (GenesisThatFollows is null || !LooksBack)
            return;
        using StageBoard.Measurement time = verifier.Board.Measure(PredecessorJudge.StageName);
        var steps = new Stack<(LedgerCheck Later, PredecessorJudge Judge, LedgerCheck Earlier)>();
        (LedgerCheck later, string place) = (this, path);
        while (later.GenesisThatFollows is { Predecessor: { } named } genesis)
        {
            if (FindPredecessor(place, named.Ledger) is not { } found)
            {
                later.verifier.Board.NotClaimed(
                    PredecessorJudge.StageName,
                    ErrorCodes.NoSuchFile,
                    $"the ledger before this one, {named.Origin} {named.Ledger}, is not at hand: give --predecessor DIR"
                );
                verifier.Remark(PredecessorJudge.NotExcluded(named));
                break;
            }
            var judge = new PredecessorJudge(genesis);
            var earlier = new LedgerCheck(environment, null) { Threads = Threads };
            earlier.ReadAll(found, withEvidence, judge, progress);
            steps.Push((later, judge, earlier));
            // Whoever wrote ledger.json could have written any id, even one that leads back here. A genesis cannot: it commits to the
            // one before it, so a walk along true ids ends.
            if (earlier.verifier.Ledger != named.Ledger)
                break;
            (later, place) = (earlier, found);
        }
        foreach ((LedgerCheck after, PredecessorJudge judge, LedgerCheck before) in steps)
        {
            judge.Report(before.verifier, before.verifier.Finish(), after.verifier.Board);
            if (before.verifier is { Untold: > 0 and int untold, Fold.State.Origin: { } origin })
                verifier.Remark(
                    $"{Counted.Of(untold, "contradiction")} among the claims of {origin} that it never told of before it was closed"
                );
        }
    }

    private Genesis? GenesisThatFollows => verifier.Fold?.Genesis is { Predecessor: not null } genesis ? genesis : null;

    private string? FindPredecessor(string path, Digest ledger)
    {
        if (Predecessors.FirstOrDefault(given => IsNamed(given, ledger)) is { } named)
        {
            used.Add(named);
            return named;
        }
        try
        {
            // The hint may be stale, or a stranger's: only a ledger of the right id is looked at, and every byte of that is checked.
            string? hinted = RolloverPlan.Find(path, environment.Disk)?.PredecessorOf(path);
            return hinted is not null && LedgerDirectory.Open(hinted, environment.Disk).Id == ledger ? hinted : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    // One whose ledger.json cannot be understood is not named by it; Run reports it as one that nobody follows.
    private bool IsNamed(string given, Digest ledger)
    {
        try
        {
            return LedgerDirectory.Open(given, environment.Disk).Id == ledger;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.UnknownFormat)
        {
            return false;
        }
    }

    private LedgerDirectory? ReadDirectory(string path, StageBoard board)
    {
        try
        {
            return LedgerDirectory.Open(path, environment.Disk);
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.NoPermission && e.Code != ErrorCodes.CannotRead)
        {
            board.Failed("framing", e.Code, e.Message);
            return null;
        }
    }

    private void Read(SegmentReader reader, LedgerFeed feed)
    {
        try
        {
            feed.Run(reader.LendAll(verifier.Size));
        }
        catch (TessraxException e)
            when (e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.NotALedger || e.Code == ErrorCodes.UnknownFormat)
        {
            verifier.Board.Failed("framing", ErrorCodes.BytesDamaged, e.Message);
        }
        log = feed.Log;
    }

    private LedgerFeed Feed(string path, PredecessorJudge? judge, IProgress<CheckProgress>? progress)
    {
        long bytes = 0;
        long allBytes = progress is null ? 0 : SegmentFolder.BytesIn(path, environment.Disk);
        return new LedgerFeed(verifier, ThreadCount)
        {
            GiveBack = SegmentReader.GiveBack,
            IsTimed = Watch is not null,
            Clock = environment.Clock,
            Traced = Watch is null ? null : Watch.Traced,
            Added = (batch, entries) =>
            {
                Watch?.Added(entries);
                foreach (StoredEntry stored in judge is null ? [] : batch.Entries)
                    judge!.Add(stored.Entry.Span);
                if (verifier.Last is { } last && last.Head.Size == published?.Head.Size)
                    ofThatSize = last;
                verifier.Board.Passed("framing");
                KeepNoteIfDue();
                bytes += SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);
                progress?.Report(new CheckProgress(batch.NextIndex, bytes, published?.Head.Size ?? 0, allBytes));
            },
        };
    }

    // Read before the segments, so that batches appended meanwhile do no harm; believed only after its signature was checked.
    private byte[] ReadPublished(string path, StageBoard board)
    {
        string file = Path.Combine(path, "checkpoint");
        if (!environment.Disk.Exists(file))
            return [];
        try
        {
            byte[] note = DurableFile.Read(environment.Disk, file, SignedNote.MaxBytes);
            bool isNote = SignedNote.TryParse(note, out SignedNote? signed, out string reason);
            if (!isNote || !Checkpoint.TryParseBody(signed!.Text, out published))
                board.Failed("checkpoints", ErrorCodes.CheckpointRefused, $"{file}: not a checkpoint {reason}");
            return note;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge)
        {
            board.Failed("checkpoints", ErrorCodes.CheckpointRefused, e.Message);
            return [];
        }
    }

    // A torn record at the end was never acknowledged; but a published checkpoint beyond the end tells that one was.
    private void ReportEnd(long torn, byte[] note, StageBoard board)
    {
        if (torn > 0)
            verifier.Remark(
                $"a damaged end: {torn} bytes after the last whole record cannot be read; a crash may have cut short a write that nobody was told of"
            );
        if (published is null && verifier.Last is not null)
            verifier.Remark("a cut end: the ledger's directory holds no published checkpoint to compare with");
        if (published is null || IsBeforeBegin(published))
            return;
        if (log is null)
        {
            board.Failed("framing", ErrorCodes.BytesDamaged, "a checkpoint is published, but no genesis can be read");
            return;
        }
        if (!log.TryOpen(note, out _, out string reason))
        {
            board.Failed("checkpoints", ErrorCodes.CheckpointRefused, $"the published checkpoint: {reason}");
            return;
        }
        long size = verifier.Last?.Head.Size ?? 0;
        if (published.Head.Size > size)
        {
            string tail = torn > 0 ? $"; {torn} bytes at the end cannot be read" : "";
            board.Failed(
                "framing",
                ErrorCodes.BytesDamaged,
                $"the published checkpoint covers {published.Head.Size} entries, but only {size} can be read{tail}"
            );
        }
        else if (ofThatSize?.Head != published.Head)
        {
            // Signed by the log for a tree that its segments never had: keep it, it proves a second history.
            board.Failed(
                "checkpoints",
                ErrorCodes.Inconsistent,
                $"the published checkpoint signs {verifier.Hasher.Text(published.Head.Root)} at size {published.Head.Size}, the segments do not"
            );
        }
    }

    private void Collect(Receipt receipt)
    {
        if (receipt is not { Entry.Body.Event: Events.EvidenceAdded, Payload: { } payload })
            return;
        try
        {
            evidence.Add((receipt.Entry.Index, EvidenceAdded.FromJson(payload.Root)));
        }
        catch (TessraxException)
        {
            // The verifier has reported this entry already.
        }
    }

    private void CheckEvidence(string path)
    {
        StageBoard board = verifier.Board;
        using StageBoard.Measurement time = board.Measure("evidence");
        var store = new EvidenceStore(path, environment.Disk);
        foreach ((long index, EvidenceAdded added) in evidence)
        {
            // Erased on record: the file goes first, and the payload after it.
            if (verifier.Fold?.Erasures.ErasedAt(index) is not null)
                continue;
            if (store.Check(added) is { } fault)
                board.Failed("evidence", ErrorCodes.EvidenceBroken, $"entry {index}: {fault}");
            else
                board.Passed("evidence");
        }
    }
}
