using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Ledger;
using Tessrax.Node.Tests;
using Tessrax.Server.Access;

namespace Tessrax.Server.Tests;

/// <summary>Pages for people, as any browser gets them: what they may do, what they show, and that nothing that a stranger wrote is more than text.</summary>
public sealed partial class PagesTests : IAsyncLifetime
{
    private TestServer server = null!;
    private long size;

    public async ValueTask InitializeAsync()
    {
        string source = $"{PageLedger.Hostile}{PageLedger.Override}";
        TestLedger home = PageLedger.Fill(new TestLedger(), PageLedger.Hostile, source, source);
        server = await TestServer.Start(home);
        using var now = server.Ledger.Moment();
        size = now.Value.Size;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Every_page_is_there_and_may_do_nothing_but_what_this_server_says()
    {
        foreach (string address in Addresses())
        {
            (HttpResponseMessage answer, string page) = await Get(address);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}\n{page}");
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(
                "private, no-cache",
                answer
                    .Headers.CacheControl!.ToString()
                    .Replace("no-cache, private", "private, no-cache", StringComparison.Ordinal)
            );
            Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
            HarmlessPage.Require(address, page);
        }
    }

    [Fact]
    public async Task A_receipt_s_page_tells_claims_decision_approvals_policy_and_proof()
    {
        (_, string claims) = await Get($"/receipts/{IndexOf(Events.ClaimsRecorded)}");
        Assert.Contains("said 2026-01-01 00:00Z", claims, StringComparison.Ordinal);
        Assert.Contains("leads to the signed root", claims, StringComparison.Ordinal);
        long decision = IndexOf(Events.DecisionRecorded);
        (_, string decided) = await Get($"/receipts/{decision}");
        Assert.Contains("Policy as pinned", decided, StringComparison.Ordinal);
        Assert.Contains(
            $"tessraxctl</span> <span>verify</span> <span>entry-{decision}.tessrax.json",
            decided,
            StringComparison.Ordinal
        );
        (_, string story) = await Get($"/decisions/{decision}");
        Assert.Contains("How it went", story, StringComparison.Ordinal);
        Assert.Contains("followed", story, StringComparison.Ordinal);
        (_, string pending) = await Get("/pending");
        Assert.Contains("1 of", pending, StringComparison.Ordinal);
        Assert.Contains("approver-1", pending, StringComparison.Ordinal);
        long proposal = server.Ledger.Fold(view => view.Fold.Proposals.Keys.Min());
        string command = $"tessraxctl approve {server.Http.BaseAddress!.ToString().TrimEnd('/')} {proposal} --key KEY";
        Assert.Contains(command, Markup().Replace(pending, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_page_goes_on_to_the_oldest_receipt()
    {
        for (int i = 0; i < 120; i++)
            await server.Ledger.Pipeline.AppendAsync(new Node.Appending.OwnDraft("x-more", "{}"u8.ToArray()));
        size += 120;
        // Whoever asks for what they were told of gets it, and so does everybody after.
        server.Ledger.Moment(size).Dispose();
        var seen = new List<long>();
        for (string? address = "/"; address is not null; )
        {
            (_, string page) = await Get(address);
            seen.AddRange(
                Row().Matches(page).Select(row => long.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture))
            );
            address = Older().Match(page) is { Success: true } older
                ? WebUtility.HtmlDecode(older.Groups[1].Value)
                : null;
        }
        Assert.Equal(Enumerable.Range(0, (int)size).Reverse().Select(index => (long)index), seen);
    }

    [Theory]
    [InlineData("/receipts/100000", 404, "TSX3011")]
    [InlineData("/receipts/x", 400, "TSX6005")]
    [InlineData("/decisions/0", 404, "TSX3011")]
    [InlineData("/policies/1", 404, "TSX3011")]
    [InlineData("/nothing", 404, "TSX6002")]
    [InlineData("/?unknown=1", 400, "TSX6005")]
    [InlineData("/search?q=((", 400, "TSX1018")]
    public async Task What_is_refused_is_a_page_too_for_a_browser(string address, int status, string code)
    {
        (HttpResponseMessage answer, string page) = await Get(address);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(code, page, StringComparison.Ordinal);
        Assert.Contains(
            "default-src 'none'",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        HarmlessPage.Require(address, page);
        // A program that asks for no page gets the problem as a document.
        using HttpResponseMessage bare = await server.Http.GetAsync(new Uri(address, UriKind.Relative));
        if (status == 404)
            Assert.Equal("application/problem+json", bare.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/search?q=")]
    [InlineData("/?event=")]
    [InlineData("/sign-in/")]
    [InlineData("/nothing/")]
    public async Task What_stands_in_an_address_is_text_as_well(string address)
    {
        (_, string page) = await Get(
            address + Uri.EscapeDataString(PageLedger.Hostile.Replace("/", "", StringComparison.Ordinal))
        );
        HarmlessPage.Require(address, page);
    }

    [Fact]
    public async Task A_page_refers_to_files_that_are_there_for_ever_and_packed()
    {
        (_, string page) = await Get("/tail");
        string[] files = [.. Asset().Matches(page).Select(match => match.Value).Distinct()];
        Assert.Equal(3, files.Length);
        foreach (string file in files)
        {
            using HttpResponseMessage plain = await server.Http.GetAsync(new Uri(file, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
            Assert.Contains("immutable", plain.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var request = new HttpRequestMessage(HttpMethod.Get, file);
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using HttpResponseMessage packed = await server.Http.SendAsync(request);
            Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
            await using var unpacked = new System.IO.Compression.GZipStream(
                await packed.Content.ReadAsStreamAsync(),
                System.IO.Compression.CompressionMode.Decompress
            );
            using var whole = new MemoryStream();
            await unpacked.CopyToAsync(whole);
            Assert.Equal(await plain.Content.ReadAsByteArrayAsync(), whole.ToArray());
        }
        using HttpResponseMessage stale = await server.Http.GetAsync(
            new Uri("/assets/0000000000000000/site.css", UriKind.Relative)
        );
        Assert.Equal(HttpStatusCode.NotFound, stale.StatusCode);
    }

    [Fact]
    public async Task Where_reading_needs_a_key_a_browser_signs_in_by_its_link_reads_and_signs_out()
    {
        await using TestServer closed = await TestServer.Start(change: options =>
            options with
            {
                AnonymousRead = false,
            }
        );
        using HttpResponseMessage refused = await Send(closed, HttpMethod.Get, "/");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("tessraxctl serve link", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        string code = closed.Running.Services.GetRequiredService<SignIns>().NewCode("auditor", null).Code;
        using HttpResponseMessage form = await Send(closed, HttpMethod.Get, $"/sign-in/{code}");
        Assert.Contains($"value=\"{code}\"", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage let = await Send(closed, HttpMethod.Post, "/sign-in", form: $"code={code}");
        string cookie = let.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using HttpResponseMessage page = await Send(closed, HttpMethod.Get, "/", cookie);
        Assert.Contains("Sign out auditor", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage left = await Send(closed, HttpMethod.Post, "/sign-out", cookie, "");
        Assert.Equal(HttpStatusCode.SeeOther, left.StatusCode);
        Assert.Contains("max-age=0", left.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        using HttpResponseMessage again = await Send(closed, HttpMethod.Get, "/", cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        // The link was used up.
        using HttpResponseMessage twice = await Send(closed, HttpMethod.Post, "/sign-in", form: $"code={code}");
        Assert.Equal(HttpStatusCode.Unauthorized, twice.StatusCode);
    }

    [Fact]
    public async Task A_page_that_cannot_be_made_now_says_so_and_asks_again_by_itself()
    {
        await using TestServer busy = await TestServer.Start(change: options => options with { MostAtOnce = 0 });
        using HttpResponseMessage answer = await Send(busy, HttpMethod.Get, "/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<meta http-equiv=\"refresh\" content=\"1\"", page, StringComparison.Ordinal);
        Assert.Contains("TSX6006", page, StringComparison.Ordinal);
        // What was to be changed is not sent again unasked.
        using HttpResponseMessage form = await Send(busy, HttpMethod.Post, "/sign-in", form: "code=x");
        Assert.DoesNotContain("refresh", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> Send(
        TestServer to,
        HttpMethod method,
        string address,
        string? cookie = null,
        string? form = null
    )
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.ParseAdd("text/html");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (form is not null)
            request.Content = new StringContent(form, null, "application/x-www-form-urlencoded");
        return await to.Http.SendAsync(request);
    }

    private IEnumerable<string> Addresses() =>
        [
            .. PageLedger.Addresses(size),
            $"/decisions/{IndexOf(Events.DecisionRecorded)}",
            $"/decisions/{IndexOf(Events.DecisionProposed)}",
        ];

    private long IndexOf(string name)
    {
        using var now = server.Ledger.Moment();
        return now.Value.Glance.Newest(1, [name]).Single().Entry.Index;
    }

    private async Task<(HttpResponseMessage Answer, string Page)> Get(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml");
        HttpResponseMessage answer = await server.Http.SendAsync(request);
        return (answer, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Markup();

    [GeneratedRegex("data-index=\"([0-9]+)\"")]
    private static partial Regex Row();

    [GeneratedRegex("href=\"([^\"]+)\">Older")]
    private static partial Regex Older();

    [GeneratedRegex("/assets/[0-9a-f]{16}/[a-z.]+")]
    private static partial Regex Asset();
}
