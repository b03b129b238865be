using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;

namespace Tessrax.Node.Tests.Index;

/// <summary>SQLite, held to what every backend must do.</summary>
public sealed class SqliteConformanceTests : IndexConformance
{
    internal override IIndexStore Store { get; } = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System);
}
