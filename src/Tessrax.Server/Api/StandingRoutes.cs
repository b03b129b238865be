using Tessrax.Canonical;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What holds for a subject, for whoever is about to act on it.</summary>
internal static class StandingRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/standing", Role.Reader, Standing)
        {
            Summary =
                "What holds for a subject now: for each of its metrics whether its sources agree, and if not, what was decided, or whom it waits for",
            Answer = "standing",
            Cache = CacheRule.Fresh,
            Query =
            [
                ApiParameter.Text("subject", "the subject, letter by letter as it is claimed") with
                {
                    IsRequired = true,
                },
                ApiParameter.Text("metric", "only this metric of it; all of them if left out"),
            ],
        },
    ];

    private static ValueTask<ApiAnswer> Standing(ApiCall call)
    {
        string subject = call.Query.Text("subject")!;
        string? metric = call.Query.Text("metric");
        UtcTime now = UtcTime.Now(call.Environment.Clock);
        return new(
            call.Ledger.Told<ApiAnswer>(
                (view, told) => ApiCall.Of(view, SubjectStanding.Of(view, subject, metric, told, now).ToJson(null))
            )
        );
    }
}
