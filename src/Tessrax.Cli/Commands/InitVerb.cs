using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>init DIR --origin NAME</c>: a new ledger with its genesis receipt, and its trust root pinned on this machine.</summary>
internal static class InitVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            OfSet = SetUse.Whole,
            Description = "the new ledger's directory; must not exist, or be empty",
        };
        Option<string> origin = new("--origin")
        {
            Description = "names the ledger for ever, for example example.com/decisions",
            HelpName = "NAME",
            Required = true,
        };
        var founding = new FoundingOptions();
        Option<string[]> segments = new("--segment-dir")
        {
            Description = "where segments of 65,536 entries lie, in turn; repeatable, for several disks",
            HelpName = "DIR",
        };
        Option<bool> bundles = new("--entry-bundles")
        {
            Description = "keep entries as files of a static log too, so that any web server serves all of it",
        };
        Option<string?> store = new("--store")
        {
            Description =
                "the database that decides what is durable, and whose cluster serves the ledger: postgres://USER@HOST:PORT/NAME",
            HelpName = "URL",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions("the ledger's keys are derived from it, and can be again");
        var verb = new Verb(
            "init",
            "Make a new ledger",
            "tessraxctl init decisions --origin example.com/decisions",
            "tessraxctl init decisions --origin example.com/decisions --policy policy.json --approver alice:security:alice+1a2b3c4d+AbCd...",
            "tessraxctl init decisions --origin example.com/decisions --mnemonic words.txt",
            "tessraxctl init decisions --origin example.com/decisions --store postgres://tessrax@db.example.com/ledgers"
        )
        {
            directory,
            origin,
            founding.Hash,
            founding.Policy,
            founding.Approvers,
            founding.Person,
            segments,
            bundles,
            founding.Recovery,
            founding.Index,
            founding.NoIndex,
            store,
            passphrase,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            FoundingWish wish = founding.Read(context, parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            // Nothing is made where the database would not take it.
            string? database = parsed.GetValue(store);
            if (database is not null)
                LedgerStores.List(database, environment);
            using LedgerSeed? seed = seeds.Open(context, parsed);
            byte[] secret = context.Passphrase($"the keys of {path}", parsed.GetValue(passphrase), isNew: true);
            FoundedLedger founded = LedgerFounder.Found(
                context,
                environment,
                path,
                parsed.GetRequiredValue(origin),
                wish,
                secret,
                new LedgerLayout(parsed.GetValue(bundles), Places(path, parsed.GetValue(segments) ?? [])),
                seed
            );
            ServedPlace? place = database is null ? null : ServedPlace.Take(environment, founded, database);
            Report(context, wish.Hash, founded, place);
            foreach (string lack in wish.Lacking)
                context.Notice($"warning: {lack}");
            return 0;
        });
        return verb;
    }

    // What lies within the ledger moves with it; what lies elsewhere is named in full.
    private static string[] Places(string ledger, string[] named)
    {
        string root = Path.GetFullPath(ledger) + Path.DirectorySeparatorChar;
        string[] places =
        [
            .. named
                .Select(name => Path.TrimEndingDirectorySeparator(Path.GetFullPath(name)))
                .Select(full => full.StartsWith(root, StringComparison.Ordinal) ? full[root.Length..] : full),
        ];
        if (places.Length > LedgerLayout.MaxDirectories)
            throw ErrorCodes.BadUsage.Because(
                $"--segment-dir may be given at most {LedgerLayout.MaxDirectories} times"
            );
        if (places.Distinct(StringComparer.Ordinal).Count() < places.Length)
            throw ErrorCodes.BadUsage.Because("--segment-dir names the same directory twice");
        if (places.Any(place => place.Length == 0 || place + Path.DirectorySeparatorChar == root))
            throw ErrorCodes.BadUsage.Because("--segment-dir must not be the ledger's own directory");
        return places;
    }

    private static void Report(CliContext context, HashEngine hash, FoundedLedger founded, ServedPlace? place)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("ledger", founded.Id.ToString()),
                ("origin", founded.LogKey.Name),
                ("hash", hash.Name),
                ("vkey", founded.LogKey.ToString()),
                ("policy", founded.Policy.ToJson()),
                ("recovery", founded.Recovery is { } by ? JsonValue.String(by.Commitment.ToString()) : null),
                ("trust", founded.TrustFile is { } file ? JsonValue.String(file) : JsonValue.Null),
                ("size", 1),
                ("database", place is null ? null : JsonValue.String(place.Address)),
                ("name", place is null ? null : JsonValue.String(place.Name))
            )
        );
        context.Line(Tone.Good, $"made the ledger {founded.LogKey.Name} in {founded.Directory}");
        context.Line($"  id      {founded.Id}");
        context.Line($"  vkey    {founded.LogKey}");
        if (hash != HashEngine.Sha256)
            context.Line($"  hash    {hash.Name}");
        context.Line($"  policy  {founded.Policy}");
        if (founded.Recovery is { } recovery)
            context.Line($"  recovery  {recovery.Commitment}");
        if (founded.TrustFile is not null)
            context.Line($"  trust   {founded.TrustFile}");
        place?.Tell(context, founded.Directory);
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl ingest {founded.Directory} CLAIMS.jsonl"));
    }
}
