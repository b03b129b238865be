using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Cluster;

/// <summary>What a node tells of itself to whoever measures.</summary>
/// <param name="ledgers">The node's ledgers.</param>
/// <param name="roster">Who else is up.</param>
internal sealed class NodeGauges(NodeLedgers ledgers, NodeRoster roster) : IGauges
{
    public IEnumerable<Reading> Read(Gauge gauge) =>
        gauge switch
        {
            Gauge.Peers => [new Reading(roster.Nodes.Count)],
            Gauge.Database => [new Reading(ledgers.IsCutOff ? 0 : 1)],
            _ => [],
        };
}
