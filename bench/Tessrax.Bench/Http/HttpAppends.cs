using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;

namespace Tessrax.Bench.Http;

/// <summary>Appending over HTTP by 64 clients, each with a session of its own, beside as many that call the pipeline within their process, and
/// beside Kestrel that reads the same requests, does nothing with them, and answers as much.</summary>
/// <remarks>MACs are made before time is taken: what clients do before they send is no work of the server, and others do it elsewhere.</remarks>
internal sealed class HttpAppends
{
    private const int Clients = 64;

    // More than one client appends in a turn.
    private const int MostOfTurn = 3000;
    private const string One = "/v1/receipts";
    private const string Many = "/v1/receipts/batch";

    // All numbers of a session have as many digits, so that each fits where the one before stood.
    private const int FirstNumber = 100_000;

    private static readonly byte[][] Data = [.. Enumerable.Range(0, Clients).Select(i => HttpLedger.DataOf(i))];

    private readonly HttpServers server;
    private readonly int together;
    private readonly (string Id, byte[] Secret)[] sessions;
    private readonly int[] next;

    private HttpAppends(HttpServers server, int together, (string, byte[])[] sessions, int[] next) =>
        (this.server, this.together, this.sessions, this.next) = (server, together, sessions, next);

    private string Target => together == 1 ? One : Many;

    /// <summary>Opens the sessions.</summary>
    public static async Task<HttpAppends> To(HttpServers server)
    {
        var sessions = new (string, byte[])[Clients];
        for (int i = 0; i < Clients; i++)
            sessions[i] = await OpenSession(server.Address);
        return new HttpAppends(server, 1, sessions, [.. Enumerable.Repeat(FirstNumber, Clients)]);
    }

    /// <summary>The same clients with so many receipts in each request.</summary>
    public HttpAppends By(int several) => new(server, several, sessions, next);

    /// <summary>Writes what our server answers into a file, for a server that does nothing else than give it.</summary>
    public async Task Record(string file)
    {
        using LoadClient client = await LoadClient.Open(server.Address);
        ReadOnlyMemory<byte> answer = await client.Ask(Prepare(0).Next(), 201);
        next[0] += MostOfTurn;
        await HttpReads.Record([(Target, "application/json", answer.ToArray())], file);
    }

    /// <summary>Over HTTP.</summary>
    /// <param name="turn">How long.</param>
    /// <param name="bare">Whom to ask instead of our server.</param>
    public async Task<Load> OverHttp(TimeSpan turn, HttpServers? bare = null)
    {
        HttpServers asked = bare ?? server;
        LoadClient[] clients = await LoadClient.Open(asked.Address, Clients);
        Prepared[] prepared = [.. Enumerable.Range(0, Clients).AsParallel().AsOrdered().Select(Prepare)];
        Load load = await Load.Run(
            Clients,
            turn,
            () => asked.Cpu,
            async i => await clients[i].Ask(prepared[i].Next(), 201)
        );
        for (int i = 0; i < Clients; i++)
        {
            next[i] += MostOfTurn;
            clients[i].Dispose();
        }
        return load.Times(together);
    }

    /// <summary>Within the process.</summary>
    public async Task<Load> InProcess(string directory, TimeSpan turn)
    {
        var writer = LedgerWriter.Open(directory, HttpLedger.Keys, HttpLedger.Environment);
        await using var pipeline = new LedgerPipeline(writer);
        Load load = await Load.Run(Clients, turn, () => Environment.CpuUsage.TotalTime, i => Append(pipeline, i));
        return load.Times(together);
    }

    private async ValueTask Append(LedgerPipeline pipeline, int client)
    {
        var draft = new OwnDraft(HttpLedger.Event, Data[client]);
        if (together == 1)
            await pipeline.AppendAsync(draft);
        else
            await pipeline.AppendAsync([.. Enumerable.Repeat(draft, together)]);
    }

    private Prepared Prepare(int client)
    {
        byte[] one = [.. "{\"event\":\"x-bench\",\"data\":"u8, .. Data[client], (byte)'}'];
        byte[] body = together == 1 ? one : Batch(one);
        var digest = HashEngine.Sha256.Hash(body);
        (string id, byte[] secret) = sessions[client];
        string[] macs =
        [
            .. Enumerable
                .Range(next[client], MostOfTurn)
                .Select(number => Base64Url.EncodeToString(SessionMac.Of(secret, "POST", Target, number, digest).Span)),
        ];
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Tessrax-Session id=\"{id}\",seq=\"{next[client]}\",mac=\"{macs[0]}\"\r\nContent-Length: {body.Length}\r\n\r\n"
        );
        return new Prepared([.. Encoding.ASCII.GetBytes(head), .. body], next[client], macs);
    }

    private byte[] Batch(byte[] one)
    {
        List<byte> all = [.. "{\"receipts\":["u8];
        for (int i = 0; i < together; i++)
            all.AddRange([.. i == 0 ? [] : ","u8, .. one]);
        return [.. all, .. "]}"u8];
    }

    /// <summary>The requests of a client, one after the other in the same place.</summary>
    private sealed class Prepared(byte[] request, int first, string[] macs)
    {
        private readonly int numberAt = request.AsSpan().IndexOf("seq=\""u8) + 5;
        private readonly int macAt = request.AsSpan().IndexOf("mac=\""u8) + 5;
        private int at;

        public ReadOnlyMemory<byte> Next()
        {
            Utf8Formatter.TryFormat(first + at, request.AsSpan(numberAt), out _);
            Encoding.ASCII.GetBytes(macs[at++], request.AsSpan(macAt));
            return request;
        }
    }

    private static async Task<(string Id, byte[] Secret)> OpenSession(Uri address)
    {
        const string Sessions = "/v1/sessions";
        using var http = new HttpClient { BaseAddress = address };
        using HttpResponseMessage refused = await http.PostAsync(new Uri(Sessions, UriKind.Relative), null);
        using PrivateKey key = HttpLedger.Submitter;
        var options = new ClientOptions
        {
            Clock = TimeProvider.System,
            Random = static bytes => SystemRandom.Fill(bytes),
        };
        var signer = new AccessSigner(Digest.Parse(ServerRefusal.Challenge(refused, "realm")!), () => key, options)
        {
            Run = ServerRefusal.Challenge(refused, "server")!,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, Sessions);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            signer.Authorize("POST", Sessions, HashEngine.Sha256.Hash([]))
        );
        using HttpResponseMessage answer = await http.SendAsync(request);
        JsonValue session = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        return (session["session"]!.AsString(), Convert.FromBase64String(session["secret"]!.AsString()));
    }
}
