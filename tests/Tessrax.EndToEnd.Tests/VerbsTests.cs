using System.Diagnostics;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The other verbs of a ledger: what they print, and what they refuse.</summary>
public sealed partial class VerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("log", "log ledger")]
    [InlineData("log-event", "log ledger --event CLAIMS_RECORDED --limit 2")]
    [InlineData("show", "show ledger 3")]
    [InlineData("decisions", "decisions ledger")]
    [InlineData("decision", "decisions ledger 3")]
    [InlineData("proposal", "decisions ledger 6")]
    [InlineData("pending", "pending ledger")]
    [InlineData("checkpoint", "checkpoint ledger")]
    [InlineData("policy-show", "policy show ledger")]
    [InlineData("verify", "verify ledger")]
    public void Prints_this_for_people(string snapshot, string line) =>
        Snapshot.Check("verb-" + snapshot, Mask(Ctl.Must(line.Split(' ')).Text), Ctl.Folder);

    [Fact]
    public void The_variable_names_the_ledger()
    {
        Ctl.Variables["TESSRAX_LEDGER"] = home.Path;
        // What it proposes to go on with names the ledger as it was named.
        Assert.Equal(
            Ctl.Must("show", "ledger", "3").Text,
            Ctl.Must("show", "3").Text.Replace(home.Path, "ledger", StringComparison.Ordinal)
        );
        Assert.Equal(Ctl.Must("log", "ledger").Text, Ctl.Must("log").Text);
        Ctl.Must("verify");
        Assert.Equal(
            "0",
            JsonValue.Parse(Ctl.Must("ingest", "claims.jsonl", "--json").Bytes)["claims"]!.AsNumberText()
        );
    }

    [Fact]
    public void An_own_event_is_appended_with_the_state_it_speaks_of()
    {
        string payload = Ctl.Write("payload.json", """{"model":"m-7","released":true}""");
        string state = "sha256:" + new string('a', 64);
        string[] append = ["append", "ledger", "--event", "x-model-released", "--payload", payload, "--json"];
        JsonValue with = JsonValue.Parse(Ctl.Must([.. append, "--state", state]).Bytes);
        Assert.Equal(state, with["payload"]!["state"]!.AsString());
        JsonValue without = JsonValue.Parse(Ctl.Must(append).Bytes);
        Assert.Null(without["payload"]!["state"]);
        JsonValue shown = JsonValue.Parse(Ctl.Must("show", "ledger", without["index"]!.AsNumberText(), "--json").Bytes);
        Assert.Equal(without["leaf_hash"], shown["leaf_hash"]);
        Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void The_log_alone_vouches_for_an_own_event_if_asked_and_for_no_other()
    {
        string payload = Ctl.Write("payload.json", "1");
        string[] append = ["append", "ledger", "--event", "x-own", "--payload", payload, "--attested", "--json"];
        JsonValue entry = JsonValue.Parse(Ctl.Must(append).Bytes)["entry"]!;
        Assert.Equal("log", entry["body"]!["by"]!["kind"]!.AsString());
        Assert.Null(entry["sig"]);
        Ctl.Must("verify", "ledger");
        home.MustRefuse(
            2,
            "TSX1012",
            ["append", "ledger", "--event", Events.StateAudited, "--payload", payload, "--attested"]
        );
    }

    [Theory]
    [InlineData(Events.DecisionRecorded, "TSX1017")]
    [InlineData(Events.LedgerCreated, "TSX1017")]
    [InlineData(Events.ContradictionDetected, "TSX1017")]
    [InlineData("POLICY_PINNED", "TSX1017")]
    [InlineData("x-", "TSX1016")]
    [InlineData("HAPPENED", "TSX1016")]
    public void What_the_ledger_writes_itself_cannot_be_appended(string name, string code) =>
        home.MustRefuse(2, code, "append", "ledger", "--event", name, "--payload", Ctl.Write("p.json", "{}"));

    [Theory]
    [InlineData(Events.StateAudited, "{}", "TSX1008")]
    [InlineData(Events.ClaimsRecorded, """{"claims":[]}""", "TSX1009")]
    [InlineData(Events.StateAudited, """{"statement":"s","state":"sha256:0"}""", "TSX1009")]
    [InlineData("x-own", "{", "TSX1001")]
    public void A_payload_that_its_schema_does_not_allow_is_refused(string name, string payload, string code) =>
        home.MustRefuse(2, code, "append", "ledger", "--event", name, "--payload", Ctl.Write("p.json", payload));

    [Fact]
    public void Changed_or_lost_evidence_is_caught()
    {
        Ctl.Write("report.txt", "what was seen");
        JsonValue added = JsonValue.Parse(Ctl.Must("evidence", "add", "ledger", "report.txt", "--json").Bytes);
        Assert.Equal("13", added["size"]!.AsNumberText());
        Ctl.Must("verify", "ledger", "--evidence");
        string kept = Path.Combine(home.Path, "evidence", added["digest"]!.AsString()["sha256:".Length..]);
        File.WriteAllText(kept, "what was seem");
        Ctl.Must("verify", "ledger");
        Refuted("evidence", "TSX5015", "verify", "ledger", "--evidence");
        File.Delete(kept);
        Refuted("evidence", "TSX5015", "verify", "ledger", "--evidence");
    }

    [Fact]
    public void Without_trust_nothing_holds_and_the_key_to_pin_is_shown()
    {
        using var stranger = new Ctl();
        CtlResult result = stranger.Run("verify", home.Path);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches("trust +not established", result.Text);
        Assert.Contains(home.Id.ToString(), result.Text, StringComparison.Ordinal);
        Assert.Contains(home.LogKey.ToString(), result.Text, StringComparison.Ordinal);
        Assert.StartsWith("hint: give --trust FILE or --trust VKEY", result.Error, StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(stranger.Run("verify", home.Path, "--json").Bytes);
        Assert.Equal(JsonKind.False, json["holds"]!.Kind);
    }

    [Fact]
    public void Trust_is_exported_pinned_and_given()
    {
        using var stranger = new Ctl();
        Ctl.Must("trust", "export", "ledger", "-o", stranger.PathOf("trust.json"));
        stranger.Must("verify", home.Path, "--trust", "trust.json");
        stranger.Must("verify", home.Path, "--trust", home.LogKey.ToString());
        string another = Ctl.Must("keys", "new", LedgerHome.Origin, "--purpose", "log", "-o", "another.key")
            .Text.Trim();
        Assert.Equal(1, stranger.Run("verify", home.Path, "--trust", another).ExitCode);
        stranger.Must("trust", "pin", "trust.json");
        stranger.Must("verify", home.Path);
        JsonValue again = JsonValue.Parse(stranger.Must("trust", "pin", "trust.json", "--json").Bytes);
        Assert.Equal(JsonKind.False, again["new"]!.Kind);
    }

    [Fact]
    public void Claims_and_events_are_sealed_if_asked_for()
    {
        string claims = Ctl.Write(
            "more.jsonl",
            """
            {"claim_id":"x1","subject":"X","metric":"cvss","value":1,"timestamp":"2026-01-01T00:00:00Z","source":"a"}
            {"claim_id":"y1","subject":"Y","metric":"cvss","value":1,"timestamp":"2026-01-01T00:00:00Z","source":"a"}
            """
        );
        JsonValue made = JsonValue.Parse(Ctl.Must("ingest", "ledger", claims, "--seal", "--json").Bytes);
        string payload = Ctl.Write("p.json", "1");
        JsonValue own = JsonValue.Parse(
            Ctl.Must("append", "ledger", "--event", "x-own", "--payload", payload, "--seal", "--json").Bytes
        );
        Assert.Equal("2", made["claims"]!.AsNumberText());
        Assert.Equal("1", own["entry"]!["sig"]!["size"]!.AsNumberText());
        using (LedgerView view = home.View())
            Assert.Equal(
                [2, 2],
                view.Receipts()
                    .Where(r => r.Entry.Seal is not null && r.Entry.Body.Event == Events.ClaimsRecorded)
                    .Select(r => r.Entry.Seal!.Size)
            );
        home.MustHold();
        string[] both = ["append", "ledger", "--event", "x-own", "--payload", payload, "--seal", "--attested"];
        home.MustRefuse(2, "TSX1012", both);
    }

    [Fact]
    public void A_pin_moves_forward_on_a_proof_and_never_back_nor_to_another_history()
    {
        using var stranger = new Ctl();
        string payload = Ctl.Write("p.json", "1");
        string[] roots = new string[3];
        string fork = Ctl.PathOf("fork");
        for (int i = 0; i < roots.Length; i++)
        {
            Ctl.Must("append", "ledger", "--event", "x-more", "--payload", payload);
            Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", roots[i] = Ctl.PathOf($"trust{i}.json"));
            if (i == 0)
                LedgerTree.Copy(home.Path, fork);
        }
        stranger.Must("trust", "pin", roots[0]);
        home.MustRefuse(stranger, 2, "TSX1012", "trust", "pin", roots[1]);
        home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", roots[1], "--proof", new string('a', 64));
        CtlResult moved = stranger.Must("trust", "pin", roots[1], "--ledger", home.Path, "--json");
        Assert.Equal(JsonKind.True, JsonValue.Parse(moved.Bytes)["advanced"]!.Kind);
        home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", roots[0], "--ledger", home.Path);
        Assert.Contains("pinned already", stranger.Must("trust", "pin", roots[1]).Text, StringComparison.Ordinal);
        // By a proof alone, made from the leaves.
        string proof;
        using (LedgerView view = home.View())
            proof = string.Join(
                ',',
                ConsistencyProof.Prove(view.Tree, view.Size - 1, view.Size, view.Hasher).Select(h => h.ToHex())
            );
        stranger.Must("trust", "pin", roots[2], "--proof", proof);
        stranger.Must("verify", home.Path, "--since", "pinned");
        // The log signs another history, of as many entries and of more.
        using var liar = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
        for (int i = 0; i < 3; i++)
        {
            liar.Must("append", fork, "--event", "x-other", "--payload", payload);
            liar.Must("trust", "export", fork, "--checkpoint", "-o", Ctl.PathOf($"fork{i}.json"));
        }
        string pinned = LedgerTree.Of(stranger.Folder);
        for (int i = 0; i < 3; i++)
        {
            foreach (string copy in (string[])[fork, home.Path])
                home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", Ctl.PathOf($"fork{i}.json"), "--ledger", copy);
        }
        Assert.Equal(pinned, LedgerTree.Of(stranger.Folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_first_checkpoint_is_pinned_only_if_the_copy_that_is_given_holds_it(bool isPinned)
    {
        using var stranger = new Ctl();
        using var liar = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
        string payload = Ctl.Write("p.json", "1");
        string fork = Ctl.PathOf("fork");
        string[] roots = ["plain.json", "here.json", "forked.json"];
        roots = [.. roots.Select(name => Ctl.PathOf(name))];
        LedgerTree.Copy(home.Path, fork);
        Ctl.Must("append", "ledger", "--event", "x-here", "--payload", payload);
        liar.Must("append", fork, "--event", "x-other", "--payload", payload);
        Ctl.Must("trust", "export", "ledger", "-o", roots[0]);
        Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", roots[1]);
        liar.Must("trust", "export", fork, "--checkpoint", "-o", roots[2]);
        if (isPinned)
            stranger.Must("trust", "pin", roots[0]);
        string before = LedgerTree.Of(stranger.Folder);
        home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", roots[2], "--ledger", home.Path);
        home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", roots[1], "--ledger", fork);
        Assert.Equal(before, LedgerTree.Of(stranger.Folder));
        stranger.Must("trust", "pin", roots[1], "--ledger", home.Path);
        stranger.Must("verify", home.Path, "--since", "pinned");
        home.MustRefuse(stranger, 1, "TSX5034", "trust", "pin", roots[2], "--ledger", home.Path);
    }

    [Fact]
    public void A_trust_root_with_a_checkpoint_refuses_an_older_copy()
    {
        LedgerTree.Copy(home.Path, Ctl.PathOf("older"));
        string payload = Ctl.Write("p.json", "1");
        Ctl.Must("append", "ledger", "--event", "x-later", "--payload", payload);
        Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", "trust.json");
        Ctl.Must("verify", "ledger", "--trust", "trust.json");
        // The user who appended knows it from the mark, anybody else from the trust root.
        Assert.Contains("TSX3004", Ctl.Run("verify", "older").Text, StringComparison.Ordinal);
        using var stranger = new Ctl();
        Refuted(stranger, "trust", "TSX5014", "verify", Ctl.PathOf("older"), "--trust", Ctl.PathOf("trust.json"));
        string before = LedgerTree.Of(Ctl.PathOf("older"));
        CtlResult append = Ctl.Run("append", "older", "--event", "x-later", "--payload", payload);
        Assert.Equal(5, append.ExitCode);
        Assert.StartsWith("error TSX3004: ", append.Error, StringComparison.Ordinal);
        Assert.Equal(before, LedgerTree.Of(Ctl.PathOf("older")));
    }

    [Fact]
    public void The_demo_catches_three_tamperings_and_leaves_nothing_outside_its_directory()
    {
        using var clean = new Ctl();
        CtlResult demo = clean.Must("demo", "here");
        Assert.Equal(3, Caught().Count(demo.Text));
        Assert.DoesNotContain("NOT CAUGHT", demo.Text, StringComparison.Ordinal);
        Assert.Contains("the decision holds", demo.Text, StringComparison.Ordinal);
        Assert.Equal([clean.PathOf("here")], Directory.GetFileSystemEntries(clean.Folder));
        CtlResult again = clean.Run("demo", "here");
        Assert.Equal(2, again.ExitCode);
        Assert.StartsWith("error TSX3010: ", again.Error, StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(clean.Must("demo", "there", "--json").Bytes);
        Assert.Equal(JsonKind.True, json["tampering_caught"]!.Kind);
    }

    [Fact]
    public void Of_several_inits_at_once_one_wins_at_most_and_loses_nothing()
    {
        Process[] inits =
        [
            .. Enumerable.Range(0, 3).Select(_ => Ctl.Start("init", "new", "--origin", "example.com/new")),
        ];
        foreach (Process init in inits)
        {
            init.StandardError.ReadToEnd();
            init.WaitForExit();
        }
        int[] codes = [.. inits.Select(init => init.ExitCode)];
        Assert.True(codes.Count(c => c == 0) <= 1, string.Join(' ', codes));
        Assert.All(codes, code => Assert.True(code is 0 or 2, $"{code}"));
        if (!codes.Contains(0))
            return;
        Ctl.Must("append", "new", "--event", "x-own", "--payload", Ctl.Write("p.json", "1"));
        Ctl.Must("verify", "new");
    }

    private void Refuted(string stage, string code, params string[] args) => Refuted(Ctl, stage, code, args);

    private static void Refuted(Ctl ctl, string stage, string code, params string[] args)
    {
        CtlResult result = ctl.Run([.. args, "--json"]);
        Assert.Equal(1, result.ExitCode);
        JsonValue failed = Assert.Single(
            JsonValue.Parse(result.Bytes)["stages"]!.Items.ToArray(),
            s => s["holds"]!.Kind != JsonKind.True
        );
        Assert.Equal(stage, failed["name"]!.AsString());
        Assert.Equal(code, failed["findings"]!.Items[0]["code"]!.AsString());
    }

    // Days, minutes and short random strings, which the common masks let pass.
    private static string Mask(string text)
    {
        text = Nonce().Replace(text, "<nonce>");
        text = Minute().Replace(text, "<time>");
        return Took().Replace(text, "<took>");
    }

    [GeneratedRegex("(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22}==")]
    private static partial Regex Nonce();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\dZ")]
    private static partial Regex Minute();

    [GeneratedRegex(@"\b\d+\.\d{3}$", RegexOptions.Multiline)]
    private static partial Regex Took();

    [GeneratedRegex("caught: .*TSX5")]
    private static partial Regex Caught();
}
