using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench hash</c>: a node, a level, a leaf and a large input.</summary>
internal static class BenchHash
{
    private const int Level = 4096;
    private const int Leaf = 600;
    private const int Large = 1 << 20;

    public static Command Create(CliContext context)
    {
        Option<string?> algorithm = new("--alg")
        {
            Description = "the hash function: sha256 or blake3; both if left out",
            HelpName = "ALG",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "hash",
            "Measure hashing: a node, a level, a leaf, a large input",
            "tessraxctl bench hash --alg blake3"
        )
        {
            algorithm,
            seconds,
        };
        verb.SetAction(parsed =>
        {
            string[] names = parsed.GetValue(algorithm) is { } name ? [name] : ["sha256", "blake3"];
            HashEngine[] engines = [.. names.Select(each => HashOption.Engine(each))];
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            foreach (HashEngine engine in engines)
                Measure(run, engine, context);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Measure(LoadRun run, HashEngine engine, CliContext context)
    {
        var hasher = new TreeHasher(engine);
        byte[] data = context.RandomBytes(Large);
        var children = new Digest[2 * Level];
        for (int i = 0; i < children.Length; i++)
            children[i] = new Digest(data.AsSpan(i * Digest.Size, Digest.Size));
        var parents = new Digest[Level];
        run.Measure($"hash.{engine.Name}.node", () => hasher.Node(children[0], children[1]));
        run.Measure($"hash.{engine.Name}.node-of-a-level", () => hasher.Nodes(children, parents), Level);
        run.Measure($"hash.{engine.Name}.leaf-{Leaf}", () => hasher.Leaf(data.AsSpan(0, Leaf)));
        run.Measure($"hash.{engine.Name}.mebibyte", () => engine.Hash(data));
    }
}
