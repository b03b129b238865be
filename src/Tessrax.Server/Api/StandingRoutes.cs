using Tessrax.Canonical;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What holds for a subject, for whoever is about to act on it.</summary>
internal static class StandingRoutes
{
    // What a client takes of a list is twice that, and one group may be of many long claims.
    private const long MostBytes = 4 << 20;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/standing", Role.Reader, Standing)
        {
            Summary =
                "What holds for a subject now: for each of its metrics whether its sources agree, and if not, what was decided, or whom it waits for",
            Answer = "standing",
            Cache = CacheRule.Fresh,
            AtOnce = 8,
            Errors = [ErrorCodes.Overloaded],
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
                (view, told) =>
                    ApiCall.Of(
                        view,
                        SubjectStanding
                            .Of(view, subject, metric, told, now, SubjectStanding.MostGroups)
                            .ToJson(null, MostBytes)
                    )
            )
        );
    }
}
