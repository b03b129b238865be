using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Maintenance;

/// <summary>Why a compaction keeps a payload.</summary>
public enum KeptBecause
{
    /// <summary>It is under a hold.</summary>
    Hold,

    /// <summary>It still counts for its group of claims, or a decision that stands rests on it.</summary>
    Counts,

    /// <summary>An open proposal rests on it.</summary>
    Waits,

    /// <summary>It is part of what governs: the proposal of a control event.</summary>
    Governs,

    /// <summary>The policy keeps claims for longer.</summary>
    Retention,
}

/// <summary>What a compaction erases and what it keeps, worked out before anybody approves it.</summary>
public sealed class CompactionPlan
{
    private readonly SortedDictionary<KeptBecause, long> kept = [];
    private readonly List<(long From, long To)> ranges = [];
    private bool isOpen;

    private CompactionPlan(long keepEpochs) => KeepEpochs = keepEpochs;

    /// <summary>How many closed epochs stay whole.</summary>
    public long KeepEpochs { get; }

    /// <summary>One more than the last entry that is looked at: where the first epoch begins that stays whole, or where one event has no room for more.</summary>
    public long To { get; private set; }

    /// <summary>Whether the run ends before the epochs that stay whole, so that another compaction can go on.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>How many payloads go.</summary>
    public long Payloads { get; private set; }

    /// <summary>Their bytes with their salts. What is given back may be a little less or more: the disk counts in blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many payloads stay, and why.</summary>
    public IReadOnlyDictionary<KeptBecause, long> Kept => kept;

    /// <summary>Whether there is anything to erase.</summary>
    public bool IsEmpty => Payloads == 0;

    /// <summary>The content of the event.</summary>
    public LedgerCompacted ToEvent(string reason) => new(0, To, IndexRanges.From(ranges), KeepEpochs, reason);

    /// <summary>What a compaction of a ledger would do now; takes no lock.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="keepEpochs">How many closed epochs stay whole, from 0.</param>
    /// <param name="now">The moment that retention is counted from.</param>
    public static CompactionPlan Make(string ledger, IDisk disk, long keepEpochs, UtcTime now)
    {
        using LedgerView view = LedgerView.Open(ledger, disk);
        return Make(view, keepEpochs, now);
    }

    private static CompactionPlan Make(LedgerView view, long keepEpochs, UtcTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keepEpochs);
        var plan = new CompactionPlan(keepEpochs);
        long end = FirstKept(view, keepEpochs);
        if (end == 0)
            return plan;
        var reasons = new Reasons(view, now);
        foreach (Receipt receipt in view.Receipts().TakeWhile(r => r.Entry.Index < end))
        {
            if (!plan.Add(receipt, reasons))
                break;
        }
        plan.IsPartial = plan.To < end;
        return plan;
    }

    // Where the first of the epochs begins that stay whole; 0 if there is none before it.
    private static long FirstKept(LedgerView view, long keepEpochs)
    {
        long? at = view.Fold.EpochAt;
        for (long kept = 0; kept < keepEpochs && at is { } opened; kept++)
            at = EpochOpened.Read(view.Receipt(opened).Entry.Body, view.Hasher).Before;
        return at ?? 0;
    }

    // False if one event has no room for this entry.
    private bool Add(Receipt receipt, Reasons reasons)
    {
        long index = receipt.Entry.Index;
        KeptBecause? because = reasons.Of(receipt);
        bool goes = because is null && receipt.Payload is not null && Events.IsErasable(receipt.Entry.Body.Event);
        if (because is not null)
        {
            if (!isOpen && ranges.Count == LedgerCompacted.MaxKept)
                return false;
            if (isOpen)
                ranges[^1] = (ranges[^1].From, index);
            else
                ranges.Add((index, index));
            isOpen = true;
            if (receipt.Payload is not null)
                kept[because.Value] = kept.GetValueOrDefault(because.Value) + 1;
        }
        else if (goes)
        {
            isOpen = false;
            Payloads++;
            Bytes += receipt.Payload!.Bytes.Length + Receipt.SaltBytes;
        }
        To = index + 1;
        return true;
    }

    private sealed class Reasons
    {
        private readonly LedgerView view;
        private readonly HashSet<long> counts;
        private readonly HashSet<long> waits;
        private readonly HashSet<EntryBody> decided = [];
        private readonly UtcTime keptFrom;

        public Reasons(LedgerView view, UtcTime now)
        {
            this.view = view;
            var standing = new Standing(view.Fold);
            counts = [.. standing.Entries()];
            waits = [.. standing.WaitedOn().Keys];
            keptFrom = view.Fold.Rules.Retention is { } retention
                ? now + -retention
                : UtcTime.From(DateTimeOffset.MaxValue);
            foreach (long index in counts)
            {
                Entry entry = view.Receipt(index).Entry;
                if (entry.Body.Event == Events.DecisionRecorded && entry.Approvals.Count > 0)
                    decided.Add(entry.Body);
            }
        }

        public KeptBecause? Of(Receipt receipt)
        {
            Entry entry = receipt.Entry;
            if (view.Fold.Erasures.HoldOn(entry.Index) is not null)
                return KeptBecause.Hold;
            if (waits.Contains(entry.Index))
                return KeptBecause.Waits;
            if (counts.Contains(entry.Index))
                return KeptBecause.Counts;
            if (receipt.Payload is not { } payload)
                return null;
            // Claims that the policy keeps, and what was told and decided of them.
            bool recent = entry.RecordedAt >= keptFrom;
            if (recent && (entry.Body.Event == Events.ClaimsRecorded || Events.Settles(entry.Body.Event)))
                return KeptBecause.Retention;
            if (entry.Body.Event != Events.DecisionProposed)
                return null;
            var proposal = Proposal.FromJson(payload.Root);
            if (proposal.Decision is null)
                return KeptBecause.Governs;
            return decided.Contains(proposal.Body) ? KeptBecause.Counts : null;
        }
    }
}
