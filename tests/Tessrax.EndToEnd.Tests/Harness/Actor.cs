namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Somebody who does one thing after another, by dice of their own, for as long as everything runs.</summary>
/// <param name="name">For messages.</param>
/// <param name="promises">What they were told.</param>
/// <param name="seed">Of their dice.</param>
internal abstract class Actor(string name, Promises promises, int seed) : IDisposable
{
    // What a server says, or leaves unsaid, that was killed, is ending, or is asked for too much: come again.
    private static readonly ErrorCode[] Away =
    [
        ErrorCodes.CannotFetch,
        ErrorCodes.Overloaded,
        ErrorCodes.OtherRun,
        ErrorCodes.OutcomeUnknown,
        ErrorCodes.PipelineClosed,
        ErrorCodes.QueueWait,
        ErrorCodes.TooManyRequests,
    ];

    protected Promises Promises => promises;

    protected Random Dice { get; } = new(seed);

    /// <summary>Goes on until it is cancelled, or the first thing happens that must not.</summary>
    public async Task Run(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && promises.Faults.IsEmpty)
        {
            try
            {
                await Task.Delay(Dice.Next(Pause), cancel);
                await Step(cancel);
                promises.Count(name);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (TessraxException e) when (Away.Contains(e.Code))
            {
                promises.Count($"{name} ({e.Code})");
            }
            catch (Exception e)
            {
                promises.Faults.Enqueue($"{name}: {e}");
            }
        }
    }

    public virtual void Dispose() { }

    /// <summary>The longest rest between two steps, in milliseconds.</summary>
    protected abstract int Pause { get; }

    /// <summary>Does one thing. An error of a server that is away ends it, and it is begun again.</summary>
    protected abstract Task Step(CancellationToken cancel);
}
