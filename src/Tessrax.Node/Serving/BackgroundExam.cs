using Tessrax.Canonical;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Serving;

/// <summary>What the doctor said of a ledger while it was served.</summary>
/// <param name="Found">What was found; null if the ledger could not be examined.</param>
/// <param name="Failure">Why not; null if it was.</param>
/// <param name="BeganAt">When the examination began.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record ExamResult(Diagnosis? Found, TessraxException? Failure, UtcTime BeganAt, UtcTime EndedAt);

/// <summary>Has the doctor look at a served ledger, some time after serving began and then again and again: on a thread that rests as long as it works. Nothing is changed.</summary>
/// <remarks>It reads every byte of the ledger, beside whoever writes it. What it found is kept, and told as <see cref="Doctor"/> tells it.</remarks>
public sealed class BackgroundExam : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string path;
    private readonly NodeEnvironment environment;
    private readonly CancellationTokenSource end = new();
    private readonly ITimer timer;
    private readonly TimeSpan every;
    private readonly Lock changing = new();
    private Task running = Task.CompletedTask;
    private volatile ExamResult? last;
    private long looked = -1;

    internal BackgroundExam(string path, NodeEnvironment environment, TimeSpan first, TimeSpan every)
    {
        (this.path, this.environment, this.every) = (path, environment, every);
        FirstAt = UtcTime.Now(environment.Clock) + first;
        timer = environment.Clock.CreateTimer(_ => Begin(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(first, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the first examination begins, or began.</summary>
    public UtcTime FirstAt { get; }

    /// <summary>What the newest examination that has ended said; null if none has.</summary>
    public ExamResult? Last => last;

    /// <summary>How many entries the present examination has gone through; null if there is none.</summary>
    public long? Looked => Interlocked.Read(ref looked) is >= 0 and var so ? so : null;

    /// <summary>Stops it, and waits until it has, but not for long: what it still reads harms nobody.</summary>
    public void Dispose()
    {
        timer.Dispose();
        lock (changing)
            end.Cancel();
        if (Task.WaitAny([running], Patience) == 0)
            end.Dispose();
    }

    private void Begin()
    {
        lock (changing)
        {
            if (!end.IsCancellationRequested)
                running = Task.Factory.StartNew(
                    Run,
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                );
        }
    }

    private void Run()
    {
        UtcTime began = UtcTime.Now(environment.Clock);
        Interlocked.Exchange(ref looked, 0);
        try
        {
            last = Examine(began);
        }
        catch (OperationCanceledException) { }
        finally
        {
            Interlocked.Exchange(ref looked, -1);
            lock (changing)
            {
                if (!end.IsCancellationRequested)
                    timer.Change(every, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private ExamResult Examine(UtcTime began)
    {
        try
        {
            Diagnosis found = Doctor.Examine(path, environment, new Pace(this));
            return new ExamResult(found, null, began, UtcTime.Now(environment.Clock));
        }
        catch (TessraxException e)
        {
            return new ExamResult(null, e, began, UtcTime.Now(environment.Clock));
        }
    }

    /// <summary>Follows an examination, and slows it down.</summary>
    private sealed class Pace(BackgroundExam exam) : IProgress<long>
    {
        private long began = exam.environment.Clock.GetTimestamp();

        public void Report(long value)
        {
            Interlocked.Exchange(ref exam.looked, value);
            exam.end.Token.ThrowIfCancellationRequested();
            TimeSpan worked = exam.environment.Clock.GetElapsedTime(began);
            if (worked < Turn)
                return;
            exam.end.Token.WaitHandle.WaitOne(worked);
            exam.end.Token.ThrowIfCancellationRequested();
            began = exam.environment.Clock.GetTimestamp();
        }
    }
}
