using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>What the client returns is what the ledger holds; whatever a server changes is found out before it is returned.</summary>
public sealed class ClientTests(ClientTests.Served served) : IClassFixture<ClientTests.Served>
{
    private readonly TestServer server = served.Server;

    public sealed class Served : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.Start(Filled());

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    internal static TestLedger Filled(string hash = "sha256")
    {
        var home = new TestLedger(hash: hash);
        using LedgerWriter writer = home.Open();
        TestServer.Disagree(writer);
        writer.Append([.. Enumerable.Range(0, 40).Select(i => TestLedger.Own($"number {i}"))]);
        return home;
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("blake3")]
    public async Task What_is_returned_is_what_the_ledger_holds(string hash)
    {
        await using TestServer? other = hash == "sha256" ? null : await TestServer.Start(Filled(hash));
        TestServer asked = other ?? server;
        (LedgerClient client, _) = Between.Connect(asked);
        using LedgerClient one = client;
        using Node.Serving.Lease<Node.Serving.LedgerMoment> now = asked.Ledger.Moment();
        Assert.Equal(now.Value.Says.Head, (await client.CheckpointAsync()).Head);
        for (long i = 0; i < now.Value.Size; i++)
        {
            VerifiedReceipt receipt = await client.ReceiptAsync(i);
            Receipt held = now.Value.Glance.Receipt(i);
            Assert.Equal(held.Leaf.ToArray(), receipt.Receipt.Leaf.ToArray());
            Assert.Equal(held.Payload, receipt.Receipt.Payload);
            Assert.Equal(now.Value.Glance.Tree.Leaf(i), receipt.LeafHash);
        }
        Assert.Equal(Indexes(now.Value.Size - 1, 0), await All(client, new ReceiptWish { Limit = 7 }));
        Assert.Equal(Indexes(5, now.Value.Size - 1), await All(client, new ReceiptWish { After = 4, Limit = 9 }));
        Assert.Equal([3, 2, 1, 0], await All(client, new ReceiptWish { Before = 4 }));
        Assert.All(
            (await client.ReceiptsAsync(new ReceiptWish { Events = ["x-test"], Limit = 3 })).Receipts,
            found => Assert.Equal("x-test", found.Receipt.Entry.Body.Event)
        );
        Assert.Equal(
            Indexes(now.Value.Size - 1, now.Value.Size - 40),
            await All(client, new ReceiptWish { Events = ["x-test"], Limit = 7 })
        );
        SearchPage page = await client.SearchAsync(new SearchWish("number") { Limit = 4 });
        Assert.Equal(4, page.Hits.Count);
        Assert.NotNull(page.Next);
        Assert.All(
            page.Hits,
            hit => Assert.Contains("number", hit.Found.Receipt.Payload!.ToString(), StringComparison.Ordinal)
        );
        long decision = now.Value.Glance.From(0).First(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        Assert.True((await client.BundleAsync(decision)).Verdict.Holds);
        JsonValue policy = await client.PolicyAsync(asked.Home.Policy.Pin.Digest);
        Assert.Equal(asked.Home.Policy.Pin.Id, policy["id"]!.AsString());
        Assert.Equal(2, (await client.TellAsync("v1/contradictions")).Value["contradictions"]!.Items.Length);
    }

    public static TheoryData<string, string, string> Lies =>
        new()
        {
            { "/v1/receipts/20?", "payload", "TSX6040" },
            { "/v1/receipts/20?", "salt", "TSX6040" },
            { "/v1/receipts/20?", "proof", "TSX6040" },
            { "/v1/receipts/20?", "entry", "TSX6040" },
            { "/v1/receipts/20?", "other", "TSX6040" },
            { "/v1/receipts/20?", "cut", "TSX3016" },
            { "/v1/receipts?", "payload in list", "TSX6040" },
            { "/v1/receipts?", "left out", "TSX6040" },
            { "/v1/receipts?", "swapped", "TSX6040" },
            { "/tile/0/000.p/", "byte", "TSX6040" },
            { "/tile/0/000.p/", "long", "TSX6040" },
            { "/v1/checkpoint", "signature", "TSX6040" },
            { "/v1/checkpoint", "root", "TSX6040" },
            { "/v1/checkpoint", "stranger", "TSX6040" },
            { "/v1/bundles/20", "byte", "TSX6040" },
            { "/v1/policies/", "byte", "TSX6040" },
            { "/v1/search", "hit", "TSX6040" },
            { "/v1/search", "too many", "TSX6040" },
            { "/v1/receipts?", "first left out", "TSX6040" },
            { "/v1/receipts?", "empty", "TSX6040" },
            { "/v1/search", "cursor", "TSX6040" },
            { "/v1/search", "no match", "TSX6040" },
            { "/v1/search", "twice", "TSX6040" },
            { "/v1/receipts?", "others", "TSX6040" },
            { "/v1/receipts?", "huge", "TSX3016" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_is_found_out(string path, string how, string code)
    {
        (LedgerClient client, Between between) = Between.Connect(server);
        using LedgerClient one = client;
        await Everything(client);
        bool hasLied = false;
        between.Lie = (asked, bytes) =>
        {
            if (!asked.StartsWith(path, StringComparison.Ordinal))
                return null;
            hasLied = true;
            return Change(how, bytes);
        };
        // Another client, since this one need not ask again for what it knows.
        (LedgerClient fresh, Between second) = Between.Connect(server);
        using LedgerClient two = fresh;
        second.Lie = between.Lie;
        TessraxException found = await Assert.ThrowsAsync<TessraxException>(() => Everything(fresh));
        Assert.True(hasLied);
        Assert.Equal(code, found.Code.ToString());
    }

    [Fact]
    public async Task A_log_that_shows_another_history_is_found_out()
    {
        await using TestServer other = await TestServer.Start(Filled());
        TrustRoot byKey = TrustRoot.FromVerifierKey(server.Home.Trust.Policy.Logs[0]);
        (LedgerClient client, Between between) = Between.Connect(server, trust: byKey);
        using LedgerClient one = client;
        VerifiedCheckpoint first = await client.CheckpointAsync();
        byte[] theirs = await other.Http.GetByteArrayAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        between.Lie = (path, _) => path == "/v1/checkpoint" ? theirs : null;
        TessraxException fork = await Assert.ThrowsAsync<TessraxException>(async () => await client.CheckpointAsync());
        Assert.Equal("TSX6041", fork.Code.ToString());
        Assert.Same(first, client.Accepted);
        // Also where the first one was accepted before this process began.
        (LedgerClient later, _) = Between.Connect(other, trust: byKey.Accepting(first.Note));
        using LedgerClient two = later;
        fork = await Assert.ThrowsAsync<TessraxException>(async () => await later.CheckpointAsync());
        Assert.Equal("TSX6041", fork.Code.ToString());
    }

    [Fact]
    public async Task Another_ledger_of_the_same_log_key_is_none_of_ours()
    {
        await using TestServer other = await TestServer.Start(Filled());
        (LedgerClient client, _) = Between.Connect(other, trust: server.Home.Trust);
        using LedgerClient one = client;
        TessraxException found = await Assert.ThrowsAsync<TessraxException>(async () => await client.ReceiptAsync(3));
        Assert.Equal("TSX6040", found.Code.ToString());
        Assert.Contains("trust", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("http://example.com/?x=1")]
    [InlineData("http://user@example.com/")]
    public void What_is_no_address_of_a_server_is_refused(string address)
    {
        var options = new ClientOptions { Clock = TimeProvider.System, Random = _ => { } };
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new LedgerClient(new Uri(address), server.Home.Trust, options)
        );
        Assert.Equal("TSX1012", refused.Code.ToString());
    }

    [Fact]
    public async Task A_refusal_of_the_server_keeps_its_code()
    {
        (LedgerClient client, _) = Between.Connect(server);
        using LedgerClient one = client;
        Assert.Equal("TSX3011", await CodeOf(() => client.ReceiptAsync(9999).AsTask()));
        Assert.Equal("TSX1018", await CodeOf(() => client.SearchAsync(new SearchWish("(")).AsTask()));
        Assert.Equal("TSX6002", await CodeOf(() => client.TellAsync("v1/nothing").AsTask()));
        await Assert.ThrowsAsync<ArgumentException>(() => client.TellAsync("http://127.0.0.1:1/").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => client.TellAsync("//127.0.0.1:1/").AsTask());
        Assert.Equal("TSX6008", await CodeOf(() => client.AppendAsync(new OwnAppend("x-a", 1)).AsTask()));
    }

    [Theory]
    [InlineData("/v1/ledger", 7 << 20)]
    [InlineData("/v1/receipts/3", 3 << 20)]
    [InlineData("/v1/checkpoint", 1 << 20)]
    public async Task An_answer_that_is_small_on_the_wire_and_large_in_memory_is_not_read(string address, int bytes)
    {
        (LedgerClient client, Between between) = Between.Connect(server);
        using LedgerClient one = client;
        await client.CheckpointAsync();
        byte[] dense = Encoding.ASCII.GetBytes(
            $"{{\"a\":[{new string('0', bytes / 2).Replace("0", "0,", StringComparison.Ordinal)}0]}}"
        );
        between.Lie = (path, _) => path.StartsWith(address, StringComparison.Ordinal) ? dense : null;
        long before = GC.GetTotalAllocatedBytes();
        string code = await CodeOf(async () =>
        {
            await (
                address == "/v1/receipts/3" ? Of(client.ReceiptAsync(3))
                : address == "/v1/checkpoint" ? Of(client.CheckpointAsync())
                : Of(client.TellAsync("v1/ledger"))
            );
        });
        Assert.Equal("TSX3016", code);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 100L << 20);

        static async ValueTask Of<T>(ValueTask<T> answer) => await answer;
    }

    [Fact]
    public async Task Only_events_that_were_asked_for_are_returned()
    {
        (LedgerClient client, Between between) = Between.Connect(server);
        using LedgerClient one = client;
        // Asked of the server without the filter.
        between.Changes = request =>
            request.RequestUri = new Uri(
                request.RequestUri!.AbsoluteUri.Replace("event=x-test&", "", StringComparison.Ordinal)
            );
        Assert.Equal(
            "TSX6040",
            await CodeOf(() =>
                client
                    .ReceiptsAsync(
                        new ReceiptWish
                        {
                            Events = ["x-test"],
                            After = 0,
                            Limit = 4,
                        }
                    )
                    .AsTask()
            )
        );
    }

    internal static async Task<string> CodeOf(Func<Task> what) =>
        (await Assert.ThrowsAsync<TessraxException>(what)).Code.ToString();

    private static IEnumerable<long> Indexes(long from, long to) =>
        from <= to
            ? Enumerable.Range((int)from, (int)(to - from + 1)).Select(i => (long)i)
            : Indexes(to, from).Reverse();

    internal static async Task<List<long>> All(LedgerClient client, ReceiptWish wish)
    {
        var found = new List<long>();
        for (ReceiptWish? next = wish; next is not null; )
        {
            ReceiptPage page = await client.ReceiptsAsync(next);
            found.AddRange(page.Receipts.Select(one => one.Receipt.Entry.Index));
            next = page.Next;
        }
        return found;
    }

    private async Task Everything(LedgerClient client)
    {
        await client.CheckpointAsync();
        await client.ReceiptAsync(20);
        await client.ReceiptsAsync(new ReceiptWish { Limit = 10 });
        await client.SearchAsync(new SearchWish("number") { Limit = 2 });
        await client.BundleAsync(20);
        await client.PolicyAsync(server.Home.Policy.Pin.Digest);
    }

    private static byte[] Change(string how, byte[] bytes)
    {
        switch (how)
        {
            case "byte":
                bytes[bytes.Length / 2] ^= 1;
                return bytes;
            case "long":
                return [.. bytes, 0];
            case "cut":
                return bytes[..(bytes.Length / 2)];
        }
        JsonValue json = JsonValue.Parse(bytes);
        JsonValue changed = how switch
        {
            "payload" => json.With("payload", JsonValue.Object(("data", 1))),
            "salt" => json.With("salt", Convert.ToBase64String(new byte[32])),
            "proof" => json.With("proof", JsonValue.Of(json["proof"]!.Items.ToArray().AsEnumerable().Reverse())),
            "entry" => json.With("entry", json["entry"]!.With("recorded_at", "2026-01-31T12:00:00.000000Z")),
            "other" => json.With("index", 21),
            "payload in list" => OfList(json, list => [list[0].With("payload", 1), .. list[1..]]),
            "left out" => OfList(json, list => [list[0], .. list[2..]]),
            "first left out" => OfList(json, list => list[1..]),
            "others" => OfList(json, list => [list[^1], .. list[1..]]),
            "empty" => OfList(json, _ => []),
            "cursor" => json.With("next", "a;touch x"),
            "huge" => json.With("more", new string('a', 17 << 20)),
            "swapped" => OfList(json, list => [list[1], list[0], .. list[2..]]),
            "signature" => json.With(
                "note",
                json["note"]!
                    .AsString()
                    .Replace("— example.com/test ", "— example.com/test A", StringComparison.Ordinal)
            ),
            "root" => json.With("note", Reroot(json["note"]!.AsString())),
            "stranger" => json.With("note", Resign(json["note"]!.AsString())),
            "hit" => OfHits(json, hit => hit.With("index", 9999)),
            "no match" => OfHits(json, hit => hit.With("index", 0)),
            "twice" => json.With("hits", JsonValue.Of(Enumerable.Repeat(json["hits"]!.Items[0], 2))),
            "too many" => json.With("hits", JsonValue.Of(Enumerable.Repeat(json["hits"]!.Items[0], 3))),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
        return changed.ToCanonicalBytes();
    }

    private static JsonValue OfHits(JsonValue json, Func<JsonValue, JsonValue> change) =>
        json.With("hits", JsonValue.Of(json["hits"]!.Items.ToArray().Select(change)));

    private static JsonValue OfList(JsonValue json, Func<JsonValue[], JsonValue[]> change) =>
        json.With("receipts", JsonValue.Of(change(json["receipts"]!.Items.ToArray())));

    private static string Reroot(string note)
    {
        string[] lines = note.Split('\n');
        lines[2] = Convert.ToBase64String(new byte[32]);
        return string.Join('\n', lines);
    }

    // The same words, signed by another key under the log's name.
    private static string Resign(string note)
    {
        using PrivateKey stranger = TestLedger.Seeded(99);
        string text = SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text;
        return SignedNote.Sign(text, TestLedger.Origin, stranger).ToString();
    }
}
