using Microsoft.Playwright;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The film on a decision's page: played, stepped, and still where that is preferred.</summary>
[Collection(nameof(LedgerSite))]
public sealed class FilmTests(LedgerSite site)
{
    // Claims, contradiction, rule, proposal, and what followed.
    private const string Address = "/decisions/6";

    private const string Pictures =
        "() => new Set([...document.querySelectorAll('g.f')].map((mark) => mark.dataset.f)).size";

    [Fact]
    public async Task It_is_stepped_by_buttons_and_by_keys()
    {
        await using WatchedPage watched = await Open();
        IPage page = watched.Page;
        int last = await CountAsync(page);
        Assert.True(last >= 4, $"{last} pictures");
        Assert.Equal(last, await VisibleAsync(page));
        await page.ClickAsync("#film-back");
        Assert.Equal(last - 1, await VisibleAsync(page));
        await page.FocusAsync("#film-at");
        await page.Keyboard.PressAsync("Home");
        Assert.Equal(1, await VisibleAsync(page));
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(2, await VisibleAsync(page));
        Assert.StartsWith($"2 of {last}: contradiction found", await CaptionAsync(page), StringComparison.Ordinal);
        await page.ClickAsync("#film-on");
        Assert.StartsWith($"3 of {last}: rule ", await CaptionAsync(page), StringComparison.Ordinal);
        Assert.StartsWith($"3 of {last}: rule ", await page.InnerTextAsync("#film-said"), StringComparison.Ordinal);
        await page.ClickAsync("#film-on");
        Assert.StartsWith($"4 of {last}: proposed", await CaptionAsync(page), StringComparison.Ordinal);
        // Before the first and behind the last there is nothing.
        for (int i = 0; i < 5; i++)
            await page.ClickAsync("#film-back");
        Assert.Equal("1", await page.InputValueAsync("#film-at"));
        for (int i = 0; i <= last; i++)
            await page.ClickAsync("#film-on");
        Assert.Equal($"{last}", await page.InputValueAsync("#film-at"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task It_plays_to_its_end_and_pauses_where_it_is_told_to()
    {
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.Clock.InstallAsync();
        await page.GotoAsync(Address);
        await page.WaitForSelectorAsync("#film[data-ready]");
        await page.ClickAsync("#film-play");
        Assert.Equal(("Pause", "1"), (await page.InnerTextAsync("#film-play"), await page.InputValueAsync("#film-at")));
        await page.Clock.RunForAsync(1500);
        Assert.Equal("2", await page.InputValueAsync("#film-at"));
        await page.ClickAsync("#film-play");
        await page.Clock.RunForAsync(10_000);
        Assert.Equal(("Play", "2"), (await page.InnerTextAsync("#film-play"), await page.InputValueAsync("#film-at")));
        await page.ClickAsync("#film-play");
        await page.Clock.RunForAsync(60_000);
        int last = await CountAsync(page);
        Assert.Equal(
            ("Play", $"{last}"),
            (await page.InnerTextAsync("#film-play"), await page.InputValueAsync("#film-at"))
        );
        Assert.Equal(last, await VisibleAsync(page));
    }

    [Theory]
    [InlineData(ReducedMotion.Reduce, false)]
    [InlineData(ReducedMotion.NoPreference, true)]
    public async Task Marks_move_only_where_motion_is_welcome(ReducedMotion preferred, bool moves)
    {
        await using WatchedPage watched = await site.Open();
        await watched.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = preferred });
        await watched.Page.GotoAsync(Address);
        await watched.Page.WaitForSelectorAsync("#film[data-ready]");
        await watched.Page.ClickAsync("#film-back");
        string style = await watched.Page.EvaluateAsync<string>(
            "() => { const style = getComputedStyle(document.querySelector('.film.wide .f:not(.on)')); return `${style.transitionDuration} ${style.transform}`; }"
        );
        Assert.Equal(moves, style != "0s none");
    }

    [Fact]
    public async Task The_file_plays_by_itself_and_ends_with_everything()
    {
        await using WatchedPage watched = await OpenFile(ReducedMotion.NoPreference);
        // As of some seconds after it was opened, whatever the clock says.
        foreach ((double seconds, int pictures) in ((double, int)[])[(0, 0), (1.2, 1), (2.6, 2), (4, 3)])
        {
            await watched.Page.EvaluateAsync(
                "(ms) => { for (const one of document.getAnimations()) { one.pause(); one.currentTime = ms; } }",
                seconds * 1000
            );
            Assert.Equal(pictures, await VisibleAsync(watched.Page));
            Assert.Equal(pictures == 0 ? "" : $"{pictures} of", Beginning(await CaptionAsync(watched.Page)));
        }
        await watched.Page.EvaluateAsync("() => { for (const one of document.getAnimations()) one.finish(); }");
        int all = await watched.Page.EvaluateAsync<int>(Pictures);
        Assert.Equal(all, await VisibleAsync(watched.Page));
        Assert.Equal($"{all} of", Beginning(await CaptionAsync(watched.Page)));
    }

    [Fact]
    public async Task The_file_is_still_where_less_motion_is_preferred()
    {
        await using WatchedPage watched = await OpenFile(ReducedMotion.Reduce);
        Assert.Equal(0, await watched.Page.EvaluateAsync<int>("() => document.getAnimations().length"));
        int all = await watched.Page.EvaluateAsync<int>(Pictures);
        Assert.Equal(all, await VisibleAsync(watched.Page));
        Assert.Equal($"{all} of", Beginning(await CaptionAsync(watched.Page)));
    }

    [Theory]
    [InlineData(1440, "wide")]
    [InlineData(390, "narrow")]
    public async Task Without_a_script_it_is_its_last_picture(int width, string shape)
    {
        await using WatchedPage watched = await site.Open(runsScripts: false);
        await watched.Page.SetViewportSizeAsync(width, 900);
        await watched.Page.GotoAsync(Address);
        Assert.True(await watched.Page.Locator($".film.{shape}").IsVisibleAsync());
        Assert.Equal(1, await watched.Page.Locator(".film:visible").CountAsync());
        Assert.False(await watched.Page.Locator("#film-play").IsVisibleAsync());
        await watched
            .Page.Locator("#film")
            .ScreenshotAsync(
                new LocatorScreenshotOptions { Path = Path.Combine(LedgerSite.Screens, $"film-{shape}.png") }
            );
    }

    private async Task<WatchedPage> OpenFile(ReducedMotion preferred)
    {
        WatchedPage watched = await site.Open();
        await watched.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = preferred });
        await watched.Page.SetContentAsync(site.Home.Ctl.Must("decisions", site.Home.Path, "6", "--svg").Text);
        return watched;
    }

    private static string Beginning(string caption) => string.Join(' ', caption.Split(' ').Take(2));

    private async Task<WatchedPage> Open()
    {
        WatchedPage watched = await site.Open();
        await watched.Page.GotoAsync(Address);
        await watched.Page.WaitForSelectorAsync("#film[data-ready]");
        return watched;
    }

    private static async Task<int> CountAsync(IPage page) =>
        int.Parse(
            (await page.GetAttributeAsync("#film-at", "max"))!,
            System.Globalization.CultureInfo.InvariantCulture
        );

    // How many pictures have come: what is drawn of each is seen or not.
    private static Task<int> VisibleAsync(IPage page) =>
        page.EvaluateAsync<int>(
            """
            () => {
              const marks = [...document.querySelectorAll("svg:not(.narrow) g.f")];
              const seen = (of) => marks.filter((mark) => mark.dataset.f === of).map((mark) => getComputedStyle(mark).opacity);
              const pictures = [...new Set(marks.map((mark) => mark.dataset.f))];
              return pictures.filter((of) => seen(of).every((opacity) => opacity === "1")).length;
            }
            """
        );

    private static Task<string> CaptionAsync(IPage page) =>
        page.EvaluateAsync<string>(
            "() => [...document.querySelectorAll('svg:not(.narrow) .cap')].filter((text) => getComputedStyle(text).opacity === '1').map((text) => text.textContent).join(' ')"
        );
}
