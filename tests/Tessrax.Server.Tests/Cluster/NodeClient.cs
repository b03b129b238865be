using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Asks one node of a cluster for the test's ledger, with a session there.</summary>
internal sealed class NodeClient(TestCluster cluster, Uri address) : IDisposable
{
    /// <summary>What stands before each path of the ledger.</summary>
    public const string Prefix = $"/ledgers/{TestCluster.Name}";

    private SessionSigner? session;
    private AccessSigner? signer;

    public HttpClient Http { get; } =
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Signs with the key itself.</summary>
    public async Task<AccessSigner> Signer()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Prefix}/v1/sessions");
        using HttpResponseMessage refused = await Http.SendAsync(request);
        string challenge = Assert.Single(refused.Headers.WwwAuthenticate).Parameter!;
        return new AccessSigner(cluster.Home, ServerProcess.AccessSeed, challenge.Split("server=\"")[1].Split('"')[0]);
    }

    /// <summary>Opens a session; over a network, where nobody gets one without TLS, each request is signed with the key itself.</summary>
    public async Task Begin()
    {
        if (!address.IsLoopback)
        {
            signer = await Signer();
            return;
        }
        const string Target = $"{Prefix}/v1/sessions";
        AccessToken token = (await Signer()).Token("POST", Target, []);
        using HttpRequestMessage request = AccessSigner.Request("POST", Target, null, $"Bearer {token.ToText()}");
        using HttpResponseMessage answer = await Http.SendAsync(request);
        JsonValue opened = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(answer.IsSuccessStatusCode, opened.ToString());
        session = SessionSigner.Of(opened);
    }

    /// <summary>Appends an event, and gives the status and the answer.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="key">The idempotency key; null for none.</param>
    public Task<(int Status, JsonValue Json)> Append(string text, string? key) =>
        Post("/v1/receipts", TestCluster.Event(text), key);

    public async Task<(int Status, JsonValue Json)> Post(string path, JsonValue body, string? key = null)
    {
        using HttpRequestMessage request = Signed(Prefix + path, body.ToCanonicalBytes());
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await Send(request);
    }

    /// <summary>Prepares an event in two phases; its token.</summary>
    public async Task<string> Prepare(string text, string? key = null)
    {
        (int status, JsonValue answer) = await Post("/v1/transactions", TestCluster.Event(text), key);
        Assert.True(status == 201, answer.ToString());
        return answer["token"]!.AsString();
    }

    /// <summary>Decides on what was prepared. Asked again where the connection breaks: a decision is one, however often it is asked for.</summary>
    /// <param name="token">Which.</param>
    /// <param name="how">commit or abort.</param>
    public async Task<(int Status, JsonValue Json)> Decide(string token, string how)
    {
        for (int again = 0; ; again++)
        {
            using HttpRequestMessage request = Signed($"{Prefix}/v1/transactions/{token}/{how}", []);
            try
            {
                return await Send(request);
            }
            catch (HttpRequestException) when (again < 3)
            {
                await Task.Delay(100);
            }
        }
    }

    private HttpRequestMessage Signed(string target, byte[] body) =>
        signer is null
            ? session!.Sign("POST", target, body: body)
            : AccessSigner.Request("POST", target, body, $"Bearer {signer.Token("POST", target, body).ToText()}");

    public async Task<(int Status, JsonValue Json)> Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Send(request);
    }

    /// <summary>What stands at a path.</summary>
    public Task<string> Text(string path) => Http.GetStringAsync(new Uri(path, UriKind.Relative));

    public void Dispose() => Http.Dispose();

    public async Task<(int Status, JsonValue Json)> Send(HttpRequestMessage request)
    {
        using HttpResponseMessage answer = await Http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, JsonValue.Parse(Encoding.UTF8.GetBytes(text.Length > 0 ? text : "null")));
    }
}
