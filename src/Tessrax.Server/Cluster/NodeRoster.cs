using System.Collections.Immutable;
using Tessrax.Hashing;

namespace Tessrax.Server.Cluster;

/// <summary>What the nodes of the cluster told last, asked again each second.</summary>
internal sealed class NodeRoster(
    ISiloStatusOracle silos,
    NodeServices services,
    NodeLedgers ledgers,
    TimeProvider clock
) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private volatile ImmutableDictionary<SiloAddress, NodeReport> reports = ImmutableDictionary<
        SiloAddress,
        NodeReport
    >.Empty;

    /// <summary>The nodes that are up, as far as this one knows, and what they told last; null before they told anything.</summary>
    public IReadOnlyList<(SiloAddress Silo, NodeReport? Told)> Nodes =>
        [
            .. silos
                .GetActiveSilos()
                .OrderBy(silo => silo.ToParsableString(), StringComparer.Ordinal)
                .Select(silo => (silo, reports.GetValueOrDefault(silo))),
        ];

    /// <summary>The nodes that have the keys of a ledger, reach the database, and are not about to leave. Where none is known, all are asked first.</summary>
    public async Task<IReadOnlyCollection<SiloAddress>> HoldersAsync(Digest id)
    {
        string hex = id.ToHex();
        HashSet<SiloAddress> known = Holders(hex);
        if (known.Count > 0)
            return known;
        await Ask();
        return Holders(hex);
    }

    /// <summary>Whether a node that is up has the keys of a ledger.</summary>
    public bool HasHolder(Digest id) => Holders(id.ToHex()).Count > 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Ask(), ledgers.LookAtDatabaseAsync());
            try
            {
                await Task.Delay(Often, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private HashSet<SiloAddress> Holders(string id) =>
        [
            .. Nodes
                .Where(node =>
                    node.Told is { IsDraining: false, IsCutOff: false } told
                    && told.Copies.Any(copy => copy.HasKeys && copy.Id == id)
                )
                .Select(node => node.Silo),
        ];

    private async Task Ask()
    {
        (SiloAddress Silo, NodeReport? Told)[] told = await Task.WhenAll(silos.GetActiveSilos().Select(Ask));
        reports = told.Where(one => one.Told is not null).ToImmutableDictionary(one => one.Silo, one => one.Told!);
    }

    // Who does not answer has no keys, until it does.
    private async Task<(SiloAddress, NodeReport?)> Ask(SiloAddress silo)
    {
        try
        {
            return (silo, await services.At(silo).Report());
        }
        catch (Exception e) when (Lost.IsOne(e))
        {
            return (silo, null);
        }
    }
}
