using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>That a decision has been carried out is said over HTTP, once for each decision, and what the server names is held to what was said.</summary>
public sealed class ExecutionTests : IAsyncLifetime
{
    private const string Path = "/v1/executions";

    private Clients clients = null!;
    private long decision;

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start(ClientTests.Filled());
        Told listed = await clients.Reader.Get("/v1/decisions?limit=1");
        decision = long.Parse(
            listed["decisions"].Items[0]["index"]!.AsNumberText(),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [Fact]
    public async Task A_decision_is_carried_out_once_and_the_same_words_give_the_same_entry()
    {
        Told done = await clients.Operator.Post(Path, Said("patched"));
        Assert.Equal(201, done.Status);
        Told again = await clients.Operator.Post(Path, Said("patched"));
        Assert.Equal((200, done.Number("index")), (again.Status, again.Number("index")));
        Assert.Equal(JsonValue.True, again["repeat"]);
        Assert.Equal((409, "TSX4048"), Brief(await clients.Operator.Post(Path, Said("rolled back"))));
        Told receipt = await clients.Reader.Get($"/v1/receipts/{done.Number("index")}");
        Assert.Equal(Events.DecisionExecuted, receipt["entry"]["body"]!["event"]!.AsString());
        Told told = await clients.Reader.Get($"/v1/decisions/{decision}");
        Assert.Equal("executed", told["state"].AsString());
        await clients.Server.Running.StopAsync();
        Assert.True(clients.Server.Home.Verify().Holds);
    }

    [Theory]
    [InlineData("""{"decision":0}""", 409, "TSX4049")]
    [InlineData("""{"decision":999999}""", 409, "TSX4049")]
    [InlineData("""{"decision":-1}""", 400, "TSX1009")]
    [InlineData("""{"decision":"3"}""", 400, "TSX1009")]
    [InlineData("""{"note":"x"}""", 400, "TSX1008")]
    [InlineData("""{"decision":0,"note":""}""", 400, "TSX1009")]
    [InlineData("""{"decision":0,"result":"sha1:00"}""", 400, "TSX1009")]
    [InlineData("""{"decision":0,"more":1}""", 400, "TSX1007")]
    public async Task What_is_not_so_is_refused_and_nothing_is_written(string body, int status, string code)
    {
        long size = clients.Size;
        Assert.Equal((status, code), Brief(await clients.Operator.Post(Path, body)));
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task Nobody_but_an_operator_may_say_so()
    {
        foreach (Clients.Client one in (Clients.Client[])[clients.Reader, clients.Approver, clients.Submitter])
            Assert.Equal((403, "TSX6018"), Brief(await one.Post(Path, Said("patched"))));
    }

    [Fact]
    public async Task The_client_believes_no_entry_that_says_something_else()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: 84);
        using LedgerClient one = client;
        var executed = new DecisionExecuted(decision, HashEngine.Sha256.Hash("report"u8), "patched");
        long lied = decision;
        between.Lie = (path, _) =>
            path == Path ? Encoding.UTF8.GetBytes(JsonValue.Object(("index", lied)).ToString()) : null;
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
            client.ExecuteAsync(executed).AsTask()
        );
        Assert.Equal(ErrorCodes.AnswerBroken, refused.Code);
        // It was carried out all the same; said again, the entry is of these words, and of no others.
        between.Lie = null;
        Appended found = await client.ExecuteAsync(executed);
        Assert.True(found.IsRepeat);
        lied = found.Receipt.Receipt.Entry.Index;
        // Another one, which does not have it yet.
        (LedgerClient second, between) = Between.Connect(clients.Server, seed: 84);
        using LedgerClient other = second;
        between.Lie = (path, bytes) =>
            path.StartsWith($"/v1/receipts/{lied}", StringComparison.Ordinal)
                ? JsonValue
                    .Parse(bytes)
                    .Without("payload")
                    .Without("salt")
                    .With("lost", JsonValue.True)
                    .ToCanonicalBytes()
                : null;
        refused = await Assert.ThrowsAsync<TessraxException>(() => other.ExecuteAsync(executed).AsTask());
        Assert.Equal(ErrorCodes.AnswerBroken, refused.Code);
        between.Lie = null;
        refused = await Assert.ThrowsAsync<TessraxException>(() =>
            client.ExecuteAsync(executed with { Note = null }).AsTask()
        );
        Assert.Equal(ErrorCodes.AlreadyExecuted, refused.Code);
    }

    [Fact]
    public void The_command_line_says_so_to_a_server_as_in_a_directory()
    {
        var ctl = new Ctl(clients.Server.Home);
        string url = clients.Server.Running.Address.ToString();
        string[] with = ["--trust", ctl.Trust(), "--access-key", ctl.Key("boss", 84, KeyPurpose.Access)];
        File.WriteAllText(ctl.Path("report.txt"), "all hosts");
        string[] line = ["execute", url, $"{decision}", "--result", ctl.Path("report.txt"), "--note", "patched"];
        CtlRun done = ctl.Run([.. line, "--json", .. with]);
        Assert.True(done.Code == 0, done.Error);
        Assert.Equal(HashEngine.Sha256.Hash("all hosts"u8).ToString(), done.Json[0]["result"]!.AsString());
        Assert.Empty(done.Error);
        CtlRun again = ctl.Run([.. line, .. with]);
        Assert.Contains(
            $"decision {decision}: executed, recorded at {done.Json[0]["index"]!.AsNumberText()}",
            again.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("on record before", again.Error, StringComparison.Ordinal);
        CtlRun other = ctl.Run(["execute", url, $"{decision}", .. with]);
        Assert.Equal(4, other.Code);
        Assert.Contains("TSX4048", other.Error, StringComparison.Ordinal);
        Assert.Contains($"tessraxctl decisions {url} ", other.Error, StringComparison.Ordinal);
    }

    private string Said(string note) => JsonValue.Object(("decision", decision), ("note", note)).ToString();
}
