using Tessrax.Keys;
using Tessrax.Node.Logging;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Stores;

/// <summary>Brings a working copy up to date in the background, for as long as somebody reads it. A directory that is none is left alone, and looked at again: it may become one.</summary>
/// <remarks>
/// What does not come about is tried again, after a longer and longer pause; reading goes on meanwhile. A database that was set back, has another history or what nobody signed is told once, and followed no more: an operator must
/// look. Whoever opens the directory to write waits for a moment, and keeps it up to date instead.
/// </remarks>
internal sealed class CopyFollower : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly LedgerDirectory directory;
    private readonly NodeEnvironment environment;
    private readonly TimeSpan every;
    private readonly CancellationTokenSource ending = new();
    private readonly Task following;
    private CopyPuller? puller;
    private TimeSpan pause;
    private volatile State? state;

    /// <param name="directory">The ledger.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="every">How long it rests between two times.</param>
    public CopyFollower(LedgerDirectory directory, NodeEnvironment environment, TimeSpan every)
    {
        this.directory = directory;
        this.environment = environment;
        this.every = pause = every;
        following = Task.Run(() => Follow(ending.Token));
    }

    /// <summary>How it stands; null where the directory's own segments decide.</summary>
    public CopyStanding? Standing =>
        state is { } now
            ? new CopyStanding(
                now.Address,
                environment.Clock.GetElapsedTime(now.CurrentAt),
                now.There,
                now.Fault,
                now.HasStopped
            )
            : null;

    /// <summary>Ends it. What it is writing is finished first; a database that does not answer is not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        // It writes nothing any more after that, and closes what it has open when the database has answered.
        await Task.WhenAny(following, Task.Delay(LongestWait)).ConfigureAwait(false);
    }

    private static TimeSpan LongestWait => TimeSpan.FromSeconds(5);

    private async Task Follow(CancellationToken end)
    {
        try
        {
            while (!end.IsCancellationRequested && state is not { HasStopped: true })
            {
                Turn(end);
                await Task.Delay(pause, environment.Clock, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        finally
        {
            puller?.Dispose();
        }
    }

    private void Turn(CancellationToken end)
    {
        StorePlace? place = null;
        try
        {
            place = StorePlace.Find(directory.Path, environment.Disk);
            if (puller is not null && puller.Place != place)
                LeaveOff();
            if (place is null)
                return;
            state ??= new State(place.Address, environment.Clock.GetTimestamp(), null, null, false);
            puller ??= new CopyPuller(directory.Path, environment);
            long began = environment.Clock.GetTimestamp();
            Follows(puller.Pull(null, end), began);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Locked)
        {
            IsWritten();
        }
        catch (TessraxException e)
        {
            Fails(e, place);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // On a thread of its own, nobody would hear of it.
            Fails(new TessraxException(ErrorCodes.Bug, $"{e.GetType().Name}: {e.Message}", null, e), place);
        }
    }

    private void Follows(LedgerPulled pulled, long began)
    {
        if (pulled.Copied > 0)
            environment.Logger.CopyPulled(directory.Path, pulled.Address, pulled.Copied, pulled.Size);
        if (state?.Fault is not null)
            environment.Logger.CopyFollowsAgain(directory.Path, pulled.Address);
        pause = every;
        state = new State(pulled.Address, began, pulled.Size, null, false);
    }

    // Somebody has it open to write. As a rule they write there what they write here.
    private void IsWritten()
    {
        long? there = puller?.There?.Size;
        bool isCurrent = there is { } size && PublishedSize() >= size;
        pause = every;
        if (state is { } before)
            state = before with
            {
                CurrentAt = isCurrent ? environment.Clock.GetTimestamp() : before.CurrentAt,
                There = there,
                Fault = null,
            };
    }

    private void Fails(TessraxException error, StorePlace? place)
    {
        bool isFinal = IsFinal(error.Code) && puller?.There is not { State: not StoreState.Open } && IsStill(place);
        if (state?.Fault?.Code != error.Code)
        {
            if (isFinal)
                environment.Logger.CopyStops(directory.Path, error.Message, error.Code);
            else
                environment.Logger.CopyFails(directory.Path, error.Message, error.Code);
        }
        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        if (pause < every)
            pause = every;
        State before = state ?? new State(place?.Address ?? "", environment.Clock.GetTimestamp(), null, null, false);
        state = before with { There = puller?.There?.Size, Fault = error, HasStopped = isFinal };
    }

    // What no second attempt changes, but another database.
    private static bool IsFinal(ErrorCode code) =>
        code == ErrorCodes.Damaged
        || code == ErrorCodes.Behind
        || code == ErrorCodes.StoreMismatch
        || code == ErrorCodes.Bug;

    private bool IsStill(StorePlace? place)
    {
        try
        {
            return place is not null && StorePlace.Find(directory.Path, environment.Disk) == place;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private void LeaveOff()
    {
        puller!.Dispose();
        puller = null;
        state = null;
        pause = every;
    }

    private long PublishedSize()
    {
        try
        {
            byte[] note = LedgerMark.ReadNote(environment.Disk, directory.CheckpointFile);
            return
                SignedNote.TryParse(note, out SignedNote? signed, out _)
                && Checkpoint.TryParseBody(signed.Text, out Checkpoint? published)
                ? published.Head.Size
                : 0;
        }
        catch (TessraxException)
        {
            return 0;
        }
    }

    private sealed record State(string Address, long CurrentAt, long? There, TessraxException? Fault, bool HasStopped);
}
