using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Files;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards connect DIR URL...</c>: the directory of a set whose shards are at servers, for whoever works on it from elsewhere.</summary>
internal static class ShardsConnect
{
    public static Command Create(CliContext context)
    {
        Argument<string> directory = new("NEWDIR")
        {
            Description = "the directory that stands for the set here; must not exist, or be empty",
        };
        Argument<string[]> urls = new("URL")
        {
            Description = "the servers of all its shards, in any order",
            Arity = ArgumentArity.OneOrMore,
        };
        // One trust root is of one ledger: each shard's is pinned.
        var remote = new RemoteOptions(new Option<string?>("--trust"));
        var verb = new Verb(
            "connect",
            "Work on a set whose shards are at servers: note which server has which",
            "tessraxctl shards connect decisions https://a.example.com https://b.example.com"
        )
        {
            Remarks =
                "Each shard's trust root must be pinned here: tessraxctl trust pin FILE. Nothing but the list is written.",
        };
        verb.Add(directory);
        verb.Add(urls);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            IDisk disk = LedgerSession.Environment(context).Disk;
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw ErrorCodes.AlreadyExists.Because(
                    $"{path} exists, and is not an empty directory",
                    "choose another path"
                );
            var shards = new List<ServedShard>();
            try
            {
                foreach (string url in parsed.GetRequiredValue(urls))
                    shards.Add(ServedShard.Of(remote.Open(context, parsed, url), url));
                Shard first = shards[0].Shard;
                if (shards.Count != first.Of)
                    throw ErrorCodes.ShardsDiffer.Because(
                        $"{first.Set} has {first.Of} shards, and {shards.Count} were named"
                    );
                ServedShard[] ordered = [.. shards.OrderBy(shard => shard.Shard.Index)];
                ServedShard.Require(first.Set, ordered);
                var list = new ShardSet(first.Set, [.. ordered.Select(one => new ShardPlace(one.Ledger, one.Url))]);
                disk.CreateDirectory(path);
                list.Write(path, disk);
                context.WriteJson(list.ToJson);
                context.Line(Tone.Good, $"{first.Set}, {first.Of} shards, in {path}");
                foreach (ServedShard one in ordered)
                    context.Line($"  {one.Shard.Index}  {one.Url}  {one.Ledger}");
                context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {path}"));
                return 0;
            }
            finally
            {
                shards.ForEach(shard => shard.Dispose());
            }
        });
        return verb;
    }
}
