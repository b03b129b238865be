using System.CommandLine;
using Tessrax.Cli.Commands.Shards;

namespace Tessrax.Cli.Commands;

/// <summary><c>shards init|split|connect|status|verify|route</c>: several ledgers under one policy and one set of keys, over which the subjects are spread.</summary>
internal static class ShardsGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "shards",
            "Sets of ledgers over which the subjects are spread, for what is too hot for one sequencer",
            "tessraxctl shards init decisions --shards 3 --origin example.com/decisions",
            "tessraxctl shards status decisions"
        )
        {
            ShardsInit.Create(context),
            ShardsSplit.Create(context),
            ShardsConnect.Create(context),
            ShardsStatus.Create(context),
            ShardsVerify.Create(context),
            ShardsRoute.Create(context),
        };
}
