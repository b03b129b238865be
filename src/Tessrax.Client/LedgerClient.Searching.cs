using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Verification.Search;

namespace Tessrax.Client;

// What a search found, judged here once more.
public sealed partial class LedgerClient
{
    /// <summary>What a search found: each hit proven in the ledger, and what was looked for.</summary>
    /// <exception cref="TessraxException">TSX1018 to 1020: the query, or the cursor; TSX6040: a hit does not hold or does not match; others as <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<SearchPage> SearchAsync(SearchWish wish, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(wish);
        // As it is read here, with its times and keys, so that both sides look for the same.
        Query query = await ReadAsync(wish.Query, cancel).ConfigureAwait(false);
        JsonValue answer = (await transport.GetAsync(PathOf(wish, query), cancel).ConfigureAwait(false)).Json();
        JsonValue[] hits = List(answer, "hits", wish.Limit ?? MostOfPage);
        long[] indexes = [.. hits.Select(IndexOf)];
        RequireInOrder(wish, indexes);
        var found = new SearchFinding[hits.Length];
        await Parallel
            .ForAsync(
                0,
                hits.Length,
                SomeAtOnce(cancel),
                async (i, stop) =>
                    found[i] = new SearchFinding(
                        await FoundAsync(query, indexes[i], stop).ConfigureAwait(false),
                        new ServerWord(hits[i]).Read(hit =>
                            hit.Optional("score") is null
                                ? (long?)null
                                : hit.Integer("score", long.MinValue, long.MaxValue)
                        )
                    )
            )
            .ConfigureAwait(false);
        return new SearchPage(query, found, new ServerWord(answer.Without("hits")), NextOf(answer));
    }

    private async ValueTask<Query> ReadAsync(string text, CancellationToken cancel)
    {
        UtcTime now = UtcTime.Now(options.Clock);
        bool namesKeys = false;
        var query = Query.Parse(
            text,
            now,
            _ =>
            {
                namesKeys = true;
                return [default];
            }
        );
        if (!namesKeys)
            return query;
        // Who has which key is the server's word.
        ServerWord told = await TellAsync("v1/keys", cancel).ConfigureAwait(false);
        (string Name, string? Person, Digest Id)[] keys = told.Read(reader =>
            reader
                .Array("keys")
                .Select(key => new ObjectReader(key.Value, key.Path))
                .Select(key => (key.String("name"), key.OptionalString("person"), key.Digest("key")))
                .ToArray()
        );
        return Query.Parse(
            text,
            now,
            name => [.. keys.Where(key => key.Name == name || key.Person == name).Select(key => key.Id)]
        );
    }

    private async ValueTask<VerifiedReceipt> FoundAsync(Query query, long index, CancellationToken cancel)
    {
        VerifiedReceipt receipt = await NamedReceiptAsync(index, cancel).ConfigureAwait(false);
        return query.Matches(receipt.Receipt)
            ? receipt
            : throw ErrorCodes.AnswerBroken.Because($"the search found entry {index}, which does not match");
    }

    private static void RequireInOrder(SearchWish wish, long[] indexes)
    {
        if (wish.Order is not (null or "newest" or "oldest"))
            return;
        int step = wish.Order == "oldest" ? 1 : -1;
        for (int i = 1; i < indexes.Length; i++)
        {
            if ((indexes[i] - indexes[i - 1]) * step < 1)
                throw ErrorCodes.AnswerBroken.Because("what the search found is out of order, or repeats itself");
        }
    }

    private static string PathOf(SearchWish wish, Query query)
    {
        var path = new QueryWriter("v1/search");
        path.Add("q", query.ToString());
        path.Add("order", wish.Order);
        path.Add("limit", wish.Limit);
        path.Add("count", wish.CountsAll ? "all" : null);
        path.Add("cursor", wish.Cursor);
        return path.ToString();
    }
}
