using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

public sealed partial class LedgerCheck
{
    // Telling where one stands takes as long as checking some ten thousand entries.
    private static readonly TimeSpan NotePause = TimeSpan.FromSeconds(15);

    private long begin;
    private bool startsFromEpoch;
    private long noted;

    /// <summary>The file in which this verification notes how far it came, and from which it goes on if the file is there. It is the user's own, and believed:
    /// what it says was checked is not checked again. Null to keep none.</summary>
    public string? NoteFile { get; init; }

    /// <summary>A checkpoint of this ledger that the user verified before: only what is new since the last epoch that it covers is checked. Null to check everything.</summary>
    public SignedNote? Since { get; init; }

    /// <summary>How many entries are not checked in this run, and why; or why none is left out although that was asked for. Null if it was not.</summary>
    public string? BeginNotice { get; private set; }

    // Decides where to begin.
    private void Begin(string path)
    {
        noted = environment.Clock.GetTimestamp();
        if (NoteFile is { } file && environment.Disk.Exists(file))
            GoOn(path, file);
        else if (Since is { } accepted)
            BeginAfter(path, accepted);
    }

    private void GoOn(string path, string file)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        byte[] bytes = DurableFile.Read(environment.Disk, file, CheckNote.MaxBytes);
        CheckNote note = CheckNote.Read(bytes, directory.Id, trust);
        Start(new LedgerVerifier(environment.Clock, trust, note.State, note.Fold) { WhenRead = Collect });
        BeginNotice =
            $"the first {begin} entries are not read again: the note {file} says that an earlier run checked them";
        verifier.Remark($"damage since an earlier run, or a false note: {BeginNotice}");
    }

    private void BeginAfter(string path, SignedNote accepted)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        var epoch = new EpochStart(directory, environment.Disk, trust);
        if (epoch.Find(accepted, out string reason) is not { } found)
        {
            BeginNotice = $"everything is checked: {reason}";
            if (trust is not null)
                Start(
                    new LedgerVerifier(environment.Clock, Trusting(directory, accepted, trust)) { WhenRead = Collect }
                );
            return;
        }
        TrustRoot root = Trusting(
            directory,
            accepted,
            trust ?? new TrustRoot(directory.Id, TlogPolicy.LogAlone(found.Log.Newest)),
            found.Log
        );
        var after = new LedgerVerifier(environment.Clock, root, found.State, found.Fold) { WhenRead = Collect };
        if (trust is null)
            after.Board.NotChecked("trust", ErrorCodes.NoTrust, "trust is not established");
        Start(after);
        startsFromEpoch = true;
        BeginNotice =
            $"the first {begin} entries are not checked again: the checkpoint of {found.Accepted.Head.Size} entries, which covers them, was given as verified";
        verifier.Remark($"damage since then, or what that verification did not see: {BeginNotice}");
    }

    // The verifier comes to the larger of the two checkpoints, and holds its root against the entries; the other one is proven to be within it.
    private TrustRoot Trusting(LedgerDirectory directory, SignedNote accepted, TrustRoot root, LogKeyChain? log = null)
    {
        TrustRoot given = root.Accepting(accepted, log);
        if (root.Checkpoint is not { Head: { Size: > 0 } pinned } || given.Checkpoint is not { Head: var since })
            return given;
        if (since.Size == 0)
            return root;
        bool isLater = pinned.Size > since.Size;
        (TreeHead small, TreeHead large) = isLater ? (since, pinned) : (pinned, since);
        return CopyProof.Shows(directory, environment.Disk, small, large) == true
            ? (isLater ? root : given)
            : throw ErrorCodes.SinceRefused.Because(
                $"the checkpoint of {since.Size} entries given with --since and the one of {pinned.Size} in the trust root are not shown to be of one tree"
            );
    }

    private void Start(LedgerVerifier from)
    {
        verifier = from;
        begin = from.Size;
    }

    // Where a payload was gone already when that checkpoint was verified, the state that the epoch commits to could not be worked out then, and was
    // the log's word; once it is erased on record, nobody can tell any more.
    private void ReportUnknownState()
    {
        if (startsFromEpoch && verifier.Fold is { } fold && fold.Erasures.Touches(0, begin, begin))
            verifier.Remark(
                $"that the folded state of the first {begin} entries, from which this run began, is theirs: payloads that counted then are erased now (without --since this is checked as far as it still can be)"
            );
    }

    // What was not read again must at least be there.
    private void ReportMissing(ScanEnd? end, StageBoard board)
    {
        if (end is not null && end.Size < begin)
            board.Failed(
                "framing",
                ErrorCodes.BytesDamaged,
                $"{begin} entries were checked before, but only {end.Size} are here: it is an older copy, or was cut"
            );
    }

    // A tree whose leaves were not read has no root to compare with.
    private bool IsBeforeBegin(Checkpoint checkpoint)
    {
        if (checkpoint.Head.Size >= begin)
            return false;
        verifier.Remark(
            $"that the published checkpoint, of {checkpoint.Head.Size} entries, is of this tree: what it covers was not read in this run"
        );
        return true;
    }

    private void KeepNoteIfDue()
    {
        if (NoteFile is not null && environment.Clock.GetElapsedTime(noted) > NotePause)
            KeepNote();
    }

    private void KeepNote()
    {
        if (NoteFile is not { } file || !verifier.TryExport(out VerifierState? state, out FoldState? folded))
            return;
        DurableFile.Write(
            environment.Disk,
            file,
            CheckNote.Write(state, folded, verifier.Fold!.ExportFields(), trust),
            DurableFileOptions.Secret with
            {
                Overwrite = true,
            }
        );
        noted = environment.Clock.GetTimestamp();
    }
}
