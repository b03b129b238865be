using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Server.Cluster;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>A node in this process, and a client of it.</summary>
internal sealed class InnerNode : IAsyncDisposable
{
    private InnerNode(ClusterNode node, NodeClient client, NodeOptions options) =>
        (Node, Client, Options) = (node, client, options);

    public ClusterNode Node { get; }

    public NodeClient Client { get; }

    public NodeOptions Options { get; }

    /// <summary>Starts one; on return a session is open.</summary>
    /// <param name="cluster">The database and the directories.</param>
    /// <param name="number">Which node.</param>
    /// <param name="hasKeys">Whether its working copy has the keys.</param>
    /// <param name="change">Changes what it is told.</param>
    /// <param name="patience">How long a request waits for a writer; null for as long as ever.</param>
    public static async Task<InnerNode> Start(
        TestCluster cluster,
        int number,
        bool hasKeys = true,
        Func<ServerOptions, ServerOptions>? change = null,
        TimeSpan? patience = null
    )
    {
        InnerNode node = await StartAt(cluster, cluster.Place(number, hasKeys), change, patience);
        try
        {
            await node.Client.Begin();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one in a directory, whatever is there. No session is open.</summary>
    public static async Task<InnerNode> StartAt(
        TestCluster cluster,
        string data,
        Func<ServerOptions, ServerOptions>? change = null,
        TimeSpan? patience = null,
        IDisk? disk = null
    )
    {
        var serving = new ServerOptions
        {
            Ledger = data,
            Urls = ["http://127.0.0.1:0"],
            DrainNotice = TimeSpan.Zero,
        };
        var options = new NodeOptions
        {
            Database = cluster.Url,
            Data = data,
            Silo = TestCluster.FreeSilo(),
            Serving = change?.Invoke(serving) ?? serving,
            Passphrase = Encoding.UTF8.GetBytes(ServerProcess.Passphrase),
        };
        if (patience is { } told)
            options = options with { Patience = told };
        NodeEnvironment environment = cluster.Home.Environment with { Disk = disk ?? cluster.Home.Environment.Disk };
        ClusterNode node = await ClusterNode.StartAsync(options, environment);
        return new InnerNode(node, new NodeClient(cluster, node.Address), options);
    }

    /// <summary>Whether it writes the ledger, as it tells itself.</summary>
    public async Task<bool> IsOwner()
    {
        (_, JsonValue list) = await Client.Get("/ledgers");
        string? owner = list["ledgers"]!.Items[0]["owner"]?.AsString();
        return owner?.StartsWith(
                string.Create(CultureInfo.InvariantCulture, $"{Options.Silo}@"),
                StringComparison.Ordinal
            ) == true;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Node.DisposeAsync();
    }
}
