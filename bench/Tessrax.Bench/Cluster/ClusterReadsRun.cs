using System.Diagnostics;
using System.Globalization;
using Tessrax.Bench.Databases;
using Tessrax.Bench.Http;
using Tessrax.Bench.Ratios;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;

namespace Tessrax.Bench.Cluster;

/// <summary><c>cluster-reads [--quick] [--json] [--in DIR] [--rounds N]</c>: how reads grow with the nodes of a cluster that they are sent to, each with the same share of a processor.</summary>
/// <remarks>Three nodes run throughout, over one PostgreSQL server. They are on one processor, where each has a quarter of the time; the load and the database are on another. A round sends reads to one of them, to two and to three.</remarks>
internal sealed class ClusterReadsRun
{
    private const int Nodes = 3;
    private const int Slots = 4;
    private const int Connections = 64;
    private const int Processor = 0;
    private const int OfLoad = 1;
    private const string Name = "example.com~bench";
    private const string Pinned = "TESSRAX_BENCH_PINNED";

    // Of what is read as of a server of its own.
    private static readonly string[] Wanted = ["proofs", "tiles"];

    private bool quick;
    private bool json;
    private int rounds = 7;
    private string place = Path.GetTempPath();

    private TimeSpan Turn => TimeSpan.FromSeconds(quick ? 0.3 : 2);

    public static async Task<int> Start(string[] args)
    {
        var run = new ClusterReadsRun();
        if (!run.Read(args))
        {
            await Console.Error.WriteLineAsync("usage: cluster-reads [--quick] [--json] [--in DIR] [--rounds N]");
            return 2;
        }
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2 && !IsPinned)
        {
            await Console.Error.WriteLineAsync("cluster-reads takes Linux and two processors");
            return 2;
        }
        return IsPinned ? await run.Measure() : await Again(args);
    }

    private static bool IsPinned => Environment.GetEnvironmentVariable(Pinned) is not null;

    // Threads keep to the processor that those keep to which made them; so it is begun there.
    private static async Task<int> Again(string[] args)
    {
        ProcessStartInfo info = ReadNode.OnProcessor(OfLoad, SelfProcess.With(["cluster-reads", .. args]));
        info.Environment[Pinned] = "1";
        using Process process = Process.Start(info)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private bool Read(string[] args) =>
        new RunArguments()
            .Flag("--quick", () => (quick, rounds) = (true, 1))
            .Flag("--json", () => json = true)
            .Number("--rounds", 1, number => rounds = number)
            .Text("--in", folder => place = Path.GetFullPath(folder))
            .Read(args);

    private async Task<int> Measure()
    {
        PostgresStores.Register();
        using var work = new WorkFolder(place, "cluster");
        using var server = new BenchPostgres(Path.Combine(work.Path, "server"));
        int size = quick ? 1_000 : 50_000;
        await Place(work.Path, server.Address, size);
        var nodes = new List<ReadNode>();
        try
        {
            for (int i = 0; i < Nodes; i++)
                nodes.Add(ReadNode.Start(Processor, DataOf(work.Path, i), server.Address));
            foreach ((string name, _, string[] targets) in HttpReads.KindsOf(size, HttpReads.TargetsOf(quick)))
            {
                if (!Wanted.Contains(name))
                    continue;
                byte[][] requests = [.. targets.Select(target => HttpReads.Request($"/ledgers/{Name}{target}"))];
                foreach (Finding finding in Findings(name, await Turns(nodes, requests)))
                    Console.WriteLine(json ? RatioRun.Json(finding) : RatioRun.Text(finding));
            }
        }
        finally
        {
            foreach (ReadNode node in nodes)
                node.Dispose();
        }
        return 0;
    }

    private static string DataOf(string work, int node) =>
        Path.Combine(work, string.Create(CultureInfo.InvariantCulture, $"node{node}"));

    // A working copy for each node, without keys.
    private static async Task Place(string work, string address, int size)
    {
        string first = Path.Combine(work, "ledger");
        await HttpLedger.Make(first, size);
        LedgerStores.Migrate(address, HttpLedger.Environment);
        new LedgerMove(HttpLedger.Environment).ToDatabase(first, address);
        for (int i = 0; i < Nodes; i++)
            Copy(first, Path.Combine(DataOf(work, i), Name));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    // By how many nodes are read from, less one.
    private async Task<ClusterLoad[][]> Turns(List<ReadNode> nodes, byte[][] requests)
    {
        // The runtime compiles what is hot, in the background: with all of the processor first.
        for (int i = 0; i < (quick ? 1 : 6); i++)
            await ClusterLoad.Run(nodes, Connections, requests, Turn);
        ClusterLoad[][] loads = [.. Enumerable.Range(0, Nodes).Select(_ => new ClusterLoad[rounds])];
        using var slices = new Slices([.. nodes.Select(node => node.Id)], Slots);
        for (int i = quick ? 0 : -1; i < rounds; i++)
        {
            for (int count = 1; count <= Nodes; count++)
            {
                ClusterLoad load = await ClusterLoad.Run(nodes[..count], Connections, requests, Turn);
                if (i >= 0)
                    loads[count - 1][i] = load;
            }
        }
        return loads;
    }

    private static IEnumerable<Finding> Findings(string kind, ClusterLoad[][] loads)
    {
        double[] one = [.. loads[0].Select(load => load.Rate)];
        for (int i = 0; i < loads.Length; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"cluster.{kind}.nodes{i + 1}");
            double[] rates = [.. loads[i].Select(load => load.Rate)];
            yield return new Finding(name, Paired.Median(rates), "/s");
            yield return new Finding($"{name}.cpu", Paired.Median(loads[i].Select(load => load.Micros)), "us");
            yield return new Finding($"{name}.cores", Paired.Median(loads[i].Select(load => load.Cores)), "cores");
            if (i > 0)
                yield return new Finding($"{name}/nodes1", Paired.Ratio(rates, one), "x", Goal.Least((i + 1) * 0.85));
        }
    }
}
