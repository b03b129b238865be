using System.Net;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary><c>tessraxctl serve link</c> signs a browser in.</summary>
public sealed class ServeLinkTests
{
    [Fact]
    public async Task A_link_signs_a_browser_in_once()
    {
        var home = new TestLedger();
        ServerProcess.Furnish(home);
        await using TestServer server = await TestServer.Start(home, options => options with { AnonymousRead = false });
        var ctl = new Ctl(home);
        string address = server.Running.Address.ToString();
        string key = ctl.Key("load", ServerProcess.AccessSeed, KeyPurpose.Access);
        CtlRun asked = ctl.Run("serve", "link", address, "--key", key, "--trust", ctl.Trust(), "--json");
        Assert.True(asked.Code == 0, asked.Error);
        var link = new Uri(asked.Json[0]["link"]!.AsString());
        using HttpResponseMessage form = await server.Http.GetAsync(link);
        Assert.Equal(HttpStatusCode.OK, form.StatusCode);
        string code = link.Segments[^1];
        using var sent = new FormUrlEncodedContent([new("code", code)]);
        using HttpResponseMessage let = await server.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), sent);
        Assert.Equal(HttpStatusCode.SeeOther, let.StatusCode);
        string cookie = Assert.Single(let.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        using var reading = new HttpRequestMessage(HttpMethod.Get, "/v1/ledger");
        reading.Headers.Add("Cookie", cookie.Split(';')[0]);
        using HttpResponseMessage read = await server.Http.SendAsync(reading);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var again = new FormUrlEncodedContent([new("code", code)]);
        using HttpResponseMessage twice = await server.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), again);
        Assert.False(twice.IsSuccessStatusCode || twice.StatusCode == HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task No_link_is_given_to_whom_the_server_does_not_know()
    {
        var home = new TestLedger();
        await using TestServer server = await TestServer.Start(home);
        var ctl = new Ctl(home);
        string address = server.Running.Address.ToString();
        string stranger = ctl.Key("stranger", 77, KeyPurpose.Access);
        Assert.Contains(
            "TSX6013",
            Refused(ctl.Run("serve", "link", address, "--key", stranger, "--trust", ctl.Trust())),
            StringComparison.Ordinal
        );
        string approver = ctl.Key("approver", 78, KeyPurpose.Approver);
        Assert.Contains(
            "TSX2005",
            Refused(ctl.Run("serve", "link", address, "--key", approver, "--trust", ctl.Trust())),
            StringComparison.Ordinal
        );
        string nobody = ServerProcess.FreeAddress().ToString();
        Assert.Contains(
            "TSX3016",
            Refused(ctl.Run("serve", "link", nobody, "--key", stranger, "--trust", ctl.Trust())),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "TSX1012",
            Refused(ctl.Run("serve", "link", "nowhere", "--key", stranger, "--trust", ctl.Trust())),
            StringComparison.Ordinal
        );
        Assert.Contains("TSX3001", Refused(ctl.Run("serve", ctl.Path("none"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_asked_for_a_ledger_that_is_trusted_and_leads_to_the_server_that_was_asked()
    {
        var home = new TestLedger();
        ServerProcess.Furnish(home);
        await using TestServer server = await TestServer.Start(home, options => options with { AnonymousRead = false });
        var ctl = new Ctl(home);
        string key = ctl.Key("load", ServerProcess.AccessSeed, KeyPurpose.Access);
        await using var proxy = new LyingProxy(server.Running.Address);
        CtlRun Ask(params string[] trust) =>
            ctl.Run(["serve", "link", proxy.Address.AbsoluteUri, "--key", key, .. trust]);
        // Whatever ledger it names, nothing is signed for one that nothing vouches for.
        Assert.Contains("TSX5013", Refused(Ask()), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Signed);
        Assert.Equal(0, Ask("--trust", ctl.Trust()).Code);
        proxy.Lie = static (path, _) =>
            path == "/v1/links"
                ? """{"link":"http://elsewhere.example/sign-in/x","expires_at":"2026-01-31T12:00:00.000000Z"}"""u8.ToArray()
                : null;
        CtlRun elsewhere = Ask("--trust", ctl.Trust());
        Assert.Contains("TSX6040", Refused(elsewhere), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Output);
        proxy.Lie = static (path, _) => path == "/v1/links" ? "[]"u8.ToArray() : null;
        Assert.Contains("TSX6040", Refused(Ask("--trust", ctl.Trust())), StringComparison.Ordinal);
        proxy.Moves = path => path == "/v1/links" ? server.Running.Address : null;
        Assert.Contains("307", Refused(Ask("--trust", ctl.Trust())), StringComparison.Ordinal);
        Assert.Contains(
            "TSX6019",
            Refused(ctl.Run("serve", "link", "http://ledger.example", "--key", key, "--trust", ctl.Trust())),
            StringComparison.Ordinal
        );
    }

    private static string Refused(CtlRun run)
    {
        Assert.NotEqual(0, run.Code);
        return run.Error;
    }
}
