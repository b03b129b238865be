using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Commands;

/// <summary><c>ingest DIR FILE...</c>: claims in; contradictions, decisions and receipts out.</summary>
internal static class IngestVerb
{
    private const int MostStrays = 5;

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Whole };
        var remote = new RemoteOptions();
        Argument<string[]> files = new("FILE")
        {
            Description = "claims, one JSON object a line; - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> seal = new("--seal")
        {
            Description = "sign the claims of up to 256 entries with one signature; each entry still verifies alone",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "ingest",
            "Record claims, detect contradictions, decide",
            "tessraxctl ingest decisions scanner-a.jsonl scanner-b.jsonl"
        )
        {
            directory,
            files,
            seal,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            // All files are read and checked before the ledger is touched: a bad line leaves it as it was.
            ClaimFile[] claims = [.. parsed.GetRequiredValue(files).Select(file => Read(context, file))];
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                RefuseSeal(parsed.GetValue(seal));
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                new RemoteIngest(context, there).Run(claims);
                return 0;
            }
            if (ShardSet.IsIn(place))
                return IntoSet(OpenSet.Read(context, place), claims, parsed);
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            IngestResult result;
            using (new BackgroundCheck(context, writer))
            using (ProgressBar bar = context.Progress("recording claims", claims.Sum(f => (long)f.Lines.Count)))
                result = new Ingestor(writer) { Seals = parsed.GetValue(seal) }.Ingest(claims, bar);
            LedgerSession.Finish(context, writer);
            Report(context, writer, result);
            Warn(context, writer.Fold.Rules, claims);
            return 0;
        });
        return verb;

        int IntoSet(OpenSet set, ClaimFile[] claims, ParseResult parsed)
        {
            if (!set.IsServed)
                return SetIngest.Run(context, set, claims, parsed.GetValue(seal), parsed.GetValue(passphrase));
            RefuseSeal(parsed.GetValue(seal));
            return new ServedIngest(
                context,
                set,
                url => remote.Open(context, parsed, url, parsed.GetValue(passphrase))
            ).Run(claims);
        }
    }

    private static void RefuseSeal(bool seals)
    {
        if (seals)
            throw ErrorCodes.BadUsage.Because("--seal does not go with a URL", "a server seals nothing");
    }

    private static ClaimFile Read(CliContext context, string file)
    {
        if (Directory.Exists(file))
            throw ErrorCodes.CannotRead.Because(
                $"{file} is a directory, not a file",
                "the ledger comes first, then the files: tessraxctl ingest DIR FILE"
            );
        using Stream input = context.OpenInput(file);
        return ClaimFile.Read(file == "-" ? "standard input" : file, input);
    }

    private static void Report(CliContext context, LedgerWriter writer, IngestResult result)
    {
        context.WriteJson(() =>
            IngestText
                .ToJson(result)
                .With("size", writer.Fold.Size)
                .With("root", writer.Hasher.Text(writer.Tree.Root()))
        );
        Tell(context, result);
        context.Line($"size {writer.Fold.Size}, root {writer.Hasher.Text(writer.Tree.Root())}");
        if (result.Pending > 0)
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl pending {writer.Directory.Path}"));
    }

    /// <summary>Tells people what an ingest did.</summary>
    public static void Tell(CliContext context, IngestResult result)
    {
        string known = result.Known > 0 ? $" ({result.Known} were on record already)" : "";
        context.Line(
            $"{Counted.Of(result.Claims, "claim")} about {Counted.Of(result.Subjects, "subject")} recorded{known}"
        );
        context.Line(Tone.Strong, Counted.Of(result.Contradictions.Values.Sum(), "contradiction"));
        foreach ((Severity severity, long count) in result.Contradictions.Reverse())
            context.Line(Tones.Of(severity), $"  {count, 6} {severity.Text()}");
        context.Line(
            $"{result.Decisions} decided by the policy, {result.Proposed} put up for approval, {result.Pending} {(result.Pending == 1 ? "waits" : "wait")}"
        );
    }

    /// <summary>Tells people what is odd about claims that were recorded.</summary>
    public static void Warn(CliContext context, Policy policy, ClaimFile[] files)
    {
        foreach (string warning in Warnings(policy, files))
            context.Notice($"warning: {warning}");
    }

    private static IEnumerable<string> Warnings(Policy policy, ClaimFile[] files)
    {
        foreach (ClaimFile file in files.Where(file => file.Lines.Count == 0))
            yield return $"{file.Name} holds no claims";
        Claim[] claims = [.. files.SelectMany(file => file.Lines).Select(line => line.Claim)];
        foreach (
            LookAlike pair in LookAlikes.Find(claims.Select(claim => claim.Source).Distinct(StringComparer.Ordinal))
        )
            yield return $"the sources '{pair.First}' and '{pair.Second}' look alike but are different";
        IReadOnlyList<StrayClaims> strays = StrayClaims.Find(policy.Rules, claims);
        foreach (StrayClaims stray in strays.Take(MostStrays))
            yield return Say(stray);
        if (strays.Count > MostStrays)
            yield return $"{strays.Count - MostStrays} more metrics and units that the policy does not know";
    }

    private static string Say(StrayClaims stray)
    {
        string claims = $"{Counted.Of(stray.Count, "claim")} of '{stray.Metric}'";
        return stray.Unit is { } unit
            ? $"{claims} {(unit.Length == 0 ? "without a unit" : $"in '{unit}'")}: the policy compares them only with each other, not with those in '{stray.Meant}'"
            : $"{claims}: the policy has no rule for that metric, only for '{stray.Meant}'";
    }
}
