using Tessrax.Client;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>A ledger behind a server. Everything that it gives was verified, but for what is a server's word.</summary>
/// <param name="context">Ends on Ctrl-C.</param>
/// <param name="client">The client; disposed with this.</param>
/// <param name="access">Its key, if it is asked for one; disposed with this.</param>
internal sealed class RemoteLedger(CliContext context, LedgerClient client, Lazy<PrivateKey>? access) : IDisposable
{
    private const int PageSize = 100;
    private const int MostEmpty = 10_000;

    /// <summary>Whether a place is the URL of a server, and no directory.</summary>
    public static bool IsMeant(string place) => Addresses.IsMeant(place);

    public LedgerClient Client => client;

    public VerifiedCheckpoint Checkpoint() => Await(client.CheckpointAsync(context.Cancellation));

    public VerifiedReceipt Receipt(long index) => Await(client.ReceiptAsync(index, context.Cancellation));

    /// <summary>The entries, the oldest first, fetched as they are read.</summary>
    public IEnumerable<Receipt> Oldest(IReadOnlyList<string> events)
    {
        // A page begins after an entry, and nothing is before the first one.
        Receipt first = Receipt(0).Receipt;
        if (events.Count == 0 || events.Contains(first.Entry.Body.Event))
            yield return first;
        foreach (
            Receipt receipt in Pages(
                new ReceiptWish
                {
                    After = 0,
                    Events = events,
                    Limit = PageSize,
                }
            )
        )
            yield return receipt;
    }

    /// <summary>The entries, the newest first, fetched as they are read.</summary>
    /// <param name="events">Only those of these events; empty for all.</param>
    /// <param name="most">How many are wanted; null for all.</param>
    public IEnumerable<Receipt> Newest(IReadOnlyList<string> events, long? most)
    {
        IEnumerable<Receipt> all = Pages(
            new ReceiptWish { Events = events, Limit = (int)Math.Clamp(most ?? PageSize, 1, PageSize) }
        );
        return most is { } limit ? all.Take((int)Math.Min(limit, int.MaxValue)) : all;
    }

    /// <summary>Waits for an answer.</summary>
    public static T Await<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();

    public void Dispose()
    {
        client.Dispose();
        if (access is { IsValueCreated: true })
            access.Value.Dispose();
    }

    private IEnumerable<Receipt> Pages(ReceiptWish wish)
    {
        int empty = 0;
        for (ReceiptWish? next = wish; next is not null; )
        {
            ReceiptPage page = Await(client.ReceiptsAsync(next, context.Cancellation));
            foreach (VerifiedReceipt one in page.Receipts)
                yield return one.Receipt;
            // A server may look for a rare event on many pages, and not for ever.
            empty = page.Receipts.Count == 0 ? empty + 1 : 0;
            if (empty > MostEmpty)
                throw ErrorCodes.AnswerBroken.Because($"the server gave {MostEmpty} pages with nothing on them");
            next = page.Next;
        }
    }
}
