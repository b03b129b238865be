using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;
using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>Verdicts and wishes that govern, over HTTP: what counts is whose key signed, and one that does not count keeps no other out.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private Clients clients = null!;

    public async ValueTask InitializeAsync() => clients = await Clients.Start();

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [Fact]
    public async Task A_decision_is_taken_by_verdicts_that_were_signed_elsewhere()
    {
        long proposal = await Propose("A");
        Assert.Equal((200, "waiting"), Outcome(await Post(await Vote(proposal, 1)), 0));
        Told decided = await Post(await Vote(proposal, 2));
        Assert.Equal((200, "decided"), Outcome(decided, 0));
        string index = decided["verdicts"].Items[0]["index"]!.AsNumberText();
        Told receipt = await clients.Reader.Get($"/v1/receipts/{index}");
        Assert.Equal(Events.DecisionRecorded, receipt["entry"]["body"]!["event"]!.AsString());
        Assert.Equal(2, receipt["entry"]["approvals"]!.Items.Length);
        await clients.Server.Running.StopAsync();
        Assert.True(clients.Server.Home.Verify().Holds);
        using LedgerView view = clients.Server.Home.View();
        Assert.Empty(view.Fold.Proposals);
    }

    [Fact]
    public async Task One_verdict_that_does_not_count_keeps_no_other_out_and_all_are_told_of()
    {
        long one = await Propose("B");
        long other = await Propose("C");
        ApprovalRecorded good = await Vote(one, 1);
        ApprovalRecorded forged = await Vote(other, 2);
        forged = forged with { Approval = forged.Approval with { Signature = Convert.ToBase64String(new byte[64]) } };
        ApprovalRecorded last = await Vote(other, 3);
        long size = clients.Size;
        Told told = await Post(good, forged, good, last);
        Assert.Equal((409, "TSX4006"), Brief(told));
        JsonValue[] verdicts = told["verdicts"].Items.ToArray();
        Assert.Equal(["waiting", null, null, "waiting"], verdicts.Select(v => v["outcome"]?.AsString()));
        Assert.Equal([null, "TSX4006", "TSX4008", null], verdicts.Select(v => v["code"]?.AsString()));
        Assert.Equal(size + 2, clients.Size);
    }

    [Fact]
    public async Task Who_may_bring_verdicts_and_in_which_form_is_held_to()
    {
        long proposal = await Propose("D");
        byte[] verdict = Document(await Vote(proposal, 1));
        long size = clients.Size;
        foreach (Clients.Client client in (Clients.Client[])[clients.Reader, clients.Submitter, clients.Operator])
            Assert.Equal((403, "TSX6018"), Brief(await client.Post("/v1/approvals", verdict)));
        JsonValue json = JsonValue.Parse(verdict);
        byte[] foreign = json.With("ledger", "sha256:" + new string('0', 64)).ToCanonicalBytes();
        Assert.Equal((409, "TSX4005"), Brief(await clients.Approver.Post("/v1/approvals", foreign)));
        byte[] none = json.With("verdicts", JsonValue.EmptyArray).ToCanonicalBytes();
        Assert.Equal((400, "TSX1009"), Brief(await clients.Approver.Post("/v1/approvals", none)));
        Assert.Equal((400, "TSX1001"), Brief(await clients.Approver.Post("/v1/approvals", "{")));
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task A_control_event_is_asked_for_once_and_recorded_when_it_is_approved()
    {
        const string Hold =
            """{"event":"HOLD_PLACED","control":{"hold":"case-7","entries":[[1,1]],"reason":"litigation"}}""";
        Told asked = await clients.Operator.Post("/v1/proposals", Hold);
        Assert.Equal((200, "waiting"), (asked.Status, asked["outcome"].AsString()));
        Told again = await clients.Operator.Post("/v1/proposals", Hold);
        Assert.Equal(asked.Number("proposal"), again.Number("proposal"));
        string other = Hold.Replace("litigation", "another", StringComparison.Ordinal);
        Assert.Equal((409, "TSX4024"), Brief(await clients.Operator.Post("/v1/proposals", other)));
        Assert.Equal((200, "waiting"), Outcome(await Post(await Vote(asked.Number("proposal"), 1)), 0));
        Assert.Equal((200, "recorded"), Outcome(await Post(await Vote(asked.Number("proposal"), 2)), 0));
        Assert.Equal((403, "TSX6018"), Brief(await clients.Approver.Post("/v1/proposals", Hold)));
    }

    [Theory]
    [InlineData("""{"event":"HOLD_PLACED","control":{"hold":"case-7"}}""", "TSX1008")]
    [InlineData("""{"event":"HOLD_PLACED","control":1}""", "TSX1009")]
    [InlineData("""{"event":"HOLD_RELEASED","control":{"hold":"none","reason":"r"}}""", "TSX4021")]
    [InlineData("""{"event":"PAYLOAD_ERASED","control":{}}""", "TSX6020")]
    [InlineData("""{"event":"KEY_ROTATED","control":{}}""", "TSX6020")]
    [InlineData("""{"event":"CLAIMS_RECORDED","control":{}}""", "TSX1016")]
    [InlineData("""{"event":"x-note","control":{}}""", "TSX1016")]
    public async Task A_wish_that_does_not_fit_changes_nothing(string body, string code)
    {
        long size = clients.Size;
        Assert.Equal(code, (await clients.Operator.Post("/v1/proposals", body)).Code);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task An_erasure_is_approved_where_the_ledger_lies()
    {
        Told note = await clients.Submitter.Post("/v1/receipts", Note("secret"));
        long proposal = await clients.Server.Ledger.Write(
            "a test",
            writer =>
                new Node.Maintenance.PayloadDesk(writer, clients.Server.Home.Environment.Disk)
                    .Erase(note.Number("index"), "a request")
                    .Entry
        );
        Assert.Equal((409, "TSX6020"), Brief(await Post(await Vote(proposal, 1))));
        // To reject it needs nothing.
        Assert.Equal((200, "waiting"), Outcome(await Post(await Vote(proposal, 1, approves: false)), 0));
    }

    private static (int, string) Outcome(Told told, int verdict) =>
        (told.Status, told["verdicts"].Items[verdict]["outcome"]!.AsString());

    private async Task<long> Propose(string subject)
    {
        string claims = JsonValue
            .Object(
                (
                    "claims",
                    JsonValue.Of([
                        TestLedger.Claim($"{subject}1", subject, 1, "s1").ToJson(),
                        TestLedger.Claim($"{subject}2", subject, 9, "s2").ToJson(),
                    ])
                )
            )
            .ToString();
        Told told = await clients.Submitter.Post("/v1/claims", claims);
        Assert.Equal(1, told.Number("proposed"));
        return long.Parse(told["followed"].Items[^1]["index"]!.AsNumberText());
    }

    private async Task<ApprovalRequest> Request() =>
        ApprovalRequest.Parse((await clients.Reader.Get("/v1/proposals/request")).Json.ToCanonicalBytes());

    // As an approver does it, who has nothing but what the server gave.
    private async Task<ApprovalRecorded> Vote(long proposal, int approver, bool approves = true)
    {
        using PrivateKey key = TestLedger.Approver(approver);
        TestLedger home = clients.Server.Home;
        return (await RequestWith(proposal)).Sign(
            proposal,
            key.PublicKey.Id,
            approves,
            UtcTime.Now(home.Clock),
            home.Environment.RandomBytes(EntryBody.NonceBytes),
            message => key.Sign(message)
        );
    }

    // What was proposed a moment ago may not be shown yet: nobody said that they look for it.
    private async Task<ApprovalRequest> RequestWith(long proposal)
    {
        while (true)
        {
            ApprovalRequest request = await Request();
            if (request.Proposals.Any(one => one.Index == proposal))
                return request;
        }
    }

    private Task<Told> Post(params ApprovalRecorded[] verdicts) =>
        clients.Approver.Post("/v1/approvals", Document(verdicts));

    private byte[] Document(params ApprovalRecorded[] verdicts) =>
        new SignedApprovals(clients.Server.Home.Id, verdicts).ToBytes();
}
