using Tessrax.Canonical;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Host;
using Tessrax.Verification.Search;

namespace Tessrax.Server.Api;

/// <summary>Search, in the language of <c>tessraxctl search</c>.</summary>
internal static class SearchRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/search", Role.Reader, Search)
        {
            Summary = "The entries that match a query: words, phrases, field:value, AND, OR, NOT",
            Answer = "search",
            Cache = CacheRule.Fresh,
            Query =
            [
                Text,
                Order,
                ApiParameter.Integer("limit", "hits of a page", 1, SearchRequest.MaxLimit, 20),
                ApiParameter.Word("count", "all: count every hit, however many there are", "all"),
                ApiParameter.Cursor,
            ],
            Errors =
            [
                ErrorCodes.BadQuery,
                ErrorCodes.QueryTooBroad,
                ErrorCodes.BadCursor,
                ErrorCodes.NoIndex,
                ErrorCodes.IndexUnusable,
                ErrorCodes.SearchTooLong,
                ErrorCodes.Overloaded,
            ],
            Scans = static _ => true,
        },
    ];

    /// <summary>The parameter that says what is looked for.</summary>
    public static ApiParameter Text => ApiParameter.Text("q", "the query; all entries if left out", 4096);

    /// <summary>The parameter that says which come first.</summary>
    public static ApiParameter Order =>
        ApiParameter.Word("order", "which come first; newest if left out", SearchOrders.Words);

    private static ValueTask<ApiAnswer> Search(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        LedgerMoment moment = lease.Value;
        using Searcher searcher = Searcher.Open(moment.Glance, call.Environment);
        SearchRequest request = Asked(call, UtcTime.Now(call.Environment.Clock)) with
        {
            Limit = (int)call.Query.Integer("limit"),
            CountsAll = call.Query.Word("count") is not null,
        };
        SearchAnswer answer = Run(call, searcher, request);
        return new(new JsonAnswer(SearchJson.Of(answer, moment.Hasher, withHits: true)) { Size = moment.Size });
    }

    /// <summary>What a request asks for with <see cref="Text"/>, <see cref="Order"/> and its cursor.</summary>
    /// <exception cref="TessraxException">TSX1018: it is no query.</exception>
    public static SearchRequest Asked(ApiCall call, UtcTime now) =>
        new(
            Query.Parse(
                call.Query.Text("q") ?? "",
                now,
                name => call.Ledger.Fold(view => view.Fold.State.KeysNamed(name))
            )
        )
        {
            Order = SearchOrders.Read(call.Query.Word("order") ?? SearchOrders.Words[0]),
            Cursor = call.Query.Text("cursor"),
        };

    /// <summary>Searches, for as long as a search may take.</summary>
    /// <exception cref="TessraxException">TSX6034: it takes longer; and what <see cref="Searcher.Search"/> throws.</exception>
    public static SearchAnswer Run(ApiCall call, Searcher searcher, SearchRequest request)
    {
        TimeSpan patience = call.Get<ServerOptions>().SearchPatience;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation);
        // A timer would leave the first moment to the search, also where there is none.
        if (patience > TimeSpan.Zero)
            late.CancelAfter(patience);
        else
            late.Cancel();
        try
        {
            return searcher.Search(request with { Stop = late.Token });
        }
        catch (OperationCanceledException) when (!call.Cancellation.IsCancellationRequested)
        {
            throw ErrorCodes.SearchTooLong.Because($"the search was given up after {patience.TotalSeconds} s");
        }
    }
}
