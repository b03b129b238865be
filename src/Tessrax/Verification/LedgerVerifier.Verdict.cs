using Tessrax.Keys;

namespace Tessrax.Verification;

public sealed partial class LedgerVerifier
{
    private bool lookedForSuspects;

    /// <summary>The verdict on everything fed so far.</summary>
    public Verdict Finish()
    {
        Settle();
        using (Board.Measure("trust"))
            CheckTrust();
        if (fold is not null)
            ErasureReport.ReportMissing(fold.Erasures, Board);
        if (frontier.Size == 0)
            Board.Failed("entries", ErrorCodes.EntryMalformed, "there is no entry, not even genesis");
        if (last is null || last.Head.Size != frontier.Size)
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"no checkpoint covers all {frontier.Size} entries"
            );
        return new Verdict("ledger", Ledger, frontier.Size, frontier.Root(), Board.ToStages(), Excludes())
        {
            Hasher = hasher,
            Successor = Fold?.State.Successor,
            Shard = Fold?.Genesis?.Shard,
            Retired = Fold?.State.Retired,
            Past = Past,
            LogKeys = log?.Spans ?? [],
        };
    }

    /// <summary>Says what a second look at the entries found of keys that were compromised.</summary>
    /// <returns>What the verdict does not exclude.</returns>
    public IReadOnlyList<string> ReportSuspects(SuspectScan scan)
    {
        ArgumentNullException.ThrowIfNull(scan);
        lookedForSuspects = true;
        return scan.Report(Board);
    }

    private void CheckTrust()
    {
        if (trust is null)
        {
            string pin = fold is null ? "" : $": pin ledger {fold.State.Ledger} with vkey {log?.Newest}";
            Board.NotChecked("trust", ErrorCodes.NoTrust, $"trust is not established{pin}");
            return;
        }
        if (trust.Ledger is { } expected && expected != Ledger)
            Board.Failed(
                "trust",
                ErrorCodes.WrongLedger,
                $"this is the ledger {Ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (lastNote.Length == 0)
            Board.Failed(
                "trust",
                ErrorCodes.CheckpointRefused,
                "there is no checkpoint that the trust root could judge"
            );
        else if (JudgeLast(trust) is { Holds: false } refused)
            Board.Failed("trust", ErrorCodes.CheckpointRefused, refused.Reason);
        else
            Board.Passed("trust");
        CheckCosigned(trust);
        if (trust.Checkpoint is { Head.Size: > 0 } trusted && !reachedTrusted && !IsBefore(trusted))
            Board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"the trusted checkpoint has size {trusted.Head.Size}, this ledger only {frontier.Size}: it is an older copy, or was cut"
            );
    }

    // The last checkpoint as the log signed it, or as witnesses cosigned the same tree.
    private PolicyVerdict JudgeLast(TrustRoot root)
    {
        PolicyVerdict own = root.Judge(lastNote, log);
        if (own.Holds || cosigned is null || root.Judge(cosigned.ToBytes(), log) is not { Holds: true } other)
            return own;
        return other.Checkpoint.Head == last?.Head
            ? other
            : own with
            {
                Reason =
                    $"a quorum of witnesses has cosigned {other.Checkpoint.Head.Size} entries, and not yet all {frontier.Size}",
            };
    }

    // The log signed that tree, and showed it to others: a ledger without it was cut, or is another history.
    private void CheckCosigned(TrustRoot root)
    {
        if (cosigned is null || root.Judge(cosigned.ToBytes(), log) is not { Log: not null, Checkpoint.Head: var head })
            return;
        if (head.Size > frontier.Size || (head.Size == last?.Head.Size && head != last?.Head))
            Board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"the checkpoint that was sent to witnesses signs {hasher.Text(head.Root)} at size {head.Size}; this ledger has {frontier.Size} entries and another tree: it is an older copy, was cut, or is another history"
            );
    }

    // Whether the state shown is one of the past, which that checkpoint is known to be newer than.
    private bool IsBefore(Checkpoint trusted) =>
        Past is { } past && past.Size == frontier.Size && past.Size < trusted.Head.Size;

    private List<string> Excludes()
    {
        var excludes = new List<string>();
        if (trust is null || trust.Policy.LogOnly)
            excludes.Add(
                "a fork: no witness quorum is asked for (log-only), so the log could show others another history"
            );
        if (trust?.Checkpoint is null)
            excludes.Add("entries cut off the end: no trusted checkpoint says how far the log had come");
        if (RetiredKeys.NotExcluded(log) is { } shown)
            excludes.Add(shown);
        if (fold is not null)
            excludes.AddRange(erasures.ToExcludes(fold.Erasures));
        excludes.AddRange(remarks);
        if (fold is not null && !lookedForSuspects && SuspectScan.FirstOf(fold.State) is { } suspect)
            excludes.Add(
                $"that somebody else signed entries from {suspect} on with a key that was compromised: nobody looked for them"
            );
        if (Past is { IsExtended: null } past)
            excludes.Add(
                $"that the log went on from this state: nothing at hand shows that its {past.Known} entries begin with these {past.Size}"
            );
        if (unknownStates > 0)
            excludes.Add(
                $"that {(unknownStates == 1 ? "1 epoch names" : $"{unknownStates} epochs name")} the folded state of the entries before, and what their payloads can be found by: payloads that counted then are erased now"
            );
        excludes.Add(
            Fold?.State.TimeFloor is { } floor
                ? $"a wrong clock: recorded_at is the log's word, whose time was adjusted, last to {floor}"
                : "a wrong clock: recorded_at is the log's word"
        );
        if (Untold is > 0 and int open)
        {
            string untold = open == 1 ? "1 contradiction" : $"{open} contradictions";
            excludes.Add(
                Fold is not { State.HasEnded: true }
                    ? $"{untold} among the recorded claims that the log has not told of yet: an ingest was cut off (ingest again), or the operator held them back"
                    : $"{untold} among the recorded claims that the log never told of, and now cannot: it has ended"
            );
        }
        return excludes;
    }
}
