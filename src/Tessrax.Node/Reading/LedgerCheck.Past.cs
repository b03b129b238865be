using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

// A directory may say of itself that it is a state of the past, which signs nothing any more. It is then held to that: newer checkpoints are no
// finding, and are shown to extend it where a copy is at hand that can show it.
public sealed partial class LedgerCheck
{
    private RestoreMarker? restored;

    /// <summary>Another copy of the same ledger that holds more: a state of the past is held against it. Null if there is none.</summary>
    public string? Newer { get; init; }

    private void ReadRestored(string path, StageBoard board)
    {
        try
        {
            restored = RestoreMarker.Find(path, environment.Disk);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.TooLarge)
        {
            board.Failed("framing", ErrorCodes.BytesDamaged, e.Message);
        }
        if (Newer is not null && restored is not { Reason: ReadOnlyReason.Past })
            throw ErrorCodes.BadUsage.Because(
                $"--newer goes with a state of the past, and {path} does not say that it is one",
                "two copies of a ledger are compared by tessraxctl merkle diff"
            );
    }

    // Kept by this user outside the ledger's directory: a restored older copy is whole, but it is not the ledger any more.
    private void ReportMark(byte[] mark, LedgerDirectory? directory, StageBoard board)
    {
        long size = verifier.Last?.Head.Size ?? 0;
        Checkpoint? marked = null;
        try
        {
            marked = log is null ? null : LedgerMark.Open(mark, log, "this user's mark");
        }
        catch (TessraxException e)
        {
            board.Failed("framing", e.Code, e.Message);
        }
        if (IsPast(size, board))
            JudgePast(marked, directory, board);
        else if (marked is not null && marked.Head.Size > size)
            board.Failed(
                "framing",
                ErrorCodes.Behind,
                $"this user has seen the log at size {marked.Head.Size}, but only {size} entries are here: it is an older copy, or was cut"
            );
    }

    private bool IsPast(long size, StageBoard board)
    {
        if (restored is not { Reason: ReadOnlyReason.Past } past)
            return false;
        if (size < past.Size)
            board.Failed(
                "framing",
                ErrorCodes.BytesDamaged,
                $"{RestoreMarker.FileName} says that {past.Size} entries were restored, but only {size} can be read"
            );
        // Where entries were skipped for the sake of a checkpoint, that checkpoint must be reached.
        bool isReached = !startsFromEpoch || (Since is { } since && Checkpoint.ParseBody(since.Text).Head.Size <= size);
        return size == past.Size && isReached;
    }

    private void JudgePast(Checkpoint? marked, LedgerDirectory? directory, StageBoard board)
    {
        TreeHead shown = verifier.Last!.Head;
        var newer = new List<TreeHead>();
        foreach (Checkpoint? known in (Checkpoint?[])[marked, trust?.Checkpoint, PublishedBy(Newer)])
        {
            if (known is not null && known.Head.Size > shown.Size)
                newer.Add(known.Head);
        }
        long size = newer.Select(head => head.Size).Append(restored!.Newer ?? 0).Append(shown.Size).Max();
        verifier.Past = new PastState(shown.Size, size, Extends(shown, newer, directory, board));
    }

    private bool? Extends(TreeHead shown, List<TreeHead> newer, LedgerDirectory? directory, StageBoard board)
    {
        if (Newer is null || directory is null || newer.Count == 0)
            return null;
        LedgerDirectory copy = LedgerDirectory.Open(Newer, environment.Disk);
        if (copy.Id != directory.Id || copy.Hasher != directory.Hasher)
        {
            board.Failed("trust", ErrorCodes.WrongLedger, $"{Newer} is another ledger, {copy.Id}");
            return null;
        }
        using StageBoard.Measurement time = board.Measure("trust");
        bool? all = true;
        foreach (TreeHead head in newer)
        {
            bool? extends = CopyProof.Shows(copy, environment.Disk, shown, head);
            if (extends == false)
                board.Failed(
                    "trust",
                    ErrorCodes.Inconsistent,
                    $"{Newer} does not show that the log's {head.Size} entries begin with these {shown.Size}: this state is of another history, or that copy is damaged"
                );
            else if (extends == true)
                board.Passed("trust");
            all = extends is null || all is null ? null : all.Value && extends.Value;
        }
        return all;
    }

    private Checkpoint? PublishedBy(string? copy) =>
        copy is null
        || log is null
        || !log.TryOpenAny(
            LedgerMark.ReadNote(environment.Disk, Path.Combine(copy, "checkpoint")),
            out Checkpoint? newer,
            out _
        )
            ? null
            : newer;
}
