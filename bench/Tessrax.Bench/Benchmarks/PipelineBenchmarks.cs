using System.Text;
using BenchmarkDotNet.Attributes;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Benchmarks;

/// <summary>From JSON to the tree: canonical form, leaf hash, append.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private readonly byte[] json = Encoding.UTF8.GetBytes(Ratios.Cases.CanonicalCase.Claim);
    private readonly Canonicalizer canonicalizer = new();
    private readonly Frontier frontier = new(TreeHasher.Sha256);

    [Benchmark]
    public int Canonicalize() => canonicalizer.Canonicalize(json).Length;

    [Benchmark]
    public Digest CanonicalizeAndHash() => TreeHasher.Sha256.Leaf(canonicalizer.Canonicalize(json));

    [Benchmark]
    public long CanonicalizeHashAppend()
    {
        frontier.Append(TreeHasher.Sha256.Leaf(canonicalizer.Canonicalize(json)));
        return frontier.Size;
    }
}
