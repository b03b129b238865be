using Microsoft.Playwright;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>Every page in a real browser, light and dark, on a phone and on a desk.</summary>
[Collection(nameof(LedgerSite))]
public sealed class PagesLookTests(LedgerSite site)
{
    private static readonly (int Width, int Height)[] Windows = [(390, 844), (1440, 900)];
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];

    [Fact]
    public async Task Pages_fit_do_not_move_and_say_nothing_to_the_console()
    {
        await using WatchedPage watched = await site.Open();
        Directory.CreateDirectory(LedgerSite.Screens);
        var wrong = new List<string>();
        foreach ((string name, string address, int status) in site.Pages)
        {
            foreach ((int width, int height) in Windows)
            {
                await watched.Page.SetViewportSizeAsync(width, height);
                int before = watched.Complaints.Length;
                IResponse? answer = await watched.Page.GotoAsync(address);
                Assert.Equal(status, answer!.Status);
                foreach (ColorScheme scheme in Schemes)
                    wrong.AddRange((await FaultsOf(watched.Page, name, width, scheme)).Select(At));
                // A browser tells its console of an answer that is a refusal; that is all it may tell.
                wrong.AddRange(
                    watched
                        .Complaints[before..]
                        .Where(line => status == 200 || !line.Contains($"{status}", StringComparison.Ordinal))
                        .Select(At)
                );

                string At(string fault) => $"{name} {width}: {fault}";
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task What_leads_to_the_pages_stands_at_the_same_place_on_each()
    {
        await using WatchedPage watched = await site.Open();
        foreach ((int width, int height) in Windows)
        {
            await watched.Page.SetViewportSizeAsync(width, height);
            string? first = null;
            foreach ((string name, string address, _) in site.Pages)
            {
                await watched.Page.GotoAsync(address);
                string places = await watched.Page.EvaluateAsync<string>(
                    """
                    () => [...document.querySelectorAll("nav.main a")]
                      .map((link) => [link.textContent, link.getBoundingClientRect()])
                      .map(([name, box]) => `${name} ${Math.round(box.x)} ${Math.round(box.y)} ${Math.round(box.width)}`)
                      .join(", ")
                    """
                );
                first ??= places;
                Assert.True(first == places, $"{name} {width}: {places}\nbefore: {first}");
            }
        }
    }

    [Fact]
    public async Task Pages_keep_the_rules_of_accessibility()
    {
        Assert.SkipUnless(Axe.IsThere, "axe-core is not installed; eng/differential.sh does it");
        await using WatchedPage watched = await site.Open(isFree: true);
        var wrong = new List<string>();
        foreach ((string name, string address, _) in site.Pages)
        {
            await watched.Page.GotoAsync(address);
            // Colours differ between schemes, and what there is between widths: each is looked at once.
            foreach (((int width, int height), ColorScheme scheme) in Windows.Zip(Schemes))
            {
                await watched.Page.SetViewportSizeAsync(width, height);
                await watched.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                string[] violations = await Axe.ViolationsOf(watched.Page);
                wrong.AddRange(violations.Select(fault => $"{name} {width} {scheme}: {fault}"));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<string[]> FaultsOf(IPage page, string name, int width, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
        string picture = $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png";
        await page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(LedgerSite.Screens, picture), FullPage = true }
        );
        return await page.EvaluateAsync<string[]>(
            """
            () => {
              const faults = [];
              const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
              if (wide > 0) faults.push(`is ${wide} pixels too wide`);
              if (window.shift > 0) faults.push(`moved by ${window.shift}`);
              if (window.owned) faults.push(`ran what a payload says: ${window.owned}`);
              return faults;
            }
            """
        );
    }
}
