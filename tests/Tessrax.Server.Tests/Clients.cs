using System.Net.Http.Headers;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>What was answered.</summary>
internal sealed record Told(int Status, JsonValue Json, HttpResponseHeaders Headers)
{
    public JsonValue this[string name] => Json[name]!;

    public long Number(string name) =>
        long.Parse(Json[name]!.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture);

    public string Code => Json["code"]?.AsString() ?? "";
}

/// <summary>A server with a client of each role; each signs its requests with a key of its own.</summary>
internal sealed class Clients : IAsyncDisposable
{
    private const byte First = 81;
    private static readonly string[] Roles = ["submitter", "submitter", "approver", "operator", "reader"];

    private AccessSigner signer = null!;

    private Clients(TestServer server) => Server = server;

    public TestServer Server { get; private set; }

    public long Size => Server.Ledger.Pipeline.Tree.Size;

    /// <summary>Starts a server.</summary>
    /// <param name="home">The ledger.</param>
    /// <param name="serving">How it is served.</param>
    /// <param name="writes">Whether it may append.</param>
    /// <param name="change">Changes what it is told.</param>
    public static async Task<Clients> Start(
        TestLedger? home = null,
        ServingOptions? serving = null,
        bool writes = true,
        Func<ServerOptions, ServerOptions>? change = null
    )
    {
        home ??= new TestLedger();
        AccessDocument.Write(
            home,
            [.. Roles.Select((role, i) => new Admitted($"{role}{i}", (byte)(First + i), [role]))]
        );
        return await On(await TestServer.Start(home, change, writes, serving));
    }

    public Client Submitter => new(this, First);

    public Client Other => new(this, First + 1);

    public Client Approver => new(this, First + 2);

    public Client Operator => new(this, First + 3);

    public Client Reader => new(this, First + 4);

    /// <summary>Ends the server and starts another one for the same ledger.</summary>
    public async Task Restart()
    {
        Server.Http.Dispose();
        Server = await TestServer.Restart(Server, static options => options);
        signer = await AccessSigner.For(Server, First);
    }

    public async ValueTask DisposeAsync()
    {
        TestLedger home = Server.Home;
        await Server.DisposeAsync();
        if (Directory.Exists(home.DirectoryPath))
            home.Dispose();
    }

    private static async Task<Clients> On(TestServer server) =>
        new(server) { signer = await AccessSigner.For(server, First) };

    /// <summary>One client.</summary>
    internal sealed class Client(Clients of, byte seed)
    {
        public Task<Told> Get(string target) => Send("GET", target, null);

        public Task<Told> Post(string target, string body, string? key = null, string type = "application/json") =>
            Post(target, Encoding.UTF8.GetBytes(body), key, type);

        public Task<Told> Post(string target, byte[] body, string? key = null, string type = "application/json") =>
            Send("POST", target, body, key, type);

        public async Task<Told> Send(
            string method,
            string target,
            byte[]? body,
            string? key = null,
            string type = "application/json"
        )
        {
            using HttpRequestMessage request = Request(method, target, body, type);
            if (key is not null)
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            return await Send(request);
        }

        /// <summary>Sends a body only if the server wants it: one that does not would cut the connection while it comes.</summary>
        public async Task<Told> Offer(string target, byte[] body)
        {
            using HttpRequestMessage request = Request("POST", target, body);
            request.Headers.ExpectContinue = true;
            return await Send(request);
        }

        private async Task<Told> Send(HttpRequestMessage request)
        {
            using HttpResponseMessage answer = await of.Server.Http.SendAsync(request);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
            return new Told((int)answer.StatusCode, JsonValue.Parse(bytes), answer.Headers);
        }

        /// <summary>A signed request.</summary>
        public HttpRequestMessage Request(
            string method,
            string target,
            byte[]? body = null,
            string type = "application/json"
        ) => of.signer.With(seed).Sign(method, target, body, type);
    }
}
