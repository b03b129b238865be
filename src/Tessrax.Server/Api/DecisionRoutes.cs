using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What was decided, and what contradicts itself.</summary>
internal static class DecisionRoutes
{
    private const int MostOnPage = 200;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/decisions", Role.Reader, List)
        {
            Summary = "Decisions, the newest first, as the command line lists them",
            Answer = "decisions",
            Cache = CacheRule.Fresh,
            AtOnce = 8,
            Scans = HasNoIndex,
            Query =
            [
                ApiParameter.Word(
                    "state",
                    "only those that have come so far; those on record if left out",
                    ["all", .. DecisionStates.All]
                ),
                ApiParameter.Text("lane", "only those of one lane", 64),
                ApiParameter.Integer("before", "only those before this entry", 0, QueryText.MaxInteger),
                ApiParameter.Integer("limit", "how many at most", 1, MostOnPage, 50),
                ApiParameter.Cursor,
            ],
            Errors = [ErrorCodes.BadCursor, ErrorCodes.Overloaded],
        },
        new ApiRoute("GET", "/v1/decisions/{index}", Role.Reader, One)
        {
            Summary =
                "A decision with its claims, its rule and its story. Where there is no index, telling it looks at every entry",
            Answer = "decision",
            Cache = CacheRule.Fresh,
            AtOnce = 8,
            Scans = HasNoIndex,
            Errors = [ErrorCodes.NoSuchEntry, ErrorCodes.Overloaded],
        },
        new ApiRoute("GET", "/v1/contradictions", Role.Reader, Contradictions)
        {
            Summary = "Where recorded claims contradict each other, and what became of it: what waits first",
            Answer = "contradictions",
            Cache = CacheRule.Fresh,
            Query =
            [
                ApiParameter.Word("state", "only those that have come so far", [.. ContradictionStates.All]),
                ApiParameter.Word("severity", "only those that are so grave", [.. Words.AllSeverities]),
                ApiParameter.Text("subject", "only those about one subject"),
                ApiParameter.Integer("limit", "how many at most", 1, 1000, 200),
                ApiParameter.Cursor,
            ],
            Errors = [ErrorCodes.BadCursor],
        },
    ];

    /// <summary>Whether stories are told by looking at every entry.</summary>
    public static bool HasNoIndex(ApiCall call) => call.Ledger.Index is null;

    /// <summary>The contradictions that somebody wants, what waits first; null is for any.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="state">Only those that have come so far.</param>
    /// <param name="severity">Only those that are so grave.</param>
    /// <param name="subject">Only those about one subject.</param>
    /// <param name="unreadable">As <see cref="ServedLedger.Contradictions"/> says it, of all.</param>
    public static ContradictionStatus[] Wanted(
        ServedLedger ledger,
        string? state,
        string? severity,
        string? subject,
        out long unreadable
    ) =>
        [
            .. ledger
                .Contradictions(out unreadable)
                .Where(one =>
                    (state is null || one.State.Text() == state)
                    && (severity is null || one.Contradiction.Severity.Text() == severity)
                    && (subject is null || one.Contradiction.Key.Subject == subject)
                ),
        ];

    private static ValueTask<ApiAnswer> List(ApiCall call)
    {
        int limit = (int)call.Query.Integer("limit");
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        LedgerMoment moment = lease.Value;
        var wish = new DecisionWish(
            call.Query.Word("state"),
            call.Query.Text("lane"),
            null,
            PageCursor.Read(call) ?? call.Query.OptionalInteger("before")
        );
        using DecisionList list = DecisionList.Open(moment.Glance, call.Environment);
        return new(
            call.Ledger.Fold(
                view =>
                {
                    // One more than are shown tells whether there are more.
                    FoundDecision[] found =
                    [
                        .. list.Wanted(wish, UtcTime.Now(call.Environment.Clock), view)
                            // The view may have seen what this page is too early for.
                            .Where(one => one.Receipt.Entry.Index < moment.Size)
                            .Take(limit + 1),
                    ];
                    bool hasMore = found.Length > limit && !wish.IsOfWaiting;
                    return ApiCall.Of(
                        moment,
                        JsonValue.Object(
                            (
                                "decisions",
                                JsonValue.Of(
                                    found.Take(limit).Select(one => DecisionJson.Of(view, one.Receipt, one.Status))
                                )
                            ),
                            ("next", hasMore ? PageCursor.Of(call, found[limit - 1].Status.Entry) : JsonValue.Null)
                        )
                    );
                },
                moment.Size
            )
        );
    }

    private static ValueTask<ApiAnswer> One(ApiCall call)
    {
        long index = call.Index("index");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        LedgerMoment moment = lease.Value;
        moment.Glance.Require(index);
        using DecisionList list = DecisionList.Open(moment.Glance, call.Environment);
        UtcTime now = UtcTime.Now(call.Environment.Clock);
        return new(
            call.Ledger.Fold(
                view => ApiCall.Of(moment, DecisionJson.Of(view, ToldDecision.Of(view, list, index, now))),
                moment.Size
            )
        );
    }

    private static ValueTask<ApiAnswer> Contradictions(ApiCall call)
    {
        string? state = call.Query.Word("state");
        string? severity = call.Query.Word("severity");
        string? subject = call.Query.Text("subject");
        long skipped = PageCursor.Read(call) ?? 0;
        int limit = (int)call.Query.Integer("limit");
        ContradictionStatus[] wanted = Wanted(call.Ledger, state, severity, subject, out long unreadable);
        ContradictionStatus[] page = [.. wanted.Skip((int)Math.Min(skipped, int.MaxValue)).Take(limit)];
        long end = skipped + page.Length;
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return new(
            ApiCall.Of(
                lease.Value,
                JsonValue.Object(
                    ("contradictions", JsonValue.Of(page.Select(one => one.ToJson()))),
                    ("count", wanted.Length),
                    ("unreadable", unreadable),
                    ("next", end < wanted.Length ? PageCursor.Of(call, end) : JsonValue.Null)
                )
            )
        );
    }
}
