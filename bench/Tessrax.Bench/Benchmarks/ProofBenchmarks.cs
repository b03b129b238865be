using BenchmarkDotNet.Attributes;
using Tessrax.Bench.Ratios;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Benchmarks;

/// <summary>Making and checking proofs at 2^20 leaves.</summary>
[MemoryDiagnoser]
public class ProofBenchmarks
{
    private const int Size = 1 << 20;
    private const int Index = 699_050;

    private readonly MerkleTree tree = Inputs.Tree(Size, TreeHasher.Sha256);
    private readonly Digest[] path = new Digest[InclusionProof.MaxLength];
    private TreeHead head;
    private int length;

    [GlobalSetup]
    public void Setup()
    {
        head = new TreeHead(Size, tree.Root());
        length = Prove();
    }

    [Benchmark]
    public int Prove() => InclusionProof.Prove(tree, Size, Index, TreeHasher.Sha256, path);

    [Benchmark]
    public Digest[] ProveIntoAnArray() => InclusionProof.Prove(tree, Size, Index, TreeHasher.Sha256);

    [Benchmark]
    public bool Verify() =>
        InclusionProof.Verify(path.AsSpan(0, length), head, Index, tree.Leaf(Index), TreeHasher.Sha256);

    [Benchmark]
    public Digest[] ProveConsistency() => ConsistencyProof.Prove(tree, Index, Size, TreeHasher.Sha256);
}
