using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>What entries say of contradictions and decisions, worked out again while the entries after them are judged; reported in their order.</summary>
/// <remarks>Filled and emptied by one thread, which finds on the board what it would have found had it done all itself.</remarks>
internal sealed class ReplayQueue(StageBoard board, TimeProvider clock)
{
    // Each holds on to its entry and to the claims that it is worked out from.
    private const int Most = 1024;

    private readonly Queue<Waiting> waiting = new();
    private long elapsed;

    /// <summary>Takes work that may be done on any thread, and soon; null to do it at once.</summary>
    public Action<Action>? Run { get; set; }

    /// <summary>Takes in an entry that keeps every other rule, and that counts as checked if its replay finds nothing.</summary>
    public void Add(Receipt receipt, object? payload, Replay replay)
    {
        waiting.Enqueue(new Waiting(receipt, payload, replay));
        if (Run is null)
        {
            Settle();
            return;
        }
        Run(() => Work(replay));
        if (waiting.Count > Most)
            Report(waiting.Dequeue());
    }

    /// <summary>Reports what is done, up to the first that is not.</summary>
    public void Collect()
    {
        while (waiting.TryPeek(out Waiting first) && first.Replay.IsDone)
            Report(waiting.Dequeue());
    }

    /// <summary>Waits for all of it, and reports it.</summary>
    public void Settle()
    {
        while (waiting.TryDequeue(out Waiting next))
            Report(next);
        board.Took("decisions", TimeSpan.FromTicks(Interlocked.Exchange(ref elapsed, 0)).TotalSeconds);
    }

    // Whoever comes first does it, and others wait: no thread has to be there for it.
    private Refusal? Work(Replay replay)
    {
        if (replay.IsDone)
            return replay.Refusal;
        long start = clock.GetTimestamp();
        Refusal? refusal = replay.Refusal;
        Interlocked.Add(ref elapsed, clock.GetElapsedTime(start).Ticks);
        return refusal;
    }

    private void Report(Waiting done)
    {
        if (Work(done.Replay) is { } refusal)
            board.Failed(refusal);
        else
            EntryJudge.Count(done.Receipt, done.Payload, whole: true, board);
    }

    private readonly record struct Waiting(Receipt Receipt, object? Payload, Replay Replay);
}
