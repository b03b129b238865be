using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What waits for approvals.</summary>
internal static class ProposalRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/proposals", Role.Reader, List)
        {
            Summary = "The proposals that wait for approvals, in the order of their lanes",
            Answer = "proposals",
            Cache = CacheRule.Fresh,
            Query = [ApiParameter.Text("lane", "only those of one lane", 64)],
        },
        new ApiRoute("GET", "/v1/proposals/{id}", Role.Reader, One)
        {
            Summary = "A proposal that waits; one that waits no more is a decision, or an entry",
            Answer = "proposal",
            Cache = CacheRule.Fresh,
            Errors = [ErrorCodes.NoSuchProposal],
        },
    ];

    private static ValueTask<ApiAnswer> List(ApiCall call)
    {
        string? lane = call.Query.Text("lane");
        UtcTime now = UtcTime.Now(call.Environment.Clock);
        return new(
            call.Ledger.Fold(view =>
            {
                LedgerFold fold = view.Fold;
                IEnumerable<JsonValue> waiting = Lanes
                    .Sort(fold)
                    .Where(one => lane is null || Lanes.Of(one, fold) == lane)
                    .Select(one => ProposalJson.Of(one, fold, now));
                return ApiCall.Of(view, JsonValue.Object(("proposals", JsonValue.Of(waiting))));
            })
        );
    }

    private static ValueTask<ApiAnswer> One(ApiCall call)
    {
        long id = call.Index("id");
        UtcTime now = UtcTime.Now(call.Environment.Clock);
        return new(
            call.Ledger.Fold(
                view =>
                    view.Fold.Proposals.TryGetValue(id, out OpenProposal? open)
                        ? ApiCall.Of(view, ProposalJson.Of(open, view.Fold, now))
                        : throw ErrorCodes.NoSuchProposal.Because($"no proposal {id} waits here"),
                id + 1
            )
        );
    }
}
