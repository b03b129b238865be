using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards connect NEWSET URL...</c>: a directory that stands for a set whose shards are served.</summary>
internal static class ShardsConnect
{
    public static Command Create(CliContext context)
    {
        Argument<string> target = new("NEWSET")
        {
            Description = "the directory that the list is written to; must not exist, or be empty",
        };
        Argument<string[]> urls = new("URL")
        {
            Description = "where each shard is served, in any order",
            Arity = ArgumentArity.OneOrMore,
        };
        var remote = RemoteOptions.OfPins();
        var verb = new Verb(
            "connect",
            "List the servers of a set, to work on it from elsewhere; each shard's trust root must be pinned",
            "tessraxctl shards connect decisions https://a.example.com https://b.example.com"
        )
        {
            target,
            urls,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string directory = parsed.GetRequiredValue(target);
            IDisk disk = LedgerSession.Environment(context).Disk;
            if (TileSource.IsUrl(directory))
                throw ErrorCodes.BadUsage.Because(
                    $"{directory} is a URL, and the list is written to a directory",
                    "name a directory first, then the URLs"
                );
            // A ledger's own directory would be hidden by the list.
            OpenSet.RequireFree(directory, "choose another path");
            var found = parsed.GetRequiredValue(urls).Select(url => Ask(context, parsed, remote, url)).ToList();
            ShardSet set = Join(found);
            DiskErrors.Writing(directory, () => disk.CreateDirectory(directory));
            set.Write(directory, disk);
            Report(context, directory, set);
            return 0;
        });
        return verb;
    }

    private static (Shard Shard, ShardPlace Place) Ask(
        CliContext context,
        ParseResult parsed,
        RemoteOptions remote,
        string url
    )
    {
        if (!TileSource.IsUrl(url))
            throw ErrorCodes.BadUsage.Because($"'{url}' is no URL of a server", "give http(s)://HOST/PATH");
        using RemoteLedger there = remote.Open(context, parsed, url);
        EntryBody body = there.Receipt(0).Receipt.Entry.Body;
        Shard shard =
            Genesis.Read(body).Shard
            ?? throw ErrorCodes.ShardsDiffer.Because(
                $"the ledger at {url} is no shard of a set",
                "use its URL alone, or make a set with tessraxctl shards init or shards split"
            );
        return (shard, new ShardPlace(SignedBytes.LedgerIdOf(body.ToJson()), url));
    }

    private static ShardSet Join(List<(Shard Shard, ShardPlace Place)> found)
    {
        Shard first = found[0].Shard;
        foreach ((Shard shard, ShardPlace place) in found)
        {
            if (shard.Set != first.Set || shard.Of != first.Of)
                throw ErrorCodes.ShardsDiffer.Because(
                    $"{place.Address} serves {shard}, and {found[0].Place.Address} serves {first}"
                );
        }
        var places = new ShardPlace[first.Of];
        for (int i = 0; i < first.Of; i++)
        {
            ShardPlace[] those = [.. found.Where(one => one.Shard.Index == i).Select(one => one.Place)];
            places[i] = those switch
            {
                [var one] => one,
                [] => throw ErrorCodes.ShardsDiffer.Because(
                    $"none of the URLs serves {first with { Index = i }}",
                    "give the URL of each shard"
                ),
                _ => throw ErrorCodes.ShardsDiffer.Because(
                    $"{those[0].Address} and {those[1].Address} both serve {first with { Index = i }}",
                    "give one URL for each shard"
                ),
            };
        }
        return new ShardSet(first.Set, places);
    }

    private static void Report(CliContext context, string directory, ShardSet set)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("set", set.Name),
                ("of", set.Places.Count),
                (
                    "shards",
                    JsonValue.Of(
                        set.Places.Select(place =>
                            JsonValue.Object(("ledger", place.Ledger.ToString()), ("url", place.Address))
                        )
                    )
                )
            )
        );
        context.Line(Tone.Good, $"listed the {set.Places.Count} shards of {set.Name} in {directory}");
        foreach ((int i, ShardPlace place) in set.Places.Index())
            context.Line($"  {i}  {place.Address}");
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {directory}"));
    }
}
