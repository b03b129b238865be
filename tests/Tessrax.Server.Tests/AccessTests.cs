using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Tests;
using Tessrax.Server.Access;

namespace Tessrax.Server.Tests;

/// <summary>Who is let in: request tokens, sessions, links and cookies, and every reason to refuse one.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const byte Ci = 71;
    private const byte Operator = 72;

    private readonly HandClock clock = new();
    private TestServer server = null!;
    private AccessSigner signer = null!;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger(clock: clock);
        WriteAccess(home, ("ci", Ci, "submitter", null), ("boss", Operator, "operator", null));
        server = await TestServer.Start(home, options => options with { AnonymousRead = false });
        signer = await AccessSigner.For(server, Ci);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_signed_request_is_answered_and_an_unsigned_one_is_not()
    {
        await Refused(new HttpRequestMessage(HttpMethod.Get, "/v1/checkpoint"), 401, "TSX6008");
        using HttpResponseMessage answer = await server.Http.SendAsync(signer.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=2, private", answer.Headers.CacheControl!.ToString());
        Assert.Contains("Authorization", answer.Headers.Vary);
    }

    [Fact]
    public async Task A_refusal_says_which_ledger_and_run_a_token_is_for()
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        AuthenticationHeaderValue challenge = Assert.Single(answer.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains($"realm=\"{server.Home.Id}\"", challenge.Parameter, StringComparison.Ordinal);
        Assert.Contains($"server=\"{signer.Server}\"", challenge.Parameter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reason_has_its_code()
    {
        AccessToken good = signer.Token("GET", "/v1/checkpoint", []);
        AccessToken Signed(AccessToken token, byte seed = Ci)
        {
            using PrivateKey key = TestLedger.Seeded(seed);
            return token.Sign(bytes => key.Sign(bytes));
        }
        (string Text, string Code)[] cases =
        [
            ("nothing!", "TSX6010"),
            (good.ToText()[..^4], "TSX6010"),
            (good.ToText() + "=", "TSX6010"),
            (new string('A', AccessToken.MaxCharacters + 4), "TSX6010"),
            (Signed(good with { Ledger = Digest.Parse("sha256:" + new string('0', 64)) }).ToText(), "TSX6011"),
            (Signed(good with { Server = Convert.ToBase64String(new byte[16]) }).ToText(), "TSX6012"),
            (signer.With(99).Token("GET", "/v1/checkpoint", []).ToText(), "TSX6013"),
            (Signed(good with { Method = "POST" }).ToText(), "TSX6014"),
            (Signed(good with { Target = "/v1/checkpoint?" }).ToText(), "TSX6014"),
            (Signed(good with { IssuedAt = good.IssuedAt + TimeSpan.FromSeconds(-61) }).ToText(), "TSX6015"),
            (Signed(good with { IssuedAt = good.IssuedAt + TimeSpan.FromSeconds(31) }).ToText(), "TSX6015"),
            (Signed(good, Operator).ToText(), "TSX6016"),
            ((good with { Nonce = Convert.ToBase64String(new byte[16]) }).ToText(), "TSX6016"),
            (Signed(good with { Body = new Digest(SHA256.HashData("x"u8)) }).ToText(), "TSX6014"),
        ];
        foreach ((string text, string code) in cases)
            await Refused(AccessSigner.Request("GET", "/v1/checkpoint", null, $"Bearer {text}"), 401, code);
        await Refused(AccessSigner.Request("GET", "/v1/checkpoint", null, "Basic YTpi"), 401, "TSX6010");
        await Refused(signer.Sign("POST", "/v1/sessions", "x"u8.ToArray()), 400, "TSX6005");
    }

    [Fact]
    public async Task A_token_counts_once_and_for_one_run()
    {
        AccessToken token = signer.Token("GET", "/v1/checkpoint", []);
        using HttpResponseMessage first = await server.Http.SendAsync(Bearer(token));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await Refused(Bearer(token), 401, "TSX6017");
        // As long as it could be accepted it is remembered.
        clock.Pass(TimeSpan.FromSeconds(59));
        await Refused(Bearer(token), 401, "TSX6017");
        clock.Pass(TimeSpan.FromSeconds(2));
        await Refused(Bearer(token), 401, "TSX6015");
        AccessToken unused = signer.Token("GET", "/v1/checkpoint", []);
        await using TestServer other = await TestServer.Restart(
            server,
            options => options with { AnonymousRead = false }
        );
        using HttpResponseMessage refused = await other.Http.SendAsync(Bearer(unused));
        Assert.Equal("TSX6012", JsonValue.Parse(await refused.Content.ReadAsByteArrayAsync())["code"]!.AsString());
    }

    [Fact]
    public async Task A_role_is_not_another()
    {
        await Refused(signer.Sign("GET", "/metrics"), 403, "TSX6018");
        AccessSigner boss = signer.With(Operator);
        using HttpResponseMessage answer = await server.Http.SendAsync(boss.Sign("GET", "/metrics"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Whose_key_is_taken_out_of_the_file_is_out()
    {
        using HttpResponseMessage before = await server.Http.SendAsync(signer.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        SessionSigner session = await SessionSigner.Open(server, signer);
        WriteAccess(server.Home, ("boss", Operator, "operator", null));
        clock.Pass(TimeSpan.FromSeconds(2));
        await Refused(signer.Sign("GET", "/v1/checkpoint"), 401, "TSX6013");
        await Refused(session.Sign("GET", "/v1/checkpoint"), 401, "TSX6013");
        // Its time ends as well.
        WriteAccess(server.Home, ("ci", Ci, "reader", UtcTime.Now(clock) + TimeSpan.FromSeconds(10)));
        clock.Pass(TimeSpan.FromSeconds(2));
        using HttpResponseMessage again = await server.Http.SendAsync(signer.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        clock.Pass(TimeSpan.FromSeconds(9));
        JsonValue why = await Refused(signer.Sign("GET", "/v1/checkpoint"), 401, "TSX6013");
        Assert.StartsWith("the time of the key ci ended at ", why["detail"]!.AsString(), StringComparison.Ordinal);
        // Whoever cannot sign with it learns nothing of it.
        HttpRequestMessage forged = signer.Sign("GET", "/v1/checkpoint");
        string token = forged.Headers.GetValues("Authorization").Single();
        JsonValue claimed = JsonValue.Parse(Base64Url.DecodeFromChars(token.AsSpan("Bearer ".Length)));
        forged.Headers.Remove("Authorization");
        forged.Headers.TryAddWithoutValidation(
            "Authorization",
            $"Bearer {Base64Url.EncodeToString(claimed.With("sig", Convert.ToBase64String(new byte[64])).ToCanonicalBytes())}"
        );
        why = await Refused(forged, 401, "TSX6013");
        Assert.DoesNotContain("time", why["detail"]!.AsString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whose_key_counts_no_more_has_no_browser_and_no_stream_either(bool ends)
    {
        UtcTime? until = ends ? UtcTime.Now(clock) + TimeSpan.FromMinutes(2) : null;
        WriteAccess(server.Home, ("ci", Ci, "submitter", until));
        clock.Pass(TimeSpan.FromSeconds(2));
        string cookie = (await SignedIn(await Link())).Split(';')[0];
        Uri unused = await Link();
        using HttpResponseMessage read = await server.Http.SendAsync(Cookie(HttpMethod.Get, "/v1/checkpoint", cookie));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        HttpRequestMessage[] streams =
        [
            Cookie(HttpMethod.Get, "/v1/events?from=0", cookie),
            signer.Sign("GET", "/v1/events?from=0"),
        ];
        var tails = new List<StreamReader>();
        foreach (HttpRequestMessage request in streams)
        {
            HttpResponseMessage tail = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, tail.StatusCode);
            tails.Add(new StreamReader(await tail.Content.ReadAsStreamAsync()));
        }
        if (!ends)
            WriteAccess(server.Home, ("boss", Operator, "operator", null));
        clock.Pass(TimeSpan.FromMinutes(2));
        await Refused(Cookie(HttpMethod.Get, "/v1/checkpoint", cookie), 401, "TSX6008");
        using HttpResponseMessage late = await SignIn(unused.Segments[^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        await server.Ledger.Pipeline.AppendAsync(
            new Node.Appending.OwnDraft("x-secret", Encoding.UTF8.GetBytes("""{"text":"x"}"""))
        );
        foreach (StreamReader tail in tails)
        {
            string rest = await tail.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Contains("event: bye", rest, StringComparison.Ordinal);
            Assert.DoesNotContain("x-secret", rest, StringComparison.Ordinal);
            tail.Dispose();
        }
    }

    [Fact]
    public async Task A_key_that_the_ledger_learns_later_counts_no_more()
    {
        var home = new TestLedger(clock: clock, approvers: 0);
        WriteAccess(home, ("ci", Ci, "submitter", null));
        await using TestServer other = await TestServer.Start(home, options => options with { AnonymousRead = false });
        AccessSigner asks = await AccessSigner.For(other, Ci);
        using HttpResponseMessage before = await other.Http.SendAsync(asks.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await other.Ledger.Pipeline.RunAsync(
            "rotate",
            writer => new Node.Appending.KeyDesk(writer).RotateAuthor(TestLedger.Seeded(Ci), "author", "a test")
        );
        for (int i = 0; ; i++)
        {
            clock.Pass(TimeSpan.FromSeconds(2));
            using HttpResponseMessage answer = await other.Http.SendAsync(asks.Sign("GET", "/v1/checkpoint"));
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                return;
            Assert.True(i < 500);
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_used_lets_nobody_in()
    {
        string file = Path.Combine(server.Home.DirectoryPath, "access.json");
        await File.WriteAllTextAsync(file, """{"access":"tessrax/access/v1","keys":[1]}""");
        clock.Pass(TimeSpan.FromSeconds(2));
        await Refused(signer.Sign("GET", "/v1/checkpoint"), 401, "TSX6013");
        // And no server starts with it.
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
            TestServer.Restart(server, options => options)
        );
        Assert.Equal(ErrorCodes.AccessFileRefused, refused.Code);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_runs_the_server_is_told_why_no_key_counts_and_when_they_do_again()
    {
        string file = Path.Combine(server.Home.DirectoryPath, "access.json");
        AccessList list = server.Running.Services.GetRequiredService<AccessList>();
        using var told = new StringWriter();
        var watch = new AccessWatch(list, told);
        watch.Look();
        byte[] good = await File.ReadAllBytesAsync(file);
        await File.WriteAllTextAsync(file, """{"access":"tessrax/access/v1","keys":[1]}""");
        for (int i = 0; i < 3; i++)
        {
            clock.Pass(TimeSpan.FromSeconds(2));
            watch.Look();
        }
        Assert.Matches("^error TSX6000: nobody's key counts .*access\\.json: .*keys\\[0\\].*\n$", told.ToString());
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonValue ready = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((JsonValue.True, "TSX6000"), (ready["ready"], ready["warning"]!.AsString()));
        await using (
            TestServer open = await TestServer.Start(
                new TestLedger(clock: clock),
                options => options with { AccessFile = file + "2" }
            )
        )
        {
            await File.WriteAllTextAsync(file + "2", "{");
            clock.Pass(TimeSpan.FromSeconds(2));
            string page = await open.Http.GetStringAsync(new Uri("/operations", UriKind.Relative));
            Assert.Contains("key counts until the access file is mended", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Nothing is wrong", page, StringComparison.Ordinal);
            Assert.DoesNotContain("access.json", page, StringComparison.Ordinal);
        }
        told.GetStringBuilder().Clear();
        await File.WriteAllBytesAsync(file, good);
        clock.Pass(TimeSpan.FromSeconds(2));
        watch.Look();
        watch.Look();
        Assert.Matches("^.*access\\.json can be used again: its keys count\n$", told.ToString());
        using HttpResponseMessage again = await server.Http.SendAsync(signer.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task The_right_to_write_the_file_counts_from_when_it_is_given_or_taken()
    {
        if (OperatingSystem.IsWindows())
            return;
        string file = Path.Combine(server.Home.DirectoryPath, "access.json");
        UnixFileMode mode = File.GetUnixFileMode(file);
        File.SetUnixFileMode(file, mode | UnixFileMode.OtherWrite);
        clock.Pass(TimeSpan.FromSeconds(2));
        await Refused(signer.Sign("GET", "/v1/checkpoint"), 401, "TSX6013");
        File.SetUnixFileMode(file, mode);
        clock.Pass(TimeSpan.FromSeconds(2));
        using HttpResponseMessage again = await server.Http.SendAsync(signer.Sign("GET", "/v1/checkpoint"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("submitter", "submitter")]
    [InlineData("none")]
    [InlineData]
    public void Roles_are_known_and_named_once(params string[] roles) =>
        Assert.Throws<TessraxException>(() => AccessFile.Parse(AccessDocument.Of(new Admitted("ci", Ci, roles))));

    [Fact]
    public void Keys_and_names_are_there_once()
    {
        Assert.Throws<TessraxException>(() =>
            AccessFile.Parse(AccessDocument.Of(new Admitted("a", 1, ["reader"]), new Admitted("b", 1, ["reader"])))
        );
        Assert.Throws<TessraxException>(() =>
            AccessFile.Parse(AccessDocument.Of(new Admitted("a", 1, ["reader"]), new Admitted("a", 2, ["reader"])))
        );
        Assert.Equal(
            2,
            AccessFile
                .Parse(AccessDocument.Of(new Admitted("a", 1, ["reader"]), new Admitted("b", 2, ["operator"])))
                .Keys.Count
        );
    }

    [Fact]
    public async Task A_key_that_the_ledger_knows_is_no_access_key()
    {
        // The author's.
        WriteAccess(server.Home, ("author", 2, "operator", null));
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
            TestServer.Restart(server, options => options)
        );
        Assert.Equal(ErrorCodes.AccessFileRefused, refused.Code);
        Assert.Contains("another purpose", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_others_may_write_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(
            Path.Combine(server.Home.DirectoryPath, "access.json"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite
        );
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
            TestServer.Restart(server, options => options)
        );
        Assert.Equal(ErrorCodes.AccessFileRefused, refused.Code);
    }

    [Fact]
    public async Task A_session_takes_each_number_once_in_any_near_order()
    {
        SessionSigner session = await SessionSigner.Open(server, signer);
        foreach (long number in (long[])[5, 3, 4, 4100, 6])
        {
            using HttpResponseMessage answer = await server.Http.SendAsync(
                session.Sign("GET", "/v1/checkpoint", number)
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        foreach (long used in (long[])[5, 3, 4, 4100, 6, 1])
            await Refused(session.Sign("GET", "/v1/checkpoint", used), 401, "TSX6017");
        await Refused(session.Sign("GET", "/v1/checkpoint", 0), 401, "TSX6010");
        HttpRequestMessage moved = session.Sign("GET", "/v1/checkpoint", 5000);
        moved.RequestUri = new Uri("/v1/ledger", UriKind.Relative);
        await Refused(moved, 401, "TSX6016");
        // What was refused has used up nothing.
        using HttpResponseMessage good = await server.Http.SendAsync(session.Sign("GET", "/v1/checkpoint", 5000));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        using HttpResponseMessage ended = await server.Http.SendAsync(
            session.Sign("DELETE", "/v1/sessions/current", 5001)
        );
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await Refused(session.Sign("GET", "/v1/checkpoint", 5002), 401, "TSX6013");
    }

    [Fact]
    public async Task A_session_ends_after_a_quarter_of_an_hour()
    {
        SessionSigner session = await SessionSigner.Open(server, signer);
        clock.Pass(TimeSpan.FromMinutes(15));
        await Refused(session.Sign("GET", "/v1/checkpoint", 1), 401, "TSX6013");
    }

    [Fact]
    public async Task A_link_signs_one_browser_in_to_read_and_nothing_else()
    {
        using HttpResponseMessage made = await server.Http.SendAsync(signer.Sign("POST", "/v1/links"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var link = new Uri(JsonValue.Parse(await made.Content.ReadAsByteArrayAsync())["link"]!.AsString());
        // Whatever looks at it beforehand uses nothing up.
        for (int i = 0; i < 3; i++)
            Assert.Contains("<button", await server.Http.GetStringAsync(link), StringComparison.Ordinal);
        using HttpResponseMessage signedIn = await SignIn(link.Segments[^1]);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        string cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^tessrax=[A-Za-z0-9_-]{43}; max-age=28800; path=/; samesite=strict; httponly$", cookie);
        string value = cookie.Split(';')[0];
        using HttpResponseMessage read = await server.Http.SendAsync(Cookie(HttpMethod.Get, "/v1/checkpoint", value));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        await Refused(Cookie(HttpMethod.Post, "/v1/links", value), 403, "TSX6018");
        await Refused(Cookie(HttpMethod.Post, "/v1/verify", value), 403, "TSX6018");
        await Refused(Cookie(HttpMethod.Get, "/v1/checkpoint", value + "x"), 401, "TSX6008");
        using HttpResponseMessage twice = await SignIn(link.Segments[^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, twice.StatusCode);
        clock.Pass(SignIns.CookieLife);
        await Refused(Cookie(HttpMethod.Get, "/v1/checkpoint", value), 401, "TSX6008");
    }

    [Fact]
    public async Task A_link_is_good_for_five_minutes()
    {
        using HttpResponseMessage made = await server.Http.SendAsync(signer.Sign("POST", "/v1/links"));
        var link = new Uri(JsonValue.Parse(await made.Content.ReadAsByteArrayAsync())["link"]!.AsString());
        clock.Pass(TimeSpan.FromMinutes(5));
        using HttpResponseMessage late = await SignIn(link.Segments[^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.False(late.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public void More_nonces_than_fit_are_turned_away_and_old_ones_go()
    {
        var window = new NonceWindow(clock, TimeSpan.FromSeconds(90));
        Digest key = TestLedger.Seeded(1).PublicKey.Id;
        var nonce = new byte[16];
        for (int i = 0; i < NonceWindow.MostOfKey; i++)
        {
            BitConverter.TryWriteBytes(nonce, i);
            Assert.True(window.TryUse(key, nonce));
        }
        BitConverter.TryWriteBytes(nonce, -1);
        Assert.Equal(ErrorCodes.Overloaded, Assert.Throws<TessraxException>(() => window.TryUse(key, nonce)).Code);
        Assert.True(window.TryUse(TestLedger.Seeded(2).PublicKey.Id, nonce));
        clock.Pass(TimeSpan.FromSeconds(90));
        Assert.Throws<TessraxException>(() => window.TryUse(key, nonce));
        clock.Pass(TimeSpan.FromSeconds(90));
        Assert.True(window.TryUse(key, nonce));
        Assert.False(window.TryUse(key, nonce));
    }

    private async Task<Uri> Link()
    {
        using HttpResponseMessage made = await server.Http.SendAsync(signer.Sign("POST", "/v1/links"));
        return new Uri(JsonValue.Parse(await made.Content.ReadAsByteArrayAsync())["link"]!.AsString());
    }

    private async Task<string> SignedIn(Uri link)
    {
        using HttpResponseMessage answer = await SignIn(link.Segments[^1]);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }

    private Task<HttpResponseMessage> SignIn(string code)
    {
        var content = new StringContent($"code={code}", Encoding.ASCII, "application/x-www-form-urlencoded");
        return server.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), content);
    }

    private static HttpRequestMessage Cookie(HttpMethod method, string path, string value)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", value);
        return request;
    }

    private static HttpRequestMessage Bearer(AccessToken token) =>
        AccessSigner.Request(token.Method, token.Target, null, $"Bearer {token.ToText()}");

    private async Task<JsonValue> Refused(HttpRequestMessage request, int status, string code)
    {
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        JsonValue problem = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((status, code), ((int)answer.StatusCode, problem["code"]!.AsString()));
        request.Dispose();
        return problem;
    }

    private static void WriteAccess(
        TestLedger home,
        params (string Name, byte Seed, string Role, UtcTime? Until)[] keys
    )
    {
        string file = AccessDocument.Write(
            home,
            [.. keys.Select(key => new Admitted(key.Name, key.Seed, [key.Role], key.Until))]
        );
        // Two writes within a tick of the file system's clock are two all the same.
        File.SetLastWriteTimeUtc(
            file,
            File.GetLastWriteTimeUtc(file).AddSeconds(keys.Length * 7 + (keys[0].Until is null ? 0 : 1))
        );
    }
}
