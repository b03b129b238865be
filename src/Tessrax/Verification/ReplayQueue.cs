using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>What entries say of contradictions and decisions, worked out again while the entries after them are judged; reported in their order.</summary>
/// <remarks>Filled and emptied by one thread, which finds on the board what it would have found had it done all itself.</remarks>
internal sealed class ReplayQueue(StageBoard board, TimeProvider clock)
{
    // Each holds on to its entry and to the claims that it is worked out from; what was read of a payload takes several times its bytes.
    private const int Most = 1024;
    private const long MostBytes = 4 * 1024 * 1024;

    private readonly Queue<Waiting> waiting = new();
    private long bytes;
    private long elapsed;

    /// <summary>Takes work that may be done on any thread, and soon; null to do it at once.</summary>
    public Action<Action>? Run { get; set; }

    /// <summary>Takes in an entry that keeps every other rule, and that counts as checked if its replay finds nothing.</summary>
    public void Add(Receipt receipt, object? payload, Replay replay)
    {
        waiting.Enqueue(new Waiting(receipt, payload, replay));
        bytes += SizeOf(receipt);
        if (Run is null)
        {
            Settle();
            return;
        }
        Run(() => Work(replay));
        while (waiting.Count > Most || (bytes > MostBytes && waiting.Count > 1))
            ReportFirst();
    }

    /// <summary>Reports what is done, up to the first that is not.</summary>
    public void Collect()
    {
        while (waiting.TryPeek(out Waiting first) && first.Replay.IsDone)
            ReportFirst();
    }

    /// <summary>Waits for all of it, and reports it.</summary>
    public void Settle()
    {
        while (waiting.Count > 0)
            ReportFirst();
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

    private void ReportFirst()
    {
        Waiting done = waiting.Dequeue();
        bytes -= SizeOf(done.Receipt);
        if (Work(done.Replay) is { } refusal)
            board.Failed(refusal);
        else
            EntryJudge.Count(done.Receipt, done.Payload, whole: true, board);
    }

    private static long SizeOf(Receipt receipt) => receipt.Payload?.Bytes.Length ?? 0;

    private readonly record struct Waiting(Receipt Receipt, object? Payload, Replay Replay);
}
