using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tessrax.Bench.Http;
using Tessrax.Node.Postgres;
using Tessrax.Server.Cluster;
using Tessrax.Server.Host;

namespace Tessrax.Bench.Cluster;

/// <summary>A node of a cluster, in a process of its own on one processor, which can be held and let go.</summary>
internal sealed class ReadNode : IDisposable
{
    private readonly Process process;

    private ReadNode(Process process, Uri address) => (this.process, Address) = (process, address);

    /// <summary>Where clients reach it.</summary>
    public Uri Address { get; }

    /// <summary>The process.</summary>
    public int Id => process.Id;

    /// <summary>Processor time that it has taken so far.</summary>
    public TimeSpan Cpu => process.TotalProcessorTime;

    /// <summary>Starts one, as <see cref="Serve"/> does.</summary>
    /// <param name="processor">The processor that it has.</param>
    /// <param name="data">Its directory.</param>
    /// <param name="database">The database of the cluster.</param>
    public static ReadNode Start(int processor, string data, string database)
    {
        ProcessStartInfo self = SelfProcess.With("cluster-node", data, database, FreeSilo().ToString());
        ProcessStartInfo info = OnProcessor(processor, self);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        // As tessraxd runs.
        info.Environment["DOTNET_gcConcurrent"] = "1";
        Process process = Process.Start(info)!;
        string? line = process.StandardOutput.ReadLine();
        return line is not null
            ? new ReadNode(process, new Uri(line))
            : throw new InvalidOperationException("a node did not start");
    }

    /// <summary>The same program, kept on one processor.</summary>
    public static ProcessStartInfo OnProcessor(int processor, ProcessStartInfo info) =>
        new("taskset", ["-c", processor.ToString(CultureInfo.InvariantCulture), info.FileName, .. info.ArgumentList]);

    /// <summary>Serves the ledgers of a database as a node until the input ends. It has no keys, and nobody is held to a rate.</summary>
    public static async Task<int> Serve(string data, string database, string silo)
    {
        ThreadPool.SetMinThreads(64, 64);
        PostgresStores.Register();
        const int Often = int.MaxValue / 2;
        var options = new NodeOptions
        {
            Database = database,
            Data = data,
            Silo = IPEndPoint.Parse(silo),
            Serving = new ServerOptions
            {
                Ledger = data,
                Urls = ["http://127.0.0.1:0"],
                Rates = new Rates(Often, Often, Often, Often, Often),
                DrainNotice = TimeSpan.Zero,
            },
        };
        ClusterNode node = await ClusterNode.StartAsync(options, HttpLedger.Environment);
        Console.WriteLine(node.Address);
        await Console.In.ReadToEndAsync();
        await node.DisposeAsync();
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(60_000))
            process.Kill();
        process.Dispose();
    }

    private static IPEndPoint FreeSilo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
