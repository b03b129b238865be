using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Maintenance;

/// <summary>What became of a wish about payloads.</summary>
/// <param name="Entry">The control event, or the proposal that waits for approvals.</param>
/// <param name="IsRecorded">Whether it is on record; otherwise <paramref name="Entry"/> is the proposal's index.</param>
/// <param name="Done">What was taken off the disk now; null if nothing was.</param>
public sealed record PayloadOutcome(long Entry, bool IsRecorded, ErasureDone? Done = null)
{
    /// <summary>Whether the payload was lost before: there was nothing to take off the disk, and a copy made since lacks it too.</summary>
    public bool WasLost { get; init; }
}

/// <summary>Holds and erasures, from the wish to the bytes given back: proposes where approvals are needed, records, carries out.</summary>
/// <remarks>Each step finds out what was done before, so the same call goes on where an earlier one, or a crash, left off.</remarks>
public sealed class PayloadDesk(LedgerWriter writer, IDisk disk)
{
    /// <summary>How long a proposal waits for approvals, unless the policy or the ledger's windows say less.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private readonly ProposalDesk proposals = new(writer);

    private LedgerFold Fold => writer.Fold;

    /// <summary>Places a hold.</summary>
    /// <exception cref="TessraxException">TSX4021: there is one of that name; TSX4024: another waits; TSX1006, TSX1009: it does not fit.</exception>
    public PayloadOutcome Place(HoldPlaced hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        return Govern(Events.HoldPlaced, hold.ToControl(), body => HoldPlaced.Read(body).Hold == hold.Hold);
    }

    /// <summary>Releases a hold.</summary>
    /// <exception cref="TessraxException">TSX4021: there is none of that name; TSX4024: another release waits; TSX1009: it does not fit.</exception>
    public PayloadOutcome Release(HoldReleased hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        return Govern(Events.HoldReleased, hold.ToControl(), body => HoldReleased.Read(body).Hold == hold.Hold);
    }

    /// <summary>Erases the payload of one entry, and of every entry that copies values out of it.</summary>
    /// <exception cref="TessraxException">TSX3011: no such entry; TSX4020: under a hold; TSX4022: it still counts, or a proposal rests on it; TSX4023: it has no
    /// payload that may be erased; TSX4024: another erasure waits.</exception>
    public PayloadOutcome Erase(long index, string reason)
    {
        proposals.CloseExpired(writer.Now());
        bool wasLost = index >= 0 && index < Fold.Size && LedgerReplay.IsLost(writer.Read(index));
        return Carry(index, reason) with { WasLost = wasLost };
    }

    private PayloadOutcome Carry(long index, string reason)
    {
        while (Plan(index) is { } entries)
        {
            var erased = new PayloadErased(entries, reason);
            PayloadOutcome outcome = Govern(
                Events.PayloadErased,
                erased.ToControl(),
                body => PayloadErased.Read(body).Entries.Any(e => e.Index == index)
            );
            if (outcome.IsRecorded)
                outcome = outcome with { Done = Finish() };
            if (!outcome.IsRecorded || entries[0].Index == index)
                return outcome;
        }
        using LedgerView view = LedgerView.Open(writer.Directory.Path, disk);
        return new PayloadOutcome(Fold.Erasures.ErasedAt(view.Receipt(index).Entry)!.Value, true, Finish());
    }

    /// <summary>What a compaction would do now.</summary>
    /// <param name="keepEpochs">How many closed epochs stay whole, from 0.</param>
    public CompactionPlan PlanCompaction(long keepEpochs) =>
        CompactionPlan.Make(writer.Directory.Path, disk, keepEpochs, writer.Now());

    /// <summary>Erases the payloads that a plan found.</summary>
    /// <exception cref="TessraxException">As <see cref="Erase"/>.</exception>
    public PayloadOutcome Compact(CompactionPlan plan, string reason)
    {
        ArgumentNullException.ThrowIfNull(plan);
        proposals.CloseExpired(writer.Now());
        PayloadOutcome outcome = Govern(Events.LedgerCompacted, plan.ToEvent(reason).ToControl(), static _ => true);
        return outcome.IsRecorded ? outcome with { Done = Finish() } : outcome;
    }

    /// <summary>Takes off the disk what is erased on record, and settles again what the claims that are left give.</summary>
    /// <returns>What was taken off; null if nothing was due.</returns>
    /// <exception cref="TessraxException">As <see cref="ErasureDone.Left"/>: all was taken off but a copy that could not be removed.</exception>
    public ErasureDone? Finish()
    {
        if (!new PayloadEraser(writer.Directory, disk, writer.Environment.Clock, Fold).IsDue)
            return null;
        // As long as the payloads are there, one can see what copies them.
        EraseCopiesMadeSince(Fold.Erasures.Last!.Value);
        if (writer.CarryOutErasures() is not { } done)
            return null;
        // Nobody can tell what is left of claims that are lost and not given up yet.
        if (!Fold.Erasures.HasMissingThatCounts)
            proposals.SettleAll();
        return done.Left is { } left ? throw left : done;
    }

    // The same wish may come in other words, or with more in it than when it was proposed; then it is the proposal that counts.
    private PayloadOutcome Govern(string name, JsonValue control, Predicate<EntryBody> isSame)
    {
        if (Fold.OpenControl(name) is { } waiting)
            return isSame(waiting.Proposal.Body)
                ? new PayloadOutcome(waiting.Index, false)
                : throw ErrorCodes.ProposalWaits.Because(
                    $"another {name} waits for approvals: proposal {waiting.Index}"
                );
        Receipt receipt = proposals.Govern(name, control, Validity);
        return new PayloadOutcome(receipt.Entry.Index, receipt.Entry.Body.Event == name);
    }

    // What goes with an entry, as much as one event may name: of too many, the copies first, so that what tells which they are goes last.
    // Null if it is gone already.
    private ErasedEntry[]? Plan(long index)
    {
        using LedgerView view = LedgerView.Open(writer.Directory.Path, disk);
        Receipt asked = view.Receipt(index);
        if (Fold.Erasures.ErasedAt(asked.Entry) is not null)
            return null;
        Digest? about = RequireErasable(asked);
        var plan = new ErasurePlan(writer.Directory.Id, [index], about is { } contradiction ? [contradiction] : []);
        foreach (Receipt receipt in view.Receipts())
            plan.Add(receipt);
        ErasedEntry[] left = [.. plan.Entries.Where(e => Fold.Erasures.ErasedAt(e.Index) is null)];
        return left.Length <= PayloadErased.MaxEntries
            ? left
            : [.. left.Where(e => e.Index != index).TakeLast(PayloadErased.MaxEntries)];
    }

    // While an erasure waited for its approvals, something may have been told or decided of what it erases. That goes the same way.
    private void EraseCopiesMadeSince(long erasing)
    {
        using LedgerView view = LedgerView.Open(writer.Directory.Path, disk);
        Entry entry = view.Receipt(erasing).Entry;
        if (entry.Body.Event != Events.PayloadErased || Fold.OpenControl(Events.PayloadErased) is not null)
            return;
        var erased = PayloadErased.Read(entry.Body);
        var plan = new ErasurePlan(writer.Directory.Id, erased.Entries.Select(e => e.Index), []);
        foreach (Receipt receipt in view.ReceiptsAsStored().TakeWhile(r => r.Entry.Index < erasing))
            plan.Add(receipt);
        ErasedEntry[] left = [.. plan.Entries.Where(e => Fold.Erasures.ErasedAt(e.Index) is null)];
        if (left.Length > 0)
            proposals.Govern(
                Events.PayloadErased,
                new PayloadErased([.. left.Take(PayloadErased.MaxEntries)], erased.Reason).ToControl(),
                Validity
            );
    }

    private Digest? RequireErasable(Receipt asked)
    {
        string name = asked.Entry.Body.Event;
        // Nobody has it any more; that it is given up is for whoever may erase to say.
        if (LedgerReplay.IsLost(asked) && Events.IsErasable(name))
            return null;
        object? record = asked.Payload is { } payload ? EventPayloads.Read(name, payload.Root) : null;
        if (!Events.IsErasable(name) || record is null or Proposal { Decision: null })
            throw ErrorCodes.NothingToErase.Because(
                $"entry {asked.Entry.Index} is {name}: it governs, and holds no payload that may be erased"
            );
        if (ErasurePlan.ContradictionOf(record) is not { } about)
            return null;
        GroupKey key = record switch
        {
            Contradiction contradiction => contradiction.Key,
            Proposal proposal => proposal.Decision!.Key,
            _ => ((Decision)record).Key,
        };
        // It would be told and decided again at once.
        if (Fold.Claims.Detect(key) is { } standing && standing.Id == about)
        {
            IEnumerable<long> claims = standing.Claims.Select(c => Fold.Claims.EntryOf(c.ClaimId)).OfType<long>();
            throw ErrorCodes.StillCounts.Because(
                $"entry {asked.Entry.Index} follows from claims that still count, in entries {IndexRanges.Of(claims.Distinct().Order())}",
                "erase those: what copies their values goes with them"
            );
        }
        return about;
    }
}
