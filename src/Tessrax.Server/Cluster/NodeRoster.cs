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
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    // Longer than it takes the others to declare a node dead; and whoever asked has more patience.
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(10);

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

    /// <summary>How many entries the longest copy of a ledger has, on any node that is up. One that does not tell is asked again.</summary>
    /// <exception cref="TessraxException">TSX6050: one that the others take for up does not tell for long. Either it does in a moment, or they declare it dead.</exception>
    public async Task<long> LargestAsync(Digest id)
    {
        string hex = id.ToHex();
        long begun = clock.GetTimestamp();
        var told = new Dictionary<SiloAddress, long>();
        while (true)
        {
            await Task.WhenAll(silos.GetActiveSilos().Where(silo => !told.ContainsKey(silo)).ToArray().Select(AskSize));
            // Meanwhile another may have come up, or been declared dead.
            if (silos.GetActiveSilos().FirstOrDefault(silo => !told.ContainsKey(silo)) is not { } silent)
                return told.Values.DefaultIfEmpty().Max();
            if (clock.GetElapsedTime(begun) > MostSilence)
                throw ErrorCodes.NoOwner.Because(
                    $"the node at {silent.Endpoint} does not tell how much of the ledger it has, which may be more than the database",
                    "ask again in a moment: it answers, or the others declare it dead"
                );
            await Task.Delay(Soon, clock);
        }

        async Task AskSize(SiloAddress silo)
        {
            if (await Ask<long?>(silo, async node => await node.Size(hex)) is not (>= 0 and var size))
                return;
            lock (told)
                told[silo] = size;
        }
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
