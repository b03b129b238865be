using System.Text;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests.Web;
using static Tessrax.EndToEnd.Tests.McpCalls;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>tessraxctl mcp URL</c>: agents use a ledger that a server writes, each under its own name, and people approve meanwhile.</summary>
public sealed class McpServerTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();
    private readonly Tessraxd server;

    public McpServerTests()
    {
        File.WriteAllBytes(home.Ctl.PathOf("trust.json"), home.Trust.ToJson());
        string agent = Key("agent");
        string people = Key("people");
        home.Ctl.Write(
            "ledger/access.json",
            $$"""{"access":"tessrax/access/v1","keys":[{"key":"{{agent}}","name":"agent","roles":["submitter"]},{"key":"{{people}}","name":"people","roles":["approver"]}]}"""
        );
        server = Tessraxd.Run(
            home.Ctl.Folder,
            new Dictionary<string, string> { ["TESSRAX_PASSPHRASE"] = home.Ctl.Variables["TESSRAX_PASSPHRASE"] },
            [home.Path, "--urls", "http://127.0.0.1:0"]
        );
    }

    private string Url => server.Address.ToString();

    public void Dispose()
    {
        server.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task An_agent_claims_beside_a_server_asks_waits_for_people_and_proves_what_they_decided()
    {
        await using McpClient agent = await Agent("--source", "agent", "--access-key", "agent.key");
        Assert.Equal(Tools, (await agent.ListToolsAsync(cancellationToken: Now)).Select(tool => tool.Name));
        JsonValue done = await Call(agent, "submit_claims", Claims(("CVE-3", 9.9)));
        Assert.Equal("1", done["claims"]!.AsNumberText());
        Assert.Equal("1", done["claim_ids"]!.Items.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        JsonValue standing = Assert.Single(done["standing"]!.Items.ToArray());
        Assert.Contains("nothing is decided yet", standing["sentence"]!.AsString(), StringComparison.Ordinal);
        string proposal = standing["proposal"]!["id"]!.AsNumberText();
        JsonValue waits = (await Call(agent, "list_pending"))["proposals"]!
            .Items.ToArray()
            .Single(one => one["id"]!.AsNumberText() == proposal);
        Assert.Equal($"tessraxctl approve {Url} {proposal} --key KEY", waits["approve_with"]!.AsString());

        foreach (string person in (string[])["alice", "bob"])
            home.Ctl.Must(["approve", Url, proposal, "--key", $"{person}.key", "--access-key", "people.key", .. Trust]);
        JsonValue decided = (await Call(agent, "ask_decision", ("subject", "CVE-3")))["standing"]!.Items[0];
        Assert.Equal(JsonValue.True, decided["settled"]);
        long index = long.Parse(decided["decision"]!["index"]!.AsNumberText(), null);
        JsonValue told = await Call(agent, "explain_decision", ("index", index));
        Assert.Equal("decided", told["status"]!.AsString());
        JsonValue listed = await Call(agent, "list_decisions", ("limit", 1L));
        Assert.Equal(JsonValue.Number(index), listed["decisions"]!.Items[0]["index"]);
        Assert.Equal(JsonValue.True, listed["more"]);
        JsonValue bundle = (await Call(agent, "fetch_bundle", ("index", index)))["bundle"]!;
        home.Ctl.Write("decision.tessrax.json", bundle.ToString());
        home.Ctl.Must(["verify", "decision.tessrax.json", .. Trust]);
        JsonValue verdict = await Call(
            agent,
            "verify_bundle",
            ("bundle", bundle.ToString()),
            ("trust", await File.ReadAllTextAsync(home.Ctl.PathOf("trust.json"), Now))
        );
        Assert.Equal(JsonValue.True, verdict["holds"]);
        JsonValue holds = await Call(agent, "ask_decision", ("subject", "CVE-3"));
        foreach (JsonValue one in (JsonValue[])[done, holds, told, listed])
            Assert.NotNull(one["servers_word"]);
    }

    [Fact]
    public async Task Without_a_key_it_reads_and_says_the_same_as_beside_the_files()
    {
        await using McpClient there = await Agent();
        await using McpClient here = await Connect(home.Ctl, home.Path, "--read-only");
        Assert.Equal(Tools[1..], (await there.ListToolsAsync(cancellationToken: Now)).Select(tool => tool.Name));
        (string Tool, (string, object)[] Arguments)[] questions =
        [
            ("ask_decision", [("subject", "CVE-1")]),
            ("ask_decision", [("subject", "nobody")]),
            ("list_decisions", [("state", "all")]),
            ("explain_decision", [("index", 3L)]),
            ("search", [("query", "subject:CVE-2"), ("limit", 2L)]),
            ("read_entry", [("index", 3L)]),
            ("fetch_bundle", [("index", 3L)]),
        ];
        foreach ((string tool, (string, object)[] arguments) in questions)
        {
            JsonValue near = await Call(here, tool, arguments);
            JsonValue far = (await Call(there, tool, arguments)).Without("servers_word");
            Assert.Equal(near.ToString().Replace(home.Path, Url, StringComparison.Ordinal), far.ToString());
        }
        string[] texts = ["tessrax://policy", "tessrax://checkpoint", "tessrax://checkpoints/8", "tessrax://entries/3"];
        foreach (string uri in texts)
            Assert.Equal(await Text(here, uri), await Text(there, uri));
        JsonValue policies = JsonValue.Parse(Encoding.UTF8.GetBytes(await Text(there, "tessrax://policies")));
        string digest = policies["policies"]!.Items[0]["policy"]!["digest"]!.AsString();
        Assert.Equal(await Text(there, "tessrax://policy"), await Text(there, $"tessrax://policies/{digest}"));
        foreach (
            string none in (string[])["tessrax://entries/99", "tessrax://checkpoints/7777", "tessrax://policies/x"]
        )
        {
            McpProtocolException e = await Assert.ThrowsAsync<McpProtocolException>(async () =>
                await Text(there, none)
            );
            Assert.Equal(McpErrorCode.ResourceNotFound, e.ErrorCode);
        }
        Assert.Equal("TSX3011", (await Refused(there, "read_entry", ("index", 10_000L)))["code"]!.AsString());
        Assert.Equal("TSX1018", (await Refused(there, "search", ("query", "a AND )")))["code"]!.AsString());
    }

    [Fact]
    public async Task A_key_that_may_not_submit_is_told_so_and_one_that_is_locked_is_before_anything_else()
    {
        await using McpClient agent = await Agent("--access-key", "people.key");
        JsonValue refused = await Refused(agent, "submit_claims", Claims(("S", 1)));
        Assert.StartsWith("TSX", refused["code"]!.AsString(), StringComparison.Ordinal);
        CtlResult input = home.Ctl.Run("mcp", Url, "--access-key", "agent.key", "--access-passphrase-file", "-");
        Assert.Equal((2, ""), (input.ExitCode, input.Text));
        home.Ctl.Write("wrong.pass", "wrong");
        CtlResult locked = home.Ctl.Run([
            "mcp",
            Url,
            "--access-key",
            "agent.key",
            "--access-passphrase-file",
            "wrong.pass",
            .. Trust,
        ]);
        Assert.Equal("", locked.Text);
        Assert.Contains("TSX2001", locked.Error, StringComparison.Ordinal);
    }

    private static string[] Trust => ["--trust", "trust.json"];

    private Task<McpClient> Agent(params string[] options) => Connect(home.Ctl, [Url, .. Trust, .. options]);

    private string Key(string name) =>
        home.Ctl.Must("keys", "new", name, "--purpose", "access", "-o", $"{name}.key").Text.Trim();
}
