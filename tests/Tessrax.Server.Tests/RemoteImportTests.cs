using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Importing;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;
using Tessrax.Tests;

namespace Tessrax.Server.Tests;

/// <summary><c>import</c> with the URL of a server records what it records in a directory, and goes on where it was cut off.</summary>
public sealed class RemoteImportTests : IAsyncLifetime
{
    private static readonly string Fixtures = System.IO.Path.Combine(
        Spec.Root,
        "tests",
        "Tessrax.Node.Tests",
        "Importing",
        "Files"
    );

    private readonly TestLedger beside = new();

    private Clients clients = null!;
    private Ctl ctl = null!;
    private string[] with = [];

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start();
        ctl = new Ctl(clients.Server.Home);
        with = ["--trust", ctl.Trust(), "--access-key", ctl.Key("ci", 81, KeyPurpose.Access)];
    }

    public ValueTask DisposeAsync()
    {
        beside.Dispose();
        return clients.DisposeAsync();
    }

    private string Url => clients.Server.Running.Address.ToString();

    [Theory]
    [InlineData("qldb", "journal.ion")]
    [InlineData("tessrax", "ledger.jsonl")]
    public void It_records_what_it_records_in_a_directory(string kind, string name)
    {
        string file = System.IO.Path.Combine(Fixtures, name);
        CtlRun done = Import(kind, file, "--json");
        Assert.True(done.Code == 0, done.Error);
        var format =
            kind == "qldb" ? (ImportFormat)new QldbJournal() : new TessraxLedger(new Dictionary<string, PublicKey>());
        ImportReport survey = SourceImport.Survey(file, format);
        using (Node.Appending.LedgerWriter writer = beside.Open())
            new SourceImport(writer, beside.Environment.Disk).Run(file, format, survey);
        Assert.Equal(Recorded(beside), Recorded(clients.Server.Home));
        Assert.Equal(
            survey.Records,
            done.Json[0]["recorded"]!.AsNumberText() is var told ? long.Parse(told, null) : -1
        );

        // Again, nothing is recorded twice.
        long size = clients.Size;
        CtlRun again = Import(kind, file, "--json");
        Assert.Equal("0", again.Json[0]["recorded"]!.AsNumberText());
        Assert.Equal(done.Json[0]["finished"], again.Json[0]["finished"]);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task It_goes_on_where_it_was_cut_off()
    {
        string file = Table(2500);
        var format = new CsvTable(',');
        ImportReport survey = SourceImport.Survey(file, format);
        // The file was kept and receipted, and three of its records are on record.
        byte[] bytes = await File.ReadAllBytesAsync(file);
        Told kept = await clients.Submitter.Post(
            "/v1/evidence?name=table.csv",
            bytes,
            type: Api.EvidenceRoutes.BytesType
        );
        Assert.Equal(201, kept.Status);
        using (var input = new MemoryStream(bytes))
        {
            foreach (OwnEvent record in SourceImport.Records(input, format, survey.Source).Take(3))
                await clients.Submitter.Post("/v1/receipts", Body(format, record));
        }
        // Lists may be a quarter of a second old.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        CtlRun done = Import("csv", file, "--json");
        Assert.True(done.Code == 0, done.Error);
        Assert.Equal("2497", done.Json[0]["recorded"]!.AsNumberText());
        Assert.Equal(kept["index"], done.Json[0]["evidence"]);
        long[] numbers =
        [
            .. Recorded(clients.Server.Home)
                .Where(one => one.Event == format.Event)
                .Select(one => long.Parse(one.Payload["data"]!["number"]!.AsNumberText(), null)),
        ];
        Assert.Equal(Enumerable.Range(1, 2500).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task Of_an_import_that_lacks_only_its_end_the_end_is_where_it_was()
    {
        string file = Table(20);
        CtlRun whole = Import("csv", file, "--json");
        long finished = long.Parse(whole.Json[0]["finished"]!.AsNumberText(), null);
        // The same ledger without the entry that concludes it.
        var format = new CsvTable(',');
        ImportReport survey = SourceImport.Survey(file, format);
        await using Clients cut = await Clients.Start();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        await cut.Submitter.Post("/v1/evidence?name=table.csv", bytes, type: Api.EvidenceRoutes.BytesType);
        using (var input = new MemoryStream(bytes))
        {
            foreach (OwnEvent record in SourceImport.Records(input, format, survey.Source))
                await cut.Submitter.Post("/v1/receipts", Body(format, record));
        }
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var there = new Ctl(cut.Server.Home);
        CtlRun done = there.Run([
            "import",
            "csv",
            file,
            cut.Server.Running.Address.ToString(),
            "--json",
            "--trust",
            there.Trust(),
            "--access-key",
            there.Key("ci", 81, KeyPurpose.Access),
        ]);
        Assert.True(done.Code == 0, done.Error);
        Assert.Equal("0", done.Json[0]["recorded"]!.AsNumberText());
        Assert.Equal(finished, long.Parse(done.Json[0]["finished"]!.AsNumberText(), null));
        Assert.Equal(Recorded(clients.Server.Home), Recorded(cut.Server.Home));
    }

    [Fact]
    public async Task After_its_evidence_was_erased_no_record_is_recorded_twice()
    {
        string file = Table(5);
        CtlRun first = Import("csv", file, "--json");
        Assert.True(first.Code == 0, first.Error);
        long evidence = long.Parse(first.Json[0]["evidence"]!.AsNumberText(), null);
        await clients.Server.Running.StopAsync();
        using (Node.Appending.LedgerWriter writer = clients.Server.Home.Open())
            ErasedReadingTests.Erase(clients.Server.Home, writer, evidence);
        await using TestServer again = await TestServer.Restart(clients.Server, static options => options);
        CtlRun second = ctl.Run(["import", "csv", file, again.Running.Address.ToString(), "--json", .. with]);
        Assert.True(second.Code == 0, second.Error);
        Assert.Equal("0", second.Json[0]["recorded"]!.AsNumberText());
        await again.Running.StopAsync();
        Assert.Equal(5, Recorded(clients.Server.Home).Count(one => one.Event == "x-imported-csv"));
    }

    private static string Body(CsvTable format, OwnEvent record) =>
        JsonValue
            .Object(
                ("event", format.Event),
                ("data", record.Data),
                ("state", record.State!.Value.ToString()),
                ("by", "author")
            )
            .ToString();

    [Fact]
    public void Records_of_many_values_are_sent_in_smaller_parts()
    {
        // More values than a server takes in one request, in fewer bytes than it takes.
        string numbers = string.Join(',', Enumerable.Repeat("1", 150_000));
        string file = ctl.Path("ledger.jsonl");
        File.WriteAllLines(
            file,
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    $$"""{"event_type":"E","timestamp":"2026-01-0{{i + 1}}T00:00:00Z","payload":{"n":[{{numbers}}]},"payload_hash":"0","audited_state_hash":"0","key_id":"k","signature":"0","previous_entry_hash":"0","entry_hash":"0","merkle_root":"0"}"""
                )
        );
        CtlRun done = Import("tessrax", file, "--json");
        // Its chain does not hold, which is said, and recorded.
        Assert.Equal(1, done.Code);
        Assert.Equal("6", done.Json[0]["recorded"]!.AsNumberText());
        Assert.Equal(6, Recorded(clients.Server.Home).Count(one => one.Event == "x-imported-tessrax"));
    }

    [Fact]
    public void Rows_become_claims_that_are_decided()
    {
        string file = ctl.Path("scores.csv");
        File.WriteAllText(file, "cve,score,from\nCVE-1,7.5,nvd\nCVE-1,7.1,pypa\nCVE-2,5,nvd\n");
        string[] how =
        [
            "--claims",
            "--column",
            "subject=cve",
            "--column",
            "value=score",
            "--column",
            "source=from",
            "--value",
            "metric=cvss_v3_base_score",
            "--value",
            "unit=score_0_10",
            "--value",
            "timestamp=2026-01-01T00:00:00Z",
        ];
        CtlRun done = Import("csv", file, [.. how, "--json"]);
        Assert.True(done.Code == 0, done.Error);
        Assert.Equal("3", done.Json[0]["ingested"]!["claims"]!.AsNumberText());
        Assert.Equal("1", done.Json[0]["ingested"]!["contradictions"]!.AsNumberText());
        CtlRun again = Import("csv", file, how);
        Assert.Contains("0 claims recorded", again.Output, StringComparison.Ordinal);
        Assert.Single(Recorded(clients.Server.Home), one => one.Event == SourceImport.FinishedEvent);
    }

    [Fact]
    public void What_is_wrong_with_a_file_is_said_before_the_server_is_asked()
    {
        string file = ctl.Path("bad.csv");
        File.WriteAllText(file, "a,b\n1\n");
        CtlRun refused = Import("csv", file);
        Assert.Equal(2, refused.Code);
        Assert.Contains("TSX1023", refused.Error, StringComparison.Ordinal);
        CtlRun dry = ctl.Run(["import", "csv", Table(3), "http://127.0.0.1:9/", "--dry-run"]);
        Assert.Equal(0, dry.Code);
        Assert.Equal(1, clients.Size);
    }

    private CtlRun Import(string kind, string file, params string[] more) =>
        ctl.Run(["import", kind, file, Url, .. more, .. with]);

    private string Table(int rows)
    {
        string file = ctl.Path("table.csv");
        File.WriteAllLines(file, ["id,what", .. Enumerable.Range(0, rows).Select(i => $"{i},row {i}")]);
        return file;
    }

    // What an import records, whatever stands around it.
    private static (string Event, VoucherKind By, JsonValue Payload)[] Recorded(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return
        [
            .. Enumerable
                .Range(0, (int)view.Size)
                .Select(i => view.Receipt(i))
                .Where(receipt =>
                    receipt.Payload is not null
                    && (receipt.Entry.Body.Event is Events.EvidenceAdded || Events.IsOwn(receipt.Entry.Body.Event))
                )
                .Select(receipt => (receipt.Entry.Body.Event, ByOf(receipt.Entry.Body), receipt.Payload!.Root)),
        ];
    }

    // A seal is the author's, too.
    private static VoucherKind ByOf(EntryBody body) =>
        body.By.Kind == VoucherKind.Seal ? VoucherKind.Author : body.By.Kind;
}
