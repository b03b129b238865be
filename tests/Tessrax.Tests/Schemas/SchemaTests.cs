using System.Text;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Schemas;

/// <summary>The schemas of <c>spec/schema/</c> and the readers agree about what is allowed, as far as a schema can say it.</summary>
public sealed class SchemaTests
{
    // What lies in these has a schema and tests of its own, or is anybody's.
    private static readonly HashSet<string> Closed = ["data", "document", "decision", "payload"];

    private static readonly string[] WrongKinds = ["null", "-1", "1.5", "\"\"", "{}", "[7]", "true"];

    [Fact]
    public void What_the_code_writes_fits()
    {
        foreach (Document document in Document.All)
        {
            Assert.Empty(Schema.Load(document.Schema).Faults(document.Json));
            document.Read(document.Json);
        }
    }

    [Fact]
    public void Every_schema_under_spec_has_a_document_here_or_with_claims_and_policies()
    {
        string[] elsewhere = ["claim", "claims-recorded", "contradiction-detected", "policy"];
        string[] files =
        [
            .. Directory
                .GetFiles(Spec.Path("schema"), "*.schema.json")
                .Select(f => Path.GetFileName(f)[..^".schema.json".Length])
                .Except(elsewhere)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(files, Document.All.Select(d => d.Schema).Distinct().Order(StringComparer.Ordinal));
    }

    // References are relative, so they lead from one address to another.
    [Fact]
    public void Every_schema_is_named_by_one_absolute_address()
    {
        foreach (string file in Directory.GetFiles(Spec.Path("schema"), "*.schema.json"))
        {
            string id = JsonValue.Parse(File.ReadAllBytes(file))["$id"]!.AsString();
            Assert.Equal($"https://tessrax.invalid/schema/{Path.GetFileName(file)}", id);
        }
    }

    [Fact]
    public void Both_refuse_an_unknown_member_at_every_level()
    {
        int tried = 0;
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Objects(document.Json, Closed))
            {
                Refused(document, $"{at}unknown", Edit.At(document.Json, $"{at}unknown", 1));
                tried++;
            }
        }
        Assert.True(tried > 60, $"{tried} places");
    }

    [Fact]
    public void Both_judge_a_missing_member_alike_at_every_level()
    {
        var differences = new List<string>();
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Members(document.Json, Closed))
                Compare(document, $"without {at}", Edit.At(document.Json, at, null), differences);
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Both_judge_a_value_of_another_kind_alike_at_every_level()
    {
        var differences = new List<string>();
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Members(document.Json, Closed))
            {
                foreach (string wrong in WrongKinds)
                    Compare(document, $"{at} = {wrong}", Edit.At(document.Json, at, Json(wrong)), differences);
            }
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData("entry-body", "v", "2")]
    [InlineData("entry-body", "event", "\"POLICY_CHANGED\"")]
    [InlineData("entry-body", "event", "\"SNAPSHOT_TAKEN\"")]
    [InlineData("entry-body", "event", "\"x-\"")]
    [InlineData("entry-body", "event", "\"x-Upper\"")]
    [InlineData("entry-body", "event", "\"EVIDENCE_ADDED\"")]
    [InlineData("entry-body", "event", "\"LEDGER_CREATED\"")]
    [InlineData("entry-body", "by.kind", "\"nobody\"")]
    [InlineData("entry-body", "by.key", "\"sha256:ABCDEF0000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("entry-body", "by.key", "\"bfff6e17c599279e7c7b0443eff862aa62a4307fbb58592766b80496f52e16de\"")]
    [InlineData("entry-body", "issued_at", "\"2026-01-31T12:00:00Z\"")]
    [InlineData("entry-body", "expires_at", "\"2026-01-31T12:00:00.000000+00:00\"")]
    [InlineData("entry-body", "nonce", "\"AAAAAAAAAAAAAAAAAAAAAB==\"")]
    [InlineData("entry-body", "nonce", "\"AAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("entry-body", "nonce", "\"AAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("entry-body", "nonce", "\"AAAAAAAAAAAAAAAAAAAA AA==\"")]
    [InlineData("entry-body", "payload", "\"sha256:00\"")]
    [InlineData("entry-body", "control", "{}")]
    [InlineData("entry", "sig", "\"AAAA\"")]
    [InlineData("entry", "index", "9007199254740992")]
    [InlineData("entry", "gov.n", "-1")]
    [InlineData("entry", "recorded_at", "\"2026-01-31t12:00:00.000000z\"")]
    [InlineData("approval", "verdict", "\"maybe\"")]
    [InlineData("approval", "role", "\"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\"")]
    [InlineData("token", "token", "\"tessrax/token/v2\"")]
    [InlineData("token", "size.from", "-1")]
    [InlineData("token", "body", "null")]
    [InlineData("control-ledger-created", "format", "2")]
    [InlineData("control-ledger-created", "origin", "\"tessrax/x\"")]
    [InlineData("control-ledger-created", "origin", "\"cosignature/x\"")]
    [InlineData("control-ledger-created", "origin", "\"a b\"")]
    [InlineData("control-ledger-created", "hash", "\"sha512\"")]
    [InlineData("control-ledger-created", "keys[0].purpose", "\"witness\"")]
    [InlineData("control-ledger-created", "keys[0].purpose", "\"recovery\"")]
    [InlineData("control-ledger-created", "keys[0].name", "\"a\\u001bb\"")]
    [InlineData("control-ledger-created", "keys[0].from", "1")]
    [InlineData(
        "control-ledger-created",
        "keys[0].vkey",
        "\"example.com/vectors+DAB49552+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\""
    )]
    [InlineData("control-ledger-created", "keys[2].roles", "[\"Approver\"]")]
    [InlineData("control-ledger-created", "keys[2].roles", "[\"approver\",\"approver\"]")]
    [InlineData("control-ledger-created", "windows.body_seconds", "59")]
    [InlineData("control-ledger-created", "windows.body_seconds", "316224001")]
    [InlineData("control-ledger-created", "windows.skew_seconds", "86401")]
    [InlineData("control-ledger-created", "predecessor", "{}")]
    [InlineData("control-ledger-closed", "successor", "null")]
    [InlineData("control-hold-placed", "hold", "\"-x\"")]
    [InlineData("control-hold-placed", "hold", "\"\"")]
    [InlineData("control-hold-placed", "entries", "[]")]
    [InlineData("control-hold-placed", "entries", "[[1]]")]
    [InlineData("control-hold-placed", "entries", "[[1,2,3]]")]
    [InlineData("control-hold-placed", "entries", "[[-1,2]]")]
    [InlineData("control-hold-placed", "reason", "\"\"")]
    [InlineData("control-hold-released", "reason", "\"a\\u0007b\"")]
    [InlineData("control-ledger-retired", "reason", "\"\"")]
    [InlineData("control-payload-erased", "entries", "[]")]
    [InlineData("control-payload-erased", "entries", "[{\"index\":0,\"re_executed\":null}]")]
    [InlineData("control-payload-erased", "entries", "[{\"index\":4}]")]
    [InlineData("control-payload-erased", "entries", "[{\"index\":4,\"re_executed\":1}]")]
    [InlineData("control-ledger-compacted", "to", "0")]
    [InlineData("control-ledger-compacted", "kept", "[3]")]
    [InlineData("control-ledger-compacted", "keep_epochs", "-1")]
    [InlineData("control-ledger-repaired", "files", "[]")]
    [InlineData("control-ledger-repaired", "lost", "[3]")]
    [InlineData("control-ledger-repaired", "causes", "[7]")]
    [InlineData("control-key-added", "key.purpose", "\"approver\"")]
    [InlineData("control-key-added", "key.roles", "[\"legal\"]")]
    [InlineData("control-key-added", "proof", "\"AAAA\"")]
    [InlineData("control-key-rotated", "key.purpose", "\"log\"")]
    [InlineData("control-key-rotated", "key.roles", "[]")]
    [InlineData("control-key-rotated", "key.roles", "[\"Security\"]")]
    [InlineData("control-key-rotated", "key.person", "\"\"")]
    [InlineData("control-key-revoked", "cause", "\"rotated\"")]
    [InlineData("control-key-revoked", "cause", "\"lost\"")]
    [InlineData("control-key-revoked", "suspect_from", "null")]
    [InlineData("control-key-revoked", "suspect_from", "-1")]
    [InlineData("control-key-recovered", "recovery.vkey", "\"example.com/x\"")]
    [InlineData("control-key-recovered", "recovery.generation", "-1")]
    [InlineData("control-key-recovered", "keys", "[]")]
    [InlineData("control-key-recovered", "proofs[0]", "\"AAAA\"")]
    [InlineData("control-key-recovered", "retire", "[7]")]
    [InlineData("control-key-recovered", "suspect_from", "null")]
    [InlineData("control-key-recovered", "next", "null")]
    [InlineData("recovery-request", "request", "\"tessrax/recovery-request/v2\"")]
    [InlineData("recovery-request", "keys[0].purpose", "\"witness\"")]
    [InlineData("recovery-answer", "answer", "\"tessrax/recovery-answer/v2\"")]
    [InlineData("recovery-answer", "sig", "\"AAAA\"")]
    [InlineData("control-approvers-changed", "add[0].key.purpose", "\"author\"")]
    [InlineData("control-approvers-changed", "remove", "[7]")]
    [InlineData("control-key-reaffirmed", "entries", "[]")]
    [InlineData("control-key-reaffirmed", "entries", "[[1,2,3]]")]
    [InlineData("control-approvers-changed", "roles[0].roles", "[]")]
    [InlineData("key-offer", "offer", "\"tessrax/key-offer/v2\"")]
    [InlineData("key-offer", "key.purpose", "\"nothing\"")]
    [InlineData("key-offer", "old_sig", "\"AAAA\"")]
    [InlineData("control-ledger-closed", "successor.hash", "\"md5\"")]
    [InlineData("control-ledger-closed", "successor.origin", "\"tessrax/x\"")]
    [InlineData("control-ledger-closed", "successor.vkey", "\"example.com/x\"")]
    [InlineData("control-ledger-closed", "successor.recovery", "null")]
    [InlineData("decision-proposed", "proposal", "\"tessrax/proposal/v2\"")]
    [InlineData("decision-proposed", "salt", "\"AAAAAAAAAAAAAAAAAAAAAA==\"")]
    [InlineData("decision-proposed", "sig", "\"\"")]
    [InlineData("decision-closed", "outcome", "\"withdrawn\"")]
    [InlineData("evidence-added", "name", "\"/etc/passwd\"")]
    [InlineData("evidence-added", "name", "\"a\\\\b\"")]
    [InlineData("evidence-added", "name", "\"a\\u001b[2Jb\"")]
    [InlineData("own-event", "state", "\"0\"")]
    [InlineData("bundle", "bundle", "\"tessrax/bundle/v2\"")]
    [InlineData("bundle", "entries[0].proof[0]", "\"AAAA\"")]
    [InlineData("bundle", "entries[0].payload", "{}")]
    [InlineData("bundle", "entries[1].salt", "\"\"")]
    [InlineData("approval-request", "request", "\"tessrax/approvals/v1\"")]
    [InlineData("approvals", "approvals", "\"tessrax/approval-request/v1\"")]
    [InlineData("trust-root", "trust", "\"tessrax/trust/v0\"")]
    [InlineData("policy-case", "severity", "\"grave\"")]
    [InlineData("policy-case", "deadline", "\"a week\"")]
    [InlineData("policy-case", "approvals", "[{\"role\":\"r\",\"k\":65}]")]
    [InlineData("policy-case", "contradiction", "null")]
    [InlineData("key-file", "kdf.memory_kib", "1048577")]
    [InlineData("key-file", "kdf.passes", "17")]
    [InlineData("key-file", "kdf.alg", "\"scrypt\"")]
    [InlineData("key-file", "name", "\"a+b\"")]
    public void Both_refuse(string schema, string at, string becomes)
    {
        foreach (Document document in Document.All.Where(d => d.Schema == schema))
            Refused(document, $"{at} = {becomes}", Edit.At(document.Json, at, Json(becomes)));
    }

    private static void Refused(Document document, string change, JsonValue bad)
    {
        Assert.False(Schema.Load(document.Schema).Fits(bad), $"the schema {document.Schema} accepts {change}");
        Assert.False(Reads(document, bad), $"the reader of {document.Schema} accepts {change}");
    }

    private static void Compare(Document document, string change, JsonValue changed, List<string> differences)
    {
        bool fits = Schema.Load(document.Schema).Fits(changed);
        if (fits != Reads(document, changed))
            differences.Add(
                $"{document.Schema}, {change}: the schema says {(fits ? "yes" : "no")}, the reader does not"
            );
    }

    private static bool Reads(Document document, JsonValue json)
    {
        try
        {
            document.Read(json);
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static JsonValue Json(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));
}
