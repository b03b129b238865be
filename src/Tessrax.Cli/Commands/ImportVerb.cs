using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Importing;

namespace Tessrax.Cli.Commands;

/// <summary><c>import KIND FILE DIR|URL</c>: brings the records of another ledger or database in, receipted with the digest of their file.</summary>
internal static class ImportVerb
{
    private const int ShownFindings = 5;

    private static readonly string[] Kinds = ["qldb", "immudb", "csv", "tessrax"];

    public static Command Create(CliContext context)
    {
        Argument<string> kind = new("KIND") { Description = $"what the file is: {string.Join(", ", Kinds)}" };
        kind.AcceptOnlyFromAmong(Kinds);
        Argument<string> file = new("FILE") { Description = "the file; it is kept as evidence" };
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        var table = new TableOptions();
        Option<string[]> keys = new("--key")
        {
            Description = "tessrax: the key of a signer, to check its signatures; repeatable",
            HelpName = "KEY_ID=HEX",
        };
        Option<bool> dryRun = new("--dry-run") { Description = "read and check the file, and write nothing" };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "import",
            "Bring in what another ledger or a table recorded, with a verdict about its chain",
            "tessraxctl import qldb journal.ion decisions",
            "tessraxctl import csv audit.csv decisions",
            "tessraxctl import csv scores.csv decisions --claims --column subject=cve --value source=nvd",
            "tessraxctl import tessrax ledger.jsonl decisions --dry-run"
        )
        {
            kind,
            file,
            directory,
            dryRun,
            keys,
            passphrase,
        };
        table.AddTo(verb);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string wanted = parsed.GetRequiredValue(kind);
            string source = parsed.GetRequiredValue(file);
            CsvClaims? claims = table.Read(parsed, wanted, out char delimiter);
            ImportFormat format = FormatOf(wanted, delimiter, parsed.GetValue(keys) ?? []);
            // What is wrong with the file is said before any passphrase is asked for.
            ImportReport survey = SourceImport.Survey(source, format);
            if (parsed.GetValue(dryRun))
            {
                if (claims is not null)
                    Try(context, source, claims);
                return Report(context, survey);
            }
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                return Import(context, there, source, format, claims, survey);
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            return Import(context, writer, source, format, claims, survey);
        });
        return verb;
    }

    private static int Import(
        CliContext context,
        LedgerWriter writer,
        string source,
        ImportFormat format,
        CsvClaims? claims,
        ImportReport survey
    )
    {
        var import = new SourceImport(writer, LedgerSession.Environment(context).Disk);
        IngestResult? ingested = null;
        ImportReport report;
        using (ProgressBar bar = context.Progress("importing", survey.Records))
            report = claims is null
                ? import.Run(source, format, survey, bar)
                : import.RunClaims(source, claims, survey, bar, out ingested);
        LedgerSession.Finish(context, writer);
        return ingested is null
            ? Report(context, report)
            : Report(context, report, IngestText.ToJson(ingested), () => Tell(context, report, ingested));
    }

    private static int Import(
        CliContext context,
        RemoteLedger there,
        string source,
        ImportFormat format,
        CsvClaims? claims,
        ImportReport survey
    )
    {
        using var import = new RemoteImport(context, there);
        if (claims is not null)
        {
            var ingest = new RemoteIngest(context, there);
            ImportReport done = import.RunClaims(source, claims, survey, ingest);
            return Report(context, done, ingest.ToJson(), ingest.Tell);
        }
        ImportReport report;
        using (ProgressBar bar = context.Progress("importing", survey.Records))
            report = import.Run(source, format, survey, bar);
        return Report(context, report);
    }

    // Whether every row is a claim, without a ledger that could have it already.
    private static void Try(CliContext context, string file, CsvClaims claims)
    {
        using Stream input = context.OpenInput(file);
        claims.Read(Path.GetFileName(file), input);
    }

    private static ImportFormat FormatOf(string kind, char delimiter, string[] keys)
    {
        if (keys.Length > 0 && kind != "tessrax")
            throw ErrorCodes.BadUsage.Because("--key goes with the kind tessrax");
        return kind switch
        {
            "qldb" => new QldbJournal(),
            "immudb" => new ImmudbExport(),
            "csv" => new CsvTable(delimiter),
            _ => new TessraxLedger(keys.Select(KeyOf).ToDictionary(StringComparer.Ordinal)),
        };
    }

    private static KeyValuePair<string, PublicKey> KeyOf(string given)
    {
        int equals = given.LastIndexOf('=');
        return
            equals > 0
            && HexText.TryDecode(given.AsSpan(equals + 1)) is { } bytes
            && PublicKey.TryCreate(bytes, out PublicKey key)
            ? new KeyValuePair<string, PublicKey>(given[..equals], key)
            : throw ErrorCodes.BadUsage.Because(
                $"'{given}' is not KEY_ID=HEX",
                "give the key_id of the entries, an equals sign, and the 64 hex digits of its .pub file"
            );
    }

    // A chain that does not hold was checked and refuted, whether its records were brought in or not.
    private static int Report(CliContext context, ImportReport report, JsonValue? ingested = null, Action? tell = null)
    {
        ImportVerdict verdict = report.Verdict;
        context.WriteJson(() => ingested is null ? report.ToJson() : report.ToJson().With("ingested", ingested));
        context.Line($"{report.Source.Digest}  {report.Source.Name}  ({Counted.Of(report.Source.Size, "byte")})");
        if (tell is null)
            context.Line(Outcome(report));
        else
            tell();
        context.Line(
            verdict.Holds == false ? Tone.Bad : Tone.Good,
            verdict.Holds switch
            {
                true => "its own chain holds",
                false => $"its own chain does not hold: {Counted.Of(verdict.FindingsInAll, "finding")}",
                null => "it has no chain that could be checked",
            }
        );
        foreach ((string what, long count) in verdict.Checked)
            context.Line($"  checked      {what}: {count}");
        foreach (string what in verdict.Unchecked)
            context.Line(Tone.Dim, $"  not checked  {what}");
        foreach (ImportFinding finding in verdict.Findings.Take(ShownFindings))
            context.Line(Tone.Bad, $"  record {finding.Record}: {finding.Says}");
        if (report.Finished is { } finished)
            context.Line(Tone.Dim, $"receipted by entry {report.Evidence}, concluded by entry {finished}");
        return verdict.Holds == false ? CliContext.Refuted : 0;
    }

    private static void Tell(CliContext context, ImportReport report, IngestResult ingested) =>
        context.Line(
            $"{Counted.Of(report.Records, "row")}: {Counted.Of(ingested.Claims, "claim")} recorded, {ingested.Known} known before, {Counted.Of(ingested.Contradictions.Values.Sum(), "contradiction")}, {ingested.Pending} waiting"
        );

    private static string Outcome(ImportReport report)
    {
        if (report.Finished is null)
            return $"{Counted.Of(report.Records, "record")}; nothing was written";
        long before = report.Records - report.Recorded;
        return $"{Counted.Of(report.Recorded, "record")} recorded{(before > 0 ? $", {before} were before" : "")}";
    }
}
