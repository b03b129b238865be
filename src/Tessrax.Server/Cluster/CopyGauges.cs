using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Cluster;

/// <summary>How far a node's working copy is, and whether the node writes the ledger.</summary>
/// <param name="copy">The ledger on this node; it is open as long as the node runs.</param>
/// <param name="stored">Tells how many entries the database was seen to have, a second or two ago; null where it was not seen.</param>
internal sealed class CopyGauges(NodeLedger copy, Func<long?> stored) : IGauges
{
    public IEnumerable<Reading> Read(Gauge gauge) =>
        gauge switch
        {
            Gauge.Owner => [new Reading(copy.IsOwner ? 1 : 0)],
            Gauge.CopyAge => [new Reading(copy.CopyAge.TotalSeconds)],
            Gauge.CopyBehind when stored() is { } size => [new Reading(Math.Max(0, size - copy.Size))],
            _ => [],
        };
}
