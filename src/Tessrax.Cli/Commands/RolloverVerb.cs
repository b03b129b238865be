using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;

namespace Tessrax.Cli.Commands;

/// <summary><c>rollover DIR NEWDIR --hash A</c>: closes a ledger in favour of a successor with another hash function, and founds that.</summary>
internal static class RolloverVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> target = new("NEWDIR")
        {
            Description = "the successor's directory; must not exist, or hold what an earlier run began",
        };
        Option<string> hash = new("--hash")
        {
            Description = "the hash function of the successor's tree: sha256 or blake3",
            HelpName = "HASH",
            Required = true,
        };
        Option<string?> origin = new("--origin")
        {
            Description = "names the successor; if left out, the old name and /2, or the next number",
            HelpName = "NAME",
        };
        var closing = new ClosingRun();
        var verb = new Verb(
            "rollover",
            "Close a ledger and go on in a successor",
            "tessraxctl rollover decisions decisions-2 --hash blake3 --key alice.key --key bob.key"
        )
        {
            directory,
            target,
            hash,
            origin,
        };
        closing.AddTo(verb);
        verb.SetAction(parsed =>
        {
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(hash), "--hash");
            string old = parsed.GetRequiredValue(directory);
            string next = parsed.GetRequiredValue(target);
            var wish = new ClosingWish(
                old,
                next,
                next,
                parsed.GetValue(origin),
                engine.Name,
                Shards: null,
                ShellText.Of($"tessraxctl rollover {old} {next} --hash {engine.Name}")
            );
            return closing.Run(context, parsed, wish, closed => Found(context, closed, next));
        });
        return verb;
    }

    private static void Found(CliContext context, ClosedLedger closed, string directory)
    {
        Rollover rollover = closed.Rollover;
        Ending ending = closed.Ending;
        using LedgerWriter found = rollover.Found(closed.Keys);
        IReadOnlyDictionary<string, PayloadOutcome?> holds = rollover.CarryHolds(found);
        Genesis genesis = found.Fold.Genesis!;
        VerifierKey log = rollover.Closed!.LogKey;
        string? pinned = LedgerFounder.Pin(
            context,
            LedgerSession.Environment(context),
            new TrustRoot(found.Directory.Id, TlogPolicy.LogAlone(log))
        );
        LedgerSession.Finish(context, found);
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("ledger", found.Directory.Id.ToString()),
                ("origin", genesis.Origin),
                ("hash", genesis.Hash),
                ("vkey", log.ToString()),
                ("predecessor", genesis.ToControl()["predecessor"]),
                ("trust", pinned is { } file ? JsonValue.String(file) : JsonValue.Null),
                ("dropped", JsonValue.Of(ending.Proposals.Select(JsonValue.Number))),
                ("dropped_receipts", ending.TokensToJson()),
                (
                    "holds",
                    JsonValue.Object([.. holds.Select(h => (h.Key, (JsonValue?)JsonValue.String(StatusOf(h.Value))))])
                ),
                ("size", found.Fold.Size)
            )
        );
        Predecessor before = genesis.Predecessor!;
        context.Line(
            Tone.Good,
            $"{before.Origin} is closed with {Counted.Of(before.Root.Size, "entry")}; it goes on in {directory}"
        );
        context.Line($"  id      {found.Directory.Id}");
        context.Line($"  origin  {genesis.Origin}");
        context.Line($"  hash    {genesis.Hash}");
        context.Line($"  vkey    {log}");
        context.Line($"  before  {before.Ledger}, {found.Hasher.Text(before.Root.Root)} over its entries");
        if (pinned is not null)
            context.Line($"  trust   {pinned}");
        ending.Tell(context, "ended");
        foreach ((string hold, PayloadOutcome? outcome) in holds)
            context.Line(outcome is { IsRecorded: true } ? Tone.Good : Tone.Warn, Carried(hold, outcome, directory));
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {directory}"));
    }

    internal static string StatusOf(PayloadOutcome? outcome) =>
        outcome is null ? "waiting"
        : outcome.IsRecorded ? "placed"
        : "proposed";

    internal static string Carried(string hold, PayloadOutcome? outcome, string directory)
    {
        string what = $"the hold '{hold}', which has no end,";
        return outcome switch
        {
            { IsRecorded: true } => $"{what} is placed on all entries of the successor too",
            { Entry: long proposal } =>
                $"{what} is proposed for the successor: {ShellText.Of($"tessraxctl approve {directory} {proposal} --key KEY")}",
            null => $"{what} waits until another is approved; then the same command again",
        };
    }
}
