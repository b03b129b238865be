namespace Tessrax.Node.Tests.Stores;

/// <summary>PostgreSQL, held to what every store must do.</summary>
public sealed class PostgresConformanceTests(PostgresServer server) : StoreConformance
{
    internal override IStorePlace Place() => new PostgresPlace(server.Running);
}
