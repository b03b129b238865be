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

    /// <summary>How many entries the longest copy of a ledger has, among those of nodes that answer.</summary>
    public async Task<long> LargestAsync(Digest id)
    {
        string hex = id.ToHex();
        // Those that did not answer before are not waited for.
        long[] sizes = await Task.WhenAll(
            Nodes
                .Where(node => node.Told?.Copies.Any(copy => copy.Id == hex) == true)
                .Select(async node => await Ask(node.Silo, there => there.Size(hex)))
        );
        return sizes.DefaultIfEmpty().Max();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Ask(), ledgers.LookAtDatabaseAsync());
            ledgers.GiveUpWhatOthersCanWrite(HasHolder);
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
        (SiloAddress Silo, NodeReport? Told)[] told = await Task.WhenAll(
            silos.GetActiveSilos().Select(async silo => (silo, await Ask(silo, there => there.Report())))
        );
        reports = told.Where(one => one.Told is not null).ToImmutableDictionary(one => one.Silo, one => one.Told!);
    }

    // Who does not answer has no keys, until it does.
    private async Task<T?> Ask<T>(SiloAddress silo, Func<INodeService, Task<T>> question)
    {
        try
        {
            return await question(services.At(silo));
        }
        catch (Exception e) when (Lost.IsOne(e))
        {
            return default;
        }
    }
}
