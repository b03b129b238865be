using System.Diagnostics;
using Tessrax.Server.OpenApi;

namespace Tessrax.Server.Tests;

/// <summary>The page for people that shows the document: in a real browser, under its policy.</summary>
public sealed class DocsPageTests : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_page_shows_the_document_and_the_browser_complains_of_nothing()
    {
        string? browser = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(browser is null, "no Chromium here: apt-get install chromium");
        (string page, string told) = await Show(browser, new Uri(server.Running.Address, "docs/api"));
        Assert.Contains("The newest receipts", page, StringComparison.Ordinal);
        // What it is, and the way back to where it is explained.
        Assert.Contains("What this server can be asked</h1>", page, StringComparison.Ordinal);
        Assert.Contains("Reading needs no key unless", page, StringComparison.Ordinal);
        // Where a request goes that somebody copies from it.
        Assert.Contains(server.Running.Address.Authority, page, StringComparison.Ordinal);
        Assert.DoesNotContain("/./", page, StringComparison.Ordinal);
        string[] complaints =
        [
            .. told.Split('\n')
                .Where(line => line.Contains("CONSOLE", StringComparison.Ordinal))
                // It says its name.
                .Where(line => !line.Contains("\"@scalar/api-reference@", StringComparison.Ordinal)),
        ];
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
    }

    [Fact]
    public async Task The_page_may_load_and_run_nothing_from_elsewhere()
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/docs/api", UriKind.Relative));
        Assert.Equal(OpenApiRoutes.Policy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.DoesNotContain("unsafe-inline", OpenApiRoutes.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", OpenApiRoutes.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", OpenApiRoutes.Policy, StringComparison.Ordinal);
        string html = await answer.Content.ReadAsStringAsync();
        foreach (string link in (string[])["../docs", "../", "../openapi.json"])
            Assert.Contains($"href=\"{link}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("//", html.Replace("<!--", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<(string Page, string Told)> Show(string browser, Uri url)
    {
        string profile = Directory.CreateTempSubdirectory("tessrax-browser-").FullName;
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(
                    browser,
                    [
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        $"--user-data-dir={profile}",
                        "--enable-logging=stderr",
                        "--virtual-time-budget=8000",
                        "--window-size=1440,3000",
                        "--dump-dom",
                        url.ToString(),
                    ]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Task<string> told = process.StandardError.ReadToEndAsync();
            string page = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (page, await told);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
