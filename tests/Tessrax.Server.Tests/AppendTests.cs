using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>Appending over HTTP: what is acknowledged is there, once, whoever asks again, and whatever happens to server and client.</summary>
public sealed class AppendTests(AppendTests.Served served) : IClassFixture<AppendTests.Served>
{
    private readonly Clients clients = served.Clients;

    public sealed class Served : IAsyncLifetime
    {
        internal Clients Clients { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Clients = await Clients.Start();

        public ValueTask DisposeAsync() => Clients.DisposeAsync();
    }

    private TestServer Server => clients.Server;

    [Fact]
    public async Task What_is_acknowledged_is_there_and_proven()
    {
        Told told = await clients.Submitter.Post(
            "/v1/receipts?proof=yes",
            $$"""{"event":"x-note","data":{"b":1.50,"a":"é"},"state":"sha256:{{new string('a', 64)}}"}"""
        );
        Assert.Equal(201, told.Status);
        long index = told.Number("index");
        Assert.Equal($"/v1/receipts/{index}", told.Headers.Location!.ToString());
        Told receipt = await clients.Reader.Get(told.Headers.Location.ToString());
        Assert.Equal(
            JsonValue.Parse(
                Encoding.UTF8.GetBytes($$"""{"data":{"a":"é","b":1.5},"state":"sha256:{{new string('a', 64)}}"}""")
            ),
            receipt["payload"]
        );
        Assert.Equal("log", receipt["entry"]["body"]!["by"]!["kind"]!.AsString());
        Assert.Equal(receipt["leaf_hash"], told["leaf_hash"]);
        Assert.Equal(receipt["entry"]["recorded_at"], told["recorded_at"]);
        MustBeProven(told, told["leaf_hash"], index, told["proof"]);
    }

    [Fact]
    public async Task The_author_signs_what_the_author_is_to_vouch_for()
    {
        Told told = await clients.Submitter.Post("/v1/receipts", """{"event":"x-note","data":1,"by":"author"}""");
        Told receipt = await clients.Reader.Get($"/v1/receipts/{told.Number("index")}");
        Assert.Equal("author", receipt["entry"]["body"]!["by"]!["kind"]!.AsString());
        Assert.NotNull(receipt["entry"]["sig"]);
    }

    [Fact]
    public async Task The_same_request_appends_once_and_another_one_is_refused()
    {
        Told first = await clients.Submitter.Post("/v1/receipts", Note("once"), key: "order-1");
        Assert.Equal(201, first.Status);
        Told again = await clients.Submitter.Post("/v1/receipts", Note("once"), key: "order-1");
        Assert.Equal((200, first.Number("index")), (again.Status, again.Number("index")));
        Assert.Equal(JsonValue.True, again["repeat"]);
        Assert.Equal(first["leaf_hash"], again["leaf_hash"]);
        Told other = await clients.Submitter.Post("/v1/receipts", Note("twice"), key: "order-1");
        Assert.Equal((409, "TSX4004"), (other.Status, other.Code));
        // A key is its client's own.
        Told stranger = await clients.Other.Post("/v1/receipts", Note("once"), key: "order-1");
        Assert.Equal(201, stranger.Status);
        Assert.NotEqual(first.Number("index"), stranger.Number("index"));
        // So is one of a batch.
        Told batch = await clients.Submitter.Post("/v1/receipts/batch", Batch("once"), key: "order-1");
        Assert.Equal(201, batch.Status);
    }

    [Fact]
    public async Task The_same_request_at_the_same_time_appends_once()
    {
        Told[] all = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => clients.Submitter.Post("/v1/receipts", Note("race"), key: "race"))
        );
        Assert.Single(all.Select(told => told.Number("index")).Distinct());
        Assert.Equal([200, 201], all.Select(told => told.Status).Distinct().Order());
        Assert.Single(all, told => told.Status == 201);
    }

    [Fact]
    public async Task A_batch_is_in_order_and_the_same_batch_is_the_same_entries()
    {
        Told first = await clients.Submitter.Post("/v1/receipts/batch?proof=yes", Batch("a", "b", "c"), key: "batch");
        Assert.Equal(201, first.Status);
        JsonValue[] receipts = first["receipts"].Items.ToArray();
        long start = Number(receipts[0]["index"]!);
        for (int i = 0; i < receipts.Length; i++)
        {
            Assert.Equal(start + i, Number(receipts[i]["index"]!));
            MustBeProven(first, receipts[i]["leaf_hash"]!, start + i, receipts[i]["proof"]!);
            Told receipt = await clients.Reader.Get($"/v1/receipts/{start + i}");
            Assert.Equal("abc"[i].ToString(), receipt["payload"]["data"]!["text"]!.AsString());
        }
        // What a crash left of a batch is made whole by sending it again.
        Told more = await clients.Submitter.Post("/v1/receipts/batch", Batch("a", "b", "c", "d"), key: "batch");
        Assert.Equal(201, more.Status);
        Assert.Equal(
            [start, start + 1, start + 2],
            more["receipts"].Items.ToArray()[..3].Select(one => Number(one["index"]!))
        );
        Told again = await clients.Submitter.Post("/v1/receipts/batch", Batch("a", "b", "c", "d"), key: "batch");
        Assert.Equal(200, again.Status);
        Assert.Equal(
            more["receipts"].Items.ToArray().Select(one => one["index"]),
            again["receipts"].Items.ToArray().Select(one => one["index"])
        );
    }

    [Fact]
    public async Task A_body_that_was_signed_elsewhere_is_verified_and_appended_once()
    {
        JsonValue given = Signed("signed");
        Told told = await clients.Submitter.Post("/v1/receipts", given.ToCanonicalBytes());
        Assert.Equal(201, told.Status);
        Told again = await clients.Submitter.Post("/v1/receipts", given.ToCanonicalBytes());
        Assert.Equal((200, told.Number("index")), (again.Status, again.Number("index")));
        JsonValue batch = JsonValue.Object(("receipts", JsonValue.Of([Signed("more"), given])));
        Told both = await clients.Submitter.Post("/v1/receipts/batch", batch.ToCanonicalBytes());
        Assert.Equal(201, both.Status);
        Assert.Equal(told.Number("index"), Number(both["receipts"].Items[1]["index"]!));
        long size = clients.Size;
        byte[] forged = given
            .With("signed", given["signed"]!.With("sig", Convert.ToBase64String(new byte[64])))
            .ToCanonicalBytes();
        Assert.Equal("TSX5006", (await clients.Submitter.Post("/v1/receipts", forged)).Code);
        byte[] swapped = given.With("payload", JsonValue.Object(("data", 1))).ToCanonicalBytes();
        Assert.Equal("TSX5005", (await clients.Submitter.Post("/v1/receipts", swapped)).Code);
        Assert.Equal("TSX6005", (await clients.Submitter.Post("/v1/receipts", given.ToCanonicalBytes(), "k")).Code);
        Assert.Equal(size, clients.Size);
    }

    [Theory]
    [InlineData("{", 400, "TSX1001")]
    [InlineData("[]", 400, "TSX1009")]
    [InlineData("""{"data":1}""", 400, "TSX1008")]
    [InlineData("""{"event":"x-note"}""", 400, "TSX1008")]
    [InlineData("""{"event":"x-note","data":1,"extra":1}""", 400, "TSX1007")]
    [InlineData("""{"event":"x-note","event":"x-note","data":1}""", 400, "TSX1002")]
    [InlineData("""{"event":"x-note","data":1,"by":"me"}""", 400, "TSX1009")]
    [InlineData("""{"event":"x-note","data":1,"state":"sha256:00"}""", 400, "TSX1009")]
    [InlineData("""{"event":"DECISION_RECORDED","data":1}""", 400, "TSX1017")]
    [InlineData("""{"event":"x-Note","data":1}""", 400, "TSX1017")]
    [InlineData("""{"signed":{},"payload":1}""", 400, "TSX1008")]
    public async Task What_is_no_append_changes_nothing(string body, int status, string code)
    {
        long size = clients.Size;
        Told told = await clients.Submitter.Post("/v1/receipts", body);
        Assert.Equal((status, code), (told.Status, told.Code));
        Told batch = await clients.Submitter.Post(
            "/v1/receipts/batch",
            $$"""{"receipts":[{{Note("good")}},{{body}}]}"""
        );
        Assert.Equal(status, batch.Status);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task Sizes_types_keys_and_roles_are_held_to()
    {
        long size = clients.Size;
        string large = Note(new string('x', Receipt.MaxPayloadBytes));
        Assert.Equal((413, "TSX1006"), Brief(await clients.Submitter.Post("/v1/receipts", large)));
        byte[] huge = new byte[2 * Receipt.MaxPayloadBytes];
        Assert.Equal((413, "TSX1006"), Brief(await clients.Submitter.Offer("/v1/receipts", huge)));
        Assert.Equal(
            (415, "TSX6009"),
            Brief(await clients.Submitter.Post("/v1/receipts", Note("a"), type: "text/plain"))
        );
        foreach (string path in (string[])["/v1/receipts?proof=maybe", "/v1/receipts?size=1"])
            Assert.Equal((400, "TSX6005"), Brief(await clients.Submitter.Post(path, Note("a"))));
        foreach (string key in (string[])["", "a b", new string('k', 65), "\"k\"", "k.k"])
            Assert.Equal((400, "TSX6005"), Brief(await clients.Submitter.Post("/v1/receipts", Note("a"), key)));
        string empty = """{"receipts":[]}""";
        Assert.Equal((400, "TSX1009"), Brief(await clients.Submitter.Post("/v1/receipts/batch", empty)));
        string many = Batch([.. Enumerable.Repeat("a", 1025)]);
        Assert.Equal((400, "TSX1009"), Brief(await clients.Submitter.Post("/v1/receipts/batch", many)));
        foreach (Clients.Client other in (Clients.Client[])[clients.Reader, clients.Approver, clients.Operator])
            Assert.Equal((403, "TSX6018"), Brief(await other.Post("/v1/receipts", Note("a"))));
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Note("a")));
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage nobody = await Server.Http.PostAsync(
            new Uri("/v1/receipts", UriKind.Relative),
            content
        );
        Assert.Equal(401, (int)nobody.StatusCode);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public async Task A_client_that_hangs_up_does_not_change_what_happens()
    {
        long size = clients.Size;
        using HttpRequestMessage request = clients.Submitter.Request(
            "POST",
            "/v1/receipts",
            Encoding.UTF8.GetBytes(Note("gone"))
        );
        byte[] body = await request.Content!.ReadAsByteArrayAsync();
        string head =
            $"POST /v1/receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nAuthorization: {request.Headers.Authorization}\r\n\r\n";
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        Task<bool> work = Server.Ledger.Write(
            "a test",
            _ =>
            {
                held.SetResult();
                return goOn.Wait(TimeSpan.FromSeconds(30));
            }
        );
        await held.Task;
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(System.Net.IPAddress.Loopback, Server.Running.Address.Port);
            await client.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
            // The work, and the append behind it.
            Assert.True(SpinWait.SpinUntil(() => Server.Ledger.Pipeline.Pending >= 2, TimeSpan.FromSeconds(30)));
            client.Client.LingerState = new LingerOption(true, 0);
        }
        goOn.Set();
        Assert.True(await work);
        await Server.Ledger.Grown(size, new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        Told receipt = await clients.Reader.Get($"/v1/receipts/{size}");
        Assert.Equal("gone", receipt["payload"]["data"]!["text"]!.AsString());
    }

    [Fact]
    public async Task Whoever_asks_by_a_token_is_told_what_became_of_an_append()
    {
        Told told = await clients.Submitter.Post("/v1/receipts", Note("asked for"));
        Told receipt = await clients.Reader.Get($"/v1/receipts/{told.Number("index")}");
        JsonValue body = receipt["entry"]["body"]!;
        Assert.True(UtcTime.TryParse(body["expires_at"]!.AsString(), out UtcTime until));
        var token = new AppendToken(
            new Voucher(VoucherKind.Log, Digest.Parse(body["by"]!["key"]!.AsString())),
            body["nonce"]!.AsString(),
            until
        );
        Told fate = await clients.Submitter.Get(FateOf(token));
        Assert.Equal(("committed", told.Number("index")), (fate["outcome"].AsString(), fate.Number("index")));
        fate = await clients.Submitter.Get(FateOf(token with { Nonce = Convert.ToBase64String(new byte[16]) }));
        Assert.Equal("not-there", fate["outcome"].AsString());
        Assert.Equal("TSX6005", (await clients.Submitter.Get("/v1/appends/abc")).Code);
    }

    internal static string Note(string text) =>
        JsonValue.Object(("event", "x-note"), ("data", JsonValue.Object(("text", text)))).ToString();

    internal static (int, string) Brief(Told told) => (told.Status, told.Code);

    internal static string FateOf(AppendToken token) =>
        $"/v1/appends/{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.ToString()))}";

    private static string Batch(params string[] texts) =>
        $$"""{"receipts":[{{string.Join(',', texts.Select(Note))}}]}""";

    private static long Number(JsonValue value) =>
        long.Parse(value.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture);

    private void MustBeProven(Told told, JsonValue leaf, long index, JsonValue proof)
    {
        Assert.True(
            Checkpoint.TryOpen(
                Encoding.UTF8.GetBytes(told["checkpoint"].AsString()),
                Server.Home.Trust.Policy.Logs[0],
                out Checkpoint? signed,
                out _
            )
        );
        Assert.Equal(told.Number("size"), signed.Head.Size);
        Digest[] path =
        [
            .. proof
                .Items.ToArray()
                .Select(item => Digest.TryParseBase64(item.AsString(), out Digest hash) ? hash : default),
        ];
        TreeHasher hasher = Server.Ledger.Directory.Hasher;
        Assert.True(InclusionProof.Verify(path, signed.Head, index, Digest.Parse(leaf.AsString()), hasher));
    }

    /// <summary>The token of an append, as whoever has its receipt can make it.</summary>
    internal static AppendToken TokenOf(JsonValue receipt)
    {
        JsonValue body = receipt["entry"]!["body"]!;
        return new AppendToken(
            new Voucher(VoucherKind.Log, Digest.Parse(body["by"]!["key"]!.AsString())),
            body["nonce"]!.AsString(),
            UtcTime.TryParse(body["expires_at"]!.AsString(), out UtcTime until) ? until : default
        );
    }

    private JsonValue Signed(string text) => Signed(Server.Home, text);

    /// <summary>What whoever has signed a body elsewhere sends.</summary>
    internal static JsonValue Signed(TestLedger home, string text)
    {
        (SignedBody signed, FrozenPayload payload) = home.Signed(text);
        return JsonValue.Object(
            (
                "signed",
                JsonValue.Object(
                    ("body", signed.Body.ToJson()),
                    ("sig", signed.Signature),
                    ("salt", Convert.ToBase64String(signed.Salt.Span))
                )
            ),
            ("payload", payload.Root)
        );
    }
}
