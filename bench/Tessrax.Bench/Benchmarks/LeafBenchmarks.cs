using BenchmarkDotNet.Attributes;
using Tessrax.Bench.Ratios;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Benchmarks;

/// <summary>Leaves of the size of a receipt, one by one and many at once.</summary>
[MemoryDiagnoser]
public class LeafBenchmarks
{
    private const int Count = 256;

    private readonly byte[] data = Inputs.Bytes(600 * Count);
    private readonly int[] ends = [.. Enumerable.Range(1, Count).Select(i => 600 * i)];
    private readonly Digest[] hashes = new Digest[Count];
    private TreeHasher hasher = TreeHasher.Sha256;

    [Params("sha256", "blake3")]
    public string Engine { get; set; } = "";

    [GlobalSetup]
    public void Setup() => hasher = new TreeHasher(HashEngine.ByName(Engine)!);

    [Benchmark]
    public Digest Leaf() => hasher.Leaf(data.AsSpan(0, 600));

    [Benchmark(OperationsPerInvoke = Count)]
    public void Leaves() => hasher.Leaves(data, ends, hashes);
}
