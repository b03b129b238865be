using System.Buffers.Text;
using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Verification;

namespace Tessrax.Server.Tests;

/// <summary>What the reading addresses answer, held against the ledger that they tell of.</summary>
public sealed class ReadingTests(ReadingTests.Served served) : IClassFixture<ReadingTests.Served>
{
    private readonly TestServer server = served.Server;

    /// <summary>A server whose ledger has claims, a decision and own events, in several batches.</summary>
    public sealed class Served : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var home = new TestLedger();
            using (LedgerWriter writer = home.Open())
            {
                TestServer.Disagree(writer);
                for (int i = 0; i < 30; i++)
                    writer.Append([TestLedger.Own($"number {i}"), TestLedger.Own($"and {i}")]);
            }
            Server = await TestServer.Start(home);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/search?q=number&count=all")]
    [InlineData("/search?q=number")]
    public async Task A_search_is_given_up_when_it_takes_too_long(string target)
    {
        await using TestServer impatient = await TestServer.Start(change: options =>
            options with
            {
                SearchPatience = TimeSpan.Zero,
            }
        );
        using HttpResponseMessage answer = await impatient.Http.GetAsync(new Uri(target, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("TSX6034", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_is_described_as_it_is()
    {
        JsonValue about = await Get("/v1/ledger");
        Assert.Equal(server.Home.Id.ToString(), about["id"]!.AsString());
        Assert.Equal(TestLedger.Origin, about["origin"]!.AsString());
        Assert.Equal("sha256", about["hash"]!.AsString());
        Assert.Equal(JsonValue.True, about["appends"]);
        using Now now = new(server);
        Assert.Equal(Text(now.Size), about["size"]!.AsNumberText());
        Assert.Equal(server.Home.Policy.Pin.ToJson(), about["policy"]);
        Assert.Equal(16, Convert.FromBase64String(about["server"]!.AsString()).Length);
    }

    [Fact]
    public async Task A_receipt_proves_itself_to_whoever_trusts_the_log()
    {
        using Now now = new(server);
        foreach (long index in (long[])[0, 1, 5, now.Size - 1])
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(Path($"/v1/receipts/{index}"));
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
            Verdict verdict = ReceiptVerifier.Verify(bytes, server.Home.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.Equal(server.Home.Id, verdict.Ledger);
            Assert.Equal("no-cache, private", answer.Headers.CacheControl!.ToString());
            byte[] leaf = await server.Http.GetByteArrayAsync(Path($"/v1/receipts/{index}/leaf"));
            Assert.Equal(now.Glance.Receipt(index).Leaf.ToArray(), leaf);
        }
    }

    [Fact]
    public async Task A_receipt_that_was_changed_does_not_hold()
    {
        byte[] bytes = await server.Http.GetByteArrayAsync(Path("/v1/receipts/5"));
        var json = JsonValue.Parse(bytes);
        JsonValue other = JsonValue.Parse(await server.Http.GetByteArrayAsync(Path("/v1/receipts/6")));
        (string Member, JsonValue Value, string Stage)[] changes =
        [
            ("payload", other["payload"]!, "commitments"),
            ("salt", other["salt"]!, "commitments"),
            ("proof", other["proof"]!, "merkle"),
            ("leaf_hash", other["leaf_hash"]!, "merkle"),
            ("index", 6, "receipt"),
            ("size", 1, "receipt"),
            ("extra", 1, "receipt"),
            ("entry", other["entry"]!, "receipt"),
            ("checkpoint", "nothing", "receipt"),
        ];
        foreach ((string member, JsonValue value, string stage) in changes)
        {
            byte[] changed = json.With(member, value).ToCanonicalBytes();
            Verdict verdict = ReceiptVerifier.Verify(changed, server.Home.Trust, TimeProvider.System);
            Assert.False(verdict.Holds, member);
            Assert.Contains(verdict.Stages, s => s.Name == stage && s.Holds == false);
        }
        TrustRoot stranger = TrustRoot.FromVerifierKey(
            VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(99).PublicKey)
        );
        Assert.False(ReceiptVerifier.Verify(bytes, stranger, TimeProvider.System).Holds);
        Assert.False(ReceiptVerifier.Verify(bytes, null, TimeProvider.System).Holds);
    }

    [Fact]
    public async Task Proofs_hold_in_the_trees_that_they_name()
    {
        using Now now = new(server);
        JsonValue proof = await Get("/v1/proofs/inclusion?index=3&size=20");
        Assert.Equal(
            InclusionProof.Prove(now.Glance.Tree, 20, 3, now.Glance.Hasher).Select(hash => hash.ToBase64()),
            Texts(proof["proof"]!)
        );
        Assert.Equal(now.Glance.Hasher.Text(now.Glance.Tree.RootAt(20)), proof["root"]!.AsString());
        JsonValue link = await Get("/v1/proofs/consistency?from=7&to=20");
        Digest[] path =
        [
            .. Texts(link["proof"]!).Select(text => Digest.TryParseBase64(text, out Digest hash) ? hash : default),
        ];
        Assert.True(
            ConsistencyProof.Verify(
                path,
                new TreeHead(7, now.Glance.Tree.RootAt(7)),
                new TreeHead(20, now.Glance.Tree.RootAt(20)),
                now.Glance.Hasher
            )
        );
        using HttpResponseMessage kept = await server.Http.GetAsync(Path("/v1/proofs/inclusion?index=3&size=20"));
        Assert.Equal("public, max-age=31536000, immutable", kept.Headers.CacheControl!.ToString());
        using HttpResponseMessage fresh = await server.Http.GetAsync(Path("/v1/proofs/inclusion?index=3"));
        Assert.Equal("no-cache, private", fresh.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task A_tlog_proof_leads_to_the_signed_root()
    {
        string text = await server.Http.GetStringAsync(Path("/v1/proofs/tlog/5"));
        string[] lines = text.Split('\n');
        Assert.Equal(["c2sp.org/tlog-proof@v1", "index 5"], lines[..2]);
        int blank = Array.IndexOf(lines, "");
        Digest[] path =
        [
            .. lines[2..blank].Select(line => Digest.TryParseBase64(line, out Digest hash) ? hash : default),
        ];
        byte[] note = Encoding.UTF8.GetBytes(string.Join('\n', lines[(blank + 1)..]));
        Assert.True(Checkpoint.TryOpen(note, server.Home.Trust.Policy.Logs[0], out Checkpoint? signed, out _));
        using Now now = new(server);
        Assert.True(InclusionProof.Verify(path, signed.Head, 5, now.Glance.Tree.Leaf(5), now.Glance.Hasher));
    }

    [Fact]
    public async Task Pages_give_every_receipt_once_in_both_directions()
    {
        using Now now = new(server);
        Assert.Equal(
            Enumerable.Range(0, (int)now.Size).Reverse().Select(i => (long)i),
            await All("/v1/receipts?limit=7")
        );
        Assert.Equal(
            Enumerable.Range(11, (int)now.Size - 11).Select(i => (long)i),
            await All("/v1/receipts?after=10&limit=9")
        );
        Assert.Equal([4, 3, 2, 1, 0], await All("/v1/receipts?before=5&limit=2"));
        long[] claims =
        [
            .. now.Glance.From(0).Where(r => r.Entry.Body.Event == Events.ClaimsRecorded).Select(r => r.Entry.Index),
        ];
        Assert.NotEmpty(claims);
        Assert.Equal(claims.AsEnumerable().Reverse(), await All($"/v1/receipts?event={Events.ClaimsRecorded}&limit=1"));
        Assert.Equal(claims, await All($"/v1/receipts?event={Events.ClaimsRecorded}&after=0&limit=1"));
    }

    [Fact]
    public async Task A_cursor_is_of_one_list()
    {
        JsonValue page = await Get("/v1/receipts?limit=3");
        string cursor = page["next"]!.AsString();
        await Refused($"/v1/receipts?event=x-test&cursor={cursor}", 400, "TSX1020");
        await Refused("/v1/receipts?cursor=AAAA", 400, "TSX1020");
        await Refused("/v1/receipts?cursor=%C3%A9", 400, "TSX1020");
        Assert.Equal(3, (await Get($"/v1/receipts?limit=3&cursor={cursor}"))["receipts"]!.Items.Length);
    }

    [Theory]
    [InlineData("/v1/receipts/9999", 404, "TSX3011")]
    [InlineData("/v1/receipts/007", 400, "TSX6005")]
    [InlineData("/v1/receipts/-1", 400, "TSX6005")]
    [InlineData("/v1/receipts/99999999999999999999", 400, "TSX6005")]
    [InlineData("/v1/receipts/3?size=2", 404, "TSX3011")]
    [InlineData("/v1/receipts/3?size=9999", 404, "TSX3011")]
    [InlineData("/v1/receipts/3?size=0", 400, "TSX6005")]
    [InlineData("/v1/receipts?limit=201", 400, "TSX6005")]
    [InlineData("/v1/receipts?limit=1&limit=2", 400, "TSX6005")]
    [InlineData("/v1/receipts?limit=%31%zz", 400, "TSX6005")]
    [InlineData("/v1/receipts?event=%ff", 400, "TSX6005")]
    [InlineData("/v1/proofs/inclusion", 400, "TSX6005")]
    [InlineData("/v1/proofs/inclusion?index=4&size=4", 404, "TSX3011")]
    [InlineData("/v1/proofs/consistency?from=9&to=8", 400, "TSX6005")]
    [InlineData("/v1/proofs/consistency?from=9999", 404, "TSX3011")]
    [InlineData("/v1/proofs/consistency?from=0", 400, "TSX6005")]
    [InlineData("/v1/policies/sha256:00", 400, "TSX6005")]
    [InlineData("/v1/checkpoints/0", 404, "TSX3011")]
    [InlineData("/v1/search?q=%28", 400, "TSX1018")]
    [InlineData("/v1/search?order=best", 400, "TSX6005")]
    [InlineData("/v1/bundles/9999", 404, "TSX3011")]
    public Task What_cannot_be_answered_is_refused(string target, int status, string code) =>
        Refused(target, status, code);

    [Fact]
    public async Task Search_answers_as_the_command_line_does()
    {
        JsonValue found = await Get("/v1/search?q=number&limit=5");
        Assert.Equal("30", found["count"]!.AsNumberText());
        Assert.Equal(5, found["hits"]!.Items.Length);
        string next = found["next"]!.AsString();
        JsonValue more = await Get($"/v1/search?q=number&limit=5&cursor={next}");
        Assert.NotEqual(found["hits"]!.Items[0], more["hits"]!.Items[0]);
        JsonValue subject = await Get("/v1/search?q=subject%3ACVE-1+event%3ACLAIMS_RECORDED");
        Assert.Equal(1, subject["hits"]!.Items.Length);
    }

    [Fact]
    public async Task Policies_and_keys_are_those_that_govern()
    {
        JsonValue policies = await Get("/v1/policies");
        Assert.Equal(1, policies["policies"]!.Items.Length);
        string digest = server.Home.Policy.Pin.Digest.ToString();
        byte[] bytes = await server.Http.GetByteArrayAsync(Path($"/v1/policies/{Uri.EscapeDataString(digest)}"));
        Assert.Equal(digest, HashEngine.Sha256.Hash(bytes).ToString());
        Assert.Equal(5, (await Get("/v1/keys"))["keys"]!.Items.Length);
    }

    [Fact]
    public async Task Decisions_and_what_led_to_them_are_told()
    {
        JsonValue listed = await Get("/v1/decisions");
        JsonValue decision = Assert.Single(listed["decisions"]!.Items.ToArray());
        Assert.Equal("recorded", decision["state"]!.AsString());
        Assert.Equal("CVE-1", decision["decision"]!["key"]!["subject"]!.AsString());
        JsonValue told = await Get($"/v1/decisions/{decision["index"]!.AsNumberText()}");
        Assert.Equal("decided", told["status"]!.AsString());
        Assert.Equal(2, told["claims"]!.Items.Length);
        Assert.Equal(
            ["claims", "contradiction", "recorded"],
            told["timeline"]!.Items.ToArray().Select(step => step["what"]!.AsString()).Select(FirstWord)
        );
        JsonValue all = await Get("/v1/decisions?state=all&limit=1");
        JsonValue first = Assert.Single(all["decisions"]!.Items.ToArray());
        Assert.Equal("proposed", first["state"]!.AsString());
        JsonValue next = await Get($"/v1/decisions?state=all&limit=1&cursor={all["next"]!.AsString()}");
        Assert.Equal(decision["index"], Assert.Single(next["decisions"]!.Items.ToArray())["index"]);
        Assert.Equal(JsonValue.Null, next["next"]);
        await Refused("/v1/decisions/0", 404, "TSX3011");
        await Refused("/v1/decisions?state=best", 400, "TSX6005");
    }

    [Fact]
    public async Task What_waits_is_shown()
    {
        JsonValue listed = await Get("/v1/proposals");
        JsonValue waiting = Assert.Single(listed["proposals"]!.Items.ToArray());
        JsonValue one = await Get($"/v1/proposals/{waiting["id"]!.AsNumberText()}");
        Assert.Equal(waiting, one.Without("size"));
        Assert.Empty((await Get("/v1/proposals?lane=nowhere"))["proposals"]!.Items.ToArray());
        await Refused("/v1/proposals/0", 404, "TSX3014");
    }

    [Fact]
    public async Task Contradictions_are_listed_and_filtered()
    {
        JsonValue all = await Get("/v1/contradictions");
        Assert.Equal("2", all["count"]!.AsNumberText());
        Assert.Equal("CVE-2", all["contradictions"]!.Items[0]["contradiction"]!["key"]!["subject"]!.AsString());
        JsonValue first = await Get("/v1/contradictions?limit=1");
        JsonValue second = await Get($"/v1/contradictions?limit=1&cursor={first["next"]!.AsString()}");
        Assert.Equal(all["contradictions"]!.Items[1], second["contradictions"]!.Items[0]);
        Assert.Equal("1", (await Get("/v1/contradictions?subject=CVE-1"))["count"]!.AsNumberText());
        Assert.Equal("1", (await Get("/v1/contradictions?state=open"))["count"]!.AsNumberText());
        Assert.Equal("0", (await Get("/v1/contradictions?severity=low"))["count"]!.AsNumberText());
    }

    [Fact]
    public async Task Signed_checkpoints_of_the_past_are_linked()
    {
        byte[] bytes = await server.Http.GetByteArrayAsync(Path("/v1/history"));
        CheckpointHistory history = CheckpointHistory.Parse(bytes);
        HistoryVerdict verdict = history.Verify(server.Home.Trust.Policy.Logs[0]);
        Assert.True(verdict.Holds);
        Assert.True(history.Roots.Count > 30);
        SignedRoot one = history.Roots[3];
        JsonValue past = await Get($"/v1/checkpoints/{one.Head.Size}");
        Assert.Equal(one.Note, past["note"]!.AsString());
        using var plain = new HttpRequestMessage(HttpMethod.Get, Path($"/v1/checkpoints/{one.Head.Size}"));
        plain.Headers.Accept.ParseAdd("text/plain");
        using HttpResponseMessage text = await server.Http.SendAsync(plain);
        Assert.Equal(one.Note, await text.Content.ReadAsStringAsync());
        CheckpointHistory part = CheckpointHistory.Parse(
            await server.Http.GetByteArrayAsync(
                Path($"/v1/history?from={one.Head.Size}&to={history.Roots[9].Head.Size}")
            )
        );
        Assert.Equal(7, part.Roots.Count);
        Assert.True(part.Verify(server.Home.Trust.Policy.Logs[0]).Holds);
        // Within a batch nothing was signed.
        long unsigned = Enumerable
            .Range(1, (int)history.Roots[^1].Head.Size)
            .Select(i => (long)i)
            .Except(history.Roots.Select(r => r.Head.Size))
            .First();
        await Refused($"/v1/checkpoints/{unsigned}", 404, "TSX3011");
    }

    [Fact]
    public async Task A_bundle_holds_and_is_checked_for_whoever_asks()
    {
        using Now now = new(server);
        long decision = now.Glance.From(0).First(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        byte[] bundle = await server.Http.GetByteArrayAsync(Path($"/v1/bundles/{decision}"));
        string trust = Base64Url.EncodeToString(server.Home.Trust.ToJson());
        Assert.Equal(JsonValue.True, (await Verify(bundle, trust))["holds"]);
        // Nobody vouches for it: not this server's ledger either.
        Assert.Equal(JsonValue.False, (await Verify(bundle, null))["holds"]);
        byte[] vkey = Encoding.UTF8.GetBytes(server.Home.Trust.Policy.Logs[0].ToString());
        Assert.Equal(JsonValue.True, (await Verify(bundle, Base64Url.EncodeToString(vkey)))["holds"]);
        byte[] receipt = await server.Http.GetByteArrayAsync(Path("/v1/receipts/2"));
        JsonValue verdict = await Verify(receipt, trust);
        Assert.Equal(("receipt", JsonValue.True), (verdict["kind"]!.AsString(), verdict["holds"]));
        bundle[bundle.Length / 2] ^= 1;
        Assert.Equal(JsonValue.False, (await Verify(bundle, trust))["holds"]);
        Assert.Equal(JsonValue.False, (await Verify("nothing"u8.ToArray(), trust))["holds"]);
    }

    private static string FirstWord(string text) => text.TrimStart([.. "0123456789 "]).Split(' ', ':')[0];

    private async Task<JsonValue> Verify(byte[] given, string? trust)
    {
        using var content = new ByteArrayContent(given);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync(
            Path(trust is null ? "/v1/verify" : $"/v1/verify?trust={trust}"),
            content
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<List<long>> All(string path)
    {
        var found = new List<long>();
        string? next = null;
        do
        {
            JsonValue page = await Get(next is null ? path : $"{path}&cursor={next}");
            foreach (JsonValue receipt in page["receipts"]!.Items)
                found.Add(
                    long.Parse(receipt["index"]!.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture)
                );
            next = page["next"]!.Kind == JsonKind.Null ? null : page["next"]!.AsString();
        } while (next is not null);
        return found;
    }

    private async Task Refused(string target, int status, string code)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(Path(target));
        JsonValue problem = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((status, code), ((int)answer.StatusCode, problem["code"]!.AsString()));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    private async Task<JsonValue> Get(string path) => JsonValue.Parse(await server.Http.GetByteArrayAsync(Path(path)));

    private static string[] Texts(JsonValue list) => [.. list.Items.ToArray().Select(item => item.AsString())];

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // The ledger as it is while a test looks.
    private sealed class Now(TestServer server) : IDisposable
    {
        private readonly Node.Serving.Lease<Node.Serving.LedgerMoment> lease = server.Ledger.Moment();

        public Node.Reading.LedgerGlance Glance => lease.Value.Glance;

        public long Size => lease.Value.Size;

        public void Dispose() => lease.Dispose();
    }
}
