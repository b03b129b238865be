using System.Globalization;
using BenchmarkDotNet.Running;
using Tessrax.Bench.Peers;
using Tessrax.Bench.Ratios;
using Tessrax.Bench.Ratios.Cases;
using Tessrax.Hashing;
using Tessrax.Merkle;

switch (args)
{
    // Our own paired runner.
    case ["ratios", .. string[] rest]:
        return RatioRun.Start(rest);

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
