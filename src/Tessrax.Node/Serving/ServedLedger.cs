using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Serving;

/// <summary>One ledger that a process serves to many: its writer's pipeline, moments for readers, and a folded view that follows.</summary>
/// <remarks>Nobody else in the process opens a writer. Safe for concurrent use; reading is synchronous and from disk.</remarks>
public sealed class ServedLedger : IAsyncDisposable
{
    private readonly NodeEnvironment environment;
    private readonly ServingOptions options;
    private readonly LedgerPipeline? pipeline;
    private readonly Transactions.Transactions? transactions;
    private readonly Growth growth;
    private readonly LedgerNews news;
    private readonly MomentSource moments;
    private readonly FoldedView folded;
    private readonly LedgerStories stories;
    private readonly SharedTiles tiles = new(SharedTiles.DefaultCapacity);
    private readonly ClaimIntake claims;
    private readonly CopyFollower? follower;
    private readonly ITimer due;
    private Task takingDue = Task.CompletedTask;
    private int disposed;

    private ServedLedger(
        LedgerDirectory directory,
        LedgerPipeline? pipeline,
        Transactions.Transactions? transactions,
        Growth growth,
        NodeEnvironment environment,
        ServingOptions options
    )
    {
        this.environment = environment;
        this.options = options;
        this.pipeline = pipeline;
        this.transactions = transactions;
        this.growth = growth;
        Directory = directory;
        StartedAt = UtcTime.Now(environment.Clock);
        news =
            pipeline is not null ? new LedgerNews.OfPipeline(pipeline)
            : options.Feed is { } feed ? new LedgerNews.OfFeed(feed)
            : new LedgerNews.OfFile(directory, environment.Disk, environment.Clock, options.Look);
        folded = new FoldedView(directory.Path, environment.Disk, news, environment.Clock, options.Freshness);
        claims = new ClaimIntake(this);
        stories = new LedgerStories(environment);
        moments = new MomentSource(OpenGlance, news, environment.Clock, options.Freshness);
        Exam = new BackgroundExam(directory.Path, environment, options.ExamAfter, options.ExamEvery);
        if (pipeline is null && options.PullEvery > TimeSpan.Zero)
            follower = new CopyFollower(directory, environment, options.PullEvery);
        TimeSpan often = pipeline is null ? options.Look : options.DueEvery;
        due = environment.Clock.CreateTimer(_ => OnTime(), null, often, often);
    }

    /// <summary>Where the ledger lies and what it is.</summary>
    public LedgerDirectory Directory { get; }

    /// <summary>When serving began, by this process's clock.</summary>
    public UtcTime StartedAt { get; }

    /// <summary>Whether this process may append.</summary>
    public bool CanAppend => pipeline is not null && Stopped is null;

    /// <summary>Why nothing is appended any more; null as a rule.</summary>
    public TessraxException? Stopped { get; private set; }

    /// <summary>What appends go through.</summary>
    /// <exception cref="TessraxException">TSX6004: the ledger is served to be read; or why appending was stopped.</exception>
    public LedgerPipeline Pipeline => Appends(pipeline);

    /// <summary>Receipts in two phases.</summary>
    /// <exception cref="TessraxException">As <see cref="Pipeline"/>.</exception>
    public Transactions.Transactions Transactions => Appends(transactions);

    /// <summary>How far the index is behind the writer; null without a writer or an index.</summary>
    public IndexLag? Index => pipeline?.Index;

    /// <summary>Told of each batch that this process makes durable; must be quick, and throw nothing. Null as a rule.</summary>
    public Action<DurableBatch>? Durable
    {
        get => growth.Durable;
        set => growth.Durable = value;
    }

    /// <summary>What the doctor says of the ledger while it is served.</summary>
    public BackgroundExam Exam { get; }

    /// <summary>What does not work although serving goes on: derived files that cannot be written, or a ledger that cannot be read any further.</summary>
    public TessraxException? Warning => moments.Failure ?? Stopped ?? pipeline?.Warning ?? Copy?.Fault;

    /// <summary>How the working copy stands that is served to be read; null where its segments decide, and where this process writes.</summary>
    public CopyStanding? Copy => follower?.Standing;

    /// <summary>Why the newest state of the ledger cannot be read, if so; what was read before is served still.</summary>
    public TessraxException? Failure =>
        moments.Failure ?? (Copy is { HasStopped: true } stopped ? stopped.Fault : null);

    /// <summary>Why nothing can be appended any more, if so: a batch failed, or the ledger is being closed. Reading goes on.</summary>
    public TessraxException? AppendFailure => pipeline?.Closed;

    /// <summary>Opens a ledger to serve it.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="keys">The keys that sign; they are disposed with it. Null to serve it to be read, beside whoever writes.</param>
    /// <param name="environment">Clock, randomness and disk.</param>
    /// <param name="options">Limits and waits.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerWriter.Open(string, LedgerKeys, NodeEnvironment)"/> and <see cref="LedgerGlance.Open"/>.</exception>
    public static async Task<ServedLedger> OpenAsync(
        string path,
        LedgerKeys? keys,
        NodeEnvironment environment,
        ServingOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        options ??= ServingOptions.Default;
        var growth = new Growth();
        if (keys is null)
        {
            var directory = LedgerDirectory.Open(path, environment.Disk);
            return new ServedLedger(directory, null, null, growth, environment, options);
        }
        LedgerWriter writer = LedgerWriter.Open(path, keys, environment);
        writer.Written = growth.Tell;
        var pipeline = new LedgerPipeline(writer, options.Pipeline);
        try
        {
            Transactions.Transactions transactions = await Node
                .Transactions.Transactions.OpenAsync(pipeline)
                .ConfigureAwait(false);
            var served = new ServedLedger(pipeline.Directory, pipeline, transactions, growth, environment, options);
            await served.TakeDue().ConfigureAwait(false);
            return served;
        }
        catch
        {
            await pipeline.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The ledger at one moment, no older than the newest entry that somebody was told of.</summary>
    /// <param name="covering">How many entries it must cover, if the ledger has them: an index that was acknowledged, plus one.</param>
    /// <exception cref="TessraxException">What is newer than what was read before cannot be read, so that nobody can tell whether the ledger has them: <see cref="Failure"/>.</exception>
    public Lease<LedgerMoment> Moment(long covering = 0) => moments.Take(covering);

    /// <summary>Reads the ledger as its entries add up.</summary>
    /// <param name="read">Runs while nothing is folded in; keep it short, and keep nothing of the view.</param>
    /// <param name="covering">As for <see cref="Moment"/>.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerView.Open(string, Files.IDisk)"/>, and what reading throws.</exception>
    public T Fold<T>(Func<LedgerView, T> read, long covering = 0)
    {
        ArgumentNullException.ThrowIfNull(read);
        return folded.Read(read, covering);
    }

    /// <summary>Whether the ledger knows a key, for whatever purpose and whether it ended or not. Who appends knows it at once; who only reads folds what is new first.</summary>
    /// <param name="key">The key's id.</param>
    /// <exception cref="TessraxException">As <see cref="Fold"/>.</exception>
    public bool Knows(Digest key) =>
        pipeline is not null ? pipeline.State.Key(key) is not null : Fold(view => view.Fold.State.Key(key) is not null);

    /// <summary>Whoever asks for lists from now on finds so many entries in them, if the ledger has them and can be read: for those who were told that something was decided.</summary>
    public void Follow(long size)
    {
        try
        {
            using Lease<LedgerMoment> now = Moment(size);
            Fold(static _ => true, size);
        }
        catch (TessraxException)
        {
            // What was decided is durable. That it cannot be read is told to those who read.
        }
    }

    /// <summary>What became of the contradictions that the ledger told of. The first who asks waits until the ledger was read once.</summary>
    /// <param name="unreadable">How many entries told of one that nobody can read any more.</param>
    /// <param name="covering">As for <see cref="Moment"/>.</param>
    /// <exception cref="TessraxException">TSX3003 and others: the ledger cannot be read.</exception>
    public IReadOnlyList<ContradictionStatus> Contradictions(out long unreadable, long covering = 0)
    {
        (IReadOnlyList<ContradictionStatus> told, unreadable) = Followed(
            view => stories.Told(view.Fold, out long gone) is { } all ? (true, (all, gone)) : default,
            covering
        );
        return told;
    }

    /// <summary>Works on the writer itself: see <see cref="LedgerPipeline.RunAsync"/>.</summary>
    /// <inheritdoc cref="LedgerPipeline.RunAsync" path="/exception"/>
    public Task<T> Write<T>(string name, Func<LedgerWriter, T> work, CancellationToken cancellation = default) =>
        Pipeline.RunAsync(name, work, cancellation);

    /// <summary>Records claims, and what follows from them, in turns with others who append: see <see cref="Ingestor"/>. Done again, it records what is missing.</summary>
    /// <param name="file">The claims. If one of them is not what it should be, none is recorded.</param>
    /// <param name="recorded">Told of each entry that was recorded, in order, by one thread at a time.</param>
    /// <exception cref="TessraxException">As <see cref="Ingestor.Ingest"/> and <see cref="LedgerPipeline.RunAsync"/>. Where some were recorded before, the message says how many.</exception>
    public Task<IngestResult> IngestAsync(ClaimFile file, Action<Ledger.Receipt> recorded) =>
        claims.Ingest(file, recorded);

    /// <summary>Reads the ledger as its entries add up, with what became of the contradiction of each group that is asked for: null if the ledger told of none.</summary>
    /// <param name="read">As for <see cref="Fold"/>.</param>
    /// <param name="covering">As for <see cref="Moment"/>.</param>
    /// <exception cref="TessraxException">As <see cref="Contradictions"/>.</exception>
    public T Told<T>(Func<LedgerView, Func<GroupKey, ContradictionStatus?>, T> read, long covering = 0)
    {
        ArgumentNullException.ThrowIfNull(read);
        return Followed(
            view => stories.IsOf(view.Fold) ? (true, read(view, key => stories.Told(view.Fold, key))) : default,
            covering
        );
    }

    /// <summary>Completes when the ledger has more than so many entries, at once if it has them.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    public async Task Grown(long beyond, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(beyond, IndexRanges.Last);
        while (true)
        {
            // Before looking, so that nothing is missed in between.
            Task next = growth.Next();
            using (Lease<LedgerMoment> now = Moment(beyond + 1))
            {
                if (now.Value.Size > beyond)
                    return;
            }
            await next.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>From now on nothing is taken any more; what was accepted becomes durable, and reading goes on.</summary>
    /// <param name="reason">What whoever appends is told.</param>
    public void StopAppending(TessraxException reason) => Stopped ??= reason;

    /// <summary>Lets what was accepted become durable, and closes the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        Exam.Dispose();
        await due.DisposeAsync().ConfigureAwait(false);
        await takingDue.ConfigureAwait(false);
        if (pipeline is not null)
            await pipeline.DisposeAsync().ConfigureAwait(false);
        if (follower is not null)
            await follower.DisposeAsync().ConfigureAwait(false);
        moments.Dispose();
        folded.Dispose();
    }

    private T Appends<T>(T? part)
        where T : class
    {
        if (Stopped is { } reason)
            throw new TessraxException(reason.Code, reason.Message, reason.Hint);
        return part ?? throw ErrorCodes.ServedToBeRead.Because("this server has the ledger open to be read only");
    }

    // Reads once what the ledger told of was followed, and again where something of it was erased meanwhile.
    private T Followed<T>(Func<LedgerView, (bool IsTold, T Value)> read, long covering)
    {
        while (true)
        {
            using Lease<LedgerMoment> now = Moment(covering);
            long size = now.Value.Size;
            stories.Follow(now.Value.Glance, Fold(static view => view.Fold.Erasures.Last, size));
            (bool isTold, T value) = Fold(read, size);
            if (isTold)
                return value;
        }
    }

    private LedgerGlance OpenGlance()
    {
        LedgerGlance glance = LedgerGlance.OpenSharing(Directory.Path, environment, tiles);
        // The folded view knows which entries were erased, and follows; a glance would have to read the whole ledger for it.
        glance.ConfirmsErasures = () => folded.Read(static _ => true, glance.Size);
        return glance;
    }

    private void OnTime()
    {
        if (pipeline is null)
        {
            // Another process appends: whoever waits looks.
            growth.Tell();
            return;
        }
        if (takingDue.IsCompleted)
            takingDue = TakeDue();
    }

    // What is refused waits on, and is shown as pending; whatever else fails is told by whoever appends next.
    private async Task TakeDue()
    {
        try
        {
            int taken = await Write("what time made due", writer => new ProposalDesk(writer).TakeDue().Count)
                .ConfigureAwait(false);
            if (taken > 0)
                environment.Logger.DueTaken(Directory.Path, taken);
        }
        catch (TessraxException e)
        {
            environment.Logger.DueFails(Directory.Path, e.Message, e.Code);
        }
    }
}
