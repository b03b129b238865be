using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Receipts, one by one and in pages.</summary>
internal static class ReceiptRoutes
{
    // A rare event is not looked for through a whole ledger at once.
    private const long MostLookedAt = 20_000;

    // A page is not made of a hundred payloads of a mebibyte.
    private const long MostBytes = 4 << 20;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/receipts", Role.Reader, Page)
        {
            Summary =
                "Receipts, the newest first; with after, the oldest first. A page ends early after 4 MiB, or after 20,000 entries that were looked at",
            Answer = "receipts",
            Cache = CacheRule.Fresh,
            Query =
            [
                ApiParameter.Integer("before", "only those before this index", 0, QueryText.MaxInteger),
                ApiParameter.Integer("after", "only those after this index, the oldest first", 0, QueryText.MaxInteger),
                ApiParameter.Text("event", "only those of this event; may come more than once", 64) with
                {
                    IsMany = true,
                },
                ApiParameter.Integer("limit", "how many at most", 1, 200, 50),
                ApiParameter.Cursor,
            ],
            Errors = [ErrorCodes.BadCursor, ErrorCodes.Overloaded],
            Scans = call => call.Query.Many("event").Count > 0,
        },
        new ApiRoute("GET", "/v1/receipts/{index}", Role.Reader, One)
        {
            Summary =
                "A receipt with its inclusion proof and the checkpoint that it leads to; with size, the proof in the tree of that size",
            Answer = "receipt",
            Cache = CacheRule.Fresh,
            Query = [Size],
            Errors = [ErrorCodes.NoSuchEntry],
        },
        new ApiRoute("GET", "/v1/receipts/{index}/leaf", Role.Reader, Leaf)
        {
            Summary = "The bytes that are hashed into the tree, for ever the same",
            Answer = "leaf",
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoSuchEntry],
        },
    ];

    /// <summary>A tree's size, in which something is proven.</summary>
    public static ApiParameter Size =>
        ApiParameter.Integer(
            "size",
            "the size of the tree; the newest checkpoint's if left out",
            1,
            QueryText.MaxInteger
        );

    private static ValueTask<ApiAnswer> Page(ApiCall call)
    {
        long? after = call.Query.OptionalInteger("after");
        long? before = call.Query.OptionalInteger("before");
        // Whoever was told of an entry finds it in the list.
        using Lease<LedgerMoment> lease = call.Ledger.Moment(after + 2 ?? before ?? 0);
        LedgerMoment moment = lease.Value;
        long end = Math.Min(before ?? moment.Size, moment.Size);
        IReadOnlyList<string> events = call.Query.Many("event");
        long? cursor = PageCursor.Read(call);
        var page = new ReceiptPage(moment, call.Query.Integer("limit"));
        if (after is { } first)
        {
            long from = cursor ?? first + 1;
            long to = Math.Min(end, from + MostLookedAt);
            page.Fill(Wanted(moment.Glance.From(from, MayBe(events, call.Cancellation), to), events), to, to < end);
        }
        else
        {
            long to = Math.Min(cursor ?? end, end);
            long from = Math.Max(0, to - MostLookedAt);
            page.Fill(
                Wanted(moment.Glance.Backwards(to, MayBe(events, call.Cancellation), from), events),
                from,
                from > 0,
                isBackwards: true
            );
        }
        return new(
            ApiCall.Of(
                moment,
                JsonValue.Object(
                    ("receipts", JsonValue.Of(page.Receipts)),
                    ("next", page.Next is { } next ? PageCursor.Of(call, next) : JsonValue.Null)
                )
            )
        );
    }

    private static Predicate<ReadOnlyMemory<byte>>? MayBe(IReadOnlyList<string> events, CancellationToken stop) =>
        events.Count == 0 ? null : Node.Reading.LedgerGlance.MayBe(events, stop);

    private static IEnumerable<Receipt> Wanted(IEnumerable<Receipt> receipts, IReadOnlyList<string> events) =>
        events.Count == 0 ? receipts : receipts.Where(receipt => events.Contains(receipt.Entry.Body.Event));

    private static ValueTask<ApiAnswer> One(ApiCall call)
    {
        long index = call.Index("index");
        long? asked = call.Query.OptionalInteger("size");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(Math.Max(index + 1, asked ?? 0));
        LedgerMoment moment = lease.Value;
        Receipt receipt = moment.Glance.Receipt(index);
        long size = SizeFor(moment, asked, index);
        string? checkpoint = asked is null ? moment.Note : moment.Glance.SignedAt(size)?.ToString();
        JsonValue whole = ReceiptText
            .ToJson(receipt, moment.Hasher)
            .With("proof", Hashes(InclusionProof.Prove(moment.Glance.Tree, size, index, moment.Hasher)))
            .With("size", size)
            .With("checkpoint", checkpoint is null ? JsonValue.Null : checkpoint);
        if (receipt.IsErased || receipt.IsLost)
            whole = call.Ledger.Fold(view => ErasedNote.Of(view, receipt.Entry), index + 1) is { } erased
                ? whole.With("erased", erased.ToJson())
                : whole;
        return new(new JsonAnswer(whole) { Size = moment.Size });
    }

    private static ValueTask<ApiAnswer> Leaf(ApiCall call)
    {
        long index = call.Index("index");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        Receipt receipt = lease.Value.Glance.Receipt(index);
        return new(new BytesAnswer(receipt.Leaf, BodyLimit.Json));
    }

    /// <summary>The size of the tree in which an entry is to be proven.</summary>
    /// <exception cref="TessraxException">TSX3011: the ledger has not that size, or the entry is not in it.</exception>
    public static long SizeFor(LedgerMoment moment, long? asked, long index)
    {
        long size = asked ?? moment.Size;
        if (size > moment.Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no tree of size {size}; the ledger holds {moment.Size}");
        return index < size
            ? size
            : throw ErrorCodes.NoSuchEntry.Because($"entry {index} is not in the tree of size {size}");
    }

    /// <summary>Hashes in base64.</summary>
    public static JsonValue Hashes(IEnumerable<Digest> hashes) =>
        JsonValue.Of(hashes.Select(hash => JsonValue.String(hash.ToBase64())));

    /// <summary>A page as it is filled.</summary>
    private sealed class ReceiptPage(LedgerMoment moment, long limit)
    {
        private long bytes;

        public List<JsonValue> Receipts { get; } = [];

        /// <summary>Where the next one goes on; null if there is none.</summary>
        public long? Next { get; private set; }

        /// <param name="found">In the order of the page.</param>
        /// <param name="bound">Where looking ends.</param>
        /// <param name="goesOn">Whether there is more beyond the bound.</param>
        /// <param name="isBackwards">Whether the newest come first.</param>
        public void Fill(IEnumerable<Receipt> found, long bound, bool goesOn, bool isBackwards = false)
        {
            foreach (Receipt receipt in found)
            {
                long index = receipt.Entry.Index;
                if (Receipts.Count == limit || bytes >= MostBytes)
                {
                    Next = isBackwards ? index + 1 : index;
                    return;
                }
                bytes += receipt.Leaf.Length + (receipt.Payload?.Bytes.Length ?? 0);
                Receipts.Add(ApiCall.Told(moment, receipt));
            }
            Next = goesOn ? bound : null;
        }
    }
}
