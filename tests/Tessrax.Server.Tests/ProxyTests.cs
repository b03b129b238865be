using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>A server that is told that a proxy stands before it: every peer is this machine then, and none is.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger();
        using (LedgerWriter writer = home.Open())
            TestServer.Disagree(writer);
        server = await TestServer.Start(
            home,
            options => options with { PublicUrl = new Uri("https://ledger.example.com"), PathBase = "/decisions" }
        );
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/decisions/v1/checkpoint", HttpStatusCode.Unauthorized)]
    [InlineData("/decisions/metrics", HttpStatusCode.Unauthorized)]
    [InlineData("/decisions/", HttpStatusCode.Unauthorized)]
    [InlineData("/decisions/checkpoint", HttpStatusCode.OK)]
    [InlineData("/decisions/healthz", HttpStatusCode.OK)]
    public async Task Nothing_is_open_for_being_asked_from_this_machine(string path, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await Send(HttpMethod.Get, path);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Browsers_get_a_cookie_that_goes_over_TLS_alone()
    {
        string code = server.Running.Services.GetRequiredService<SignIns>().NewCode("auditor", null).Code;
        using HttpResponseMessage let = await Send(HttpMethod.Post, "/decisions/sign-in", form: $"code={code}");
        string set = let.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-tessrax=", set, StringComparison.Ordinal);
        Assert.Contains("; secure", set, StringComparison.Ordinal);
        string cookie = set.Split(';')[0];
        using HttpResponseMessage page = await Send(HttpMethod.Get, "/decisions/pending", cookie);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        string text = await page.Content.ReadAsStringAsync();
        Assert.Contains("https://ledger.example.com/decisions", text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
        using HttpResponseMessage left = await Send(HttpMethod.Post, "/decisions/sign-out", cookie, "");
        Assert.StartsWith("__Host-tessrax=;", left.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_at_the_proxy_no_secret_passes()
    {
        await using TestServer plain = await TestServer.Start(change: options =>
            options with
            {
                PublicUrl = new Uri("http://ledger.example.com"),
            }
        );
        string code = plain.Running.Services.GetRequiredService<SignIns>().NewCode("auditor", null).Code;
        using var form = new StringContent($"code={code}", null, "application/x-www-form-urlencoded");
        using HttpResponseMessage refused = await plain.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        JsonValue problem = JsonValue.Parse(await refused.Content.ReadAsByteArrayAsync());
        Assert.Equal("TSX6019", problem["code"]!.AsString());
    }

    // Whoever gets past the proxy could write it.
    [Theory]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("Forwarded", "proto=https;host=localhost")]
    public async Task What_a_header_says_of_a_proxy_changes_nothing(string name, string value)
    {
        await using TestServer bare = await TestServer.Start();
        string code = bare.Running.Services.GetRequiredService<SignIns>().NewCode("auditor", null).Code;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in");
        request.Headers.Add(name, value);
        request.Content = new StringContent($"code={code}", null, "application/x-www-form-urlencoded");
        using HttpResponseMessage let = await bare.Http.SendAsync(request);
        string set = let.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("tessrax=", set, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", set, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", true)]
    [InlineData("Sec-Fetch-Site", "same-site", true)]
    [InlineData("Sec-Fetch-Site", "same-origin", false)]
    [InlineData("Sec-Fetch-Site", "none", false)]
    [InlineData("Origin", "https://evil.example", true)]
    [InlineData("Origin", "http://ledger.example.com", true)]
    [InlineData("Origin", "https://ledger.example.com", false)]
    [InlineData("Origin", "null", false)]
    public async Task A_page_of_another_site_signs_nobody_in_or_out(string name, string value, bool isRefused)
    {
        SignIns signIns = server.Running.Services.GetRequiredService<SignIns>();
        string cookie = signIns.Redeem(signIns.NewCode("auditor", null).Code)!;
        foreach (
            (string path, string form) in ((string, string)[])
                [("/decisions/sign-in", $"code={signIns.NewCode("other", null).Code}"), ("/decisions/sign-out", "")]
        )
        {
            using HttpResponseMessage answer = await Send(
                HttpMethod.Post,
                path,
                $"__Host-tessrax={cookie}",
                form,
                (name, value)
            );
            Assert.Equal(isRefused ? HttpStatusCode.BadRequest : HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal(!isRefused, answer.Headers.Contains("Set-Cookie"));
        }
        Assert.Equal(isRefused, signIns.Find(cookie) is not null);
    }

    [Fact]
    public async Task Who_sends_no_cookie_loses_none()
    {
        using HttpResponseMessage answer = await Send(HttpMethod.Post, "/decisions/sign-out", form: "");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Looking_at_a_link_uses_up_none_of_the_times_that_one_may_sign_in()
    {
        await using TestServer strict = await TestServer.Start(change: options =>
            options with
            {
                Rates = Rates.Default,
            }
        );
        string code = strict.Running.Services.GetRequiredService<SignIns>().NewCode("auditor", null).Code;
        for (int i = 0; i < 12; i++)
        {
            using HttpResponseMessage seen = await strict.Http.GetAsync(new Uri($"/sign-in/{code}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        }
        using var form = new StringContent($"code={code}", null, "application/x-www-form-urlencoded");
        using HttpResponseMessage let = await strict.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.SeeOther, let.StatusCode);
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        string? cookie = null,
        string? form = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Host = "ledger.example.com";
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        if (form is not null)
            request.Content = new StringContent(form, null, "application/x-www-form-urlencoded");
        return await server.Http.SendAsync(request);
    }
}
