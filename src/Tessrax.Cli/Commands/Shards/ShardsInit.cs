using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards init DIR --shards N --origin NAME</c>: a new set of ledgers.</summary>
internal static class ShardsInit
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            OfSet = SetUse.Whole,
            Description = "the new set's directory; must not exist, or be empty",
        };
        Option<string> count = SetOptions.Count();
        Option<string> origin = new("--origin")
        {
            Description = "names the set for ever, for example example.com/decisions",
            HelpName = "NAME",
            Required = true,
        };
        var founding = new FoundingOptions();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions("the keys of all shards are derived from it, and can be again");
        var verb = new Verb(
            "init",
            "Make a new set of ledgers, under one policy and one set of keys",
            "tessraxctl shards init decisions --shards 3 --origin example.com/decisions",
            "tessraxctl shards init decisions --shards 8 --origin example.com/decisions --policy policy.json --approver alice:security:alice+1a2b3c4d+AbCd..."
        )
        {
            directory,
            count,
            origin,
            founding.Hash,
            founding.Policy,
            founding.Approvers,
            founding.Person,
            founding.Recovery,
            founding.Index,
            founding.NoIndex,
            passphrase,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int of = SetOptions.Read(parsed, count);
            string path = parsed.GetRequiredValue(directory);
            FoundingWish wish = founding.Read(context, parsed);
            using LedgerSeed? seed = seeds.Open(context, parsed);
            byte[] secret = context.Passphrase($"the keys of {path}", parsed.GetValue(passphrase), isNew: true);
            FoundedLedger[] founded = SetFounder.Found(
                context,
                path,
                parsed.GetRequiredValue(origin),
                of,
                wish,
                secret,
                seed
            );
            Report(context, path, parsed.GetRequiredValue(origin), wish, founded);
            foreach (string lack in wish.Lacking)
                context.Notice($"warning: {lack}");
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, string path, string name, FoundingWish wish, FoundedLedger[] founded)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("set", name),
                ("of", founded.Length),
                ("hash", wish.Hash.Name),
                ("policy", wish.Policy.Pin.ToJson()),
                ("recovery", wish.Recovery is { } by ? JsonValue.String(by.Commitment.ToString()) : null),
                ("shards", JsonValue.Of(founded.Select(SetOptions.ToJson)))
            )
        );
        context.Line(Tone.Good, $"made the set {name} of {founded.Length} shards in {path}");
        context.Line($"  policy  {wish.Policy.Pin}");
        if (wish.Recovery is { } recovery)
            context.Line($"  recovery  {recovery.Commitment}");
        SetOptions.Tell(context, founded);
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl ingest {path} CLAIMS.jsonl"));
    }
}
