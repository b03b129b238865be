using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards verify SET</c>: each shard, and whether they are one set; the same as <c>verify SET</c>, under the name by which it is looked for.</summary>
internal static class ShardsVerify
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument("SET")
        {
            OfSet = SetUse.Judged,
            Description = "the set's directory; $TESSRAX_LEDGER if left out",
        };
        var remote = RemoteOptions.OfPins();
        var verb = new Verb(
            "verify",
            "Check each shard, and whether all go by one policy and the same keys",
            "tessraxctl shards verify decisions"
        )
        {
            directory,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string given = parsed.GetRequiredValue(directory);
            // For a set, it is run for each of its shards, one after the other.
            if (context.Shard is null)
                OpenSet.Read(context, given);
            return VerifyVerb.OfShard(context, parsed, remote, given);
        });
        return verb;
    }
}
