using System.Text;
using Microsoft.Playwright;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The map of contradictions in a real browser: looked around in, filtered, followed to a decision; and the table that says the same.</summary>
[Collection(nameof(LedgerSite))]
public sealed class MapTests(LedgerSite site)
{
    [Fact]
    public async Task Filters_and_the_slider_change_the_map_and_the_table_alike()
    {
        await using WatchedPage watched = await Open();
        IPage page = watched.Page;
        string all = await ShownAsync(page);
        Assert.Equal($"{all} contradictions", await page.InnerTextAsync("#list-title"));
        await page.UncheckAsync("input[value=critical]");
        string some = await ShownAsync(page);
        Assert.NotEqual(all, some);
        await page.Locator("#list-title", new() { HasTextString = $"{some} contradiction" }).WaitForAsync();
        Assert.Equal(0, await page.Locator("#map-list .badge", new() { HasTextString = "critical" }).CountAsync());
        Assert.Contains("severity=low", page.Url, StringComparison.Ordinal);
        await page.CheckAsync("input[value=critical]");
        await page.FillAsync("#map-until", "2");
        Assert.Equal("1", await ShownAsync(page));
        await page.Locator("#list-title", new() { HasTextString = "1 contradiction" }).WaitForAsync();
        Assert.StartsWith("2, 20", await page.InnerTextAsync("#map-until-said"), StringComparison.Ordinal);
        await page.FillAsync("#map-until", "0");
        Assert.Equal("0", await ShownAsync(page));
        await page.GetByText("There are none of these").WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task It_is_zoomed_dragged_and_followed_to_a_decision()
    {
        await using WatchedPage watched = await Open();
        IPage page = watched.Page;
        string before = await PictureAsync(page);
        await page.ClickAsync("#map-in");
        string zoomed = await PictureAsync(page);
        Assert.NotEqual(before, zoomed);
        (float x, float y) = await MiddleAsync(page);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.WheelAsync(0, -120);
        string further = await PictureAsync(page);
        Assert.NotEqual(zoomed, further);
        await page.FocusAsync("#map");
        await page.Keyboard.PressAsync("ArrowLeft");
        string moved = await PictureAsync(page);
        Assert.NotEqual(further, moved);

        // What waits comes first: by keyboard it comes to the middle, where the pointer finds it, too.
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.PressAsync("n");
        string told = await page.InnerTextAsync("#map-told");
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 60, y + 40, new MouseMoveOptions { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.Mouse.ClickAsync(x + 60, y + 40);
        Assert.Equal(told, await page.InnerTextAsync("#map-told"));
        await page.Keyboard.PressAsync("p");
        ILocator link = page.Locator("#map-told a[href*='/decisions/']").First;
        string target = (await link.GetAttributeAsync("href"))!;
        await link.ClickAsync();
        await page.Locator("#film").WaitForAsync();
        Assert.EndsWith(target, page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_a_stranger_wrote_is_text_on_the_map_too()
    {
        await using WatchedPage watched = await Open();
        IPage page = watched.Page;
        await page.FocusAsync("#map");
        var seen = new StringBuilder();
        for (int i = int.Parse(await ShownAsync(page), System.Globalization.CultureInfo.InvariantCulture); i > 0; i--)
        {
            await page.Keyboard.PressAsync("n");
            seen.Append(await page.InnerTextAsync("#map-told"));
        }
        Assert.Contains(LedgerSite.Hostile, seen.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#map-told :is(script, img, svg)").CountAsync());
        Assert.False(await page.EvaluateAsync<bool>("() => 'owned' in window"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Without_a_script_the_table_holds_everything_and_is_filtered()
    {
        await using WatchedPage watched = await site.Open(runsScripts: false);
        IPage page = watched.Page;
        await page.GotoAsync("/map");
        Assert.False(await page.Locator("#map").IsVisibleAsync());
        int rows = await page.Locator(".map-table tbody tr").CountAsync();
        Assert.Equal($"{rows} contradictions", await page.InnerTextAsync("#list-title"));
        await page.UncheckAsync("input[value=critical]");
        await page.ClickAsync("#map-form button");
        Assert.True(await page.Locator(".map-table tbody tr").CountAsync() < rows);
        Assert.False(await page.Locator("input[value=critical]").IsCheckedAsync());
        await page.Locator(".map-table a[href*='/decisions/']").First.ClickAsync();
        await page.Locator("#story").WaitForAsync();
        Assert.Contains("/decisions/", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_thousand_marks_are_dragged_without_waiting()
    {
        const int Points = 2500;
        const int Sources = 100;
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.RouteAsync(
            "**/v1/map*",
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions { ContentType = "application/json", Body = Large(Points, Sources) }
                )
        );
        await page.GotoAsync("/map");
        await page.WaitForSelectorAsync("#map[data-done]");
        (float x, float y) = await MiddleAsync(page);
        await page.EvaluateAsync(
            """
            () => {
              window.frames = [];
              let last = performance.now();
              const next = (now) => {
                window.frames.push(now - last);
                last = now;
                requestAnimationFrame(next);
              };
              requestAnimationFrame(next);
            }
            """
        );
        await page.Mouse.MoveAsync(x - 200, y - 150);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x, y, new MouseMoveOptions { Steps = 40 });
        await page.Mouse.UpAsync();
        for (int i = 0; i < 20; i++)
            await page.Mouse.WheelAsync(0, i < 10 ? -60 : 60);
        double[] frames = [.. (await page.EvaluateAsync<double[]>("() => window.frames")).Order()];
        double middle = frames[frames.Length / 2];
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{frames.Length} frames, p50 {middle:F1} ms, p95 {frames[frames.Length * 95 / 100]:F1} ms"
        );
        Assert.Equal($"{Points}", await ShownAsync(page));
        // Beside other tests on two cores; alone, 95 of 100 take less than 33 ms.
        Assert.True(middle < 50, $"half of the frames take {middle:F1} ms or more");
    }

    [Theory]
    [InlineData(7, 93)]
    [InlineData(5, 0)]
    public async Task Thousands_of_marks_are_told_apart_by_whose_claims_differ(int often, int seldom)
    {
        const int Points = 2500;
        await using WatchedPage watched = await site.Open();
        IPage page = watched.Page;
        await page.RouteAsync(
            "**/v1/map*",
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions { ContentType = "application/json", Body = Groups(Points, often, seldom) }
                )
        );
        await page.GotoAsync("/map");
        await page.WaitForSelectorAsync("#map[data-done=true]");
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await PictureAsync(page);
            await page.Locator("#map")
                .ScreenshotAsync(
                    new LocatorScreenshotOptions
                    {
                        Path = Path.Combine(LedgerSite.Screens, $"map-groups-{often}-{scheme}.png".ToLowerInvariant()),
                    }
                );
        }
        double alike = await page.EvaluateAsync<double>(
            """
            async () => {
              const { layout, forces } = document.getElementById("map").dataset;
              const map = await (await fetch("/v1/map")).json();
              const firstSource = map.subjects.length, firstPoint = firstSource + map.sources.length;
              const links = map.points.flatMap((one, i) => [one.subject, ...one.sources.map((s) => firstSource + s)].flatMap((to) => [firstPoint + i, to]));
              const worker = new Worker(layout);
              const positions = await new Promise((resolve) => {
                worker.onmessage = ({ data }) => data.isDone && resolve(data.positions);
                worker.postMessage({ forces: forces.split(" "), count: firstPoint + map.points.length, firstSource, firstPoint, links: Uint32Array.from(links), isQuiet: true });
              });
              const of = (i) => map.points[i].sources.filter((s) => map.sources[s].startsWith("often")).join();
              const at = (i) => [positions[2 * (firstPoint + i)], positions[2 * (firstPoint + i) + 1]];
              // Of how many contradictions the nearest ten others are of the same sources.
              let alike = 0;
              for (let i = 0; i < map.points.length; i += 10) {
                const [x, y] = at(i);
                const near = map.points.map((_, j) => j).filter((j) => j !== i)
                  .map((j) => [Math.hypot(at(j)[0] - x, at(j)[1] - y), j]).sort((a, b) => a[0] - b[0]).slice(0, 10);
                alike += near.filter(([, j]) => of(j) === of(i)).length;
              }
              return alike / map.points.length;
            }
            """
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{alike:P0} of the nearest are of the same sources");
        Assert.True(alike > 0.95, $"only {alike:P0} of the nearest are of the same sources");
        Assert.Empty(watched.Complaints);
    }

    private async Task<WatchedPage> Open()
    {
        WatchedPage watched = await site.Open();
        await watched.Page.GotoAsync("/map");
        await watched.Page.WaitForSelectorAsync("#map[data-done=true]");
        return watched;
    }

    private static async Task<string> ShownAsync(IPage page) => (await page.GetAttributeAsync("#map", "data-shown"))!;

    // What is drawn, once it is.
    private static Task<string> PictureAsync(IPage page) =>
        page.EvaluateAsync<string>(
            "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.getElementById('map').toDataURL()))))"
        );

    private static async Task<(float X, float Y)> MiddleAsync(IPage page)
    {
        LocatorBoundingBoxResult box = (await page.Locator("#map").BoundingBoxAsync())!;
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }

    // A few sources differ often: among each other, or each with one of those that differ seldom.
    private static string Groups(int points, int often, int seldom) =>
        Map(
            points,
            [
                .. Enumerable.Range(0, often).Select(i => $"often {i}"),
                .. Enumerable.Range(0, seldom).Select(i => $"seldom {i}"),
            ],
            i =>
            {
                int first = i * 13 % often;
                int second = seldom > 0 ? often + (i * 37 % seldom) : (first + 1 + (i / often % (often - 1))) % often;
                return (Math.Min(first, second), Math.Max(first, second));
            }
        );

    private static string Large(int points, int sources) =>
        Map(
            points,
            [.. Enumerable.Range(0, sources).Select(i => $"source {i}")],
            i => (i % 7, 7 + (i * 31 % (sources - 7)))
        );

    private static string Map(int points, string[] sources, Func<int, (int, int)> differ)
    {
        int subjects = points - sources.Length;
        const string Sighting = """{"entry":1,"at":"2026-01-01T00:00:00.000000Z"}""";
        string[] severities = ["low", "moderate", "high", "critical"];
        var json = new StringBuilder("""{"unreadable":0,"size":9,"count":""").Append(points).Append(",\"subjects\":[");
        json.AppendJoin(',', Enumerable.Range(0, subjects).Select(i => $"\"CVE-{i}\"")).Append("],\"sources\":[");
        json.AppendJoin(',', sources.Select(name => $"\"{name}\"")).Append("],\"points\":[");
        json.AppendJoin(
            ',',
            Enumerable
                .Range(0, points)
                .Select(i =>
                {
                    (int one, int other) = differ(i);
                    return $$"""{"subject":{{i % subjects}},"metric":"score","kind":"numeric","severity":"{{severities[
                        i % 4
                    ]}}","state":"{{(
                        i % 3 == 0 ? "open" : "resolved"
                    )}}","sources":[{{one}},{{other}}],"first":{{Sighting}},"last":{{Sighting}}}""";
                })
        );
        return json.Append("]}").ToString();
    }
}
