using Tessrax.Hashing;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;
using Xunit;

[assembly: AssemblyFixture(typeof(Tessrax.Node.Tests.Stores.PostgresServer))]

namespace Tessrax.Node.Tests.Stores;

/// <summary>One server for all tests that do not harm it; started when the first of them asks.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly Lock starting = new();
    private PrivatePostgres? server;
    private string? missing;

    /// <summary>The server, with our tables in it; or the test is skipped, with the reason.</summary>
    internal PrivatePostgres Running
    {
        get
        {
            lock (starting)
            {
                if (server is null && missing is null)
                {
                    server = PrivatePostgres.TryBegin(out missing);
                    if (server is not null)
                    {
                        missing = null;
                        using PostgresDatabase database = Connect(server);
                        database.Migrate();
                    }
                }
            }
            Assert.SkipUnless(server is not null, missing ?? "");
            return server;
        }
    }

    public void Dispose() => server?.Dispose();

    internal static PostgresDatabase Connect(
        PrivatePostgres server,
        int? port = null,
        TimeSpan? patience = null,
        string database = "postgres"
    ) =>
        new(
            PostgresAddress.Parse(server.Address(port, database)),
            new PostgresOptions
            {
                Clock = TimeProvider.System,
                Random = SystemRandom.Fill,
                Patience = patience ?? TimeSpan.FromSeconds(30),
            }
        );
}

/// <summary>A ledger of its own in a server.</summary>
internal sealed class PostgresPlace(PrivatePostgres server, int? port = null, TimeSpan? patience = null) : IStorePlace
{
    public Digest Id { get; } = StoredBatches.NewId();

    public PostgresDatabase Database { get; } = PostgresServer.Connect(server, port, patience);

    public IBatchStore Create()
    {
        Database.Create(Id, StoredBatches.Origin, "sha256", MoveToken.None);
        return Open();
    }

    public IBatchStore Open() => Database.Open(Id);

    public IBatchReader Read() => Database.Read(Id);

    public void Dispose() => Database.Dispose();
}
