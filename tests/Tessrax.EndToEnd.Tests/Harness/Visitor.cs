using Microsoft.Playwright;
using Tessrax.EndToEnd.Tests.Web;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Looks at the pages in a real browser; what a page complains about counts, unless the server was away meanwhile.</summary>
internal sealed class Visitor(Plant plant, Chromium chromium, Promises promises, int seed)
    : Actor("pages", promises, seed)
{
    private static readonly string[] Pages =
    [
        "/",
        "/decisions?state=all",
        "/operations",
        "/map",
        "/pending",
        "/receipts/0",
    ];

    protected override int Pause => 2500;

    protected override async Task Step(CancellationToken cancel)
    {
        int before = plant.Turns;
        await using WatchedPage watched = await chromium.OpenAsync(new() { BaseURL = plant.Address.ToString() });
        string address = Pages[Dice.Next(Pages.Length)];
        try
        {
            IResponse? answer = await watched.Page.GotoAsync(address);
            if (answer?.Status == 503)
                throw ErrorCodes.Overloaded.Because("the server is ending");
            Assert.True(answer?.Ok, $"{address}: {answer?.Status}");
            Assert.NotEqual("", await watched.Page.TextContentAsync("h1"));
        }
        catch (PlaywrightException e) when (WasAway(before))
        {
            throw ErrorCodes.CannotFetch.Because(e.Message);
        }
        // A page has many ways to say that something did not come; they count if the server was there all the time, and did not shed load.
        string[] complaints = [.. watched.Complaints];
        if (!WasAway(before))
            Assert.DoesNotContain(complaints, complaint => !complaint.Contains("503", StringComparison.Ordinal));
    }

    private bool WasAway(int before) => before % 2 != 0 || plant.Turns != before;
}
