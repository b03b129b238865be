using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.RocksDb;

namespace Tessrax.Node.Tests.Index;

/// <summary>RocksDB, held to what every backend must do.</summary>
public sealed class RocksConformanceTests : IndexConformance
{
    internal override IIndexStore Store { get; } = new RocksIndexStore(SystemDisk.Instance, TimeProvider.System);
}
