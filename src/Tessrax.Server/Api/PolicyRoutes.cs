using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Reading;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Policies that were in force, and keys that the ledger knows.</summary>
internal static class PolicyRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/policies", Role.Reader, Policies)
        {
            Summary = "Every policy that was in force: since which entry, why, and who agreed",
            Answer = "policies",
            Cache = CacheRule.Fresh,
        },
        new ApiRoute("GET", "/v1/policies/{digest}", Role.Reader, Policy)
        {
            Summary = "A policy that was in force, in the bytes that its digest is of",
            Answer = "policy",
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoSuchEntry],
        },
        new ApiRoute("GET", "/v1/keys", Role.Reader, Keys)
        {
            Summary = "The keys that the ledger knows: their purposes, roles, and from when to when they sign",
            Answer = "keys",
            Cache = CacheRule.Fresh,
        },
    ];

    private static ValueTask<ApiAnswer> Policies(ApiCall call) =>
        new(call.Ledger.Fold(view => List("policies", GovernanceJson.Policies(view), view)));

    private static ValueTask<ApiAnswer> Keys(ApiCall call) =>
        new(
            call.Ledger.Fold(view =>
                List("keys", view.Fold.State.Keys.Select(key => GovernanceJson.Of(key, view.Fold.State)), view)
            )
        );

    private static ValueTask<ApiAnswer> Policy(ApiCall call)
    {
        string named = call.Part("digest");
        if (!Digest.TryParse(named, out Digest digest))
            throw ErrorCodes.RequestRefused.Because($"'{named}' is not a digest such as sha256:…");
        byte[] document = call.Ledger.Fold(view =>
        {
            PolicyInForce policy =
                view.Fold.State.AllPolicies.FirstOrDefault(one => one.Pin.Digest == digest)
                ?? throw ErrorCodes.NoSuchEntry.Because($"no policy {digest} was in force in this ledger");
            return PolicyInForce.BroughtBy(view.Receipt(policy.At).Entry.Body).Document.ToCanonicalBytes();
        });
        return new(new BytesAnswer(document, BodyLimit.Json));
    }

    private static JsonAnswer List(string name, IEnumerable<JsonValue> values, LedgerView view) =>
        ApiCall.Of(view, JsonValue.Object((name, JsonValue.Of(values))));
}
