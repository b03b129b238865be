using System.Net;
using System.Net.Sockets;

namespace Tessrax.Node.Simulation;

/// <summary>What lies between the log and one approver: a proxy that loses, delays and doubles what passes, both ways, or lets nothing through.</summary>
/// <remarks>It knows messages and not what is in them. A request that is doubled is answered twice, and both answers come back.</remarks>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly QuorumFaults faults;
    private readonly TimeProvider clock;
    private readonly SplitMix chance;
    private readonly Lock drawing = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Task accepting;
    private long lost;
    private bool isDisposed;

    public FaultyProxy(QuorumFaults faults, SplitMix chance, TimeProvider clock)
    {
        this.faults = faults;
        this.chance = chance;
        this.clock = clock;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Where the log asks.</summary>
    public int Port { get; }

    /// <summary>Where the approver listens now; it changes whenever it comes back. 0 while there is none.</summary>
    public volatile int Target;

    /// <summary>Whether nothing comes through at present.</summary>
    public volatile bool IsCut;

    /// <summary>Whether faults are over.</summary>
    public volatile bool IsHealed;

    /// <summary>How many messages it has lost.</summary>
    public long Lost => Interlocked.Read(ref lost);

    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        ending.Cancel();
        listener.Dispose();
        accepting.Wait();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(ending.Token).ConfigureAwait(false);
                open.RemoveAll(task => task.IsCompleted);
                open.Add(PassAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
        await Task.WhenAll(open).ConfigureAwait(false);
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream near = client.GetStream();
                var reader = new HttpReader(near, ApproverService.MaxRequest);
                if (await reader.ReadAsync(ending.Token).ConfigureAwait(false) is not { } request || Loses())
                    return;
                int copies = Draw(faults.Duplication) ? 2 : 1;
                await DelayAsync().ConfigureAwait(false);
                using var far = new TcpClient();
                await far.ConnectAsync(IPAddress.Loopback, Target, ending.Token).ConfigureAwait(false);
                var answers = new HttpReader(far.GetStream(), ApproverService.MaxRequest);
                for (int copy = 0; copy < copies; copy++)
                {
                    await far.GetStream().WriteAsync(request.ToBytes(), ending.Token).ConfigureAwait(false);
                    if (await answers.ReadAsync(ending.Token).ConfigureAwait(false) is not { } answer)
                        return;
                    await DelayAsync().ConfigureAwait(false);
                    if (!Loses())
                        await near.WriteAsync(answer.ToBytes(), ending.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                Interlocked.Increment(ref lost);
            }
        }
    }

    private bool Loses()
    {
        if (!IsCut && !Draw(faults.Loss))
            return false;
        Interlocked.Increment(ref lost);
        return true;
    }

    private Task DelayAsync()
    {
        TimeSpan delay;
        lock (drawing)
            delay = chance.Between(faults.LeastLatency, faults.MostLatency);
        return Task.Delay(IsHealed ? TimeSpan.Zero : delay, clock, ending.Token);
    }

    private bool Draw(double share)
    {
        lock (drawing)
            return !IsHealed && chance.Chance(share);
    }
}
