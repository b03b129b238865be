using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Attack;

/// <summary>A server to be sent anything, sessions of each role, and requests that it would answer well, to be spoilt.</summary>
internal sealed partial class FuzzHome : IAsyncDisposable
{
    private static readonly string[] Roles = ["reader", "submitter", "approver", "operator"];

    private readonly Dictionary<string, SessionSigner> sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[][]> bodies = new(StringComparer.Ordinal);
    private readonly Clients clients;

    private FuzzHome(Clients clients) => this.clients = clients;

    /// <summary>The document that the server gives of itself.</summary>
    public JsonValue Document { get; private set; } = JsonValue.Null;

    /// <summary>All operations of the document.</summary>
    public IReadOnlyList<FuzzOperation> Operations { get; private set; } = [];

    public TestServer Server => clients.Server;

    public static async Task<FuzzHome> Start()
    {
        var home = new TestLedger();
        using (LedgerWriter writer = home.Open())
        {
            TestServer.Disagree(writer);
            // One proposal will be decided soon; another one waits on.
            new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("c1", "CVE-3", 9.8, "nvd"),
                    TestLedger.Claim("c2", "CVE-3", 4.9, "pypa")
                ),
            ]);
            writer.Append([.. Enumerable.Range(0, 8).Select(i => TestLedger.Own($"something {i}"))]);
        }
        const int Often = 1_000_000;
        var fuzz = new FuzzHome(
            await Clients.Start(
                home,
                change: options =>
                    options with
                    {
                        Rates = new Rates(Often, Often, Often, Often, Often),
                        Verifier = SmallVerifier.Make(home.Beside("verifier")),
                        Docs = SmallDocs.Make(home.Beside("docs")),
                    }
            )
        );
        await fuzz.Prepare();
        return fuzz;
    }

    /// <summary>Good values for a parameter of a path or a query.</summary>
    public string[] ValuesOf(FuzzOperation operation, string parameter) =>
        values.GetValueOrDefault($"{operation.Id} {parameter}") ?? values.GetValueOrDefault(parameter) ?? ["1"];

    /// <summary>A target that an operation answers well.</summary>
    public string TargetOf(FuzzOperation operation)
    {
        string path = operation.Path;
        foreach (FuzzParameter one in operation.Parameters.Where(one => one.In == "path"))
            path = path.Replace($"{{{one.Name}}}", ValuesOf(operation, one.Name)[0], StringComparison.Ordinal);
        string[] query =
        [
            .. operation
                .Parameters.Where(one => one is { In: "query", IsRequired: true })
                .Select(one => $"{one.Name}={ValuesOf(operation, one.Name)[0]}"),
        ];
        return query.Length == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    /// <summary>Good bodies for an operation; none if it takes none.</summary>
    public byte[][] BodiesOf(string operation) => bodies.GetValueOrDefault(operation) ?? [];

    /// <summary>The header that lets a role in.</summary>
    public string Authorization(string role, string method, string target, byte[] body) =>
        sessions[role].Header(method, target, body);

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [GeneratedRegex("/assets/([0-9a-f]+)/([a-z.-]+)")]
    private static partial Regex AssetPath();

    private async Task Prepare()
    {
        Document = JsonValue.Parse(await Server.Http.GetByteArrayAsync(new Uri("/openapi.json", UriKind.Relative)));
        Operations = [.. FuzzOperation.Of(Document)];
        Clients.Client[] of = [clients.Reader, clients.Submitter, clients.Approver, clients.Operator];
        for (int i = 0; i < Roles.Length; i++)
            sessions[Roles[i]] = SessionSigner.Of((await of[i].Send("POST", "/v1/sessions", null)).Json);
        foreach (FuzzOperation operation in Operations.Where(one => one.BodyExample is not null))
            bodies[operation.Id] = [operation.BodyExample!];
        await CollectValues();
        await CollectBodies();
    }

    private async Task CollectValues()
    {
        values["index"] = ["0", "1", "2", "3", "5", "7"];
        values["size"] = ["1", "3", "5", "8"];
        values["from"] = ["1", "2", "5"];
        values["to"] = ["6", "7", "9"];
        values["before"] = ["4", "9"];
        values["after"] = ["0", "3"];
        values["limit"] = ["1", "2", "50"];
        values["event"] = ["x-test", "CLAIMS_RECORDED"];
        values["subject"] = ["CVE-1"];
        values["lane"] = ["approver"];
        values["path"] = ["0/000.p/1", "0/000.p/5", "entries/000.p/3", "1/000"];
        values["code"] = ["AAAAAAAAAAAAAAAAAAAAAA"];
        values["q"] =
        [
            "something",
            "event:x-test AND (something OR \"something 1\") NOT 3",
            "some* recorded:2026-01-01..2027-01-01",
        ];
        Told page = await clients.Reader.Get("/v1/receipts?limit=1");
        Told found = await clients.Reader.Get("/v1/search?q=something&limit=1");
        values["cursor"] = [page["next"].AsString(), found["next"].AsString()];
        Told policies = await clients.Reader.Get("/v1/policies");
        values["digest"] = [Uri.EscapeDataString(policies["policies"].Items[0]["policy"]!["digest"]!.AsString())];
        Told proposals = await clients.Reader.Get("/v1/proposals");
        values["id"] = [.. proposals["proposals"].Items.ToArray().Select(one => one["id"]!.AsNumberText())];
        values["trust"] = [Base64Url.EncodeToString(Server.Home.Trust.ToJson())];
        values["at"] = values["against"] = ["0"];
        values["skip"] = ["0", "1"];
        string first = await Server.Http.GetStringAsync(new Uri("/", UriKind.Relative));
        Match asset = AssetPath().Match(first);
        (values["hash"], values["name"]) = ([asset.Groups[1].Value], [asset.Groups[2].Value]);
        string verify = await Server.Http.GetStringAsync(new Uri("/verify", UriKind.Relative));
        values["get-verifier-hash-path hash"] = [SmallVerifier.HashIn(verify)];
        values["get-verifier-hash-path path"] = ["_framework/a.wasm", "verify.html"];
        values["get-docs-path path"] = ["index.html", "spec/ledger.html"];
        values["entry"] = ["0", "3"];
        var tokens = new List<string>();
        for (int i = 0; i < 24; i++)
        {
            byte[] body = bodies["post-v1-transactions"][0];
            tokens.Add((await clients.Submitter.Post("/v1/transactions", body))["token"].AsString());
        }
        values["token"] = [.. tokens];
        Told appended = await clients.Submitter.Post("/v1/receipts", bodies["post-v1-receipts"][0]);
        Told receipt = await clients.Reader.Get($"/v1/receipts/{appended.Number("index")}");
        values["post-v1-evidence name"] = ["report.pdf", "a%20report"];
        bodies["post-v1-evidence"] = ["a report"u8.ToArray()];
        Told kept = await clients.Submitter.Post(
            "/v1/evidence?name=a",
            bodies["post-v1-evidence"][0],
            type: Api.EvidenceRoutes.BytesType
        );
        values["get-v1-evidence-digest digest"] = [kept["evidence"]["digest"]!.AsString()];
        values["get-v1-appends-token token"] = [AppendTests.FateOf(AppendTests.TokenOf(receipt.Json)).Split('/')[^1]];
    }

    private async Task CollectBodies()
    {
        Told decisions = await clients.Reader.Get("/v1/decisions");
        string decision = decisions["decisions"].Items[0]["index"]!.AsNumberText();
        values["get-v1-decisions-index index"] = values["get-decisions-index index"] = [decision];
        Told bundle = await clients.Reader.Get($"/v1/bundles/{decision}");
        Told receipt = await clients.Reader.Get("/v1/receipts/3");
        bodies["post-v1-executions"] =
        [
            JsonValue
                .Object(("decision", decisions["decisions"].Items[0]["index"]!), ("note", "done"))
                .ToCanonicalBytes(),
        ];
        bodies["post-v1-verify"] = [bundle.Json.ToCanonicalBytes(), receipt.Json.ToCanonicalBytes()];
        bodies["post-sign-in"] = ["code=AAAAAAAAAAAAAAAAAAAAAA"u8.ToArray()];
        bodies["post-v1-receipts"] =
        [
            .. bodies["post-v1-receipts"],
            AppendTests.Signed(Server.Home, "signed elsewhere").ToCanonicalBytes(),
        ];
        bodies["post-sign-out"] = ["sign-out="u8.ToArray()];
        Told asking = await clients.Reader.Get("/v1/proposals/request");
        var request = ApprovalRequest.Parse(asking.Json.ToCanonicalBytes());
        using PrivateKey key = TestLedger.Approver(1);
        ApprovalRecorded verdict = request.Sign(
            request.Proposals[0].Index,
            key.PublicKey.Id,
            true,
            UtcTime.Now(Server.Home.Clock),
            RandomNumberGenerator.GetBytes(16),
            message => key.Sign(message)
        );
        bodies["post-v1-approvals"] = [new SignedApprovals(Server.Home.Id, [verdict]).ToBytes()];
    }
}

/// <summary>An operation of the document.</summary>
internal sealed record FuzzOperation(string Id, string Method, string Path, JsonValue Json)
{
    /// <summary>The parameters: name, where it stands, schema, whether it is needed.</summary>
    public IReadOnlyList<FuzzParameter> Parameters { get; } =
    [
        .. (Json["parameters"]?.Items.ToArray() ?? []).Select(one => new FuzzParameter(
            one["name"]!.AsString(),
            one["in"]!.AsString(),
            one["schema"]!,
            one["required"] is { Kind: JsonKind.True }
        )),
    ];

    /// <summary>The status of a good answer: the lowest that the document names.</summary>
    public int Status => Json["responses"]!.Names.ToArray().Min(name => int.Parse(name, CultureInfo.InvariantCulture));

    /// <summary>The media types of its body.</summary>
    public IReadOnlyList<string> BodyTypes => [.. Json["requestBody"]?["content"]?.Names.ToArray() ?? []];

    /// <summary>The body that the document shows.</summary>
    public byte[]? BodyExample => Json["requestBody"]?["content"]?["application/json"]?["example"]?.ToCanonicalBytes();

    /// <summary>A role that may.</summary>
    public string Role =>
        Json["x-role"]!.AsString() is "submitter" or "approver" or "operator" ? Json["x-role"]!.AsString() : "reader";

    public static IEnumerable<FuzzOperation> Of(JsonValue document)
    {
        JsonValue paths = document["paths"]!;
        for (int i = 0; i < paths.Names.Length; i++)
        {
            JsonValue path = paths.Items[i];
            for (int k = 0; k < path.Names.Length; k++)
                yield return new FuzzOperation(
                    path.Items[k]["operationId"]!.AsString(),
                    path.Names[k].ToUpperInvariant(),
                    paths.Names[i],
                    path.Items[k]
                );
        }
    }
}

internal sealed record FuzzParameter(string Name, string In, JsonValue Schema, bool IsRequired);
