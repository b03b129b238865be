using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests.Attack;

/// <summary>However much the server logs, nothing that lets somebody in, and nothing that was recorded, is in it.</summary>
public sealed class ServerSecretsTests
{
    private const string Payload = "payload-nobody-else-may-read";
    private const string Code = "AAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public async Task Nothing_secret_is_logged_at_any_level()
    {
        using var home = new TestLedger();
        ServerProcess.Furnish(home);
        Uri address = ServerProcess.FreeAddress();
        Process process = ServerProcess.Launch(
            home,
            ["--urls", address.ToString(), "--log", "trace", "--anonymous-read", "no"]
        );
        // Read all the time: a pipe that is full would hold the server up.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using ServerProcess server = await ServerProcess.Join(process, address, home);
        var shown = new List<string> { Payload, Code, ServerProcess.Passphrase };
        JsonValue note = JsonValue.Object(("event", "x-note"), ("data", Payload));
        await server.Post("/v1/receipts", note, "key-of-the-first", 201);
        await server.Post("/v1/receipts", note.With("data", Payload + "2"), "key-of-the-first", 409);
        await server.Post("/v1/receipts", note.With("event", Payload), "key-of-the-third", 400);
        JsonValue link = await server.Post("/v1/links", null, "-", 201);
        string code = link["link"]!.AsString().Split('/')[^1];
        shown.Add(code);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };
        using HttpResponseMessage page = await http.GetAsync(new Uri($"/sign-in/{code}", UriKind.Relative));
        using HttpResponseMessage signedIn = await SignIn(http, code);
        string cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
        shown.Add(cookie);
        using HttpResponseMessage twice = await SignIn(http, code);
        using HttpResponseMessage wrong = await SignIn(http, Code);
        await Send(http, "/v1/receipts/1", ("Cookie", $"tessrax={cookie}"));
        await Send(http, "/v1/search?q=" + Payload, ("Cookie", $"tessrax={cookie}"));
        await Send(http, "/nothing/" + Payload, ("Authorization", $"Bearer {Code}{Payload}"));
        shown.AddRange(server.Shown);
        server.Kill();
        string all = await output + await errors;
        Assert.Contains("6010", all, StringComparison.Ordinal);
        Assert.True(server.Shown.Count > 4, "the tokens that were shown are not known");
        Assert.All(shown, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    private static Task<HttpResponseMessage> SignIn(HttpClient http, string code) =>
        http.PostAsync(
            new Uri("/sign-in", UriKind.Relative),
            new StringContent($"code={code}", Encoding.ASCII, "application/x-www-form-urlencoded")
        );

    private static async Task Send(HttpClient http, string target, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using HttpResponseMessage answer = await http.SendAsync(request);
    }
}
