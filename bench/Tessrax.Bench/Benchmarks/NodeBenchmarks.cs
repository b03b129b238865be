using BenchmarkDotNet.Attributes;
using Tessrax.Bench.Ratios;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Benchmarks;

/// <summary>Nodes and whole levels, by each engine.</summary>
[MemoryDiagnoser]
public class NodeBenchmarks
{
    private readonly Digest[] children = Inputs.Digests(2 * 4096);
    private readonly Digest[] parents = new Digest[4096];
    private TreeHasher hasher = TreeHasher.Sha256;

    [Params("sha256", "blake3")]
    public string Engine { get; set; } = "";

    [GlobalSetup]
    public void Setup() => hasher = new TreeHasher(HashEngine.ByName(Engine)!);

    [Benchmark]
    public Digest Node() => hasher.Node(children[0], children[1]);

    [Benchmark(OperationsPerInvoke = 4096)]
    public void Level() => hasher.Nodes(children, parents);
}
