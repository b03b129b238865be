using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Merkle;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>A search by a server: that what it found is there and matches is verified; that it is all, is the server's word.</summary>
internal sealed class RemoteSearch(CliContext context, RemoteLedger there, string said)
{
    /// <summary>Searches, and prints as a search on this machine does.</summary>
    /// <param name="wish">What is wanted; its query is what was said.</param>
    /// <param name="form">How times are told.</param>
    /// <param name="withFields">Whether people are told what each hit is found by.</param>
    public void Run(SearchWish wish, TimeForm form, bool withFields)
    {
        (SearchAnswer answer, TreeHasher hasher) = Answer(wish);
        var text = new SearchText(context, hasher, form, withFields);
        if (wish.CountsAll)
            text.PrintCount(answer);
        else
            text.Print(answer);
        text.Remark(answer, null);
        context.Notice(
            wish.CountsAll
                ? "that there are so many is the server's word"
                : "each hit is in the ledger and matches; that there are no others is the server's word"
        );
    }

    /// <summary>Searches.</summary>
    /// <returns>What was found, and how the ledger's tree is hashed.</returns>
    /// <exception cref="TessraxException">TSX6040: a hit is not in the ledger, or does not match; the server's own.</exception>
    public (SearchAnswer Answer, TreeHasher Hasher) Answer(SearchWish wish)
    {
        SearchPage page = Ask(wish);
        VerifiedCheckpoint now = there.Checkpoint();
        SearchAnswer answer = page.Told.Read(told => new SearchAnswer
        {
            Query = page.Query,
            Ledger = there.Client.Trust.Ledger ?? told.Digest("ledger"),
            Size = now.Head.Size,
            Root = now.Head.Root,
            Index = told.Optional("index") is { Kind: JsonKind.Object } ? IndexOf(told.Object("index")) : null,
            Order = SearchOrders.Read(wish.Order ?? SearchOrders.Words[0]),
            Hits = [.. page.Hits.Select(hit => HitOf(hit, page.Query))],
            Count = told.Integer("count"),
            HasMore = told.Boolean("more"),
            LookedTo = told.Optional("looked_to") is { Kind: JsonKind.Number } ? told.Integer("looked_to") : null,
            Next = page.Next,
        });
        return (answer, now.Hasher);
    }

    private SearchPage Ask(SearchWish wish)
    {
        try
        {
            return RemoteLedger.Await(there.Client.SearchAsync(wish, context.Cancellation));
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BadQuery && e.Offset >= 0)
        {
            throw QueryFault.Point(context, said, e);
        }
    }

    private static SearchIndex IndexOf(ObjectReader told) =>
        new(told.String("backend"), told.Integer("size"), told.Integer("behind"));

    private static SearchHit HitOf(SearchFinding hit, Query query) =>
        new(new SearchedEntry(hit.Found.Receipt), hit.Score, Snippet.Of(hit.Found.Receipt, query));
}
