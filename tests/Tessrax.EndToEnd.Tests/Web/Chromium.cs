using System.Reflection;
using Microsoft.Playwright;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>One headless Chromium, Debian's, for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Browser.Program is null || !StaticLog.CanMake)
            return;
        string package = typeof(Chromium)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(each => each.Key == "PlaywrightPackage")
            .Value!;
        // The driver is asked for by these; the package's own node is not needed, and not marked as a program.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        Environment.SetEnvironmentVariable("PLAYWRIGHT_NODEJS_PATH", StaticLog.Node);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Browser.Program, Args = ["--no-sandbox"] }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>Whether there is one.</summary>
    internal bool IsThere => browser is not null;

    /// <summary>A page in a profile of its own; skips the test where there is no browser.</summary>
    internal async Task<WatchedPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(browser is null, "no chromium (or no node) is there; apt-get install chromium");
        IBrowserContext context = await browser!.NewContextAsync(options);
        context.SetDefaultTimeout(60_000);
        return new WatchedPage(context, await context.NewPageAsync());
    }
}

/// <summary>A page, and everything that it complains about.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];
    private readonly List<string> requests = [];

    public WatchedPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) => Note(complaints, $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(complaints, error);
        context.Request += (_, request) => Note(requests, request.Url);
    }

    public IPage Page { get; }

    /// <summary>What stood in its console.</summary>
    public string[] Complaints => Copy(complaints);

    /// <summary>The addresses that it asked for.</summary>
    public string[] Requests => Copy(requests);

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static void Note(List<string> list, string line)
    {
        lock (list)
            list.Add(line);
    }

    private static string[] Copy(List<string> list)
    {
        lock (list)
            return [.. list];
    }
}
