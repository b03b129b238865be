using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Sets;
using Tessrax.Governance;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards route SET SUBJECT</c>: which shard a subject belongs to.</summary>
internal static class ShardsRoute
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument("SET")
        {
            OfSet = SetUse.Whole,
            Description = "the set's directory; $TESSRAX_LEDGER if left out",
        };
        Argument<string> subject = new("SUBJECT") { Description = "the subject, exactly as it is claimed" };
        var verb = new Verb(
            "route",
            "Say which shard a subject belongs to",
            "tessraxctl shards route decisions CVE-2026-1234"
        )
        {
            directory,
            subject,
        };
        verb.SetAction(parsed =>
        {
            var set = OpenSet.Read(context, parsed.GetRequiredValue(directory));
            string name = parsed.GetRequiredValue(subject);
            int index = set.List.Route(name);
            Shard shard = set.List.ShardAt(index);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("subject", name),
                    ("shard", shard.ToJson()),
                    ("ledger", set.List.Places[index].Ledger.ToString()),
                    (set.IsServedAt(index) ? "url" : "directory", set.PlaceOf(index))
                )
            );
            context.Line($"{set.PlaceOf(index)}: {shard}");
            return 0;
        });
        return verb;
    }
}
