using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tessrax.Canonical;
using Tessrax.Node.Tests;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>A ledger of which more is asked than its quota gives is held to it, whoever asks; and those who ask are told when to come again.</summary>
public sealed class QuotaTests
{
    private const byte Seed = 91;

    [Fact]
    public async Task Beyond_the_entries_of_a_second_it_is_429_until_time_has_passed()
    {
        var clock = new HandClock();
        await using TestServer server = await Serve(clock, """{"entries_per_second":2}""");
        AccessSigner signer = await AccessSigner.For(server, Seed);
        // Ten seconds' worth at once, and one request that takes more than is left.
        for (int i = 0; i < 19; i++)
            Assert.Equal(201, (await Append(server, signer, 1)).Status);
        Assert.Equal(201, (await Append(server, signer, 5)).Status);
        (int status, string code, TimeSpan? wait) = await Append(server, signer, 1);
        Assert.Equal((429, "TSX6053"), (status, code));
        Assert.InRange(wait!.Value.TotalSeconds, 2, 3);
        // Reading goes on.
        using (HttpResponseMessage read = await server.Http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        string metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains(
            "tessrax_shed_total{ledger=\"example.com/test\",reason=\"quota\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "tessrax_quota_left{ledger=\"example.com/test\",of=\"entries\"} -",
            metrics,
            StringComparison.Ordinal
        );
        clock.Pass(wait.Value);
        Assert.Equal(201, (await Append(server, signer, 1)).Status);
    }

    [Fact]
    public async Task Beyond_the_bytes_of_a_day_it_is_429_for_long()
    {
        var clock = new HandClock();
        await using TestServer server = await Serve(clock, """{"bytes_per_day":86400}""");
        AccessSigner signer = await AccessSigner.For(server, Seed);
        Assert.Equal(201, (await Append(server, signer, 1, new string('x', 90_000))).Status);
        (int status, string code, TimeSpan? wait) = await Append(server, signer, 1);
        Assert.Equal((429, "TSX6053"), (status, code));
        // A byte a second comes again.
        Assert.InRange(wait!.Value.TotalSeconds, 3_000, 5_000);
        clock.Pass(wait.Value);
        signer = await AccessSigner.For(server, Seed);
        Assert.Equal(201, (await Append(server, signer, 1)).Status);
    }

    [Fact]
    public void So_many_requests_are_worked_on_at_once_and_places_come_free_again()
    {
        var quota = new LedgerQuota(new Quota(null, null, 2), TimeProvider.System);
        ApiRoute route = ApiRoutes.All.First(one => one.Path == "/v1/checkpoint");
        IDisposable? first = quota.Enter(new DefaultHttpContext(), route);
        using (quota.Enter(new DefaultHttpContext(), route))
        {
            Assert.Equal(("requests", 0.0), Assert.Single(quota.Left));
            var refused = new DefaultHttpContext();
            TessraxException over = Assert.Throws<TessraxException>(() =>
            {
                quota.Enter(refused, route);
            });
            Assert.Equal((ErrorCodes.OverQuota, 429), (over.Code, Problem.StatusOf(over)));
            Assert.Equal("1", refused.Features.Get<ComeAgain>()!.Text);
            // Whoever looks whether it lives is answered.
            Assert.Null(quota.Enter(new DefaultHttpContext(), ApiRoutes.All.First(one => one.Path == "/healthz")));
        }
        first!.Dispose();
        Assert.Equal(("requests", 2.0), Assert.Single(quota.Left));
    }

    [Fact]
    public void What_a_ledger_does_not_say_is_as_by_default_and_nothing_is_no_limit()
    {
        Quotas quotas = Read(
            """{"quotas":"tessrax/quotas/v1","default":{"at_once":8,"entries_per_second":5},"ledgers":{"a":{"at_once":2},"b":{"at_once":0}}}"""
        );
        Assert.Equal(new Quota(5, null, 8), quotas.Of("other"));
        Assert.Equal(new Quota(5, null, 2), quotas.Of("a"));
        Assert.Equal(new Quota(5, null, null), quotas.Of("b"));
        Assert.Equal(Quota.None, Quotas.None.Of("a"));
        Assert.Null(Quota.None.ToJson());
        Assert.Equal("""{"at_once":8,"entries_per_second":5}""", quotas.Of("other").ToJson()!.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"quotas":"tessrax/quotas/v2"}""")]
    [InlineData("""{"quotas":"tessrax/quotas/v1","more":1}""")]
    [InlineData("""{"quotas":"tessrax/quotas/v1","default":{"at_once":-1}}""")]
    [InlineData("""{"quotas":"tessrax/quotas/v1","default":{"per_hour":1}}""")]
    [InlineData("""{"quotas":"tessrax/quotas/v1","ledgers":[]}""")]
    [InlineData("""{"quotas":"tessrax/quotas/v1","ledgers":{"a":1}}""")]
    public void A_file_that_says_something_else_is_refused(string text) =>
        Assert.Throws<TessraxException>(() => Read(text));

    private static Quotas Read(string text) => Quotas.Parse(Encoding.UTF8.GetBytes(text));

    private static async Task<TestServer> Serve(TimeProvider clock, string quota)
    {
        var home = new TestLedger(clock: clock);
        AccessDocument.Write(home, new Admitted("load", Seed, ["submitter"]));
        string own = $$$"""{"quotas":"tessrax/quotas/v1","ledgers":{"{{{TestLedger.Origin}}}":{{{quota}}} }}""";
        return await TestServer.Start(home, options => options with { Quotas = Read(own) });
    }

    private static async Task<(int Status, string Code, TimeSpan? Wait)> Append(
        TestServer server,
        AccessSigner signer,
        int count,
        string text = "x"
    )
    {
        JsonValue one = JsonValue.Object(("event", "x-load"), ("data", JsonValue.Object(("text", text))));
        byte[] body = JsonValue.Object(("receipts", JsonValue.Of(Enumerable.Repeat(one, count)))).ToCanonicalBytes();
        using HttpRequestMessage request = signer.Sign("POST", "/v1/receipts/batch", body);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        JsonValue told = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        return ((int)answer.StatusCode, told["code"]?.AsString() ?? "", answer.Headers.RetryAfter?.Delta);
    }
}
