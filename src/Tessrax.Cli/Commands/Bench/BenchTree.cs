using System.CommandLine;
using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>A tree of random leaves in memory, for measuring proofs.</summary>
internal static class BenchTree
{
    private const int Default = 1 << 20;

    // 64 bytes a leaf.
    private const int Most = 1 << 24;

    public static Option<string?> Leaves() =>
        new("--leaves") { Description = $"how large the tree is; {Default} if left out", HelpName = "N" };

    public static MerkleTree Make(CliContext context, string? leaves, TreeHasher hasher)
    {
        var hashes = new Digest[LoadRun.Within(leaves, "--leaves", Default, 2, Most)];
        context.Random(MemoryMarshal.AsBytes(hashes.AsSpan()));
        var tree = new MerkleTree(hasher);
        tree.Append(hashes);
        return tree;
    }
}
