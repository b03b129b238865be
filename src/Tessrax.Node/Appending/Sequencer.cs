using System.Runtime.ExceptionServices;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Owns the writer, on one thread at a time: takes what waits, gives it its place, and has it written, batch by batch.</summary>
/// <remarks>
/// While the disk has one batch, the next is made; it goes as soon as the disk is free, however small it is, and a batch that is full waits
/// for the disk. So batches grow with the load, and a lone caller waits for nobody: one who blocks anyway does the work itself, which
/// spares two threads waking each other, as long as a small write to a fast disk.
/// </remarks>
internal sealed class Sequencer
{
    // A batch of so many is worth a second thread, which makes the next one meanwhile.
    private const int WorthAThread = 16;

    // The record of a full batch; more gains little on any disk that we know, and waits longer.
    private const int FullBytes = 512 << 10;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    // How often it is asked what time alone has made due.
    private static readonly TimeSpan StepsEvery = TimeSpan.FromSeconds(1);

    private readonly LedgerWriter writer;
    private readonly Intake intake;
    private readonly StepWatch watch;
    private readonly BatchCommitter committer;
    private readonly TimeSpan linger;
    private readonly LeafPipeline leaves;
    private readonly RepeatedAppends repeated;
    private readonly ProposalDesk desk;
    private PipelineBatch building = new();
    private PipelineBatch other = new();

    // The other batch is durable, but what follows from it was not written yet.
    private bool otherIsNew;
    private long begunAt;
    private UtcTime recordedAt;
    private bool epochFailed;
    private long steppedAt;

    // Held by the thread that works. Callers only try; the sequencer's own thread waits for one batch of a caller at most, and the watchdog for that.
    private readonly Lock turn = new();
    private ExceptionDispatchInfo? broken;
    private volatile GovernanceState state;

    public Sequencer(LedgerWriter writer, Intake intake, StepWatch watch, BatchCommitter committer, TimeSpan linger)
    {
        this.writer = writer;
        this.intake = intake;
        this.watch = watch;
        this.committer = committer;
        this.linger = linger;
        leaves = new LeafPipeline(writer.Hasher);
        repeated = new RepeatedAppends(writer);
        desk = new ProposalDesk(writer);
        steppedAt = writer.Environment.Clock.GetTimestamp();
        state = writer.Fold.State;
        building.Begin(writer.Fold.Size);
    }

    /// <summary>The governance state of the entries so far, for those who accept.</summary>
    public GovernanceState State => state;

    private bool IsFull => building.Entries.IsFull || building.Entries.Record.EntryBytes >= FullBytes;

    /// <summary>Works until nothing is left and nothing will come.</summary>
    /// <exception cref="Exception">A batch failed, or a rule of ours was broken: nothing more can be appended.</exception>
    public void Run()
    {
        while (true)
        {
            intake.Bell.Reset();
            TimeSpan? pause;
            lock (turn)
            {
                broken?.Throw();
                try
                {
                    if (IsDone())
                        return;
                    pause = Step();
                }
                catch (Exception e)
                {
                    // Before anybody else may take a turn.
                    broken = ExceptionDispatchInfo.Capture(e);
                    throw;
                }
            }
            if (pause is { } time)
                intake.Bell.Wait(time);
        }
    }

    /// <summary>Appends at once, on the caller's thread, if nobody else is there. Its caller has been told when this returns, or will be.</summary>
    /// <returns>False if somebody is: nothing was done, and it must be queued.</returns>
    public bool TryAlone(AppendItem item)
    {
        // Work that the sequencer runs may not append so: it would stand in the middle of a batch.
        if (linger > TimeSpan.Zero || turn.IsHeldByCurrentThread || !turn.TryEnter())
            return false;
        bool taken = false;
        try
        {
            if (broken is not null || committer.IsBusy || building.Entries.Count > 0)
                return false;
            Settle();
            taken = intake.TryPass(item);
            if (!taken)
                return false;
            watch.Begin("giving an entry its place");
            Append(item);
            if (building.Entries.Count > 0)
                Release(onOtherThread: false);
            watch.End();
            return true;
        }
        catch (Exception e)
        {
            // The sequencer's thread ends the pipeline, and tells whoever was not told yet: what is in the batch, and what is queued.
            broken = ExceptionDispatchInfo.Capture(e);
            intake.Bell.Set();
            return taken;
        }
        finally
        {
            turn.Exit();
        }
    }

    private bool IsDone()
    {
        if (committer.IsBusy || building.Entries.Count > 0 || !intake.IsDrained)
            return false;
        Settle();
        return true;
    }

    // What waits is taken; null if there is more to do at once, otherwise how long nothing needs to be done unless the bell rings.
    private TimeSpan? Step()
    {
        TakeSteps();
        watch.Begin("giving entries their places");
        Gather();
        if (building.Entries.Count > 0 && committer.IsBusy)
            writer.Advance(building.Entries);
        watch.End();
        if (IsFull && committer.IsBusy)
            committer.Join();
        if (committer.IsBusy)
            return Idle;
        Settle();
        if (building.Entries.Count == 0)
            return intake.IsDrained ? null : Idle;
        if (Lingers())
            return Remaining();
        Release(intake.HasItems || building.Entries.Count >= WorthAThread);
        return null;
    }

    /// <summary>Tells everybody that nothing more is appended.</summary>
    public void Abandon(Exception cause)
    {
        TessraxException why = After(cause);
        lock (turn)
        {
            writer.Abandon();
            building.Fail(_ => why);
            building.GiveBack(intake);
            building.Begin(writer.Fold.Size);
        }
        intake.GiveUpAll(why);
    }

    // What those are told whose append had no part in a failure, and whose turn does not come any more.
    private static TessraxException After(Exception failure) =>
        new(
            ErrorCodes.PipelineClosed,
            $"an append before it failed, so nothing of it was appended: {failure.Message}",
            null,
            failure
        );

    private void Gather()
    {
        while (!IsFull && intake.TryDequeue(out QueueItem item))
        {
            if (item is AppendItem append)
                Append(append);
            else
                Run((WorkItem)item);
        }
    }

    private void Append(AppendItem item)
    {
        try
        {
            if (building.Entries.Count == 0)
                begunAt = writer.Environment.Clock.GetTimestamp();
            if (!ReferenceEquals(item.JudgedBy, state))
                item.FollowLog(state.LogKey!.Id);
            if (item.MayRepeat && writer.Fold.FindRepeat(item.Entry.By, item.Entry.Nonce) is { } index)
                Repeat(item, index);
            else
                Place(item);
        }
        catch (TessraxException e) when (committer.Failure is null && !epochFailed)
        {
            item.Fail(e);
            intake.GiveBack(item);
        }
        catch (Exception e)
        {
            // This is the end, and the append at hand has no place: nobody else would tell its caller.
            item.Fail(After(e));
            intake.GiveBack(item);
            throw;
        }
    }

    private void Place(AppendItem item)
    {
        // One look at the clock serves all that were accepted before it.
        if (recordedAt < item.Entry.IssuedAt || building.Entries.Count == 0)
            recordedAt = writer.Now();
        OwnEntry entry = item.Entry with { RecordedAt = recordedAt };
        if (!ReferenceEquals(item.JudgedBy, state))
            Rejudge(item, state);
        if (writer.Fold.JudgeOwn(entry) is { } refusal)
            throw refusal.ToException();
        if (writer.Fold.Rules.TokenFor(item.Event) is { } rule)
            throw ErrorCodes.TokenMissing.Because(
                $"the policy asks {item.Event} for a token by {rule.Role}",
                "prepare it, and commit it with its token: tessraxctl tx prepare, tessraxctl tx commit --token FILE"
            );
        if (building.Entries.Count == 0 && writer.IsEpochDue(recordedAt))
            OpenEpoch();
        GovernanceState present = state;
        var place = new LeafPlace(writer.Fold.Size, present.Epoch, entry.RecordedAt, present.Reference);
        building.Entries.Add(
            leaves.WriteLeafAround(place, item.Body, item.Signature, item.Seal),
            item.Payload,
            item.Salt
        );
        writer.Fold.ApplyOwn(entry, item.Event);
        item.RecordedAt = recordedAt;
        building.Note(item);
    }

    private void OpenEpoch()
    {
        Drain();
        try
        {
            writer.OpenEpoch(recordedAt);
        }
        catch (TessraxException)
        {
            epochFailed = true;
            throw;
        }
        state = writer.Fold.State;
        building.Begin(writer.Fold.Size);
    }

    // What was judged when the body came in holds as long as keys and windows are the same.
    private static void Rejudge(AppendItem item, GovernanceState state)
    {
        if (ReferenceEquals(item.JudgedBy!.Keys, state.Keys) && item.JudgedBy.Windows == state.Windows)
            return;
        KeyPurpose wanted = item.Entry.By.Kind == VoucherKind.Log ? KeyPurpose.Log : KeyPurpose.Author;
        if (state.Active(item.Entry.By.Key, wanted) is null)
            throw ErrorCodes.KeyEnded.Because($"{item.Entry.By.Key} may vouch for nothing any more");
    }

    private void Repeat(AppendItem item, long index)
    {
        if (building.ItemAt(index) is { } earlier)
        {
            RepeatedAppends.RequireSame(item, earlier, index);
            building.NoteRepeat(item, index);
            return;
        }
        Drain();
        AppendReceipt receipt = repeated.Receipt(item, index);
        item.Complete(receipt);
        intake.GiveBack(item);
    }

    private void Run(WorkItem work)
    {
        try
        {
            Drain();
        }
        catch (Exception e)
        {
            work.Fail(After(e));
            intake.GiveBack(work);
            throw;
        }
        try
        {
            watch.Begin($"the work '{work.Name}'");
            work.Run(writer);
        }
        catch (Exception e)
        {
            work.Fail(e);
        }
        finally
        {
            intake.GiveBack(work);
        }
        state = writer.Fold.State;
        building.Begin(writer.Fold.Size);
        // It may have failed half-way: then the writer takes nothing more, and neither does the pipeline.
        writer.ThrowIfFailed();
    }

    // What time has made due, between two batches. Whoever appends has no part in it: a step that is refused waits for those whose it is.
    private void TakeSteps()
    {
        if (writer.Fold.Proposals.Count == 0 || writer.Environment.Clock.GetElapsedTime(steppedAt) < StepsEvery)
            return;
        steppedAt = writer.Environment.Clock.GetTimestamp();
        if (!IsAnythingDue())
            return;
        Drain();
        try
        {
            watch.Begin("taking the steps that time has made due");
            desk.TakeDue();
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Refused)
        {
            // Half of them may be there.
            writer.ThrowIfFailed();
        }
        finally
        {
            watch.End();
        }
        state = writer.Fold.State;
        building.Begin(writer.Fold.Size);
    }

    private bool IsAnythingDue()
    {
        try
        {
            return Kernel.Steps(writer.Fold, writer.Now()).Any();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.ClockJump)
        {
            // No step is taken by a clock that nobody believes.
            return false;
        }
    }

    // Everything before is durable.
    private void Drain()
    {
        committer.Join();
        Settle();
        if (building.Entries.Count > 0)
            Release(onOtherThread: false);
    }

    private void Release(bool onOtherThread)
    {
        writer.Seal(building.Entries);
        (building, other) = (other, building);
        otherIsNew = true;
        building.Begin(writer.Fold.Size);
        if (onOtherThread)
        {
            committer.Begin(other);
        }
        else
        {
            committer.Commit(other);
            Settle();
        }
    }

    // The batch before has been to the disk: either everything is in order, or this is the end.
    private void Settle()
    {
        if (committer.Failure is { } failure)
            throw failure;
        if (otherIsNew)
            writer.NoteDurable(other.Entries);
        otherIsNew = false;
    }

    private bool Lingers() => linger > TimeSpan.Zero && !IsFull && !intake.IsDrained && Remaining() > TimeSpan.Zero;

    private TimeSpan Remaining()
    {
        TimeSpan left = linger - writer.Environment.Clock.GetElapsedTime(begunAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
