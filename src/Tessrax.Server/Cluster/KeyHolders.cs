using Orleans.Placement;
using Orleans.Runtime.Placement;
using Tessrax.Hashing;

namespace Tessrax.Server.Cluster;

/// <summary>A ledger's writer goes to a node that has the ledger's keys.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeyHolderPlacementAttribute() : PlacementAttribute(new KeyHolderPlacement());

/// <inheritdoc cref="KeyHolderPlacementAttribute"/>
[GenerateSerializer]
[Alias("tessrax.placement")]
internal sealed class KeyHolderPlacement : PlacementStrategy;

/// <summary>Chooses the node: of those that have the keys, by a hash of the ledger's id and the node's address, so that many ledgers spread, and every node that chooses alone chooses the same.</summary>
internal sealed class KeyHolderDirector(NodeRoster roster) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        if (!Digest.TryParseHex(target.GrainIdentity.Key.ToString(), out Digest id))
            throw new InvalidOperationException("a ledger's writer has another key than its id");
        IReadOnlyCollection<SiloAddress> holders = await roster.HoldersAsync(id);
        // Where nobody has them, whoever asks is told so by the node at hand.
        return silos.Where(holders.Contains).MaxBy(silo => Weight(id, silo)) ?? context.LocalSilo;
    }

    private static Digest Weight(Digest id, SiloAddress silo) =>
        HashEngine.Sha256.Hash([.. id.Span, .. System.Text.Encoding.UTF8.GetBytes(silo.ToParsableString())]);
}
