using System.Text.RegularExpressions;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>What was rejected looks like nothing that was decided, wherever pages tell of it.</summary>
public sealed partial class PagesUndecidedTests : IAsyncLifetime
{
    private TestServer server = null!;
    private long told;
    private long proposal;
    private long closed;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger();
        using (LedgerWriter writer = home.Open())
        {
            new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("c1", "far", 100, "one"),
                    TestLedger.Claim("c2", "far", 10, "another"),
                    TestLedger.Claim("c3", "near", 100, "one"),
                    TestLedger.Claim("c4", "near", 99, "another")
                ),
            ]);
            proposal = writer.Fold.Proposals.Keys.Single();
            var desk = new ProposalDesk(writer);
            for (int person = 1; writer.Fold.Proposals.Count > 0; person++)
                closed = desk.Record(home.Vote(writer, proposal, person, approves: false))[^1].Entry.Index;
        }
        using (Node.Reading.LedgerView view = home.View())
        {
            Assert.Equal(Events.DecisionClosed, view.Receipt(closed).Entry.Body.Event);
            told = view.Receipts()
                .Last(one => one.Entry.Body.Event == Events.ContradictionDetected && one.Entry.Index < proposal)
                .Entry.Index;
        }
        server = await TestServer.Start(home);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/contradictions", "card-row")]
    [InlineData("/contradictions?state=resolved", "card-row")]
    [InlineData("/map", "tr")]
    public async Task A_list_says_of_a_contradiction_that_its_proposal_was_rejected(string address, string row)
    {
        string page = await Get(address);
        string[] rows = [.. (row == "tr" ? Line() : Card()).Matches(page).Select(match => match.Value)];
        string rejected = Assert.Single(
            rows,
            one => one.Contains(">far", StringComparison.Ordinal) || one.Contains(" far", StringComparison.Ordinal)
        );
        Assert.Contains("<span class=\"badge warn\">rejected</span>", rejected, StringComparison.Ordinal);
        Assert.DoesNotContain("badge good", rejected, StringComparison.Ordinal);
        Assert.Contains($"/decisions/{proposal}\"", rejected, StringComparison.Ordinal);
        // What was decided says so still.
        Assert.Contains("<span class=\"badge good\">resolved</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_do_the_pages_of_the_contradiction_and_of_its_proposal()
    {
        string contradiction = Text(await Get($"/receipts/{told}"));
        Assert.Contains(
            $"It was settled, and nothing was decided: proposal {proposal} ended as rejected in entry {closed}.",
            contradiction,
            StringComparison.Ordinal
        );
        string receipt = await Get($"/receipts/{proposal}");
        Assert.Contains("<span class=\"badge warn\">rejected</span>", receipt, StringComparison.Ordinal);
        Assert.Contains("Would have decided", receipt, StringComparison.Ordinal);
        string story = await Get($"/decisions/{proposal}");
        Assert.Contains(
            $"Nothing was decided by this proposal: it ended as rejected in entry {closed}.",
            Text(story),
            StringComparison.Ordinal
        );
        // In the list of claims, and in the picture on a desk and on a phone.
        Assert.Equal(3, story.Split("was proposed<").Length - 1);
        Assert.DoesNotContain("claim chosen", story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_decided_is_said_to_be()
    {
        using var now = server.Ledger.Moment();
        long decision = now.Value.Glance.Newest(1, [Events.DecisionRecorded]).Single().Entry.Index;
        string found = Text(await Get($"/receipts/{decision - 1}"));
        Assert.Contains($"It was settled by decision {decision}.", found, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was decided", found, StringComparison.Ordinal);
    }

    private async Task<string> Get(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    // As it is read.
    private static string Text(string page) => Spaces().Replace(Markup().Replace(page, ""), " ");

    [GeneratedRegex("<li class=\"card-row\">.*?</li>", RegexOptions.Singleline)]
    private static partial Regex Card();

    [GeneratedRegex("<tr>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Line();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Markup();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
