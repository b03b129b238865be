using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tessrax.Node.Simulation;

/// <summary>Asks approvers' processes through their proxies, several at once, and collects what they answer in the order in which it comes.</summary>
internal sealed class QuorumAsker(IReadOnlyList<FaultyProxy> proxies, TimeProvider clock) : IDisposable
{
    private const int MaxAnswer = 16 << 20;
    private const int AtOnce = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource ending = new();
    private readonly int[] asking = new int[proxies.Count];
    private readonly ConcurrentDictionary<Task, bool> open = [];
    private long asked;

    /// <summary>What came back, and from whom.</summary>
    public BlockingCollection<(int Approver, IReadOnlyList<VerdictMessage> Verdicts)> Answers { get; } = [];

    /// <summary>What came back and was no answer, by its code.</summary>
    public ConcurrentQueue<(int Approver, TessraxException Fault)> Faults { get; } = [];

    /// <summary>How often anybody was asked.</summary>
    public long Asked => Interlocked.Read(ref asked);

    /// <summary>Asks an approver, unless it still owes several answers.</summary>
    /// <returns>Whether it was asked.</returns>
    public bool TryAsk(int approver, byte[] request)
    {
        if (Interlocked.Increment(ref asking[approver]) > AtOnce)
        {
            Interlocked.Decrement(ref asking[approver]);
            return false;
        }
        Interlocked.Increment(ref asked);
        Task task = AskAsync(approver, request);
        open[task] = true;
        _ = task.ContinueWith(done => open.TryRemove(done, out _), TaskScheduler.Default);
        return true;
    }

    public void Dispose()
    {
        ending.Cancel();
        Task.WaitAll([.. open.Keys]);
        ending.Dispose();
        Answers.Dispose();
    }

    private async Task AskAsync(int approver, byte[] request)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ending.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, proxies[approver].Port, either.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(HttpMessage.Ask(request).ToBytes(), either.Token).ConfigureAwait(false);
            var reader = new HttpReader(stream, MaxAnswer);
            // None if it was lost on the way, two if it was doubled.
            while (await reader.ReadAsync(either.Token).ConfigureAwait(false) is { } answer)
            {
                if (answer.Start == HttpMessage.Ok)
                    Answers.Add((approver, VerdictMessage.Read(answer.Body.Span)), either.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Asked again at the next occasion.
        }
        catch (TessraxException e)
        {
            Faults.Enqueue((approver, e));
        }
        finally
        {
            Interlocked.Decrement(ref asking[approver]);
        }
    }
}
