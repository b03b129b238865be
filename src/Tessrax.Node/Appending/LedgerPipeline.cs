using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Appending;

/// <summary>Appends for many callers at once: their entries share batches, and so the disk's confirmations. It owns the writer.</summary>
/// <remarks>
/// <code>
/// accept      on the caller's thread: validate, canonicalize, freeze, commit, sign or verify
/// queue       bounded in entries and bytes; who finds it full waits for room
/// sequencer   one thread: takes what waits, gives places, builds the record, checks it, signs the checkpoint
/// commit      one pwrite and one fdatasync a batch, while the next batch is made; only then is anything visible
/// acknowledge index, leaf hash and a checkpoint that covers them
/// </code>
/// What a caller may rely on stands in <c>docs/appending.md</c>: an append that is cancelled or refused before it was taken is surely not appended;
/// after that it is acknowledged, or fails with TSX3009 and a token to ask by. The same nonce is the same append, also after a restart, as long as
/// the ledger remembers the nonce. After a batch failed, nothing more is accepted: dispose and open the ledger again. Safe for concurrent use.
/// </remarks>
public sealed class LedgerPipeline : IAsyncDisposable
{
    /// <summary>How many appends one call may hold.</summary>
    public const int MostTogether = LedgerBatch.FullEntries;

    // Beyond its payload: body, salt and signature.
    private const int Overhead = 1024;

    private readonly LedgerWriter writer;
    private readonly LedgerPipelineOptions options;
    private readonly StepWatch watch;
    private readonly Intake intake;
    private readonly BatchCommitter committer;
    private readonly Sequencer sequencer;
    private readonly Spares<AppendItem> items;
    private readonly Spares<Acceptor> acceptors = new(64);
    private readonly VerifiedSeals seals = new();
    private readonly ITimer watchdog;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int disposed;

    /// <summary>Takes over a writer; nobody else may use it from now on.</summary>
    /// <param name="writer">An open ledger. It is disposed with the pipeline.</param>
    /// <param name="options">Limits and waits.</param>
    public LedgerPipeline(LedgerWriter writer, LedgerPipelineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        this.writer = writer;
        this.options = options ?? LedgerPipelineOptions.Default;
        TimeProvider clock = writer.Environment.Clock;
        watch = new StepWatch(clock);
        intake = new Intake(this.options, clock, watch);
        committer = new BatchCommitter(writer, intake, watch);
        sequencer = new Sequencer(writer, intake, watch, committer, this.options.MaxLinger);
        items = new Spares<AppendItem>(this.options.MaxQueuedEntries);
        new Thread(Run) { IsBackground = true, Name = "tessrax sequence" }.Start();
        TimeSpan often = TimeSpan.FromTicks(
            Math.Clamp(
                Math.Min(this.options.MaxQueueWait.Ticks, this.options.MaxCommitWait.Ticks) / 4,
                TimeSpan.TicksPerMillisecond,
                TimeSpan.TicksPerSecond
            )
        );
        watchdog = clock.CreateTimer(_ => LookForDelays(), null, often, often);
    }

    /// <summary>Where the ledger lies and what it is.</summary>
    public LedgerDirectory Directory => writer.Directory;

    /// <summary>The newest checkpoint whose entries are durable.</summary>
    public SignedNote Checkpoint => writer.Checkpoint!;

    /// <summary>The tree, for proofs within any checkpoint that was handed out. It may run ahead of what is durable.</summary>
    public LedgerTree Tree => writer.Tree;

    /// <summary>Keys, policy and roles as all entries leave them that have their place. It may run ahead of what is durable.</summary>
    public GovernanceState State => sequencer.State;

    /// <summary>How far the index is behind; null for a ledger without one.</summary>
    public IndexLag? Index => writer.Index;

    /// <summary>Appends under way, from acceptance to acknowledgement.</summary>
    public int Pending => intake.Entries;

    /// <summary>Why nothing is accepted any more: it was shut down, or a batch failed; null as a rule.</summary>
    public TessraxException? Closed => intake.Closed;

    /// <summary>Whether so many appends are under way that others had better come later: three quarters of what there is room for.</summary>
    public bool IsCrowded => intake.Entries > options.MaxQueuedEntries / 4 * 3;

    /// <summary>Why what follows from the entries could not be written, if so; the entries themselves are durable.</summary>
    public TessraxException? Warning => writer.Warning;

    /// <summary>Appends a user's own event.</summary>
    /// <exception cref="TessraxException">It is refused, or waited too long (TSX3023), or nothing is accepted any more (TSX3024): nothing was appended.
    /// TSX3009: the outcome is unknown; <see cref="TessraxException.Token"/> is what to ask by.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it was taken: nothing was appended.</exception>
    public ValueTask<AppendReceipt> AppendAsync(OwnDraft draft, CancellationToken cancellation = default) =>
        Begin(new Ready(draft), cancellation);

    /// <summary>Appends a draft of a user's own event.</summary>
    /// <inheritdoc cref="AppendAsync(OwnDraft, CancellationToken)" path="/exception"/>
    public ValueTask<AppendReceipt> AppendAsync(Draft draft, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return Begin(new Ready(draft), cancellation);
    }

    /// <summary>Appends a user's own event whose body was made and signed, or sealed, elsewhere. It is verified on the way in.</summary>
    /// <param name="signed">The body, by an author of this ledger.</param>
    /// <param name="payload">What it commits to.</param>
    /// <param name="cancellation">Counts until it is taken.</param>
    /// <inheritdoc cref="AppendAsync(OwnDraft, CancellationToken)" path="/exception"/>
    public ValueTask<AppendReceipt> AppendAsync(
        SignedBody signed,
        FrozenPayload payload,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(payload);
        return Begin(new Ready(signed, payload), cancellation);
    }

    /// <summary>Appends many of a user's own events in order with one call, which costs each of them less: nobody is woken until all are durable.</summary>
    /// <param name="drafts">At most <see cref="MostTogether"/>. If one is not what it should be, none is appended.</param>
    /// <param name="cancellation">Counts until they are queued.</param>
    /// <returns>A receipt for each. They are one batch if they fit in one, but may be several.</returns>
    /// <exception cref="ArgumentOutOfRangeException">None, or too many.</exception>
    /// <exception cref="TessraxException">As for one, if it is true of all. TSX3047: some of them are durable; the message says how many, and the inner exception what became of another.</exception>
    public Task<IReadOnlyList<AppendReceipt>> AppendAsync(
        IReadOnlyList<OwnDraft> drafts,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var many = new Ready[drafts.Count];
        for (int i = 0; i < many.Length; i++)
            many[i] = new Ready(drafts[i]);
        return Together(many, cancellation);
    }

    /// <summary>The same for bodies that were signed, or sealed, elsewhere.</summary>
    /// <inheritdoc cref="AppendAsync(IReadOnlyList{OwnDraft}, CancellationToken)"/>
    public Task<IReadOnlyList<AppendReceipt>> AppendAsync(
        IReadOnlyList<SignedDraft> drafts,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(drafts);
        return Together([.. drafts.Select(draft => new Ready(draft.Signed, draft.Payload))], cancellation);
    }

    /// <summary>Appends a user's own event and blocks until it is durable. The quickest way for a caller that is alone: its own thread does all the work.</summary>
    /// <inheritdoc cref="AppendAsync(OwnDraft, CancellationToken)" path="/exception"/>
    public AppendReceipt Append(OwnDraft draft, CancellationToken cancellation = default) =>
        Wait(new Ready(draft), cancellation);

    /// <summary>Appends a body that was made and signed, or sealed, elsewhere, and blocks until it is durable.</summary>
    /// <inheritdoc cref="AppendAsync(SignedBody, FrozenPayload, CancellationToken)" path="/exception"/>
    public AppendReceipt Append(SignedBody signed, FrozenPayload payload, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(payload);
        return Wait(new Ready(signed, payload), cancellation);
    }

    /// <summary>Runs work on the writer itself, between two batches: claims, proposals, approvals, control events. Everything appended before it is durable.</summary>
    /// <param name="name">How messages name it.</param>
    /// <param name="work">Runs on the sequencer's thread; others wait meanwhile. It must not keep the writer.</param>
    /// <param name="cancellation">Counts until it is taken.</param>
    /// <exception cref="TessraxException">What the work threw; TSX3023, TSX3024: it was not done.</exception>
    public async Task<T> RunAsync<T>(string name, Func<LedgerWriter, T> work, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(work);
        var item = new WorkItem<T>(name, work) { Bytes = Overhead };
        await intake.ReserveAsync(Overhead, cancellation).ConfigureAwait(false);
        item.Cancellation = cancellation.UnsafeRegister(
            static (given, token) => ((QueueItem)given!).TryGiveUp(new OperationCanceledException(token)),
            item
        );
        intake.Enqueue(item);
        return await item.Task.ConfigureAwait(false);
    }

    /// <summary>What became of an append whose outcome was unknown; also after a restart.</summary>
    /// <param name="token">As <see cref="TessraxException.Token"/> says.</param>
    /// <param name="cancellation">Counts until it is looked up.</param>
    public Task<AppendFate> FindAsync(AppendToken token, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        return RunAsync("looking for a nonce", owner => Find(owner, token), cancellation);
    }

    /// <summary>Accepts nothing any more, and returns when all that was accepted is durable.</summary>
    /// <exception cref="TessraxException">TSX3023: it took too long; TSX3009, TSX3005 and others: a batch failed.</exception>
    public async Task CompleteAsync()
    {
        intake.Close(ErrorCodes.PipelineClosed.Because("the pipeline was shut down; nothing of it was appended"));
        TimeSpan most = options.MaxQueueWait + options.MaxCommitWait;
        try
        {
            await ended.Task.WaitAsync(most, writer.Environment.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TessraxException(
                ErrorCodes.QueueWait,
                $"the pipeline has not ended in {most.TotalSeconds:0.###} s, held up by {watch.Holder}",
                "what was acknowledged is durable; end the process",
                e
            );
        }
    }

    /// <summary>As <see cref="CompleteAsync"/>, then closes the ledger. Says nothing of a failure that callers were told of.</summary>
    /// <exception cref="TessraxException">TSX3023: it took too long; the ledger stays open.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        try
        {
            await CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception) when (ended.Task.IsFaulted) { }
        await watchdog.DisposeAsync().ConfigureAwait(false);
        committer.Dispose();
        writer.Dispose();
    }

    private static AppendFate Find(LedgerWriter owner, AppendToken token)
    {
        if (owner.Fold.FindNonce(token.By, token.Nonce) is { } index)
            return new AppendFate(AppendOutcome.Committed, index);
        // The book drops a nonce when an entry is recorded after its time.
        bool remembers = owner.Fold.LastRecordedAt <= token.Until;
        return new AppendFate(remembers ? AppendOutcome.NotThere : AppendOutcome.Forgotten, null);
    }

    private ValueTask<AppendReceipt> Begin(in Ready ready, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            ValueTask room = intake.ReserveAsync(ready.Size, cancellation);
            return room.IsCompletedSuccessfully ? Queue(ready, cancellation) : BeginLater(room, ready, cancellation);
        }
        catch (Exception e) when (e is TessraxException or OperationCanceledException)
        {
            return ValueTask.FromException<AppendReceipt>(e);
        }
    }

    private async ValueTask<AppendReceipt> BeginLater(ValueTask room, Ready ready, CancellationToken cancellation)
    {
        await room.ConfigureAwait(false);
        return await Queue(ready, cancellation).ConfigureAwait(false);
    }

    private ValueTask<AppendReceipt> Queue(in Ready ready, CancellationToken cancellation)
    {
        AppendItem item = Accept(ready);
        ValueTask<AppendReceipt> task = item.Task;
        item.CancelBy(cancellation);
        Enqueue([item]);
        return task;
    }

    private AppendReceipt Wait(in Ready ready, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ValueTask room = intake.ReserveAsync(ready.Size, cancellation);
        if (!room.IsCompletedSuccessfully)
            room.AsTask().GetAwaiter().GetResult();
        AppendItem item = Accept(ready);
        item.WillBlock();
        item.CancelBy(cancellation);
        if (!sequencer.TryAlone(item))
            Enqueue([item]);
        return item.Wait();
    }

    private async Task<IReadOnlyList<AppendReceipt>> Together(Ready[] many, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(many.Length, "drafts");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(many.Length, MostTogether, "drafts");
        cancellation.ThrowIfCancellationRequested();
        long size = 0;
        foreach (ref readonly Ready ready in many.AsSpan())
            size += ready.Size;
        await intake.ReserveAsync(size, cancellation, many.Length).ConfigureAwait(false);
        return await Queue(many, size).ConfigureAwait(false);
    }

    private Task<AppendReceipt[]> Queue(Ready[] many, long size)
    {
        var group = new AppendGroup(many.Length);
        AppendItem[] made = Accept(many, size);
        for (int i = 0; i < made.Length; i++)
            made[i].Join(group, i);
        Enqueue(made);
        return group.Task;
    }

    private AppendItem Accept(in Ready ready)
    {
        AppendItem? item = null;
        Accept(new ReadOnlySpan<Ready>(in ready), new Span<AppendItem?>(ref item), ready.Size);
        return item!;
    }

    private AppendItem[] Accept(Ready[] many, long size)
    {
        var made = new AppendItem?[many.Length];
        Accept(many, made, size);
        return made!;
    }

    // They have their room, and give it back if one of them is refused.
    private void Accept(ReadOnlySpan<Ready> many, Span<AppendItem?> made, long size)
    {
        Acceptor acceptor = acceptors.Rent() ?? new Acceptor(writer);
        try
        {
            acceptor.Begin();
            for (int i = 0; i < many.Length; i++)
            {
                AppendItem item = made[i] = items.Rent() ?? new AppendItem(items);
                many[i].Accept(acceptor, item, sequencer.State, seals);
                item.Bytes = many[i].Size;
            }
        }
        catch
        {
            foreach (AppendItem? item in made)
                item?.Discard();
            intake.GiveBack(many.Length, size);
            throw;
        }
        finally
        {
            acceptors.Return(acceptor);
        }
    }

    private void Enqueue(ReadOnlySpan<AppendItem> many)
    {
        try
        {
            intake.Enqueue(ReadOnlySpan<QueueItem>.CastUp(many));
        }
        catch
        {
            foreach (AppendItem item in many)
                item.Discard();
            throw;
        }
    }

    private void Run()
    {
        try
        {
            sequencer.Run();
            ended.TrySetResult();
        }
        catch (Exception e)
        {
            // Whoever was in the batch that failed has been told what became of it; nobody else's append has begun.
            sequencer.Abandon(e);
            writer.Environment.Logger.PipelineStopped(e.Message);
            ended.TrySetException(e);
        }
    }

    private void LookForDelays()
    {
        intake.GiveUpLate();
        if (watch.Writing < options.MaxCommitWait)
            return;
        TessraxException stuck = ErrorCodes.OutcomeUnknown.Because(
            $"a batch is not durable after {options.MaxCommitWait.TotalSeconds:0.###} s, held up by {watch.Holder}"
        );
        committer.GiveUp(stuck);
        intake.GiveUpAll(
            ErrorCodes.PipelineClosed.Because(
                $"an append before it failed, so nothing of it was appended: {stuck.Message}"
            )
        );
    }

    // One of the three things that can be appended, so that waiting for room is written once.
    private readonly struct Ready
    {
        private readonly OwnDraft own;
        private readonly Draft? draft;
        private readonly SignedBody? signed;
        private readonly FrozenPayload? payload;

        public Ready(OwnDraft own) => (this.own, Size) = (own, Overhead + own.Data.Length);

        public Ready(Draft draft) => (this.draft, Size) = (draft, Overhead + (draft.Payload?.Bytes.Length ?? 0));

        public Ready(SignedBody signed, FrozenPayload payload) =>
            (this.signed, this.payload, Size) = (signed, payload, Overhead + payload.Bytes.Length);

        /// <summary>About how many bytes it takes while it is under way.</summary>
        public int Size { get; }

        public void Accept(Acceptor acceptor, AppendItem item, GovernanceState state, VerifiedSeals seals)
        {
            if (draft is not null)
                acceptor.Accept(item, draft, state);
            else if (signed is not null)
                acceptor.Accept(item, signed, payload!, state, seals);
            else
                acceptor.Accept(item, own, state);
        }
    }
}
