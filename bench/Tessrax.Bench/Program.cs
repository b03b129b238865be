using System.Globalization;
using BenchmarkDotNet.Running;
using Tessrax.Bench.Cluster;
using Tessrax.Bench.Databases;
using Tessrax.Bench.Http;
using Tessrax.Bench.Peers;
using Tessrax.Bench.Ratios;
using Tessrax.Bench.Ratios.Cases;
using Tessrax.Bench.Scale;
using Tessrax.Bench.Shards;
using Tessrax.Hashing;
using Tessrax.Merkle;

switch (args)
{
    // Our own paired runner.
    case ["ratios", .. string[] rest]:
        return RatioRun.Start(rest);

    // The server on loopback, and the servers that it starts for it.
    case ["http", .. string[] rest]:
        return await HttpRun.Start(rest);
    case ["http-server", ("ledger" or "strange-ledger") and var kind, string served]:
        return await HttpServers.Serve(served, writes: kind == "ledger");
    case ["http-server", "bare", string answers]:
        return await HttpServers.ServeBare(answers);

    // Ledgers in a PostgreSQL server that it starts.
    case ["postgres", .. string[] rest]:
        return await PostgresRun.Start(rest);

    // A cluster that is read from, and the nodes that it starts for it.
    case ["cluster-reads", .. string[] rest]:
        return await ClusterReadsRun.Start(rest);
    case ["cluster-node", string data, string database, string silo]:
        return await ReadNode.Serve(data, database, silo);

    // A set of shards beside one ledger.
    case ["shards", .. string[] rest]:
        return ShardsRun.Start(rest);

    // A cluster on paper.
    case ["scale", .. string[] rest]:
        return await ScaleRun.Start(rest);

    // What it starts to see how much memory a fresh process takes.
    case ["memory", "runtime"]:
        Console.WriteLine(ProcessMemory.Peak().ToString(CultureInfo.InvariantCulture));
        return 0;
    case ["memory", "tiles", string path, string size, string root, string proofs]:
        if (!Digest.TryParseHex(root, out Digest digest))
            return 2;
        TileCase.Prove(
            path,
            new TreeHead(long.Parse(size, CultureInfo.InvariantCulture), digest),
            int.Parse(proofs, CultureInfo.InvariantCulture)
        );
        Console.WriteLine(ProcessMemory.Peak().ToString(CultureInfo.InvariantCulture));
        return 0;

    default:
        BenchmarkSwitcher.FromAssembly(typeof(RatioRun).Assembly).Run(args);
        return 0;
}
