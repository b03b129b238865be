using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Tests;
using static Tessrax.Server.Tests.ClientTests;

namespace Tessrax.Server.Tests;

/// <summary>Appending by the client: what it returns is durable, and what was asked for; what does not arrive is sent again, and appended once.</summary>
public sealed class ClientAppendTests : IAsyncLifetime
{
    private const byte Submitter = 81;
    private const byte Approver = 83;

    private Clients clients = null!;

    public async ValueTask InitializeAsync() => clients = await Clients.Start(Filled());

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [Fact]
    public async Task What_is_appended_is_what_was_asked_for()
    {
        using LedgerClient client = Between.Connect(clients.Server, seed: Submitter).Client;
        var what = new OwnAppend("x-note", JsonValue.Object(("text", "é"), ("n", JsonValue.Number(1.5))));
        Appended appended = await client.AppendAsync(what, "order-1");
        Assert.False(appended.IsRepeat);
        Assert.Equal(what.Data, appended.Receipt.Receipt.Payload!.Root["data"]);
        Appended again = await client.AppendAsync(what, "order-1");
        Assert.True(again.IsRepeat);
        Assert.Equal(appended.Receipt.LeafHash, again.Receipt.LeafHash);
        Assert.Equal("TSX4004", await CodeOf(() => client.AppendAsync(what with { Data = 2 }, "order-1").AsTask()));
        Assert.Equal("TSX1012", await CodeOf(() => client.AppendAsync(what, "a\nb").AsTask()));
        IReadOnlyList<Appended> many = await client.AppendAsync([what, what with { Data = "b", ByAuthor = true }]);
        Assert.Equal(
            ["log", "author"],
            many.Select(one => one.Receipt.Receipt.Entry.Body.By.Kind.ToString().ToLowerInvariant())
        );
    }

    [Fact]
    public async Task What_got_lost_is_sent_again_and_appended_once()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        int lost = 0;
        between.Loses = request => request.RequestUri!.AbsolutePath == "/v1/receipts" && lost++ < 2;
        long size = clients.Size;
        Appended appended = await client.AppendAsync(new OwnAppend("x-note", "once"));
        Assert.True(appended.IsRepeat);
        Assert.Equal((3, size + 1), (lost, clients.Size));
        // It is not tried for ever.
        between.Loses = request => request.Method == HttpMethod.Post;
        Assert.Equal("TSX3016", await CodeOf(() => client.AppendAsync(new OwnAppend("x-note", "never")).AsTask()));
    }

    [Fact]
    public async Task A_client_goes_on_with_a_new_run_of_the_server_and_by_its_clock()
    {
        var wrong = new HandClock();
        wrong.Pass(TimeSpan.FromMinutes(-8));
        (LedgerClient client, Between between) = Between.Connect(
            clients.Server,
            options => options with { Clock = wrong },
            seed: Submitter
        );
        using LedgerClient one = client;
        string other = Convert.ToBase64String(new byte[16]);
        between.Lie = (path, bytes) =>
            path == "/v1/ledger" ? JsonValue.Parse(bytes).With("server", other).ToCanonicalBytes() : null;
        await client.AppendAsync(new OwnAppend("x-note", "late"));
        // For the wrong run, at the wrong time, and then as it should be.
        Assert.Equal(3, between.Asked.Count(asked => asked == "POST /v1/receipts"));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-11)]
    public async Task No_request_is_signed_for_a_time_far_off_nor_twice_for_another_one(int minutes)
    {
        var clock = new HandClock();
        clock.Pass(TimeSpan.FromMinutes(minutes));
        using (LedgerClient far = Connect())
            await Refused(far);
        clock.Pass(TimeSpan.FromMinutes(-minutes - 8));
        using LedgerClient client = Connect();
        await client.AppendAsync(new OwnAppend("x-note", "once"));
        clock.Pass(TimeSpan.FromMinutes(5));
        await Refused(client);

        LedgerClient Connect() =>
            Between.Connect(clients.Server, options => options with { Clock = clock }, seed: Submitter).Client;
        static async Task Refused(LedgerClient asked)
        {
            TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
                asked.AppendAsync(new OwnAppend("x-note", "never")).AsTask()
            );
            Assert.Equal("TSX6015", refused.Code.ToString());
            Assert.Contains("clock", refused.Hint, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("index")]
    [InlineData("leaf")]
    [InlineData("checkpoint")]
    public async Task An_append_that_did_not_happen_is_not_returned(string what)
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        between.Lie = (path, bytes) =>
        {
            if (path != "/v1/receipts")
                return null;
            JsonValue told = JsonValue.Parse(bytes);
            return (
                what switch
                {
                    "index" => told.With("index", 20),
                    "leaf" => told.With("leaf_hash", "md5:00"),
                    _ => told.With("checkpoint", "example.com/test\n1\n\n"),
                }
            ).ToCanonicalBytes();
        };
        Assert.Equal("TSX6040", await CodeOf(() => client.AppendAsync(new OwnAppend("x-note", "lied about")).AsTask()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_was_given_before_is_no_append(bool isBatch)
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        byte[]? first = null;
        // What is sent is not passed on, once there is an answer to an equal request.
        between.Lie = (path, bytes) =>
            path.StartsWith("/v1/receipts", StringComparison.Ordinal)
            && JsonValue.Parse(bytes)["checkpoint"] is not null
            && (path.EndsWith("/batch", StringComparison.Ordinal) || path == "/v1/receipts")
                ? first ??= bytes
                : null;
        var what = new OwnAppend("x-note", "twice");
        async Task Append()
        {
            if (isBatch)
                await client.AppendAsync([what, what]);
            else
                await client.AppendAsync(what);
        }
        await Append();
        Assert.Equal("TSX6040", await CodeOf(Append));
    }

    [Theory]
    [InlineData("same index")]
    [InlineData("order")]
    public async Task Each_entry_of_a_batch_is_its_own(string lie)
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        between.Lie = (path, bytes) =>
        {
            if (path != "/v1/receipts/batch")
                return null;
            JsonValue told = JsonValue.Parse(bytes);
            JsonValue[] given = told["receipts"]!.Items.ToArray();
            JsonValue[] changed = lie == "order" ? [given[1], given[0]] : [given[0], given[0]];
            return told.With("receipts", JsonValue.Of(changed)).ToCanonicalBytes();
        };
        var what = new OwnAppend("x-note", "alike");
        Assert.Equal("TSX6040", await CodeOf(() => client.AppendAsync([what, what]).AsTask()));
    }

    [Fact]
    public async Task A_repeat_whose_payload_is_withheld_is_the_entry_of_that_key_and_says_so()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        var what = new OwnAppend("x-note", "gone");
        Appended other = await client.AppendAsync(what, "other-key");
        await client.AppendAsync(what, "gone-1");
        long claimed = -1;
        between.Lie = (path, bytes) =>
        {
            JsonValue told = JsonValue.Parse(bytes);
            return path == "/v1/receipts" && claimed >= 0
                    ? told.With("index", claimed).With("repeat", JsonValue.True).ToCanonicalBytes()
                : path.StartsWith("/v1/receipts/", StringComparison.Ordinal)
                    ? told.Without("payload").Without("salt").With("lost", JsonValue.True).ToCanonicalBytes()
                : null;
        };
        Assert.False((await client.AppendAsync(what, "gone-1")).IsPayloadSeen);
        // An entry of the same event under another key, and one that is fresh and yet without its payload.
        claimed = other.Receipt.Receipt.Entry.Index;
        Assert.Equal("TSX6040", await CodeOf(() => client.AppendAsync(what, "gone-1").AsTask()));
        claimed = -1;
        Assert.Equal("TSX6040", await CodeOf(() => client.AppendAsync(what, "gone-2").AsTask()));
    }

    [Fact]
    public async Task What_another_voucher_vouches_for_was_not_asked_for()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        // One key goes once for each voucher, with the same nonce.
        var what = new OwnAppend("x-note", "by");
        long byLog = (await client.AppendAsync(what, "by-1")).Receipt.Receipt.Entry.Index;
        between.Lie = (path, bytes) =>
            path == "/v1/receipts" ? JsonValue.Parse(bytes).With("index", byLog).ToCanonicalBytes() : null;
        Assert.Equal("TSX6040", await CodeOf(() => client.AppendAsync(what with { ByAuthor = true }, "by-1").AsTask()));
    }

    [Fact]
    public async Task Whoever_appends_a_lot_opens_one_session_and_ends_it()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        int Asked(string what) => between.Asked.Count(asked => asked == what);
        using (client)
        {
            await Task.WhenAll(
                Enumerable.Range(0, 12).Select(i => client.AppendAsync(new OwnAppend("x-note", i)).AsTask())
            );
            Assert.Equal((12, 1), (Asked("POST /v1/receipts"), Asked("POST /v1/sessions")));
            // A session that the server does not know (any more): nothing was done, and the request is signed anew.
            int spoilt = 0;
            between.Changes = request =>
            {
                if (spoilt++ == 0)
                    request.Headers.TryAddWithoutValidation("Authorization", Unknown(request));
            };
            Appended late = await client.AppendAsync(new OwnAppend("x-note", "late"));
            Assert.False(late.IsRepeat);
            await client.AppendAsync(new OwnAppend("x-note", "later"));
            Assert.Equal(2, Asked("POST /v1/sessions"));
        }
        Assert.Equal(1, Asked("DELETE /v1/sessions/current"));
    }

    [Fact]
    public async Task A_server_that_comes_back_late_has_forgotten_the_session_and_the_request_is_signed_anew()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Submitter);
        using LedgerClient one = client;
        for (int i = 0; i < 3; i++)
            await client.AppendAsync(new OwnAppend("x-note", i));
        int appends = 0;
        between.Loses = request => IsAppend(request) && appends <= 3;
        between.Changes = request =>
        {
            if (IsAppend(request) && ++appends is 2 or 4)
                request.Headers.TryAddWithoutValidation("Authorization", Unknown(request));
        };
        await client.AppendAsync(new OwnAppend("x-note", "back"));
        Assert.Equal(5, appends);

        static bool IsAppend(HttpRequestMessage request) => request.RequestUri!.AbsolutePath == "/v1/receipts";
    }

    [Fact]
    public async Task No_secret_is_asked_for_where_others_could_read_it_nor_of_who_gives_none()
    {
        var far = new Uri($"http://ledger.example:{clients.Server.Running.Address.Port}/");
        Between between = null!;
        using (LedgerClient client = Client(far))
        {
            for (int i = 0; i < 5; i++)
                await client.AppendAsync(new OwnAppend("x-note", i));
        }
        Assert.DoesNotContain(between.Asked, asked => asked.Contains("/v1/sessions", StringComparison.Ordinal));
        using (LedgerClient client = Client(clients.Server.Running.Address))
        {
            between.Lie = (path, _) => path == "/v1/sessions" ? "{\"session\":7}"u8.ToArray() : null;
            for (int i = 0; i < 5; i++)
                await client.AppendAsync(new OwnAppend("x-note", i));
        }
        Assert.Single(between.Asked, asked => asked.Contains("/v1/sessions", StringComparison.Ordinal));

        LedgerClient Client(Uri address) =>
            new(
                address,
                clients.Server.Home.Trust,
                new ClientOptions
                {
                    Clock = TimeProvider.System,
                    Random = bytes => RandomNumberGenerator.Fill(bytes),
                    AccessKey = TestLedger.Seeded(Submitter),
                    Between = network => between = new Between(network) { Really = clients.Server.Running.Address },
                }
            );
    }

    [Fact]
    public async Task Claims_are_recorded_and_may_be_sent_again()
    {
        using LedgerClient client = Between.Connect(clients.Server, seed: Submitter).Client;
        byte[] line =
            """{"claim_id":"n-1","subject":"CVE-9","metric":"score","value":7.5,"timestamp":"2026-01-31T12:00:00Z","source":"nvd"}"""u8.ToArray();
        Assert.Equal("1", (await client.IngestAsync(line)).Told.Value["claims"]!.AsNumberText());
        Assert.Equal("1", (await client.IngestAsync(line)).Told.Value["known"]!.AsNumberText());
    }

    [Fact]
    public async Task What_is_signed_is_what_the_ledger_holds()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: Approver);
        using LedgerClient one = client;
        ApprovalRequest request = await client.ApprovalRequestAsync();
        // Another proposal in its place would be signed by people who see this one.
        between.Lie = (path, bytes) =>
            path == "/v1/proposals/request"
                ? System.Text.Encoding.UTF8.GetBytes(
                    System.Text.Encoding.UTF8.GetString(bytes).Replace("CVE-2", "CVE-3", StringComparison.Ordinal)
                )
                : null;
        Assert.Equal("TSX6040", await CodeOf(() => client.ApprovalRequestAsync().AsTask()));
        between.Lie = null;
        long id = Assert.Single(request.Proposals).Index;
        SignedApprovals verdicts = Signed(request, id);
        ServerWord told = await client.ApproveAsync(verdicts);
        Assert.Equal("decided", told.Value["verdicts"]!.Items[0]["outcome"]!.AsString());
        Assert.Equal("TSX4011", await CodeOf(() => client.ApproveAsync(verdicts).AsTask()));
    }

    [Fact]
    public void Requests_are_signed_for_a_ledger_that_the_trust_root_names()
    {
        TrustRoot byKey = TrustRoot.FromVerifierKey(clients.Server.Home.Trust.Policy.Logs[0]);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            Between.Connect(clients.Server, trust: byKey, seed: Submitter)
        );
        Assert.Equal("TSX2008", refused.Code.ToString());
    }

    // A session's proof with the id of another one.
    private static string Unknown(HttpRequestMessage request)
    {
        string proof = Assert.Single(request.Headers.GetValues("Authorization"));
        request.Headers.Remove("Authorization");
        Assert.StartsWith("Tessrax-Session id=\"", proof, StringComparison.Ordinal);
        return $"{proof[..20]}{new string('A', 22)}{proof[42..]}";
    }

    private SignedApprovals Signed(ApprovalRequest request, long proposal)
    {
        using PrivateKey key = TestLedger.Approver(1);
        return new SignedApprovals(
            clients.Server.Home.Id,
            [
                request.Sign(
                    proposal,
                    key.PublicKey.Id,
                    true,
                    UtcTime.Now(clients.Server.Home.Clock),
                    clients.Server.Home.Environment.RandomBytes(16),
                    message => key.Sign(message)
                ),
            ]
        );
    }
}
