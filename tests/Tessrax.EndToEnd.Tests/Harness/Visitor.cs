using Microsoft.Playwright;
using Tessrax.EndToEnd.Tests.Web;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Looks at the pages in a real browser; what a page complains about counts, but for a server that is away.</summary>
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
        catch (PlaywrightException e) when (IsAway(e.Message))
        {
            throw ErrorCodes.CannotFetch.Because(e.Message);
        }
        Assert.DoesNotContain(watched.Complaints, complaint => !IsAway(complaint));
    }

    // The browser says the first of a resource, and the second of what a script asked for.
    private static bool IsAway(string message) =>
        message.Contains("net::ERR_", StringComparison.Ordinal)
        || message.Contains("Failed to fetch", StringComparison.Ordinal)
        || message.Contains("503", StringComparison.Ordinal);
}
