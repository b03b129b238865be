using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Importing;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Importing;

/// <summary>Files brought into a ledger: receipted, once, whole or not at all.</summary>
public sealed class SourceImportTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData("journal.ion", "x-imported-qldb", 5)]
    [InlineData("txscan.json", "x-imported-immudb", 6)]
    [InlineData("scan.json", "x-imported-immudb", 2)]
    [InlineData("ledger.jsonl", "x-imported-tessrax", 5)]
    public void Each_record_names_its_file_and_the_end_says_what_the_file_says_of_itself(
        string file,
        string name,
        int records
    )
    {
        ImportReport report = Import(file);
        Digest digest = HashEngine.Sha256.Hash(File.ReadAllBytes(ImportFile.PathOf(file)));
        Assert.Equal((records, records), (report.Records, report.Recorded));
        Assert.Equal(new EvidenceAdded(digest, new FileInfo(ImportFile.PathOf(file)).Length, file), report.Source);
        Receipt[] all = Entries();
        Assert.Equal(Events.EvidenceAdded, all[(int)report.Evidence!].Entry.Body.Event);
        OwnEvent[] imported = [.. Own(all, name)];
        Assert.Equal(records, imported.Length);
        Assert.All(imported, one => Assert.Equal(digest, one.State));
        Assert.Equal(
            Enumerable.Range(1, records).Select(i => (JsonValue)i),
            imported.Select(one => one.Data["number"]!)
        );
        OwnEvent finished = Own(all, SourceImport.FinishedEvent).Single();
        Assert.Equal(digest, finished.State);
        Assert.Equal(report.Verdict.ToJson(), finished.Data["verdict"]);
        Assert.Equal(all.Length - 1, report.Finished);
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Done_again_it_records_nothing()
    {
        ImportReport first = Import("journal.json");
        int size = Entries().Length;
        ImportReport again = Import("journal.json");
        Assert.Equal(size, Entries().Length);
        Assert.Equal((0, first.Evidence, first.Finished), (again.Recorded, again.Evidence, again.Finished));
        // Another file with the same records is another source.
        Assert.Equal(5, Import("journal.ion").Recorded);
    }

    [Fact]
    public void An_import_that_was_cut_off_goes_on_where_it_was()
    {
        string file = Write("big.csv", "n\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i}\n")));
        using (LedgerWriter writer = ledger.Open())
            Assert.Throws<InvalidOperationException>(() =>
                new SourceImport(writer, ledger.Environment.Disk).Run(
                    file,
                    new CsvTable(),
                    SourceImport.Survey(file, new CsvTable()),
                    new Stop()
                )
            );
        int cut = Own(Entries(), "x-imported-csv").Count();
        Assert.InRange(cut, 1, 4999);
        Assert.Empty(Own(Entries(), SourceImport.FinishedEvent));
        ImportReport report = Run(file, new CsvTable());
        Assert.Equal((5000, 5000 - cut), (report.Records, report.Recorded));
        Assert.Equal(
            Enumerable.Range(0, 5000).Select(i => $"{i}"),
            Own(Entries(), "x-imported-csv").Select(one => one.Data["record"]!["n"]!.AsString())
        );
        Assert.Single(Entries(), entry => entry.Entry.Body.Event == Events.EvidenceAdded);
    }

    [Fact]
    public void Entries_that_only_look_like_an_imports_stop_no_import()
    {
        string file = Write("table.csv", "n\n1\n2\n");
        ImportReport survey = SourceImport.Survey(file, new CsvTable());
        using (LedgerWriter writer = ledger.Open())
        {
            foreach (
                (string name, JsonValue data) in new[]
                {
                    ("x-imported-csv", JsonValue.Object(("number", 1), ("record", JsonValue.Object(("n", "9"))))),
                    ("x-imported-csv", JsonValue.Object(("number", 1_000_000), ("record", 1))),
                    ("x-imported-csv", (JsonValue)1),
                    (SourceImport.FinishedEvent, JsonValue.Object(("event", "x-imported-csv"))),
                    (SourceImport.FinishedEvent, SourceImport.Conclusion(survey, "x-imported-csv", 0, 0).Data),
                }
            )
                writer.Append([
                    new Draft
                    {
                        Event = name,
                        Payload = FrozenPayload.From(new OwnEvent(data, survey.Source.Digest).ToJson()),
                    },
                ]);
        }
        ImportReport report = Run(file, new CsvTable());
        Assert.Equal(2, report.Recorded);
        Assert.Equal(0, Run(file, new CsvTable()).Recorded);
    }

    [Fact]
    public void Read_in_another_way_its_records_are_others()
    {
        string file = Write("table.csv", "a;b\n1;2\n");
        Assert.Equal(1, Run(file, new CsvTable()).Recorded);
        ImportReport right = Run(file, new CsvTable(';'));
        Assert.Equal(1, right.Recorded);
        Assert.Equal(0, Run(file, new CsvTable(';')).Recorded);
        Assert.Single(Entries(), entry => entry.Entry.Body.Event == Events.EvidenceAdded);
    }

    [Fact]
    public void What_was_found_of_a_file_later_is_recorded_too()
    {
        string file = ImportFile.PathOf("ledger.jsonl");
        ImportReport without = Run(file, ImportFile.Tessrax(withKey: false));
        ImportReport with = Run(file, ImportFile.Tessrax());
        Assert.Equal(0, with.Recorded);
        Assert.NotEqual(without.Finished, with.Finished);
        OwnEvent[] ends = [.. Own(Entries(), SourceImport.FinishedEvent)];
        Assert.Equal([without.Verdict.ToJson(), with.Verdict.ToJson()], ends.Select(end => end.Data["verdict"]!));
    }

    [Fact]
    public void A_broken_chain_is_recorded_with_its_verdict()
    {
        string[] lines = ImportFile.Text("journal.json").TrimEnd().Split('\n');
        ImportReport report = Run(Write("cut.json", string.Join('\n', lines[0], lines[2])), new QldbJournal());
        Assert.False(report.Verdict.Holds);
        JsonValue told = Own(Entries(), SourceImport.FinishedEvent).Single().Data["verdict"]!;
        Assert.Equal("broken", told["chain"]!.AsString());
        Assert.Equal(2, told["findings"]!.Items.Length);
        Assert.True(ledger.Verify().Holds);
    }

    [Theory]
    [InlineData("bad.json", "{\"blockHash\":1}")]
    [InlineData("bad.csv", "a,b\n1,2\n3\n")]
    [InlineData("bad.csv", "")]
    public void What_is_wrong_is_told_before_anything_is_written(string name, string text)
    {
        string file = Write(name, text);
        string[] before = Files();
        Assert.Throws<TessraxException>(() => Run(file, name == "bad.csv" ? new CsvTable() : new QldbJournal()));
        Assert.Equal(before, Files());
    }

    [Fact]
    public void A_record_that_no_entry_could_hold_is_refused_and_nothing_written()
    {
        string cell = new('é', 700);
        string columns = string.Join(',', Enumerable.Range(0, 1024).Select(i => $"column{i}"));
        string row = string.Join(',', Enumerable.Repeat(cell, 1024));
        string file = Write("wide.csv", $"{columns}\n{row}\n");
        string[] before = Files();
        TessraxException e = Assert.Throws<TessraxException>(() => Run(file, new CsvTable()));
        Assert.Equal(ErrorCodes.TooLarge, e.Code);
        Assert.Contains("record 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    [Fact]
    public void Rows_become_claims_that_are_decided_and_are_known_the_next_time()
    {
        var mapping = new CsvClaims(
            ',',
            new Dictionary<string, string> { ["subject"] = "cve", ["value"] = "score" },
            new Dictionary<string, string> { ["metric"] = "score", ["timestamp"] = "2026-01-01T00:00:00Z" }
        );
        string file = Write("scores.csv", "cve,score,source,who\nCVE-1,7.5,a,x\nCVE-1,7.1,b,\nCVE-2,none,a,\n");
        (ImportReport report, IngestResult result) = RunClaims(file, mapping);
        Assert.Equal(
            (3, 3, 2, 1),
            (report.Records, result.Claims, result.Subjects, result.Contradictions.Values.Sum())
        );
        using (LedgerView view = ledger.View())
        {
            Contradictions.Claim one = view
                .Fold.Claims.Keys.Where(key => key.Subject == "CVE-1")
                .SelectMany(view.Fold.Claims.Claims)
                .Single(claim => claim.Source == "a");
            Assert.Equal("7.5", one.Value.AsNumberText());
            Assert.Equal("x", one.Context["who"]!.AsString());
        }
        // A later export with one row more adds that row alone.
        string later = Write("later.csv", File.ReadAllText(file) + "CVE-3,5,a,\n");
        (_, IngestResult more) = RunClaims(later, mapping);
        Assert.Equal((1, 3), (more.Claims, more.Known));
        Assert.Equal(2, Own(Entries(), SourceImport.FinishedEvent).Count());
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void Rows_that_are_no_claims_name_their_line_and_change_nothing()
    {
        var mapping = new CsvClaims(',', new Dictionary<string, string>(), new Dictionary<string, string>());
        string file = Write(
            "bad.csv",
            "subject,metric,value,timestamp,source\nS,m,1,2026-01-01T00:00:00Z,a\nS,m,1,yesterday,a\n"
        );
        string[] before = Files();
        TessraxException e = Assert.Throws<TessraxException>(() => RunClaims(file, mapping));
        Assert.Equal(ErrorCodes.BadTime, e.Code);
        Assert.Contains("line 3", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    [Fact]
    public void A_file_that_changed_since_it_was_looked_at_is_refused()
    {
        string file = Write("a.csv", "n\n1\n");
        ImportReport survey = SourceImport.Survey(file, new CsvTable());
        Write("a.csv", "n\n1\n2\n");
        using (LedgerWriter writer = ledger.Open())
            Assert.Equal(
                ErrorCodes.CannotRead,
                Assert
                    .Throws<TessraxException>(() =>
                        new SourceImport(writer, ledger.Environment.Disk).Run(file, new CsvTable(), survey)
                    )
                    .Code
            );
        Assert.Single(Entries());
    }

    [Fact]
    public void Claims_of_a_file_that_was_another_one_for_a_moment_are_refused_and_change_nothing()
    {
        string file = Write("scores.csv", "subject,metric,value,timestamp,source\nS,m,1,2026-01-01T00:00:00Z,a\n");
        string surveyed = File.ReadAllText(file);
        ImportReport survey = SourceImport.Survey(file, new CsvTable());
        var clock = new ActingClock();
        string[] before = Files();
        using (
            LedgerWriter writer = LedgerWriter.Open(
                ledger.DirectoryPath,
                TestLedger.Keys(),
                ledger.Environment with
                {
                    Clock = clock,
                }
            )
        )
        {
            Write("scores.csv", surveyed.Replace("S,m,1", "S,m,2", StringComparison.Ordinal));
            // The one that was looked at comes back as soon as the other one's claims were read.
            clock.Asked = () => Write("scores.csv", surveyed);
            var mapping = new CsvClaims(',', new Dictionary<string, string>(), new Dictionary<string, string>());
            TessraxException e = Assert.Throws<TessraxException>(() =>
                new SourceImport(writer, ledger.Environment.Disk).RunClaims(file, mapping, survey, null, out _)
            );
            Assert.Equal(ErrorCodes.CannotRead, e.Code);
            Assert.Contains("changed while it was read", e.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, Files());
    }

    private ImportReport Import(string name) => Run(ImportFile.PathOf(name), ImportFile.Format(name));

    private ImportReport Run(string file, ImportFormat format)
    {
        ImportReport survey = SourceImport.Survey(file, format);
        using LedgerWriter writer = ledger.Open();
        return new SourceImport(writer, ledger.Environment.Disk).Run(file, format, survey);
    }

    private (ImportReport Report, IngestResult Result) RunClaims(string file, CsvClaims mapping)
    {
        using LedgerWriter writer = ledger.Open();
        ImportReport report = new SourceImport(writer, ledger.Environment.Disk).RunClaims(
            file,
            mapping,
            SourceImport.Survey(file, new CsvTable()),
            null,
            out IngestResult result
        );
        return (report, result);
    }

    private string Write(string name, string text)
    {
        string path = ledger.Beside(name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    private Receipt[] Entries()
    {
        using LedgerView view = ledger.View();
        return [.. view.Receipts()];
    }

    private static IEnumerable<OwnEvent> Own(IEnumerable<Receipt> entries, string name) =>
        entries.Where(one => one.Entry.Body.Event == name).Select(one => OwnEvent.FromJson(one.Payload!.Root));

    // Names and bytes of all that belongs to the ledger, but for what the lock leaves.
    private string[] Files() =>
        [
            .. Directory
                .EnumerateFiles(ledger.DirectoryPath, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"
                ),
        ];

    private sealed class ActingClock : TimeProvider
    {
        public Action? Asked { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            Asked?.Invoke();
            return System.GetUtcNow();
        }
    }

    private sealed class Stop : IProgress<long>
    {
        public void Report(long value) => throw new InvalidOperationException("the power went");
    }
}
