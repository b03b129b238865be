using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The main job by the real binary, from an empty HOME: as a person does it, with keys at their full price.</summary>
public sealed class MainJobTests : IDisposable
{
    private static readonly string[] IngestMembers =
    [
        "claims",
        "contradictions",
        "decisions",
        "known",
        "pending",
        "proposed",
        "root",
        "size",
        "subjects",
    ];

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };
    private readonly Ctl stranger = new();

    public void Dispose()
    {
        ctl.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public void Real_claims_become_a_decision_that_two_people_sign_and_a_stranger_verifies()
    {
        JsonValue founded = Found();
        Ingest();
        (long proposal, JsonValue proposed) = FirstPending();
        long decision = Approve(proposal);
        Assert.Equal(6, ctl.Must("pending", "ledger", "--json").Lines.Length);
        JsonValue decided = Json(ctl.Must("decisions", "ledger", $"{decision}", "--json"));
        Assert.Equal(proposed["decision"], decided["decision"]);
        Assert.Equal(2, decided["approvals"]!.Items.Length);

        CtlResult proved = ctl.Must("prove", "ledger", $"{decision}", "-o", "decision.tessrax.json", "--json");
        Assert.Equal("decision.tessrax.json", Json(proved)["bundle"]!.AsString());
        ctl.Must("trust", "export", "ledger", "-o", "trust.json");
        VerifyAsStranger();
        VerifyLedger(founded);
    }

    private JsonValue Found()
    {
        string[] people = ["alice", "bob", "carol"];
        string[] approvers =
        [
            .. people.SelectMany(name =>
                new[]
                {
                    "--approver",
                    $"{name}:security:{ctl.Must("keys", "new", name, "-o", name + ".key").Text.Trim()}",
                }
            ),
        ];
        string[] init = ["init", "ledger", "--origin", "example.com/triage", "--policy", LedgerHome.SamplePolicy];
        JsonValue founded = Json(ctl.Must([.. init, .. approvers, "--json"]));
        Assert.Equal(["hash", "ledger", "origin", "policy", "size", "trust", "vkey"], founded.Names.ToArray());
        Assert.Equal("example.com/triage", VerifierKey.Parse(founded["vkey"]!.AsString()).Name);
        Assert.StartsWith(ctl.Folder, founded["trust"]!.AsString(), StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(ctl.PathOf("ledger", "keys", "log.key"))
        );
        return founded;
    }

    private void Ingest()
    {
        string[] files =
        [
            LedgerHome.Sample("cve-cvss3.jsonl"),
            LedgerHome.Sample("cve-cwe.jsonl"),
            LedgerHome.Sample("country-stats.jsonl"),
        ];
        JsonValue result = Json(ctl.Must(["ingest", "ledger", .. files, "--json"]));
        Assert.Equal(IngestMembers, result.Names.ToArray());
        (string, long)[] counts =
        [
            ("claims", 1322),
            ("known", 0),
            ("subjects", 693),
            ("contradictions", 263),
            ("decisions", 256),
            ("proposed", 7),
            ("pending", 7),
        ];
        Assert.All(counts, count => Assert.Equal($"{count.Item2}", result[count.Item1]!.AsNumberText()));
        JsonValue again = Json(ctl.Must(["ingest", "ledger", files[0], "--json"]));
        Assert.Equal(("0", "386"), (again["claims"]!.AsNumberText(), again["known"]!.AsNumberText()));
        Assert.Equal(result["root"], again["root"]);
    }

    private (long Id, JsonValue Proposal) FirstPending()
    {
        string[] lines = ctl.Must("pending", "ledger", "--json").Lines;
        Assert.Equal(7, lines.Length);
        JsonValue proposal = JsonValue.Parse(Encoding.UTF8.GetBytes(lines[0]));
        Assert.Equal(
            ["approvals", "body", "decision", "expires_at", "id", "lane", "rejections", "required", "state"],
            proposal.Names.ToArray()
        );
        return (long.Parse(proposal["id"]!.AsNumberText()), proposal);
    }

    // Alice, alice again, then bob.
    private long Approve(long proposal)
    {
        string[] approve = ["approve", "ledger", $"{proposal}", "--json", "--key"];
        Assert.Equal("waiting", Json(ctl.Must([.. approve, "alice.key"]))["outcome"]!.AsString());
        CtlResult twice = ctl.Run([.. approve, "alice.key"]);
        Assert.Equal(4, twice.ExitCode);
        Assert.Equal("TSX4008", JsonValue.Parse(Encoding.UTF8.GetBytes(twice.Error))["error"]!["code"]!.AsString());
        JsonValue decided = Json(ctl.Must([.. approve, "bob.key"]));
        Assert.Equal("decided", decided["outcome"]!.AsString());
        return long.Parse(decided["index"]!.AsNumberText());
    }

    private void VerifyAsStranger()
    {
        foreach (string file in (string[])["decision.tessrax.json", "trust.json"])
            File.Copy(ctl.PathOf(file), stranger.PathOf(file));
        JsonValue verdict = Json(stranger.Must("verify", "decision.tessrax.json", "--trust", "trust.json", "--json"));
        Assert.Equal(JsonKind.True, verdict["holds"]!.Kind);
        Assert.Equal("bundle", verdict["kind"]!.AsString());
        Assert.NotEqual(0, verdict["does_not_exclude"]!.Items.Length);
        Assert.Equal(2, Directory.GetFileSystemEntries(stranger.Folder).Length);
    }

    private void VerifyLedger(JsonValue founded)
    {
        JsonValue verdict = Json(ctl.Must("verify", "ledger", "--json"));
        Assert.Equal(
            ["does_not_exclude", "holds", "kind", "ledger", "root", "size", "stages"],
            verdict.Names.ToArray()
        );
        Assert.Equal(founded["ledger"], verdict["ledger"]);
        Assert.Equal(Json(ctl.Must("checkpoint", "ledger", "--json"))["root"], verdict["root"]);
        foreach (JsonValue stage in verdict["stages"]!.Items)
        {
            Assert.Equal(["checked", "findings", "holds", "name", "seconds"], stage.Names.ToArray());
            Assert.Equal(JsonKind.True, stage["holds"]!.Kind);
            Assert.Equal(0, stage["findings"]!.Items.Length);
        }
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);
}
