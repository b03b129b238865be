using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Logging;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    /// <summary>How old an epoch may be when something is appended.</summary>
    public static readonly TimeSpan EpochDuration = TimeSpan.FromHours(24);

    /// <summary>An epoch begins at every index that is a multiple of this, so that epochs and segments end together.</summary>
    internal long EpochEntries { get; set; } = SegmentFormat.EntriesPerSegment;

    /// <summary>From now on, until the log's clock is adjusted, takes the time from the machine's monotonic clock where the wall clock has stepped ahead, instead of
    /// refusing to append: for whoever proposes the adjustment, or gives a verdict on it.</summary>
    public void UseBelievedTime() => Clock.UseBelieved();

    /// <summary>Opens an epoch: an entry that says what all entries before it add up to. Whoever has them can tell every byte of it, so nobody's approval is asked.</summary>
    /// <exception cref="TessraxException">TSX4014: the ledger is closed; TSX5026: payloads are missing, so the state is not known; or the disk failed (TSX3005 to TSX3009).</exception>
    public Receipt OpenEpoch()
    {
        ThrowIfFailed();
        return OpenEpoch(Now());
    }

    private void FollowClock(Receipt adjusted)
    {
        var content = ClockAdjusted.Read(adjusted.Entry.Body);
        Clock.Adjust(Fold.LastRecordedAt, content.To < content.From);
        derived.Try(() => clockNote.Replace(Clock.Believed));
    }

    /// <summary>Whether an epoch must be opened before anything else is appended.</summary>
    internal bool IsEpochDue(UtcTime now) =>
        Fold is { State.HasEnded: false, KnowsState: true }
        && (Fold.Size % EpochEntries == 0 || now - Fold.EpochSince >= EpochDuration || Fold.HasNewKeys);

    /// <summary>The same, at a time that <see cref="Now"/> gave.</summary>
    internal Receipt OpenEpoch(UtcTime now)
    {
        batch.Begin(Fold.Size);
        Receipt receipt = AddEpoch(now, out Action keep);
        Commit();
        keep();
        Environment.Logger.EpochOpened(Fold.State.Epoch, receipt.Entry.Index);
        return receipt;
    }

    // To the batch at hand. What is kept of it is to be kept once it is durable.
    private Receipt AddEpoch(UtcTime now, out Action keep)
    {
        if (!Fold.KnowsState)
            throw ErrorCodes.PayloadMissing.Because(
                "payloads are missing that no entry erases, so nobody can say what the entries add up to"
            );
        // The parts first: without the entry nobody asks for them, but with it somebody may.
        FoldState state = Fold.ExportState();
        bool written = derived.Try(() => parts.Write(state));
        EntryBody body = Fold.NextEpoch(Tree.Root()).ToBody(Fold.State, now);
        Receipt receipt = Place(new SignedBody(body, null, default), new Draft { Event = body.Event }, now);
        failed = true;
        batch.Add(receipt);
        keep = () =>
        {
            if (written)
                derived.Try(() => parts.KeepOnly(state));
            derived.Try(KeepKeyHint);
        };
        return receipt;
    }
}
