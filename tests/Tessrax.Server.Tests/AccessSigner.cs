using System.Buffers.Text;
using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>Signs requests with an access key made of a seed.</summary>
internal sealed class AccessSigner(TestLedger home, byte seed, string server)
{
    /// <summary>The run of the server.</summary>
    public string Server => server;

    /// <summary>For a server, which tells its run to whoever asks.</summary>
    public static Task<AccessSigner> For(TestServer to, byte seed) => For(to.Http, to.Home, seed);

    /// <inheritdoc cref="For(TestServer, byte)"/>
    public static async Task<AccessSigner> For(HttpClient http, TestLedger home, byte seed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions");
        using HttpResponseMessage refused = await http.SendAsync(request);
        string challenge = Assert.Single(refused.Headers.WwwAuthenticate).Parameter!;
        return new AccessSigner(home, seed, challenge.Split("server=\"")[1].Split('"')[0]);
    }

    /// <summary>The same for another key.</summary>
    public AccessSigner With(byte other) => new(home, other, server);

    /// <summary>A token for a request.</summary>
    public AccessToken Token(string method, string target, byte[] body)
    {
        using PrivateKey key = TestLedger.Seeded(seed);
        return new AccessToken
        {
            Ledger = home.Id,
            Server = server,
            Key = key.PublicKey.Id,
            Method = method,
            Target = target,
            Body = new Digest(SHA256.HashData(body)),
            IssuedAt = UtcTime.Now(home.Clock),
            Nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(AccessToken.RandomBytes)),
        }.Sign(bytes => key.Sign(bytes));
    }

    /// <summary>A signed request.</summary>
    public HttpRequestMessage Sign(
        string method,
        string target,
        byte[]? body = null,
        string type = "application/json"
    ) => Request(method, target, body, $"Bearer {Token(method, target, body ?? []).ToText()}", type);

    public static HttpRequestMessage Request(
        string method,
        string target,
        byte[]? body,
        string authorization,
        string type = "application/json"
    )
    {
        var request = new HttpRequestMessage(new HttpMethod(method), target);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new(type);
        }
        return request;
    }
}

/// <summary>Signs requests of a session.</summary>
internal sealed class SessionSigner(string id, byte[] secret)
{
    private long next;

    public static async Task<SessionSigner> Open(TestServer server, AccessSigner signer)
    {
        using HttpResponseMessage answer = await server.Http.SendAsync(signer.Sign("POST", "/v1/sessions"));
        return Of(JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync()));
    }

    /// <summary>For a session as it was told.</summary>
    public static SessionSigner Of(JsonValue session) =>
        new(session["session"]!.AsString(), Convert.FromBase64String(session["secret"]!.AsString()));

    public HttpRequestMessage Sign(string method, string target, long? number = null, byte[]? body = null) =>
        AccessSigner.Request(method, target, body, Header(method, target, body ?? [], number));

    /// <summary>The header of a request.</summary>
    public string Header(string method, string target, byte[] body, long? number = null)
    {
        long used = number ?? Interlocked.Increment(ref next);
        string mac = Base64Url.EncodeToString(
            SessionMac.Of(secret, method, target, used, new Digest(SHA256.HashData(body))).Span
        );
        return $"Tessrax-Session id=\"{id}\",seq=\"{used}\",mac=\"{mac}\"";
    }
}
