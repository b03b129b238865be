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
    ) => Verb(context, name, summary, [example], [], (_, _, _) => false, measure);

    /// <summary>The same, with options under which it measures something else instead.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="name">The verb's.</param>
    /// <param name="summary">What it measures.</param>
    /// <param name="examples">For its help.</param>
    /// <param name="more">Further options.</param>
    /// <param name="instead">Measures something else and returns true, or returns false.</param>
    /// <param name="measure">Measures something about the tree.</param>
    public static Command Verb(
        CliContext context,
        string name,
        string summary,
        string[] examples,
        Option[] more,
        Func<ParseResult, LoadRun, TreeHasher, bool> instead,
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
        var verb = new Verb(name, summary, examples) { leaves, algorithm, seconds };
        foreach (Option option in more)
            verb.Add(option);
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            if (!instead(parsed, run, hasher))
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
