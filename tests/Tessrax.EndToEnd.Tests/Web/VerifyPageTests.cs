using System.Text;
using Microsoft.Playwright;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The verifier and its page in a real Chromium, served by a server that believes in strict headers.</summary>
public sealed class VerifyPageTests : IClassFixture<Chromium>, IDisposable
{
    private const int Mutants = 20;
    private const int Seed = 16_02;

    private readonly Chromium chromium;
    private readonly CliVerdicts cli = new();
    private readonly WebServer server;

    public VerifyPageTests(Chromium chromium)
    {
        NodeVerifier.MustBeThere();
        this.chromium = chromium;
        server = WebServer.Of(NodeVerifier.Folder);
    }

    private static string Trust => Encoding.UTF8.GetString(BundleMutants.Trust);

    public void Dispose()
    {
        server.Dispose();
        cli.Dispose();
    }

    [Fact]
    public async Task Twenty_damaged_bundles_get_the_verdicts_of_the_command_line()
    {
        await using WatchedPage watched = await OpenAsync();
        byte[][] files = [BundleMutants.Bundle, .. BundleMutants.Make(Mutants, Seed)];
        string[] said = await watched.Page.EvaluateAsync<string[]>(
            """
            async ([files, trust]) => {
              const { startVerifier } = await import("./verifier.js");
              const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
              const verifier = startVerifier();
              const verdicts = [];
              for (const file of files) verdicts.push(await verifier.verify(bytes(file), bytes(trust), false));
              return verdicts;
            }
            """,
            new object[] { files.Select(Convert.ToBase64String).ToArray(), Convert.ToBase64String(BundleMutants.Trust) }
        );
        int compared = 0;
        for (int i = 0; i < files.Length; i++)
        {
            string? here = cli.Of(files[i], BundleMutants.Trust);
            compared += here is null ? 0 : 1;
            Assert.Equal(here ?? said[i], said[i]);
        }
        Assert.True(compared >= Mutants, $"only {compared} compared");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_dropped_bundle_is_verified_with_the_network_off()
    {
        await using WatchedPage watched = await OpenAsync();
        server.Dispose();
        await watched.Page.FillAsync("#trust", Trust);
        await watched.Page.EvaluateAsync(
            """
            (text) => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([text], "dropped.json"));
              document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
            }
            """,
            Encoding.UTF8.GetString(BundleMutants.Bundle)
        );
        string verdict = await VerifyAsync(watched.Page, "dropped.json");
        Assert.Equal("Holds: dropped.json.", verdict);
        JsonValue json = JsonValue.Parse(Encoding.UTF8.GetBytes(await watched.Page.TextContentAsync("#json") ?? ""));
        Assert.Equal(json["stages"]!.Items.Length, await watched.Page.Locator("#stages tr").CountAsync());
        Assert.Equal(11, json["stages"]!.Items.Length);
        Assert.Contains("About entry 9: DECISION_RECORDED", await watched.Page.InnerTextAsync("#about"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_does_not_hold_is_said_so_and_whatever_it_says_stays_text()
    {
        await using WatchedPage watched = await OpenAsync();
        const string markup = "<img src=x onerror=alert(1)>\u202E";
        string forged = Encoding
            .UTF8.GetString(BundleMutants.Bundle)
            .Replace("\"subject\":9", $"\"subject\":9,\"{markup}\":1", StringComparison.Ordinal);
        await ChooseAsync(watched.Page, markup + ".json", Encoding.UTF8.GetBytes(forged));
        await watched.Page.FillAsync("#trust", Trust);
        Assert.StartsWith("Does not hold: ", await VerifyAsync(watched.Page, "img"), StringComparison.Ordinal);
        Assert.Contains("<img src=x", await watched.Page.InnerTextAsync("#findings"), StringComparison.Ordinal);
        Assert.Contains("\\u{202E}", await watched.Page.InnerTextAsync("#verdict"), StringComparison.Ordinal);
        Assert.Equal(0, await watched.Page.Locator("main img").CountAsync());

        // Without trust a bundle only agrees with itself.
        await watched.Page.FillAsync("#trust", "");
        await ChooseAsync(watched.Page, "alone.json", BundleMutants.Bundle);
        Assert.StartsWith(
            "Trust is not established",
            await VerifyAsync(watched.Page, "alone.json"),
            StringComparison.Ordinal
        );

        await watched.Page.FillAsync("#trust", "{}");
        Assert.StartsWith("Nothing was verified", await VerifyAsync(watched.Page, "neither"), StringComparison.Ordinal);
        Assert.Contains("TSX2008", await watched.Page.InnerTextAsync("#trust-said"), StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_page_is_whole_with_the_keyboard_alone()
    {
        await using WatchedPage watched = await OpenAsync();
        IPage page = watched.Page;
        await ChooseAsync(page, "decision.json", BundleMutants.Bundle);
        await page.FocusAsync("#trust");
        await page.Keyboard.InsertTextAsync(Trust);
        // Trust's file, and then the button that verifies.
        for (int i = 0; i < 2; i++)
            await page.Keyboard.PressAsync("Tab");
        Assert.Equal("go", await FocusedAsync(page));
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#verdict", new() { HasTextString = "Holds: decision.json" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'result'");
        string[] unnamed = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll("input, textarea, button")]
              .filter((field) => !field.labels?.length && !field.textContent.trim())
              .map((field) => field.id)
            """
        );
        Assert.Empty(unnamed);
    }

    [Fact]
    public async Task Stages_are_told_while_they_come_and_the_verdict_has_the_last_word()
    {
        await using WatchedPage watched = await OpenAsync();
        string[] told = await watched.Page.EvaluateAsync<string[]>(
            """
            async ([file, trust]) => {
              const { startVerifier } = await import("./verifier.js");
              const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
              const told = [];
              const verdict = await startVerifier().verify(bytes(file), bytes(trust), false, (stage) => told.push(stage));
              return [...told, "", ...JSON.parse(verdict).stages.map((stage) => JSON.stringify(stage))];
            }
            """,
            new[] { Convert.ToBase64String(BundleMutants.Bundle), Convert.ToBase64String(BundleMutants.Trust) }
        );
        int end = Array.IndexOf(told, "");
        Assert.Equal("bundle", NameOf(told[0]));
        Assert.Equal("decisions", NameOf(told[end - 1]));
        // What is said last, trust, comes with the verdict.
        Assert.Equal(told[(end + 1)..].SkipLast(1).Order(), told[..end].Order());
    }

    [Fact]
    public async Task A_copy_of_one_s_own_offers_no_server_s_word_and_fits_a_phone()
    {
        await using WatchedPage watched = await OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            }
        );
        Assert.False(await watched.Page.Locator("#trust-server").IsVisibleAsync());
        Assert.False(await watched.Page.Locator("#entry").IsVisibleAsync());
        // Nothing is said of a verdict before there is one.
        Assert.False(await watched.Page.Locator("#details").IsVisibleAsync());
        Assert.False(await watched.Page.Locator("#stages-part").IsVisibleAsync());
        Assert.Equal(390, await watched.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.All(
            watched.Requests,
            url => Assert.StartsWith(server.Address.ToString(), url, StringComparison.Ordinal)
        );
        Assert.Empty(watched.Complaints);
    }

    private async Task<WatchedPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        WatchedPage watched = await chromium.OpenAsync(options);
        await watched.Page.GotoAsync($"{server.Address}verify.html");
        await watched.Page.Locator("#engine", new() { HasTextString = "The verifier is ready" }).WaitForAsync();
        double ready = await watched.Page.EvaluateAsync<double>("() => performance.now()");
        TestContext.Current.TestOutputHelper?.WriteLine($"ready {ready:F0} ms after the page was asked for");
        return watched;
    }

    private static Task ChooseAsync(IPage page, string name, byte[] bytes) =>
        page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = name,
                MimeType = "application/json",
                Buffer = bytes,
            }
        );

    private static async Task<string> VerifyAsync(IPage page, string named)
    {
        await page.Locator("#file-said", new() { HasTextString = "bytes" }).WaitForAsync();
        await page.ClickAsync("#go");
        ILocator verdict = page.Locator("#verdict:not(:has-text('Verifying'))", new() { HasTextString = named });
        await verdict.WaitForAsync();
        return await verdict.InnerTextAsync();
    }

    private static string NameOf(string stage) => JsonValue.Parse(Encoding.UTF8.GetBytes(stage))["name"]!.AsString();

    private static Task<string> FocusedAsync(IPage page) =>
        page.EvaluateAsync<string>("() => document.activeElement.id");
}
