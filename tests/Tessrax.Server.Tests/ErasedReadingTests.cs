using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A ledger in which a decision and its claims were erased is told of in lists and stories, with an index and without.</summary>
public sealed class ErasedReadingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lists_and_stories_say_that_it_was_erased(bool hasIndex)
    {
        var home = new TestLedger();
        long decision = Erase(home);
        if (hasIndex)
            Node.Index.LedgerIndex.Rebuild(home.DirectoryPath, home.Environment);
        await using TestServer server = await TestServer.Start(home);
        JsonValue all = await Get(server, "/v1/decisions?state=all");
        Assert.Contains(all["decisions"]!.Items.ToArray(), one => one["erased"] is { Kind: JsonKind.Object });
        Assert.Equal("erased", (await Get(server, $"/v1/decisions/{decision}"))["status"]!.AsString());
        foreach (string path in (string[])["/v1/contradictions", "/v1/receipts", "/v1/proposals", "/v1/ledger"])
            await Get(server, path);
        using Node.Serving.Lease<Node.Serving.LedgerMoment> now = server.Ledger.Moment();
        for (long index = 0; index < now.Value.Size; index++)
        {
            await Get(server, $"/v1/receipts/{index}");
            await Get(server, $"/v1/bundles/{index}");
        }
    }

    // The entry of the decision; the claims that it rests on were erased before it.
    private static long Erase(TestLedger home)
    {
        using LedgerWriter writer = home.Open();
        TestServer.Disagree(writer);
        using LedgerView view = home.View();
        long decision = view.Receipts().First(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        long claims = view.Receipts().First(r => r.Entry.Body.Event == Events.ClaimsRecorded).Entry.Index;
        foreach (long one in (long[])[claims, decision])
        {
            Erase(home, writer, one);
        }
        return decision;
    }

    /// <summary>Erases a payload, with all approvals that it needs.</summary>
    internal static void Erase(TestLedger home, LedgerWriter writer, long index)
    {
        long asked = new PayloadDesk(writer, home.Environment.Disk).Erase(index, "a request").Entry;
        for (int approver = 1; writer.Fold.Proposals.ContainsKey(asked); approver++)
            new ProposalDesk(writer).Record(home.Vote(writer, asked, approver));
        new PayloadDesk(writer, home.Environment.Disk).Finish();
    }

    private static async Task<JsonValue> Get(TestServer server, string path)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {System.Text.Encoding.UTF8.GetString(body)}");
        return JsonValue.Parse(body);
    }
}
