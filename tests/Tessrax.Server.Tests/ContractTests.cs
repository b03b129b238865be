using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The server keeps what its document says: each operation is asked for, and its answer held against the schema that the document names.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    // Larger ones tell people nothing more.
    private const int LargestExample = 3000;

    private readonly JsonValue document = JsonValue.Parse(File.ReadAllBytes(Spec.Path("openapi.json")));
    private readonly SortedDictionary<string, JsonValue> examples = new(StringComparer.Ordinal);
    private readonly HashSet<string> asked = [];
    private Clients clients = null!;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger();
        using (LedgerWriter writer = home.Open())
        {
            TestServer.Disagree(writer);
            writer.Append([TestLedger.Own("something")]);
        }
        string verifier = SmallVerifier.Make(home.Beside("verifier"));
        string docs = SmallDocs.Make(home.Beside("docs"));
        clients = await Clients.Start(home, change: options => options with { Verifier = verifier, Docs = docs });
    }

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [Fact]
    public async Task Every_operation_answers_as_the_document_says()
    {
        await Read();
        await Append();
        await Prepare();
        await Govern();
        await SignIn();
        await Look();
        await Ask("get-healthz", "/healthz");
        await Ask("get-readyz", "/readyz");
        await Ask("get-metrics", "/metrics", clients.Operator);
        await Ask("get-checkpoint", "/checkpoint");
        await Ask("get-tile-path", "/tile/0/000.p/1");
        await Ask("get-openapi-json", "/openapi.json");
        await Ask("get-favicon-ico", "/favicon.ico");
        await Ask("get-docs", "/docs");
        await Ask("get-docs-path", "/docs/index.html");
        await Ask("get-docs-api", "/docs/api");
        await Ask("get-docs-api-start-css", "/docs/api/start.css");
        await Ask("get-docs-api-start-js", "/docs/api/start.js");
        await Ask("get-docs-api-scalar-js", "/docs/api/scalar.js");
        // A stream without end is for EventsTests.
        asked.Add("get-v1-events");
        Assert.Equal(Operations().Select(one => one.Id).Order(), asked.Order());
        WriteExamples();
    }

    [Fact]
    public async Task Every_operation_refuses_as_the_document_says()
    {
        foreach ((string id, string method, string path, JsonValue operation) in Operations())
        {
            string target = path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            using HttpRequestMessage request = clients.Reader.Request(method, $"{target}?undeclared=1");
            using HttpResponseMessage answer = await clients.Server.Http.SendAsync(request);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
            Assert.True((int)answer.StatusCode is 400 or 403 or 404 or 415, $"{id}: {answer.StatusCode}");
            await Hold(id, operation, answer, bytes);
            string code = JsonValue.Parse(bytes)["code"]!.AsString();
            JsonValue told = operation["responses"]![$"{(int)answer.StatusCode}"]!["x-codes"]!;
            Assert.True(told.Items.Contains(JsonValue.String(code)), $"{id} answers {code}");
        }
    }

    private async Task Read()
    {
        await Ask("get-v1-ledger", "/v1/ledger");
        await Ask("get-v1-checkpoint", "/v1/checkpoint");
        await Ask("get-v1-checkpoints-size", "/v1/checkpoints/1");
        await Ask("get-v1-history", "/v1/history?from=2");
        await Ask("get-v1-receipts", "/v1/receipts?limit=1");
        for (int i = 0; i < clients.Size; i++)
        {
            await Ask("get-v1-receipts-index", $"/v1/receipts/{i}");
            await Ask("get-v1-receipts-index-leaf", $"/v1/receipts/{i}/leaf");
        }
        await Ask("get-v1-receipts", "/v1/receipts");
        await Ask("get-v1-proofs-inclusion", "/v1/proofs/inclusion?index=1");
        await Ask("get-v1-proofs-consistency", "/v1/proofs/consistency?from=1");
        await Ask("get-v1-proofs-tlog-index", "/v1/proofs/tlog/1");
        await Ask("get-v1-search", "/v1/search?q=something");
        await Ask("get-v1-search", "/v1/search");
        JsonValue policies = await Ask("get-v1-policies", "/v1/policies");
        string digest = policies["policies"]!.Items[0]["policy"]!["digest"]!.AsString();
        await Ask("get-v1-policies-digest", $"/v1/policies/{Uri.EscapeDataString(digest)}");
        await Ask("get-v1-keys", "/v1/keys");
        JsonValue decisions = await Ask("get-v1-decisions", "/v1/decisions?limit=1");
        await Ask("get-v1-decisions", "/v1/decisions?state=all");
        string decision = decisions["decisions"]!.Items[0]["index"]!.AsNumberText();
        await Ask("get-v1-decisions-index", $"/v1/decisions/{decision}");
        await Ask("get-v1-contradictions", "/v1/contradictions?limit=1");
        await Ask("get-v1-standing", "/v1/standing?subject=CVE-1&metric=nothing");
        await Ask("get-v1-standing", "/v1/standing?subject=CVE-2");
        await Ask("get-v1-map", "/v1/map?limit=2");
        JsonValue proposals = await Ask("get-v1-proposals", "/v1/proposals");
        await Ask("get-v1-proposals-id", $"/v1/proposals/{proposals["proposals"]!.Items[0]["id"]!.AsNumberText()}");
        byte[] bundle = (await Ask("get-v1-bundles-index", $"/v1/bundles/{decision}")).ToCanonicalBytes();
        string trust = Base64Url.EncodeToString(clients.Server.Home.Trust.ToJson());
        await Ask("post-v1-verify", $"/v1/verify?trust={trust}", clients.Reader, bundle);
        await Ask("post-v1-verify", "/v1/verify", clients.Reader, "[]"u8.ToArray());
    }

    private async Task Append()
    {
        JsonValue one = await Ask(
            "post-v1-receipts",
            "/v1/receipts?proof=yes",
            clients.Submitter,
            Example("/v1/receipts")
        );
        Assert.NotNull(one["proof"]);
        for (int i = 0; i < 2; i++)
            await Ask("post-v1-receipts", "/v1/receipts", clients.Submitter, Example("/v1/receipts"), key: "once");
        await Ask("post-v1-receipts-batch", "/v1/receipts/batch", clients.Submitter, Example("/v1/receipts/batch"));
        await Ask("get-v1-appends-token", AppendTests.FateOf(await Token(one)), clients.Submitter);
        await Ask("post-v1-claims", "/v1/claims", clients.Submitter, Example("/v1/claims"));
        JsonValue kept = JsonValue.Null;
        for (int i = 0; i < 2; i++)
            kept = await Ask("post-v1-evidence", Report(clients.Submitter));
        string digest = kept["evidence"]!["digest"]!.AsString();
        await Ask("get-v1-evidence-digest", $"/v1/evidence/{digest}");
    }

    private static HttpRequestMessage Report(Clients.Client client)
    {
        HttpRequestMessage request = client.Request(
            "POST",
            "/v1/evidence?name=report.pdf",
            "a report"u8.ToArray(),
            Api.EvidenceRoutes.BytesType
        );
        request.Headers.Add("Idempotency-Key", "report");
        return request;
    }

    private async Task<AppendToken> Token(JsonValue appended) =>
        AppendTests.TokenOf(await Ask("get-v1-receipts-index", $"/v1/receipts/{appended["index"]!.AsNumberText()}"));

    private async Task Prepare()
    {
        JsonValue made = await Prepared();
        await Ask("get-v1-transactions", "/v1/transactions", clients.Submitter);
        await Ask("get-v1-transactions-token", $"/v1/transactions/{made["token"]!.AsString()}", clients.Submitter);
        await Ask(
            "post-v1-transactions-token-commit",
            $"/v1/transactions/{made["token"]!.AsString()}/commit",
            clients.Submitter,
            []
        );
        JsonValue other = await Prepared();
        await Ask(
            "post-v1-transactions-token-abort",
            $"/v1/transactions/{other["token"]!.AsString()}/abort",
            clients.Submitter,
            []
        );
    }

    private Task<JsonValue> Prepared() =>
        Ask("post-v1-transactions", "/v1/transactions", clients.Submitter, Example("/v1/transactions"));

    private async Task Govern()
    {
        JsonValue asking = await Ask("get-v1-proposals-request", "/v1/proposals/request");
        var request = ApprovalRequest.Parse(asking.ToCanonicalBytes());
        using Keys.PrivateKey key = TestLedger.Approver(1);
        ApprovalRecorded verdict = request.Sign(
            request.Proposals[0].Index,
            key.PublicKey.Id,
            true,
            UtcTime.Now(clients.Server.Home.Clock),
            clients.Server.Home.Environment.RandomBytes(16),
            message => key.Sign(message)
        );
        byte[] body = new SignedApprovals(clients.Server.Home.Id, [verdict]).ToBytes();
        await Ask("post-v1-approvals", "/v1/approvals", clients.Approver, body);
        // The same again is one vote too many, which is told one by one.
        await Ask("post-v1-approvals", "/v1/approvals", clients.Approver, body, status: 409);
        await Ask("post-v1-proposals", "/v1/proposals", clients.Operator, Example("/v1/proposals"));
        JsonValue decisions = await Ask("get-v1-decisions", "/v1/decisions?limit=1");
        JsonValue done = JsonValue
            .Parse(Example("/v1/executions"))
            .With("decision", decisions["decisions"]!.Items[0]["index"]!);
        for (int i = 0; i < 2; i++)
            await Ask("post-v1-executions", "/v1/executions", clients.Operator, done.ToCanonicalBytes());
    }

    private async Task SignIn()
    {
        await Ask("post-v1-sessions", "/v1/sessions", clients.Reader, []);
        SessionSigner session = await SessionSigner.Open(clients.Server, await AccessSigner.For(clients.Server, 81));
        await Ask("delete-v1-sessions-current", session.Sign("DELETE", "/v1/sessions/current"));
        JsonValue link = await Ask("post-v1-links", "/v1/links", clients.Reader, []);
        string code = link["link"]!.AsString().Split('/')[^1];
        await Ask("get-sign-in-code", $"/sign-in/{code}");
        using HttpRequestMessage form = new(HttpMethod.Post, "/sign-in")
        {
            Content = new StringContent($"code={code}", Encoding.ASCII, "application/x-www-form-urlencoded"),
        };
        await Ask("post-sign-in", form);
        using HttpRequestMessage end = new(HttpMethod.Post, "/sign-out")
        {
            Content = new StringContent("", Encoding.ASCII, "application/x-www-form-urlencoded"),
        };
        await Ask("post-sign-out", end);
    }

    // What pages show is for PagesTests.
    private async Task Look()
    {
        await Ask("get", "/");
        string[] pages = ["tail", "search", "decisions", "contradictions", "map", "pending", "policies", "operations"];
        foreach (string page in pages)
            await Ask($"get-{page}", $"/{page}");
        await Ask("get-receipts-index", "/receipts/1");
        JsonValue decisions = await Ask("get-v1-decisions", "/v1/decisions?limit=1");
        await Ask("get-decisions-index", $"/decisions/{decisions["decisions"]!.Items[0]["index"]!.AsNumberText()}");
        await Ask("get-policies-at", "/policies/0");
        await Ask("get-assets-hash-name", Web.AssetFiles.PathOf("site.css"));
        await Ask("get-verify", "/verify?entry=1");
        string verify = await clients.Server.Http.GetStringAsync(new Uri("/verify", UriKind.Relative));
        await Ask("get-verifier-hash-path", $"/verifier/{SmallVerifier.HashIn(verify)}/_framework/a.wasm");
    }

    private Task<JsonValue> Ask(
        string id,
        string target,
        Clients.Client? client = null,
        byte[]? body = null,
        string? key = null,
        int? status = null
    )
    {
        string method = id.Split('-')[0].ToUpperInvariant();
        HttpRequestMessage request = (client ?? clients.Reader).Request(method, target, body is [] ? null : body);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return Ask(id, request, status);
    }

    private async Task<JsonValue> Ask(string id, HttpRequestMessage request, int? status = null)
    {
        (_, _, _, JsonValue operation) = Operations().Single(one => one.Id == id);
        using HttpResponseMessage answer = await clients.Server.Http.SendAsync(request);
        request.Dispose();
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        if (status is null)
            Assert.True((int)answer.StatusCode is >= 200 and < 400, $"{id}: {Encoding.UTF8.GetString(bytes)}");
        else
            Assert.Equal(status, (int)answer.StatusCode);
        asked.Add(id);
        return await Hold(id, operation, answer, bytes);
    }

    // The answer is one of those that the document foresees.
    private async Task<JsonValue> Hold(string id, JsonValue operation, HttpResponseMessage answer, byte[] bytes)
    {
        JsonValue? foreseen = operation["responses"]![$"{(int)answer.StatusCode}"];
        Assert.True(foreseen is not null, $"{id} answers {(int)answer.StatusCode}");
        if (bytes.Length == 0)
            return JsonValue.Null;
        JsonValue? content = foreseen["content"]?[answer.Content.Headers.ContentType!.ToString()];
        Assert.True(content is not null, $"{id} answers {answer.Content.Headers.ContentType}");
        if (content["schema"]!["$ref"] is not { } schema)
            return JsonValue.Null;
        JsonValue value = JsonValue.Parse(bytes);
        IReadOnlyList<string> faults = Schema.Within(document, content["schema"]!).Faults(value);
        Assert.True(faults.Count == 0, $"{id}: {string.Join(", ", faults)} in {value}");
        string name = schema.AsString().Split('/')[^1];
        if (bytes.Length <= LargestExample && name != "problem")
            examples.TryAdd(name, value);
        return value;
    }

    private byte[] Example(string path) =>
        document["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]![
            "example"
        ]!.ToCanonicalBytes();

    private IEnumerable<(string Id, string Method, string Path, JsonValue Operation)> Operations()
    {
        JsonValue paths = document["paths"]!;
        for (int i = 0; i < paths.Names.Length; i++)
        {
            JsonValue path = paths.Items[i];
            for (int k = 0; k < path.Names.Length; k++)
                yield return (
                    path.Items[k]["operationId"]!.AsString(),
                    path.Names[k].ToUpperInvariant(),
                    paths.Names[i],
                    path.Items[k]
                );
        }
    }

    // What was answered here is what the document shows, when it is written anew.
    private void WriteExamples()
    {
        if (Environment.GetEnvironmentVariable("TESSRAX_WRITE_VECTORS") != "1")
            return;
        JsonValue all = JsonValue.Object([.. examples.Select(one => (one.Key, (JsonValue?)one.Value))]);
        File.WriteAllBytes(
            Path.Combine(Spec.Root, "src", "Tessrax.Server", "OpenApi", "examples.json"),
            Spec.Lay(System.Text.Json.Nodes.JsonNode.Parse(all.ToCanonicalBytes())!)
        );
    }
}
