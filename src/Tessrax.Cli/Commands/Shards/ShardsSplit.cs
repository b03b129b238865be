using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards split DIR NEWSET --shards N</c>: closes a ledger in favour of a set of shards, founds them, and hands its claims on to them.</summary>
internal static class ShardsSplit
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> target = new("NEWSET")
        {
            Description = "the set's directory; must not exist, or hold what an earlier run began",
        };
        Option<string> count = SetOptions.Count();
        Option<string?> hash = new("--hash")
        {
            Description = "the hash function of the shards' trees: sha256 or blake3; the ledger's own if left out",
            HelpName = "HASH",
        };
        Option<string?> origin = new("--origin")
        {
            Description = "names the set; if left out, the old name and /2, or the next number",
            HelpName = "NAME",
        };
        var closing = new ClosingRun();
        var verb = new Verb(
            "split",
            "Close a ledger and go on in a set of shards, which take over its claims",
            "tessraxctl shards split decisions decisions-2 --shards 3 --key alice.key --key bob.key"
        )
        {
            directory,
            target,
            count,
            hash,
            origin,
        };
        closing.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int of = SetOptions.Read(parsed, count);
            string? engine = parsed.GetValue(hash) is { } named ? HashOption.Engine(named, "--hash").Name : null;
            string old = parsed.GetRequiredValue(directory);
            string next = parsed.GetRequiredValue(target);
            string same = engine is null ? "" : $" --hash {engine}";
            var wish = new ClosingWish(
                old,
                next,
                // One set of keys: made in the first shard, and copied to the others once the ledger is closed.
                Node.Shards.ShardSet.DirectoryOf(next, 0),
                parsed.GetValue(origin),
                engine,
                of,
                ShellText.Of($"tessraxctl shards split {old} {next} --shards {of}") + same
            );
            return closing.Run(context, parsed, wish, closed => new SetSplit(context, closed, next).Run());
        });
        return verb;
    }
}
