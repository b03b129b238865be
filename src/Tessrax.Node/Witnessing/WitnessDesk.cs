using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Logging;
using Tessrax.Node.Reading;
using Tessrax.Node.Serving;

namespace Tessrax.Node.Witnessing;

/// <summary>Asks a policy's witnesses to cosign a ledger's checkpoints (C2SP tlog-witness), while the ledger is served, and keeps the newest checkpoint that a quorum cosigned.</summary>
/// <remarks>
/// All witnesses are asked at once about one checkpoint, so that their cosignatures meet on it. Appending does not wait for them, except as <see cref="WaitAsync"/> is used. If as many of them as make a quorum
/// say that this ledger is behind what they cosigned, or another one, nothing is appended any more: a copy that was restored from an older one would sign a second history.
/// </remarks>
public sealed class WitnessDesk : IAsyncDisposable
{
    private readonly ServedLedger ledger;
    private readonly TlogPolicy policy;
    private readonly NodeEnvironment environment;
    private readonly WitnessingOptions options;
    private readonly HttpClient http;
    private readonly WitnessSeat[] seats;
    private readonly CancellationTokenSource ending = new();
    private readonly Lock access = new();
    private readonly Growth news = new();
    private readonly Growth wishes = new();
    private SignedNote? cosigned;
    private long cosignedSize;
    private long wanted;
    private int disposed;
    private Task running = Task.CompletedTask;

    private WitnessDesk(ServedLedger ledger, TlogPolicy policy, NodeEnvironment environment, WitnessingOptions options)
    {
        (this.ledger, this.policy, this.environment, this.options) = (ledger, policy, environment, options);
        http = WitnessClient.NewHttp();
        seats = Seats(policy, http, environment, options);
    }

    /// <summary>The newest checkpoint that a quorum cosigned, with their lines; null before there is one.</summary>
    public SignedNote? Cosigned => Volatile.Read(ref cosigned);

    /// <summary>How many entries it covers; 0 before there is one.</summary>
    public long CosignedSize => Volatile.Read(ref cosignedSize);

    /// <summary>Why nothing is appended any more, if a quorum of witnesses knows of another history than this.</summary>
    public TessraxException? Alarm { get; private set; }

    /// <summary>Why what is appended is not cosigned at present, if those witnesses that gave nothing when they were asked last leave no quorum.</summary>
    public TessraxException? Warning
    {
        get
        {
            IReadOnlyList<WitnessStanding> now = Standings;
            return policy.IsQuorum(now.Where(one => one.Problem is null).Select(one => one.Name))
                ? null
                : ErrorCodes.NoQuorumYet.Because(
                    $"the witnesses that answer are no quorum: {string.Join("; ", now.Where(one => one.Problem is not null).Select(one => $"{one.Name}: {one.Problem}"))}"
                );
        }
    }

    /// <summary>What is known of each witness, in the order of the policy.</summary>
    public IReadOnlyList<WitnessStanding> Standings => [.. seats.Select(WitnessStanding.Of)];

    /// <summary>Begins to ask.</summary>
    /// <param name="ledger">Outlives the desk.</param>
    /// <param name="policy">Names the log, its witnesses and where they are asked, and which of them make a quorum.</param>
    /// <param name="environment">Clock, randomness, disk and log.</param>
    /// <param name="options">How often, and how long.</param>
    /// <exception cref="TessraxException">TSX2008: the policy names no witness, or not where one is asked, or not this log; TSX6031: the ledger's tree is not of SHA-256.</exception>
    public static WitnessDesk Open(
        ServedLedger ledger,
        TlogPolicy policy,
        NodeEnvironment environment,
        WitnessingOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(environment);
        if (policy.LogOnly || policy.Witnesses.Count == 0)
            throw ErrorCodes.BadTrustRoot.Because("the policy asks for no witness");
        if (ledger.Directory.Hasher != TreeHasher.Sha256)
            throw ErrorCodes.NoStaticLog.Because("witnesses cosign trees of SHA-256 alone");
        var desk = new WitnessDesk(ledger, policy, environment, options ?? new WitnessingOptions());
        try
        {
            desk.Restore();
        }
        catch
        {
            desk.http.Dispose();
            throw;
        }
        desk.running = Task.Run(desk.RunAsync);
        return desk;
    }

    /// <summary>Asks the witnesses before a ledger is opened to be written, so that one that is behind what they cosigned signs nothing more.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="policy">As for <see cref="Open"/>.</param>
    /// <param name="environment">Clock, randomness and disk.</param>
    /// <param name="options">How long they may take.</param>
    /// <returns>Why nothing may be appended (TSX6030), if as many as make a quorum say so; null otherwise, also where they do not answer.</returns>
    /// <exception cref="TessraxException">TSX2008: the policy does not say where a witness is asked; and those of <see cref="LedgerGlance.Open"/>.</exception>
    public static async Task<TessraxException?> AskFirstAsync(
        string path,
        TlogPolicy policy,
        NodeEnvironment environment,
        WitnessingOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(environment);
        using HttpClient http = WitnessClient.NewHttp();
        WitnessSeat[] seats = Seats(policy, http, environment, options ?? new WitnessingOptions());
        using var glance = LedgerGlance.Open(path, environment);
        var moment = new LedgerMoment(glance);
        if (moment.Hasher != TreeHasher.Sha256)
            return null;
        await Task.WhenAll(seats.Select(seat => seat.AskAsync(moment, CancellationToken.None))).ConfigureAwait(false);
        TessraxException? alarm = AlarmOf(policy, seats, path);
        if (alarm is not null)
            environment.Logger.WitnessesDisagree(path, alarm.Message);
        return alarm;
    }

    /// <summary>Waits until a quorum has cosigned so many entries.</summary>
    /// <param name="size">As of the checkpoint that covers an entry.</param>
    /// <param name="patience">At most so long; zero looks only.</param>
    /// <param name="cancel">Nobody waits any more.</param>
    /// <returns>Whether it has.</returns>
    public async Task<bool> WaitAsync(long size, TimeSpan patience, CancellationToken cancel)
    {
        if (CosignedSize >= size || patience <= TimeSpan.Zero)
            return CosignedSize >= size;
        using var clock = new CancellationTokenSource(patience, environment.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancel, ending.Token);
        while (true)
        {
            Task next = news.Next();
            if (CosignedSize >= size)
                return true;
            Want(size);
            try
            {
                await next.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                return CosignedSize >= size;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await ending.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        http.Dispose();
        ending.Dispose();
    }

    internal static WitnessSeat[] Seats(
        TlogPolicy policy,
        HttpClient http,
        NodeEnvironment environment,
        WitnessingOptions options
    ) =>
        [
            .. policy.Witnesses.Select(witness => new WitnessSeat(
                witness.Key,
                witness.Value,
                new WitnessClient(
                    http,
                    WitnessClient.PrefixOf(witness.Key, policy.WitnessUrls.GetValueOrDefault(witness.Key)),
                    witness.Value,
                    options.Timeout
                ),
                environment,
                options
            )),
        ];

    /// <summary>Why a ledger of that size must not be appended to, if those witnesses that say so make a quorum.</summary>
    internal static TessraxException? AlarmOf(TlogPolicy policy, IEnumerable<WitnessSeat> seats, string ledger)
    {
        WitnessSeat[] against = [.. seats.Where(seat => seat.Contradiction is not null)];
        return against.Length > 0 && policy.IsQuorum(against.Select(seat => seat.Name))
            ? ErrorCodes.WitnessesDisagree.Because(
                $"{ledger}: {string.Join("; ", against.Select(seat => $"{seat.Name}: {seat.Contradiction}"))}"
            )
            : null;
    }

    private void Want(long size)
    {
        long before = Interlocked.Read(ref wanted);
        while (before < size)
        {
            long seen = Interlocked.CompareExchange(ref wanted, size, before);
            if (seen == before)
            {
                wishes.Tell();
                return;
            }
            before = seen;
        }
    }

    // What a process before this one kept, if it is of this tree: also what says that a policy names another log.
    private void Restore()
    {
        using Lease<LedgerMoment> lease = ledger.Moment();
        LedgerMoment moment = lease.Value;
        if (
            policy.Evaluate(moment.Checkpoint.ToBytes(), moment.Glance.Log, needsConsent: false) is
            { Log: null } refused
        )
            throw ErrorCodes.BadTrustRoot.Because($"the policy is not for this ledger: {refused.Reason}");
        if (CosignedNote.Read(ledger.Directory.Path, environment.Disk) is not { } before)
            return;
        Keep(before, moment);
        if (Cosigned is not { } kept)
            return;
        foreach (Witnessed line in policy.Evaluate(kept.ToBytes(), moment.Glance.Log, needsConsent: false).Witnesses)
            Array.Find(seats, seat => seat.Name == line.Name)?.Remember(CosignedSize, line.Time);
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                long begun = environment.Clock.GetTimestamp();
                long size = await RoundAsync().ConfigureAwait(false);
                await RestAsync(size, begun).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    private async Task<long> RoundAsync()
    {
        using Lease<LedgerMoment> lease = ledger.Moment(Interlocked.Read(ref wanted));
        LedgerMoment moment = lease.Value;
        WitnessSeat[] due = [.. seats.Where(seat => seat.IsDue(moment.Size))];
        // What was judged before, if it is of this checkpoint: a line of the file that does not hold would spoil the whole note.
        SignedNote note = Cosigned is { } kept && kept.Text == moment.Checkpoint.Text ? kept : moment.Checkpoint;
        await Task.WhenAll(
                due.Select(async seat =>
                {
                    NoteSignature? line = await AskAsync(seat, moment).ConfigureAwait(false);
                    if (line is null)
                        return;
                    lock (access)
                    {
                        // The first quorum counts at once, and whoever comes later is added.
                        note = note.WithNewest(line);
                        Keep(note, moment);
                    }
                })
            )
            .ConfigureAwait(false);
        if (Alarm is null && AlarmOf(policy, seats, ledger.Directory.Path) is { } alarm)
        {
            Alarm = alarm;
            ledger.StopAppending(alarm);
            environment.Logger.WitnessesDisagree(ledger.Directory.Path, alarm.Message);
        }
        return moment.Size;
    }

    private async Task<NoteSignature?> AskAsync(WitnessSeat seat, LedgerMoment moment)
    {
        try
        {
            NoteSignature? line = await seat.AskAsync(moment, ending.Token).ConfigureAwait(false);
            if (line is null)
                environment.Logger.WitnessGivesNothing(ledger.Directory.Path, seat.Name, seat.Problem ?? "");
            return line;
        }
        catch (TessraxException e)
        {
            // A proof could not be read: the ledger tells its readers.
            environment.Logger.WitnessGivesNothing(ledger.Directory.Path, seat.Name, e.Message);
            return null;
        }
    }

    // Makes a note the newest, if it is a quorum's and of this tree.
    private void Keep(SignedNote note, LedgerMoment moment)
    {
        byte[] bytes = note.ToBytes();
        if (policy.Evaluate(bytes, moment.Glance.Log, needsConsent: false) is not { Holds: true, Checkpoint: { } says })
            return;
        bool isOurs =
            says.Head.Size >= CosignedSize
            && says.Head.Size <= moment.Size
            && moment.Glance.Tree.RootAt(says.Head.Size) == says.Head.Root;
        if (!isOurs)
            return;
        Volatile.Write(ref cosigned, note);
        Volatile.Write(ref cosignedSize, says.Head.Size);
        news.Tell();
        try
        {
            CosignedNote.Write(ledger.Directory.Path, note, environment.Disk);
        }
        catch (TessraxException e)
        {
            environment.Logger.CosignedNotKept(ledger.Directory.Path, e.Code);
        }
    }

    // Until a witness is due: an hour later, sooner where one failed, or where the ledger has grown; and not so soon that witnesses are flooded, unless somebody waits for them.
    private async Task RestAsync(long size, long begun)
    {
        while (true)
        {
            // Before looking, so that no wish is missed in between.
            Task wished = wishes.Next();
            if (Interlocked.Read(ref wanted) > size)
                return;
            TimeSpan soonest = options.Every - environment.Clock.GetElapsedTime(begun);
            bool mayAsk = soonest <= TimeSpan.Zero;
            bool follows = mayAsk && seats.Any(seat => seat.Problem is null);
            if (mayAsk && (seats.Any(seat => seat.Rest == TimeSpan.Zero) || (follows && HasGrown(size))))
                return;
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            var slept = Task.Delay(mayAsk ? seats.Min(seat => seat.Rest) : soonest, environment.Clock, woken.Token);
            Task grown = follows ? ledger.Grown(size, woken.Token) : slept;
            await Task.WhenAny(slept, grown, wished).ConfigureAwait(false);
            await woken.CancelAsync().ConfigureAwait(false);
            ending.Token.ThrowIfCancellationRequested();
        }
    }

    private bool HasGrown(long size)
    {
        using Lease<LedgerMoment> lease = ledger.Moment();
        return lease.Value.Size > size;
    }
}

/// <summary>What is known of one witness of a policy.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Key">Its key.</param>
/// <param name="Size">The size that it cosigned last, as far as it was asked.</param>
/// <param name="CosignedAt">When it cosigned last, by this process's clock, or before that by its own; null before it did.</param>
/// <param name="Problem">Why the last request brought nothing; null if it did.</param>
public sealed record WitnessStanding(string Name, VerifierKey Key, long Size, UtcTime? CosignedAt, string? Problem)
{
    /// <summary>Whether it answered at all when it was asked last: its problem is then what it said.</summary>
    public bool HasAnswered { get; init; }

    internal static WitnessStanding Of(WitnessSeat seat) =>
        new(seat.Name, seat.Key, seat.Size, seat.CosignedAt, seat.Problem) { HasAnswered = seat.HasAnswered };
}
