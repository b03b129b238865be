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

    /// <summary>A verb that measures something about such a tree.</summary>
    public static Command Verb(
        CliContext context,
        string name,
        string summary,
        string example,
        Action<LoadRun, MerkleTree, TreeHasher> measure
    )
    {
        Option<string?> leaves = new("--leaves")
        {
            Description = $"how large the tree is; {Default} if left out",
            HelpName = "N",
        };
        Option<string> algorithm = HashOption.CreateOptional();
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(name, summary, example) { leaves, algorithm, seconds };
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            measure(run, Make(context, parsed.GetValue(leaves), hasher), hasher);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static MerkleTree Make(CliContext context, string? leaves, TreeHasher hasher)
    {
        var hashes = new Digest[LoadRun.Within(leaves, "--leaves", Default, 2, Most)];
        context.Random(MemoryMarshal.AsBytes(hashes.AsSpan()));
        var tree = new MerkleTree(hasher);
        tree.Append(hashes);
        return tree;
    }
}
