using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Ledgers;

/// <summary>A ledger behind a server. Everything that it gives was verified, but for what is a server's word.</summary>
/// <param name="context">Ends on Ctrl-C.</param>
/// <param name="client">The client; disposed with this.</param>
/// <param name="access">Its key, if it is asked for one; disposed with this.</param>
internal sealed class RemoteLedger(CliContext context, LedgerClient client, Lazy<PrivateKey>? access) : IDisposable
{
    /// <summary>What servers put on a page at most.</summary>
    public const int MostOfPage = 200;

    private const int PageSize = 100;
    private const int MostEmpty = 10_000;

    /// <summary>Whether a place is the URL of a server, and no directory.</summary>
    public static bool IsMeant(string place) => TileSource.IsUrl(place);

    public LedgerClient Client => client;

    /// <summary>Asks for the passphrase of the access key now, and not when the key is needed first.</summary>
    /// <returns>False if there is no key.</returns>
    /// <exception cref="TessraxException">TSX2001 and others: it cannot be unlocked.</exception>
    public bool TryUnlock() => access?.Value is not null;

    public VerifiedCheckpoint Checkpoint() => Await(client.CheckpointAsync(context.Cancellation));

    /// <summary>How many entries the server tells of, if the trust root demands witnesses and they have not cosigned all of them; null otherwise. It is the server's word.</summary>
    /// <exception cref="TessraxException">The server could not be asked.</exception>
    public long? Uncovered()
    {
        if (client.Trust.Policy.LogOnly)
            return null;
        long told = Tell("v1/ledger").Read(ledger => ledger.Integer("size"));
        return told > Checkpoint().Head.Size ? told : null;
    }

    /// <summary>A receipt, proven in an accepted checkpoint.</summary>
    /// <exception cref="TessraxException">TSX3011: there is none; TSX6032: there is, the server says, and witnesses have not cosigned it; TSX6040: the answer does not hold.</exception>
    public VerifiedReceipt Receipt(long index)
    {
        try
        {
            return Await(client.ReceiptAsync(index, context.Cancellation));
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry && Uncovered() is { } told && index < told)
        {
            throw ErrorCodes.NoQuorumYet.Because(
                $"the trust root demands witnesses, and they have cosigned {Checkpoint().Head.Size} of the {told} entries that the server tells of: entry {index} is none of these yet"
            );
        }
    }

    /// <summary>An entry that the server named.</summary>
    /// <exception cref="TessraxException">TSX6040: there is none, or what is given for it does not hold.</exception>
    public Receipt Found(long index) => Await(client.NamedReceiptAsync(index, context.Cancellation)).Receipt;

    /// <summary>Entries, the oldest first, fetched as they are read.</summary>
    /// <param name="from">The first.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="events">Only those of these events; empty for all.</param>
    public IEnumerable<Receipt> Oldest(long from, long end, IReadOnlyList<string> events)
    {
        // A page begins after an entry, and nothing is before the first one.
        if (from == 0 && end > 0)
        {
            Receipt first = Receipt(0).Receipt;
            if (events.Count == 0 || events.Contains(first.Entry.Body.Event))
                yield return first;
        }
        var wish = new ReceiptWish
        {
            After = Math.Max(from, 1) - 1,
            Before = end,
            Events = events,
            Limit = PageSize,
        };
        foreach (Receipt receipt in end > Math.Max(from, 1) ? Pages(wish) : [])
            yield return receipt;
    }

    /// <summary>Entries, the newest first, fetched as they are read.</summary>
    /// <param name="end">The one behind the newest.</param>
    /// <param name="events">Only those of these events; empty for all.</param>
    /// <param name="most">How many are wanted; null for all.</param>
    public IEnumerable<Receipt> Newest(long end, IReadOnlyList<string> events, long? most)
    {
        var wish = new ReceiptWish
        {
            Before = end,
            Events = events,
            Limit = (int)Math.Clamp(most ?? PageSize, 1, PageSize),
        };
        return most is { } limit ? Pages(wish).Take((int)Math.Min(limit, int.MaxValue)) : Pages(wish);
    }

    /// <summary>What the server tells, without proof.</summary>
    /// <param name="path">Behind its address, with its query.</param>
    public ServerWord Tell(string path) => Await(client.TellAsync(path, context.Cancellation));

    /// <summary>A list that the server tells, a page at a time, each fetched as it is read.</summary>
    /// <param name="path">Behind the server's address, with a query that has no cursor.</param>
    /// <param name="list">The list's name.</param>
    /// <exception cref="TessraxException">TSX6040: a page is none.</exception>
    public IEnumerable<(ServerWord Page, JsonValue[] Given)> TellPages(string path, string list)
    {
        string? cursor = null;
        do
        {
            ServerWord page = Tell(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}");
            cursor = page.Read(told =>
                told.Optional("next") is { Kind: JsonKind.String } ? told.String("next", 4096) : null
            );
            JsonValue[] given = page.Read(told => told.Array(list, MostOfPage).Select(one => one.Value).ToArray());
            if (given.Length == 0 && cursor is not null)
                throw ErrorCodes.AnswerBroken.Because(
                    "the server gave a page with nothing on it, and says that there are more"
                );
            yield return (page, given);
        } while (cursor is not null);
    }

    /// <summary>A proposal that waits, for programs.</summary>
    public static JsonValue ToJson(RequestedProposal proposal) =>
        ToJson(proposal.Index, proposal.Proposal)
            .With("required", JsonValue.Of(proposal.Required.Select(needed => needed.ToJson())));

    /// <summary>The same as its entry holds it, whatever it needs.</summary>
    public static JsonValue ToJson(long index, Proposal proposal) =>
        JsonValue.Object([
            ("id", index),
            .. ProposalText.ToJson(proposal),
            ("expires_at", proposal.Body.ExpiresAt.ToString()),
        ]);

    /// <summary>Waits for an answer.</summary>
    public static T Await<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Await{T}(ValueTask{T})"/>
    public static void Await(Task end) => end.GetAwaiter().GetResult();

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
