using Tessrax.Governance;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Web.Data;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>Subjects, sources and where they contradict each other: as a page with a map and a table, and for programs.</summary>
internal static class MapRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/map", Role.Reader, Map)
        {
            Summary =
                "Subjects, sources, and where sources contradict each other about a subject: what waits first, then the graver. Names are listed once, and told by their places",
            Answer = "map",
            Cache = CacheRule.Fresh,
            AtOnce = 8,
            Query =
            [
                Severity,
                Until,
                ApiParameter.Integer(
                    "limit",
                    "how many contradictions at most",
                    1,
                    ContradictionMap.Most,
                    MapPage.Drawn
                ),
            ],
            Errors = [ErrorCodes.Overloaded],
        },
        new ApiRoute("GET", "/map", Role.Reader, Page)
        {
            Summary = "The contradictions as a map and as a table",
            AnswerTypes = [BytesAnswer.Html],
            Cache = CacheRule.Fresh,
            AtOnce = 8,
            Query = [Severity, Until, ApiParameter.Integer("skip", "how many to leave out", 0, int.MaxValue, 0)],
            Errors = [ErrorCodes.Overloaded],
        },
    ];

    private static ApiParameter Severity =>
        ApiParameter.Word(
            "severity",
            "only those that are so grave; any if left out",
            [.. Contradictions.Words.AllSeverities]
        ) with
        {
            IsMany = true,
        };

    private static ApiParameter Until =>
        ApiParameter.Integer(
            "until",
            "only those that were first told of in an entry up to this",
            0,
            QueryText.MaxInteger
        );

    private static ValueTask<ApiAnswer> Map(ApiCall call)
    {
        IReadOnlyList<ContradictionStatus> all = call.Ledger.Contradictions(out long unreadable);
        var map = ContradictionMap.Of(all, Wish(call), (int)call.Query.Integer("limit"));
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return new(ApiCall.Of(lease.Value, map.ToJson().With("unreadable", unreadable)));
    }

    private static async ValueTask<ApiAnswer> Page(ApiCall call)
    {
        IReadOnlyList<ContradictionStatus> all = call.Ledger.Contradictions(out long unreadable);
        MapWish wish = Wish(call);
        int skipped = (int)call.Query.Integer("skip");
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        ContradictionMap list = ContradictionMap.Of(all, wish, MapPage.PageSize, skipped);
        return await PageAnswers.Of<MapPage>(
            PageAnswers.Site(call).At(lease.Value),
            ("List", list),
            ("Rows", ContradictionRow.All(list.Points.Select(point => point.Status), lease.Value.Glance)),
            ("Wish", wish),
            ("Skipped", skipped),
            ("All", all.Count),
            ("Unreadable", unreadable)
        );
    }

    private static MapWish Wish(ApiCall call) => new(call.Query.Words("severity"), call.Query.OptionalInteger("until"));
}
