using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Tessrax.Ledger;
using Tessrax.Node.Serving;

namespace Tessrax.Server.Api;

/// <summary>The ledger's entries as they come, for one client: server-sent events (HTML standard, section 9.2).</summary>
/// <remarks>
/// <code>id: 41
/// event: receipt
/// data: {"entry":{…},"index":41,…}</code>
/// Nothing is kept for a client: what it has not read yet stands in the ledger, and is read from there once it has room. So a slow client costs nobody else anything, and none
/// loses an entry. What was sent is durable, and covered by a signed checkpoint.
/// </remarks>
/// <param name="ledger">The ledger.</param>
/// <param name="clock">Measures how long nothing came.</param>
internal sealed class EventStream(ServedLedger ledger, TimeProvider clock)
{
    // The ledger may grow a thousand times a second; nobody watches so closely.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    // A moment of the ledger is held no longer than it takes to read so much of it.
    private const int EntriesAtOnce = 256;
    private const long BytesAtOnce = 256 * 1024;

    /// <summary>How long nothing may come before a comment does, so that proxies and clients see that the connection lives.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the client may read still, asked before each part and with each comment.</summary>
    public Func<bool> MayGoOn { get; init; } = static () => true;

    /// <summary>Sends all entries from one on, for as long as the client listens and the server runs.</summary>
    /// <param name="next">The first entry.</param>
    /// <param name="output">The client.</param>
    /// <param name="gone">The client went away.</param>
    /// <param name="ends">The server is about to end; the client is told.</param>
    public async Task Send(long next, PipeWriter output, CancellationToken gone, CancellationToken ends)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, ends);
        Say(output, ": the entries of a ledger, as they come\nretry: 1000\n\n");
        try
        {
            await output.FlushAsync(gone);
            while (MayGoOn())
            {
                long before = next;
                next = Write(output, next);
                if (next > before)
                {
                    await output.FlushAsync(gone);
                    await Task.Delay(Pace, clock, either.Token);
                }
                await Grown(output, next, gone, either.Token);
            }
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            // The server ends.
        }
        Say(output, "event: bye\ndata: {}\n\n");
        await output.FlushAsync(gone);
    }

    private async Task Grown(PipeWriter output, long next, CancellationToken gone, CancellationToken either)
    {
        Task grown = ledger.Grown(next, either);
        while (MayGoOn())
        {
            try
            {
                await grown.WaitAsync(Heartbeat, clock, either);
                return;
            }
            catch (TimeoutException)
            {
                Say(output, ": nothing new\n\n");
                await output.FlushAsync(gone);
            }
        }
    }

    // Gives the first entry that is not sent yet.
    private long Write(PipeWriter output, long next)
    {
        using Lease<LedgerMoment> lease = ledger.Moment(next + 1);
        if (next >= lease.Value.Size)
            return next;
        long bytes = 0;
        int entries = 0;
        foreach (Receipt receipt in lease.Value.Glance.From(next))
        {
            byte[] json = ApiCall.Told(lease.Value, receipt).ToCanonicalBytes();
            // Canonical JSON is one line.
            Say(
                output,
                string.Create(CultureInfo.InvariantCulture, $"id: {receipt.Entry.Index}\nevent: receipt\ndata: ")
            );
            output.Write(json);
            Say(output, "\n\n");
            next = receipt.Entry.Index + 1;
            bytes += json.Length;
            if (++entries == EntriesAtOnce || bytes >= BytesAtOnce)
                break;
        }
        return next;
    }

    private static void Say(PipeWriter output, string text) => Encoding.ASCII.GetBytes(text, output);
}
