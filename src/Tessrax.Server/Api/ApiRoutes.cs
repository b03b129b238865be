using Tessrax.Server.Health;
using Tessrax.Server.OpenApi;
using Tessrax.Server.Static;

namespace Tessrax.Server.Api;

/// <summary>Every address of the server.</summary>
internal static class ApiRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        .. HealthRoutes.All,
        .. LedgerRoutes.All,
        .. ReceiptRoutes.All,
        .. ProofRoutes.All,
        .. SearchRoutes.All,
        .. PolicyRoutes.All,
        .. BundleRoutes.All,
        .. DecisionRoutes.All,
        .. StandingRoutes.All,
        .. MapRoutes.All,
        .. ProposalRoutes.All,
        .. VerifyRoutes.All,
        .. SessionRoutes.All,
        .. AppendRoutes.All,
        .. ClaimRoutes.All,
        .. TransactionRoutes.All,
        .. ApprovalRoutes.All,
        .. ControlRoutes.All,
        .. ExecutionRoutes.All,
        .. EvidenceRoutes.All,
        .. PageRoutes.All,
        .. VerifierRoutes.All,
        .. DocsRoutes.All,
        .. EventRoutes.All,
        .. TileRoutes.All,
        .. OpenApiRoutes.All,
    ];
}
