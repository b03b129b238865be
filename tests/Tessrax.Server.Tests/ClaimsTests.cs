using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;
using Tessrax.Node.Tests.Appending;
using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>Claims over HTTP: all or none, told what followed, and the same as the command line's.</summary>
public sealed class ClaimsTests(AppendTests.Served served) : IClassFixture<AppendTests.Served>
{
    private const string Lines = "application/x-ndjson";
    private readonly Clients clients = served.Clients;

    [Fact]
    public async Task What_follows_from_claims_is_told_entry_by_entry()
    {
        Told told = await clients.Submitter.Post(
            "/v1/claims",
            Many(
                ("t1", "T", 7.5, "nvd"),
                ("t2", "T", 7.0, "pypa"),
                ("u1", "U", 1, "nvd"),
                ("v1", "V", 1, "a"),
                ("v2", "V", 9, "b")
            )
        );
        Assert.Equal(200, told.Status);
        Assert.Equal(
            (5, 0, 3, 2, 1, 1),
            (
                told.Number("claims"),
                told.Number("known"),
                told.Number("subjects"),
                told.Number("contradictions"),
                told.Number("decisions"),
                told.Number("proposed")
            )
        );
        JsonValue[] followed = told["followed"].Items.ToArray();
        Assert.Equal(
            [
                Events.ContradictionDetected,
                Events.DecisionRecorded,
                Events.ContradictionDetected,
                Events.DecisionProposed,
            ],
            followed.Select(one => one["event"]!.AsString())
        );
        foreach (JsonValue one in followed)
        {
            Told receipt = await clients.Reader.Get($"/v1/receipts/{one["index"]!.AsNumberText()}");
            Assert.Equal(one["event"], receipt["entry"]["body"]!["event"]);
            Assert.NotEmpty(one["summary"]!.AsString());
        }
        Assert.InRange(told.Number("size"), long.Parse(followed[^1]["index"]!.AsNumberText()) + 1, clients.Size);
    }

    [Fact]
    public async Task Claims_on_record_are_skipped_also_as_lines()
    {
        string[] claims = [Claim("l1", "L", 1, "a"), Claim("l2", "L", 1, "b")];
        Told first = await clients.Submitter.Post("/v1/claims", string.Join("\n\n", claims) + "\n", type: Lines);
        Assert.Equal((2, 0), (first.Number("claims"), first.Number("known")));
        long size = clients.Size;
        Told again = await clients.Submitter.Post("/v1/claims", $$"""{"claims":[{{string.Join(',', claims)}}]}""");
        Assert.Equal((0, 2), (again.Number("claims"), again.Number("known")));
        Assert.Equal(size, clients.Size);
    }

    [Theory]
    [InlineData("""{"claims":[]}""", "TSX1009")]
    [InlineData("""{"claims":1}""", "TSX1009")]
    [InlineData("""{"claims":[GOOD,{"claim_id":"x"}]}""", "TSX1008")]
    [InlineData("""{"claims":[GOOD,LATE]}""", "TSX4013")]
    [InlineData("""{"claims":[GOOD,OTHER]}""", "TSX1013")]
    [InlineData("""{"claims":[GOOD],"more":1}""", "TSX1007")]
    public async Task One_that_is_wrong_lets_none_be_recorded(string body, string code)
    {
        long size = clients.Size;
        body = body.Replace("GOOD", Claim("good", "G", 1, "a"), StringComparison.Ordinal)
            .Replace("LATE", Claim("late", "G", 1, "a").Replace("2026-01-01", "2099-01-01"), StringComparison.Ordinal)
            .Replace("OTHER", Claim("good", "G", 2, "a"), StringComparison.Ordinal);
        Told told = await clients.Submitter.Post("/v1/claims", body);
        Assert.Equal(code, told.Code);
        Assert.InRange(told.Status, 400, 409);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task A_line_that_is_wrong_is_named()
    {
        string body = $"{Claim("n1", "N", 1, "a")}\n{{\"claim_id\":\"n2\"}}\n";
        Told told = await clients.Submitter.Post("/v1/claims", body, type: Lines);
        Assert.Equal((400, "TSX1008"), Brief(told));
        Assert.Contains("line 2", told["detail"].AsString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_claims_in_several_turns_are_what_one_ingest_makes_of_them()
    {
        (string, string, double, string)[] many =
        [
            .. Enumerable
                .Range(0, 2600)
                .Select(i =>
                    ($"m{i}", $"M{i % 900:D4}", i % 900 % 3 == 0 ? 1.0 + i / 900 : 5, i < 900 ? "nvd" : "pypa")
                ),
        ];
        await using Clients other = await Clients.Start();
        Told told = await other.Submitter.Post("/v1/claims", Many(many));
        Assert.Equal(200, told.Status);
        await other.Server.Running.StopAsync();
        using var ledger = new TestLedger();
        IngestResult once;
        using (LedgerWriter writer = ledger.Open())
        {
            using var input = new MemoryStream(
                Encoding.UTF8.GetBytes(string.Join('\n', many.Select(c => Claim(c.Item1, c.Item2, c.Item3, c.Item4))))
            );
            once = new Ingestor(writer).Ingest([ClaimFile.Read("claims", input)]);
        }
        Assert.True(once.Decisions + once.Proposed > 100);
        Assert.Equal(
            (once.Claims, once.Subjects, once.Contradictions.Values.Sum(), once.Decisions, once.Proposed, once.Pending),
            (
                told.Number("claims"),
                told.Number("subjects"),
                told.Number("contradictions"),
                told.Number("decisions"),
                told.Number("proposed"),
                told.Number("pending")
            )
        );
        Assert.Equal(Contents(ledger), Contents(other.Server.Home));
        Assert.True(other.Server.Home.Verify().Holds);
    }

    [Fact]
    public async Task What_stands_against_what_a_later_turn_brings_lets_none_be_recorded()
    {
        (string, string, double, string)[] many =
        [
            .. Enumerable.Range(0, 1500).Select(i => ($"z{i}", $"Z{i:D4}", 1.0, "nvd")),
            ("z0", "Z9999", 2, "nvd"),
        ];
        long size = clients.Size;
        Assert.Equal((400, "TSX1013"), Brief(await clients.Submitter.Post("/v1/claims", Many(many))));
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task Where_the_disk_fails_between_two_turns_it_is_told_and_sending_again_completes_it()
    {
        (string, string, double, string)[] many =
        [
            .. Enumerable
                .Range(0, 1500)
                .Select(i => ($"w{i}", $"W{i / 2:D4}", i % 2 == 0 ? 1.0 : 9, i % 2 == 0 ? "nvd" : "pypa")),
        ];
        var disk = new BrokenDisk();
        await using Clients failing = await Clients.Start(new TestLedger(disk: disk));
        // Of each subject the first turn records its claims, a contradiction and a proposal.
        disk.Fails = (operation, path) =>
            operation == "sync" && path.Contains("segments", StringComparison.Ordinal) && failing.Size > 1501;
        Told told = await failing.Submitter.Post("/v1/claims", Many(many));
        Assert.Equal((503, "TSX3009"), Brief(told));
        Assert.Contains(
            "1000 claims of these were recorded before",
            told["detail"].AsString(),
            StringComparison.Ordinal
        );
        disk.Fails = static (_, _) => false;
        await failing.Restart();
        told = await failing.Submitter.Post("/v1/claims", Many(many));
        Assert.Equal(200, told.Status);
        Assert.InRange(told.Number("known"), 1000, 1499);
        Assert.Equal(1500, told.Number("known") + told.Number("claims"));
        Assert.Equal(750, told.Number("pending"));
    }

    // All that a ledger says of claims, in order.
    private static string[] Contents(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return
        [
            .. view.Receipts(1)
                .Where(receipt => receipt.Entry.Body.Event != Events.DecisionProposed)
                .Select(receipt => $"{receipt.Entry.Body.Event} {receipt.Payload?.Root}"),
        ];
    }

    private static string Many(params (string Id, string Subject, double Value, string Source)[] claims) =>
        $$"""{"claims":[{{string.Join(',', claims.Select(c => Claim(c.Id, c.Subject, c.Value, c.Source)))}}]}""";

    private static string Claim(string id, string subject, double value, string source) =>
        TestLedger.Claim(id, subject, value, source).ToJson().ToString();
}
