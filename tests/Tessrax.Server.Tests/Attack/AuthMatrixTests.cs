using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Attack;

/// <summary>Every address of the server, asked for by everybody there is: who may is let in, and who may not is refused by the right code and changes nothing.</summary>
public sealed class AuthMatrixTests : IAsyncLifetime
{
    private const byte First = 31;

    // What each of them shows; a key's place gives its seed.
    private static readonly string[] Keys = ["reader", "submitter", "approver", "operator", "revoked", "expired"];

    // Beyond those that sessions count to by themselves here.
    private const long Numbers = 1000;

    private readonly Dictionary<string, SessionSigner> sessions = new(StringComparer.Ordinal);
    private readonly HandClock clock = new();
    private TestServer server = null!;
    private AccessSigner signer = null!;
    private string cookie = "";
    private int asked;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger(clock: clock);
        using (LedgerWriter writer = home.Open())
            TestServer.Disagree(writer);
        WriteAccess(home, Keys);
        server = await TestServer.Start(
            home,
            options =>
                options with
                {
                    AnonymousRead = false,
                    Rates = new Rates(100_000, 100_000, 100_000, 100_000, 100_000),
                }
        );
        signer = await AccessSigner.For(server, First);
        cookie = await SignIn();
        WriteAccess(home, [.. Keys.Where(name => name != "revoked")]);
        clock.Pass(TimeSpan.FromSeconds(20));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Who_may_is_let_in_and_who_may_not_is_not()
    {
        foreach (ApiRoute route in ApiRoutes.All)
            await TryAll(route);
        Assert.True(asked > 12 * ApiRoutes.All.Count, $"only {asked} were asked");
    }

    private async Task TryAll(ApiRoute route)
    {
        string target = TargetOf(route);
        bool isOpen = route.Needs == Role.Nobody;
        long before = server.Ledger.Pipeline.Tree.Size;
        await Expect(route, Plain(route, target), isOpen ? null : "TSX6008", "nobody");
        await Expect(route, WithCookie(route, target), isOpen ? null : CookieMay(route), "a browser");
        // One address ends a browser's stay.
        if (route.Path == "/sign-out")
            cookie = await SignIn();
        foreach (string stale in (string[])["revoked", "expired"])
            await Expect(route, By(stale, route, target), isOpen ? null : "TSX6013", stale);
        foreach (string role in Keys[..4].Where(role => !May(route, role)))
            await Expect(route, By(role, route, target), "TSX6018", role);
        if (!isOpen)
            await ShowOthers(route, target);
        // Nobody who was refused has changed anything.
        Assert.Equal(before, server.Ledger.Pipeline.Tree.Size);
        foreach (string role in Keys[..4].Where(role => May(route, role)))
            await Expect(route, By(role, route, target), null, role);
        if (!isOpen)
            await Replay(route, target);
        if (route.Path == "/v1/sessions/current")
            sessions.Clear();
    }

    // Proofs for something else than what is sent, by somebody who may.
    private async Task ShowOthers(ApiRoute route, string target)
    {
        AccessSigner may = SignerFor(route);
        byte[] body = BodyOf(route);
        AccessToken good = may.Token(route.Method, target, body);
        string other = route.Method == "GET" ? "POST" : "GET";
        await Show(may.Token(other, target, body), "TSX6014", "another method");
        await Show(may.Token(route.Method, $"{target}?", body), "TSX6014", "another target");
        await Show(may.Token(route.Method, target, [.. body, (byte)' ']), "TSX6014", "another body");
        await Show(
            Signed(good with { Ledger = Hashing.Digest.Parse($"sha256:{new string('0', 64)}") }),
            "TSX6011",
            "another ledger"
        );
        await Show(Signed(good with { Server = Convert.ToBase64String(new byte[16]) }), "TSX6012", "another run");
        await Show(Signed(good with { IssuedAt = good.IssuedAt + TimeSpan.FromSeconds(-61) }), "TSX6015", "an old one");
        await Show(good with { Nonce = Convert.ToBase64String(new byte[16]) }, "TSX6016", "a changed one");
        SessionSigner session = await SessionFor(route);
        HttpRequestMessage moved = session.Sign(other, target, body: body.Length == 0 ? null : body);
        moved.Method = new HttpMethod(route.Method);
        await Expect(route, Typed(route, moved), "TSX6016", "a session's MAC of another method");

        Task Show(AccessToken token, string code, string what) =>
            Expect(route, Bearer(route, target, token), code, what);
        AccessToken Signed(AccessToken token)
        {
            using PrivateKey key = TestLedger.Seeded(SeedOf(RoleFor(route)));
            return token.Sign(bytes => key.Sign(bytes));
        }
    }

    private async Task Replay(ApiRoute route, string target)
    {
        AccessToken token = SignerFor(route).Token(route.Method, target, BodyOf(route));
        await Expect(route, Bearer(route, target, token), null, "the first time");
        long before = server.Ledger.Pipeline.Tree.Size;
        await Expect(route, Bearer(route, target, token), "TSX6017", "the second time");
        SessionSigner session = await SessionFor(route);
        long number = Numbers + asked;
        byte[]? body = BodyOf(route) is { Length: > 0 } some ? some : null;
        using HttpResponseMessage used = await server.Http.SendAsync(session.Sign("GET", "/v1/ledger", number));
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        await Expect(route, Typed(route, session.Sign(route.Method, target, number, body)), "TSX6017", "a used number");
        Assert.Equal(before, server.Ledger.Pipeline.Tree.Size);
    }

    private async Task Expect(ApiRoute route, HttpRequestMessage request, string? code, string who)
    {
        asked++;
        using HttpResponseMessage answer = await server.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead
        );
        request.Dispose();
        string what = $"{route.Method} {route.Path} by {who}: {(int)answer.StatusCode}";
        Assert.True((int)answer.StatusCode != 500, what);
        bool isRefused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        if (!isRefused)
        {
            Assert.True(code is null, $"{what} instead of {code}");
            return;
        }
        string told = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync())["code"]!.AsString();
        // A form with a code that is none is refused for that.
        bool isForm = route.Path == "/sign-in" && told == "TSX6013";
        Assert.True(told == code || (code is null && isForm), $"{what} {told} instead of {code ?? "being let in"}");
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            Assert.Single(answer.Headers.WwwAuthenticate);
    }

    // spec/server.md, sections 5 to 7, in the words of a test of its own.
    private static bool May(ApiRoute route, string role) =>
        route.Needs switch
        {
            Role.Nobody or Role.Reader or Role.Known or Role.AnyKey => true,
            Role.Submitter => role == "submitter",
            Role.Approver => role == "approver",
            _ => role == "operator",
        };

    private static string? CookieMay(ApiRoute route) =>
        route is { Needs: Role.Reader or Role.Known, Method: "GET" } ? null : "TSX6018";

    private static string RoleFor(ApiRoute route) => Keys[..4].First(role => May(route, role));

    private static byte SeedOf(string key) => (byte)(First + Array.IndexOf(Keys, key));

    private AccessSigner SignerFor(ApiRoute route) => signer.With(SeedOf(RoleFor(route)));

    // A key has not as many sessions as there are addresses.
    private async Task<SessionSigner> SessionFor(ApiRoute route)
    {
        string role = RoleFor(route);
        if (!sessions.TryGetValue(role, out SessionSigner? session))
            sessions[role] = session = await SessionSigner.Open(server, SignerFor(route));
        return session;
    }

    private static HttpRequestMessage Plain(ApiRoute route, string target)
    {
        var request = new HttpRequestMessage(new HttpMethod(route.Method), target);
        if (BodyOf(route) is { Length: > 0 } body)
            request.Content = new ByteArrayContent(body);
        return Typed(route, request);
    }

    private static HttpRequestMessage Typed(ApiRoute route, HttpRequestMessage request)
    {
        if (request.Content is { } content && route.Limit.ContentTypes.Count > 0)
            content.Headers.ContentType = new(route.Limit.ContentTypes[0]);
        return request;
    }

    private HttpRequestMessage WithCookie(ApiRoute route, string target)
    {
        HttpRequestMessage request = Plain(route, target);
        request.Headers.Add("Cookie", cookie);
        return request;
    }

    private HttpRequestMessage By(string key, ApiRoute route, string target) =>
        Bearer(route, target, signer.With(SeedOf(key)).Token(route.Method, target, BodyOf(route)));

    private static HttpRequestMessage Bearer(ApiRoute route, string target, AccessToken token)
    {
        HttpRequestMessage request = Plain(route, target);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token.ToText()}");
        return request;
    }

    private static string TargetOf(ApiRoute route)
    {
        string path = route.Path.Replace("{*path}", "0/000.p/1", StringComparison.Ordinal);
        while (path.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open)
            path =
                path[..open]
                + (path[open..].StartsWith("{token}", StringComparison.Ordinal) ? new string('0', 32) : "1")
                + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        string query = string.Join('&', route.Query.Where(one => one.IsRequired).Select(one => $"{one.Name}=1"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private static byte[] BodyOf(ApiRoute route) =>
        route.BodyExample?.ToCanonicalBytes() ?? (route.Limit.Bytes > 0 ? "{}"u8.ToArray() : []);

    private async Task<string> SignIn()
    {
        using HttpResponseMessage made = await server.Http.SendAsync(
            signer.With(SeedOf("submitter")).Sign("POST", "/v1/links")
        );
        string link = JsonValue.Parse(await made.Content.ReadAsByteArrayAsync())["link"]!.AsString();
        using var form = new StringContent(
            $"code={link.Split('/')[^1]}",
            Encoding.ASCII,
            "application/x-www-form-urlencoded"
        );
        using HttpResponseMessage signedIn = await server.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        return signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private void WriteAccess(TestLedger home, IReadOnlyList<string> names)
    {
        UtcTime soon = UtcTime.Now(clock) + TimeSpan.FromSeconds(10);
        AccessDocument.Write(
            home,
            [
                .. names.Select(name => new Admitted(
                    name,
                    SeedOf(name),
                    name is "revoked" or "expired" ? Keys[..4] : [name],
                    name == "expired" ? soon : null
                )),
            ]
        );
    }
}
