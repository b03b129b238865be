using Microsoft.Playwright;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>Pages as people use them, with scripts and without.</summary>
[Collection(nameof(LedgerSite))]
public sealed class PagesUseTests(LedgerSite site)
{
    [Fact]
    public async Task Without_scripts_the_ledger_is_browsed_filtered_and_searched()
    {
        await using WatchedPage watched = await site.Open(runsScripts: false);
        IPage page = watched.Page;
        await page.GotoAsync("/");
        await page.SelectOptionAsync("#event", Events.DecisionRecorded);
        await page.ClickAsync("text=Filter");
        Assert.Contains("event=DECISION_RECORDED", page.Url, StringComparison.Ordinal);
        await page.ClickAsync("ol.rows a.row >> nth=0");
        Assert.Contains($"Receipt {site.Decided}", await page.TextContentAsync("h1"), StringComparison.Ordinal);
        Assert.Equal(1, await page.Locator("svg.path").CountAsync());
        await page.ClickAsync("text=The whole story");
        Assert.EndsWith($"/decisions/{site.Decided}", page.Url, StringComparison.Ordinal);
        await page.FillAsync("#q", "subject:CVE-2");
        await page.PressAsync("#q", "Enter");
        Assert.Contains("/search?q=subject", page.Url, StringComparison.Ordinal);
        Assert.True(await page.Locator("ol.rows a.row").CountAsync() > 0);
        await page.GotoAsync("/tail");
        Assert.True(await page.Locator("#tail li").CountAsync() > 5);
        Assert.Contains("http-equiv=\"refresh\"", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_appended_comes_to_the_live_page_by_itself_and_as_text()
    {
        await using WatchedPage watched = await site.Open();
        await watched.Page.GotoAsync("/tail");
        await watched.Page.Locator("#tail-state", new() { HasTextString = "live" }).WaitForAsync();
        long index = Append("x-live");
        ILocator row = watched.Page.Locator($"#tail li[data-index='{index}']");
        await row.WaitForAsync();
        Assert.Contains("<script>window.owned=1</script>", await row.TextContentAsync(), StringComparison.Ordinal);
        Assert.Null(await watched.Page.EvaluateAsync<int?>("() => window.owned ?? null"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_live_page_that_was_cut_off_says_so_and_catches_up()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        // One connection after another: the first is cut when it is asked for, as by a network that went away.
        int asked = 0;
        await page.RouteAsync(
            "**/v1/events",
            route => Interlocked.Increment(ref asked) == 1 ? route.AbortAsync() : route.ContinueAsync()
        );
        await page.GotoAsync("/tail");
        await page.Locator("#tail-state", new() { HasTextString = "live" }).WaitForAsync();
        Assert.True(asked > 1);
        long index = Append("x-after");
        await page.Locator($"#tail li[data-index='{index}']").WaitForAsync();
    }

    [Fact]
    public async Task A_live_page_that_gets_no_stream_asks_again_and_again()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.RouteAsync("**/v1/events", route => route.FulfillAsync(new RouteFulfillOptions { Status = 503 }));
        await page.Clock.InstallAsync();
        await page.GotoAsync("/tail");
        await page.Locator("#tail-state", new() { HasTextString = "every 5 s" }).WaitForAsync();
        long index = Append("x-asked");
        ILocator row = page.Locator($"#tail li[data-index='{index}']");
        for (int i = 0; i < 20 && await row.CountAsync() == 0; i++)
            await page.Clock.RunForAsync(1000);
        await row.WaitForAsync();
    }

    [Fact]
    public async Task A_keyboard_alone_gets_past_the_head_of_a_page_and_to_a_receipt()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the page", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'main'");
        // The filter's choice, its button, the first receipt.
        for (int i = 0; i < 3; i++)
            await page.Keyboard.PressAsync("Tab");
        Assert.Equal("row", await page.EvaluateAsync<string>("() => document.activeElement.className"));
        await page.Keyboard.PressAsync("Enter");
        // Not for the address: a page that is there already when it is waited for may be missed.
        await page.Locator("h1", new() { HasTextString = "Receipt " }).WaitForAsync();
        Assert.Contains("/receipts/", page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    // By this process, while another one serves the ledger.
    private long Append(string name)
    {
        using LedgerWriter writer = site.Home.Open();
        JsonValue text = JsonValue.Object(("text", LedgerSite.Hostile));
        writer.Append([new Draft { Event = name, Payload = FrozenPayload.From(new OwnEvent(text, null).ToJson()) }]);
        return writer.Fold.Size - 1;
    }
}
