using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Tests.Contradictions;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The schemas and the readers agree about what is allowed, as far as a schema can say it.</summary>
public sealed class SchemaTests
{
    private static readonly Dictionary<string, Action<JsonValue>> Readers = new()
    {
        ["claim"] = json => Claim.FromJson(json),
        ["claims-recorded"] = json => ClaimsRecorded.FromJson(json),
        ["contradiction-detected"] = json => Contradiction.FromJson(json),
        ["decision"] = json => Decision.FromJson(json),
        ["policy"] = json => Policy.FromJson(json),
    };

    [Fact]
    public void Every_sample_fits()
    {
        Policy policy = Samples.Policy();
        Assert.Empty(Schema.Load("policy").Faults(policy.Document));
        Assert.Empty(Schema.Load("policy").Faults(Policy.Default.Document));
        ClaimBook book = Samples.Book(policy, Samples.ClaimFiles);
        Schema claims = Schema.Load("claims-recorded");
        foreach (Claim[] chunk in Samples.ClaimFiles.SelectMany(Samples.Claims).Chunk(ClaimsRecorded.MaxClaims))
            Assert.Empty(claims.Faults(new ClaimsRecorded(chunk, new ClaimsInput("f", chunk[0].Digest)).ToJson()));
        Schema contradictions = Schema.Load("contradiction-detected");
        Schema decisions = Schema.Load("decision");
        foreach (Contradiction contradiction in book.DetectAll())
        {
            Assert.Empty(contradictions.Faults(contradiction.ToJson()));
            Assert.Empty(decisions.Faults(Decider.Decide(policy, contradiction).ToJson()));
        }
    }

    [Fact]
    public void Every_good_document_fits_both()
    {
        foreach ((string name, JsonValue json) in Good())
        {
            Readers[name](json);
            Assert.Empty(Schema.Load(name).Faults(json));
        }
    }

    [Theory]
    [InlineData("claim", "value", "null")]
    [InlineData("claim", "value", "{}")]
    [InlineData("claim", "value", "[[1]]")]
    [InlineData("claim", "value", "[null]")]
    [InlineData("claim", "claim_id", "\"\"")]
    [InlineData("claim", "claim_id", "7")]
    [InlineData("claim", "subject", "\"a\\u0000b\"")]
    [InlineData("claim", "subject", "\"a\\u0085b\"")]
    [InlineData("claim", "source", "\"a\\n\"")]
    [InlineData("claim", "unit", "null")]
    [InlineData("claim", "unit", "\"\"")]
    [InlineData("claim", "timestamp", "\"2026-01-01T00:00:00Z\"")]
    [InlineData("claim", "timestamp", "\"2026-01-01T00:00:00.000000+00:00\"")]
    [InlineData("claim", "evidence", "\"https://example.org\"")]
    [InlineData("claim", "evidence", "[\"example.org\"]")]
    [InlineData("claim", "evidence", "[\"https://exam ple.org\"]")]
    [InlineData("claim", "evidence", "[\"sha256:ABC\"]")]
    [InlineData("claim", "evidence", "[\"HTTP:x\"]")]
    [InlineData("claim", "evidence", "[7]")]
    [InlineData("claim", "context", "[]")]
    [InlineData("claim", "context", "{\"valid_from\":\"today\"}")]
    [InlineData("claim", "context", "{\"valid_until\":1}")]
    [InlineData("claim", "more", "1")]
    [InlineData("claims-recorded", "claims", "[]")]
    [InlineData("claims-recorded", "claims", "[{}]")]
    [InlineData("claims-recorded", "claims", "{}")]
    [InlineData("claims-recorded", "input", "null")]
    [InlineData("claims-recorded", "input", "{\"file\":\"x\"}")]
    [InlineData("claims-recorded", "input", "{\"file\":\"a/b\",\"digest\":\"D\"}")]
    [InlineData("claims-recorded", "input", "{\"file\":\"a\\\\b\",\"digest\":\"D\"}")]
    [InlineData("claims-recorded", "input", "{\"digest\":\"abc\"}")]
    [InlineData("contradiction-detected", "kind", "\"odd\"")]
    [InlineData("contradiction-detected", "compared_as", "\"auto\"")]
    [InlineData("contradiction-detected", "compared_as", "\"temporal\"")]
    [InlineData("contradiction-detected", "severity", "\"High\"")]
    [InlineData("contradiction-detected", "tolerance", "0")]
    [InlineData("contradiction-detected", "tolerance", "\"0.10\"")]
    [InlineData("contradiction-detected", "gap", "{\"low\":\"1\",\"high\":\"2\"}")]
    [InlineData("contradiction-detected", "claims", "[]")]
    [InlineData("contradiction-detected", "superseded", "[\"\"]")]
    [InlineData("contradiction-detected", "superseded", "[1]")]
    [InlineData("contradiction-detected", "explanation", "\"\"")]
    [InlineData("contradiction-detected", "key", "{\"subject\":\"s\"}")]
    [InlineData("contradiction-detected", "key", "{\"subject\":\"s\",\"metric\":\"m\",\"unit\":null}")]
    [InlineData("contradiction-detected", "as_of", "\"2026\"")]
    [InlineData("contradiction-detected", "extra", "true")]
    [InlineData("decision", "decision", "\"tessrax/decision/v2\"")]
    [InlineData("decision", "strategy", "\"coin\"")]
    [InlineData("decision", "approvals", "[{\"role\":\"r\",\"k\":0}]")]
    [InlineData("decision", "approvals", "[{\"role\":\"r r\",\"k\":1}]")]
    [InlineData("decision", "approvals", "null")]
    [InlineData("decision", "deadline", "\"7 days\"")]
    [InlineData("decision", "deadline", "\"P\"")]
    [InlineData("decision", "outcome", "{}")]
    [InlineData("decision", "policy", "{\"id\":\"p\",\"version\":\"1\",\"digest\":\"D\"}")]
    [InlineData("decision", "claims", "[]")]
    [InlineData("decision", "lane", "\"\"")]
    [InlineData("decision", "note", "\"x\"")]
    [InlineData("policy", "policy", "\"tessrax/policy/v0\"")]
    [InlineData("policy", "id", "\"a b\"")]
    [InlineData("policy", "id", "\".a\"")]
    [InlineData("policy", "version", "\"1.0\"")]
    [InlineData("policy", "version", "\"1.0.0-01\"")]
    [InlineData("policy", "version", "\"v1.0.0\"")]
    [InlineData("policy", "description", "\"\"")]
    [InlineData("policy", "metrics", "[]")]
    [InlineData("policy", "metrics", "{\"\":{}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"tolerence\":0}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"tolerance\":-1}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"tolerance\":\"1.\"}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"type\":\"text\"}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"bands\":[]}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"bands\":[{\"severity\":\"low\"}]}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"worse\":[]}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"worse\":[1,1]}}")]
    [InlineData("policy", "metrics", "{\"m\":{\"worse\":\"up\"}}")]
    [InlineData("policy", "metrics", "{\"*\":{\"unit\":\"kg\"}}")]
    [InlineData("policy", "sources", "[\"a\",\"a\"]")]
    [InlineData("policy", "sources", "[\"\"]")]
    [InlineData("policy", "sources", "\"a\"")]
    [InlineData("policy", "resolution", "{}")]
    [InlineData("policy", "actions", "{\"a b\":{\"approvals\":[]}}")]
    [InlineData("policy", "actions", "{\"two\":{}}")]
    [InlineData("policy", "actions", "{\"two\":{\"approvals\":[{\"role\":\"r\",\"k\":65}]}}")]
    [InlineData("policy", "actions", "{\"two\":{\"approvals\":[{\"role\":\"r\"}]}}")]
    [InlineData("policy", "actions", "{\"two\":{\"approvals\":[{\"role\":\"r\",\"k\":1}],\"deadline\":\"P1Y\"}}")]
    [InlineData("policy", "retention", "{}")]
    [InlineData("policy", "retention", "{\"claims\":\"for ever\"}")]
    [InlineData("policy", "owner", "\"me\"")]
    public void Both_refuse(string name, string member, string becomes)
    {
        JsonValue good = Good().First(g => g.Name == name).Json;
        string digest = $"sha256:{new string('0', 64)}";
        JsonValue bad = good.With(
            member,
            Some.Json(becomes.Replace("\"D\"", $"\"{digest}\"", StringComparison.Ordinal))
        );
        Assert.False(Schema.Load(name).Fits(bad));
        Assert.Throws<TessraxException>(() => Readers[name](bad));
    }

    [Fact]
    public void Both_refuse_documents_that_lack_a_member()
    {
        foreach ((string name, JsonValue json) in Good())
        {
            Schema schema = Schema.Load(name);
            JsonValue required = JsonValue.Parse(File.ReadAllBytes(Spec.Path("schema", $"{name}.schema.json")))[
                "required"
            ]!;
            foreach (JsonValue member in required.Items.ToArray())
            {
                JsonValue bad = json.Without(member.AsString());
                Assert.False(schema.Fits(bad));
                Assert.Throws<TessraxException>(() => Readers[name](bad));
            }
        }
    }

    private static List<(string Name, JsonValue Json)> Good()
    {
        Claim a = Some.Claim(
            "a",
            "1",
            unit: "u",
            context: """{"valid_from":"2026-01-01T00:00:00Z","valid_until":null,"x":{}}"""
        );
        Claim b = Some.Claim("b", "9.5", unit: "u");
        Contradiction contradiction = Some.Detect(Some.Rule(), a, b, Some.Claim("b0", "3", "b", unit: "u"))!;
        return
        [
            ("claim", a.ToJson()),
            ("claim", Some.Claim("a", "[1,\"x\",true]").ToJson()),
            ("claim", a.ToJson().With("evidence", Some.Json($"[\"sha256:{new string('0', 64)}\",\"urn:x:y\"]"))),
            ("claims-recorded", new ClaimsRecorded([a, b], new ClaimsInput("f.jsonl", a.Digest)).ToJson()),
            ("claims-recorded", new ClaimsRecorded([a], new ClaimsInput(null, a.Digest)).ToJson()),
            ("contradiction-detected", contradiction.ToJson()),
            ("decision", Decider.Decide(Samples.Policy(), contradiction).ToJson()),
            ("decision", Decider.Decide(Policy.Default, contradiction).ToJson()),
            ("policy", Samples.Policy().Document),
            ("policy", Policy.Default.Document),
        ];
    }
}
