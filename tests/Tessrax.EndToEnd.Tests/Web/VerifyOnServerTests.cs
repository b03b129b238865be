using Microsoft.Playwright;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The verifier as the real server hands it out, in its own frame: a browser checks a receipt, and the log as it is served, without the server's word.</summary>
[Collection(nameof(LedgerSite))]
public sealed class VerifyOnServerTests
{
    private const long Decision = 3;
    private static readonly string Fetched = $"the bundle of entry {Decision}";

    private readonly LedgerSite site;

    public VerifyOnServerTests(LedgerSite site)
    {
        NodeVerifier.MustBeThere();
        this.site = site;
    }

    [Fact]
    public async Task From_a_receipt_s_page_a_browser_comes_to_the_verdict_by_itself()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.GotoAsync($"/receipts/{Decision}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Verify in this browser" }).ClickAsync();
        await Ready(page);
        await page.Locator("#file-said", new() { HasTextString = "bytes" }).WaitForAsync();

        // Nothing is trusted that nobody gave, also not where a server could help out.
        Assert.Equal("", await page.InputValueAsync("#trust"));
        Assert.Equal(
            $"Trust is not established: {Fetched} agrees with itself, but nobody vouches for it.",
            await Verdict(page)
        );

        await page.FillAsync("#trust", System.Text.Encoding.UTF8.GetString(site.Home.Trust.ToJson()));
        Assert.Equal($"Holds: {Fetched}.", await Verdict(page));
        await page.Locator("#stages tr", new() { HasTextString = "log" }).GetByText("yes").WaitForAsync();
        string[] stages = [.. (await page.Locator("#stages th").AllInnerTextsAsync())];
        Assert.Equal(
            [
                "bundle",
                "entries",
                "commitments",
                "signatures",
                "governance",
                "time",
                "checkpoint",
                "inclusion",
                "approvals",
                "decisions",
                "trust",
                "log",
            ],
            stages
        );
        Assert.Equal(stages.Length, await page.Locator("#stages td.good").CountAsync());
        // It read the log by itself.
        Assert.Contains(watched.Requests, url => url.EndsWith("/checkpoint", StringComparison.Ordinal));
        Assert.Contains(watched.Requests, url => url.Contains("/tile/0/", StringComparison.Ordinal));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_server_s_word_is_taken_only_when_asked_and_marked_as_such()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await Open(page);
        await page.ClickAsync("#trust-server");
        await page.Locator("#trust-said", new() { HasTextString = "As this server says" }).WaitForAsync();
        Assert.Equal($"Holds, if what this server says of its own log is true: {Fetched}.", await Verdict(page));
        ILocator trust = page.Locator("#stages tr", new() { HasTextString = "trust" }).Locator("td.warn");
        Assert.Equal("as this server says", await trust.InnerTextAsync());
        // Written otherwise it is the server's word still; a file of one's own is not.
        await page.FillAsync("#trust", site.Home.LogKey + " ");
        Assert.Equal($"Holds, if what this server says of its own log is true: {Fetched}.", await Verdict(page));
        await page.SetInputFilesAsync(
            "#trust-file",
            new FilePayload
            {
                Name = "trust.json",
                MimeType = "application/json",
                Buffer = site.Home.Trust.ToJson(),
            }
        );
        await page.Locator("#trust-said", new() { HasTextString = "Taken from" }).WaitForAsync();
        Assert.Equal($"Holds: {Fetched}.", await Verdict(page));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Another_entry_s_bundle_is_not_taken_for_the_one_that_was_asked_for()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.RouteAsync(
            $"**/v1/bundles/{Decision}",
            async route =>
            {
                IAPIResponse other = await route.FetchAsync(
                    new() { Url = new Uri(new Uri(route.Request.Url), $"{Decision - 1}").ToString() }
                );
                await route.FulfillAsync(new() { Response = other });
            }
        );
        await Open(page);
        await page.FillAsync("#trust", System.Text.Encoding.UTF8.GetString(site.Home.Trust.ToJson()));
        Assert.Equal($"What the server handed out holds, and is no bundle of entry {Decision}.", await Verdict(page));
        Assert.Equal("bad", await page.GetAttributeAsync("#verdict", "class") is { } kinds ? kinds.Split(' ')[^1] : "");
    }

    [Fact]
    public async Task A_verdict_does_not_outlive_the_file_and_the_trust_that_it_was_on()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await Open(page);
        string trust = System.Text.Encoding.UTF8.GetString(site.Home.Trust.ToJson());
        await page.FillAsync("#trust", trust);
        Assert.Equal($"Holds: {Fetched}.", await Verdict(page));

        // While another one is on its way nothing is said of it, and nothing of the last one.
        var answer = new TaskCompletionSource();
        await page.RouteAsync(
            "**/v1/bundles/99999",
            async route =>
            {
                await answer.Task;
                await route.ContinueAsync();
            }
        );
        await page.FillAsync("#entry", "99999");
        await page.ClickAsync("#fetch");
        await page.Locator("#file-said", new() { HasTextString = "99999" }).WaitForAsync();
        await NothingIsSaid("Nothing was verified yet.");
        answer.SetResult();
        await page.Locator("#file-said.bad", new() { HasTextString = "no entry 99999" }).WaitForAsync();
        await NothingIsSaid(
            "Nothing was verified. Asked for was the bundle of entry 99999: the ledger has no entry 99999."
        );
        Assert.True(await page.IsDisabledAsync("#go"));

        await page.FillAsync("#entry", $"{Decision}");
        await page.ClickAsync("#fetch");
        Assert.Equal($"Holds: {Fetched}.", await Verdict(page));
        await page.FillAsync("#trust", trust + " ");
        await NothingIsSaid("Nothing was verified yet.");

        Assert.Equal($"Holds: {Fetched}.", await Verdict(page));
        await page.Context.SetOfflineAsync(true);
        await page.ClickAsync("#fetch");
        await page.Locator("#verdict.warn", new() { HasTextString = $"Asked for was {Fetched}: " }).WaitForAsync();
        await NothingIsSaid(await page.InnerTextAsync("#verdict"));

        async Task NothingIsSaid(string instead)
        {
            Assert.Equal(instead, await page.InnerTextAsync("#verdict"));
            Assert.False(await page.Locator("#details").IsVisibleAsync());
            Assert.False(await page.Locator("#stages-part").IsVisibleAsync());
            Assert.Equal("", await page.InnerTextAsync("#findings"));
        }
    }

    [Fact]
    public async Task With_the_network_off_a_dropped_bundle_is_verified()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await Open(page);
        await page.Context.SetOfflineAsync(true);
        await page.FillAsync("#trust", System.Text.Encoding.UTF8.GetString(BundleMutants.Trust));
        await page.EvaluateAsync(
            """
            (text) => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([text], "dropped.json"));
              document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
            }
            """,
            System.Text.Encoding.UTF8.GetString(BundleMutants.Bundle)
        );
        await page.Locator("#file-said", new() { HasTextString = "dropped.json" }).WaitForAsync();
        Assert.Equal("Holds: dropped.json.", await Verdict(page));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_verdict_fits_every_screen_and_keeps_the_rules_of_accessibility()
    {
        Assert.SkipUnless(Axe.IsThere, "axe-core is not installed; eng/differential.sh does it");
        await using WatchedPage watched = await site.Open(isFree: true);
        IPage page = watched.Page;
        await Open(page);
        var wrong = new List<string>();
        foreach (string named in (string[])["verdict", "refuted"])
        {
            byte[] trust = named == "verdict" ? site.Home.Trust.ToJson() : BundleMutants.Trust;
            await page.FillAsync("#trust", System.Text.Encoding.UTF8.GetString(trust));
            await Verdict(page);
            foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                foreach (int width in (int[])[390, 1440])
                {
                    await page.SetViewportSizeAsync(width, 900);
                    await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    string picture = $"verify-{named}-{scheme.ToString().ToLowerInvariant()}-{width}.png";
                    await page.ScreenshotAsync(
                        new() { FullPage = true, Path = Path.Combine(LedgerSite.Screens, picture) }
                    );
                    wrong.AddRange((await Axe.ViolationsOf(page)).Select(fault => $"{picture}: {fault}"));
                    int wide = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
                    if (wide > width)
                        wrong.Add($"{picture}: {wide} pixels wide");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task Open(IPage page)
    {
        await page.GotoAsync($"/verify?entry={Decision}");
        await Ready(page);
        await page.Locator("#file-said", new() { HasTextString = "bytes" }).WaitForAsync();
    }

    private static Task Ready(IPage page) =>
        page.Locator("#engine", new() { HasTextString = "The verifier is ready" }).WaitForAsync();

    private static async Task<string> Verdict(IPage page)
    {
        await page.ClickAsync("#go");
        // The verdict of this run: the focus goes there when all is said.
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'result'");
        return await page.InnerTextAsync("#verdict");
    }
}
