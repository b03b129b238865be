using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What ledger this is, and its checkpoint.</summary>
internal static class LedgerRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/checkpoint", Role.Reader, Newest)
        {
            Summary = "The newest checkpoint, as the log signed it",
            Answer = "checkpoint",
            Cache = CacheRule.Seconds,
        },
    ];

    private static ValueTask<ApiAnswer> Newest(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return new ValueTask<ApiAnswer>(CheckpointJson(lease.Value));
    }

    private static JsonAnswer CheckpointJson(LedgerMoment moment) =>
        ApiCall.Of(
            moment,
            JsonValue.Object(
                ("origin", moment.Says.Origin),
                ("root", moment.Hasher.Text(moment.Says.Head.Root)),
                ("note", moment.Checkpoint.ToString())
            )
        );
}
