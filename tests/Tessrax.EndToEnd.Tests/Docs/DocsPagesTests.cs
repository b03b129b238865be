using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tessrax.Docs;
using Tessrax.EndToEnd.Tests.Web;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Docs;

/// <summary>The documentation in a real browser: served without any network, and from a folder; on a phone and on a desk, light and dark.</summary>
public sealed class DocsPagesTests(DocsPagesTests.Served served) : IClassFixture<DocsPagesTests.Served>
{
    private static readonly string Screens = Path.Combine(Spec.Root, "artifacts", "screens", "docs");

    /// <summary>The site in a folder, a server that has it, and a browser.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private LedgerHome? home;
        private Tessraxd? server;

        internal Chromium Chromium { get; } = new();

        internal string Folder => home!.Ctl.PathOf("site");

        internal Uri Address => server!.Address;

        public async ValueTask InitializeAsync()
        {
            await Chromium.InitializeAsync();
            if (!Chromium.IsThere)
                return;
            home = new LedgerHome();
            SiteBuilder.Build(Spec.Root).Write(Folder);
            server = Tessraxd.Start(home, "--read-only", "--docs", Folder);
        }

        public async ValueTask DisposeAsync()
        {
            await Chromium.DisposeAsync();
            server?.Dispose();
            home?.Dispose();
        }
    }

    public static TheoryData<string> Some() =>
        [
            "index",
            "tutorial",
            "policy",
            "architecture",
            "merkle",
            "errors",
            "http",
            "cli/keys",
            "library/Tessrax.Merkle.InclusionProof",
            "spec/ledger",
            "spec/schema/policy",
        ];

    [Theory]
    [MemberData(nameof(Some))]
    public async Task A_page_reads_well_on_a_phone_and_on_a_desk_in_light_and_dark(string name)
    {
        await using WatchedPage watched = await served.Chromium.OpenAsync(
            new BrowserNewContextOptions { ReducedMotion = ReducedMotion.Reduce, BypassCSP = true }
        );
        IPage page = watched.Page;
        await page.GotoAsync(new Uri(served.Address, $"docs/{name}.html").ToString());
        foreach (
            (int width, int height, ColorScheme scheme) in ((int, int, ColorScheme)[])
                [(390, 844, ColorScheme.Light), (1440, 900, ColorScheme.Dark)]
        )
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            Assert.True(
                await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                $"{name} is wider than {width} pixels"
            );
            await Keep(page, $"{name.Replace('/', '-')}-{width}.png");
            if (Axe.IsThere)
            {
                string[] violations = await Axe.ViolationsOf(page);
                Assert.True(violations.Length == 0, $"{name} at {width}: {string.Join('\n', violations)}");
            }
        }
        Assert.Empty(watched.Complaints);
        Assert.All(
            watched.Requests,
            address => Assert.StartsWith(served.Address.ToString(), address, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_looked_for_is_found_by_a_server_and_from_a_folder(bool isServed)
    {
        await using WatchedPage watched = await served.Chromium.OpenAsync();
        IPage page = watched.Page;
        await page.GotoAsync(
            isServed ? new Uri(served.Address, "docs").ToString() : $"file://{served.Folder}/index.html"
        );
        foreach (
            (string query, string title, string address) in ((string, string, string)[])
                [
                    ("TSX3009", "TSX3009", "errors.html#"),
                    (
                        "InclusionProof.Verify".Split('.')[0],
                        "InclusionProof",
                        "library/Tessrax.Merkle.InclusionProof.html"
                    ),
                    ("keys rotate", "keys rotate", "cli/keys.html#tessraxctl-keys-rotate"),
                    ("losing every key rehearsal", "rehearsal", "recovery.html"),
                ]
        )
        {
            await page.Locator("#q").FillAsync(query);
            ILocator first = page.Locator("#found li > a").First;
            await first.WaitForAsync();
            Assert.Contains(title, await first.TextContentAsync() ?? "", StringComparison.OrdinalIgnoreCase);
            await page.Locator("#q").PressAsync("ArrowDown");
            await page.Locator("#found li[aria-selected=true]").WaitForAsync();
            await page.Locator("#q").PressAsync("Enter");
            await MustBeAt(page, $"/{address}");
            await page.GotoAsync(
                isServed ? new Uri(served.Address, "docs/index.html").ToString() : $"file://{served.Folder}/index.html"
            );
        }
        await page.Locator("#q").FillAsync("zzzzzz");
        await page.GetByText("Nothing has all of these words.").WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Without_scripts_every_page_is_reached_by_its_links()
    {
        await using WatchedPage watched = await served.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                JavaScriptEnabled = false,
                ViewportSize = new ViewportSize { Width = 390, Height = 844 },
            }
        );
        await watched.Page.GotoAsync(new Uri(served.Address, "docs/index.html").ToString());
        await watched.Page.GetByText("All pages").ClickAsync();
        await MustBeAt(watched.Page, "#pages");
        await watched
            .Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Threat model", Exact = true })
            .ClickAsync();
        await MustBeAt(watched.Page, "/threat-model.html");
        await watched
            .Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Threat model", Level = 1 })
            .WaitForAsync();
        Assert.Equal(0, await watched.Page.Locator("#q:visible").CountAsync());
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_table_that_is_wider_than_a_phone_shows_at_which_side_it_goes_on(ColorScheme scheme)
    {
        await using WatchedPage watched = await served.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 390, Height = 844 },
                ColorScheme = scheme,
                BypassCSP = true,
            }
        );
        IPage page = watched.Page;
        await page.GotoAsync(new Uri(served.Address, "docs/policy.html").ToString());
        ILocator table = page.Locator(".table").First;
        // Whatever the page's own words are.
        await table.EvaluateAsync("(table) => (table.firstElementChild.style.minWidth = '40rem')");
        Assert.Equal((false, true), await Shaded(table));
        await Keep(page, $"table-{scheme.ToString().ToLowerInvariant()}-390.png");
        await table.EvaluateAsync("(table) => table.scrollLeft = 30");
        Assert.Equal((true, true), await Shaded(table));
        await table.EvaluateAsync("(table) => table.scrollLeft = table.scrollWidth");
        Assert.Equal((true, false), await Shaded(table));
    }

    // Whether its edges are darker, or where it is dark lighter, than its middle: as it is drawn, in the last row, below the text.
    private static async Task<(bool Left, bool Right)> Shaded(ILocator table)
    {
        string picture = Convert.ToBase64String(await table.ScreenshotAsync());
        bool[] shaded = await table.Page.EvaluateAsync<bool[]>(
            """
            async (picture) => {
              const image = new Image();
              image.src = `data:image/png;base64,${picture}`;
              await image.decode();
              const on = new OffscreenCanvas(image.width, image.height).getContext("2d");
              on.drawImage(image, 0, 0);
              const at = (x) => on.getImageData(x, image.height - 9, 1, 1).data[0];
              const middle = at(image.width / 2);
              return [at(3), at(image.width - 4)].map((edge) => Math.abs(edge - middle) > 20);
            }
            """,
            picture
        );
        return (shaded[0], shaded[1]);
    }

    // Of a page that was quick, nothing is told any more to who begins to wait for it: where it is is looked at again and again instead.
    private static Task MustBeAt(IPage page, string part) =>
        Assertions
            .Expect(page)
            .ToHaveURLAsync(new Regex(Regex.Escape(part)), new PageAssertionsToHaveURLOptions { Timeout = 60_000 });

    private static async Task Keep(IPage page, string name)
    {
        Directory.CreateDirectory(Screens);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screens, name) });
    }
}
