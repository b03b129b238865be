using System.Text;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Tessrax.Canonical;
using Tessrax.Node.Reading;
using static Tessrax.EndToEnd.Tests.McpCalls;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>tessraxctl mcp</c>, asked by the protocol's own client.</summary>
public sealed class McpTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task An_agent_claims_asks_waits_for_people_and_proves_what_they_decided()
    {
        await using McpClient agent = await Connect("--source", "agent");
        Assert.Equal(Tools, (await agent.ListToolsAsync(cancellationToken: Now)).Select(tool => tool.Name));
        Assert.Contains("cannot approve", agent.ServerInstructions, StringComparison.Ordinal);

        // Half of what pypa says: the policy leaves that to two people.
        JsonValue done = await Call(agent, "submit_claims", Claims(("CVE-3", 9.9)));
        Assert.Equal("1", done["claims"]!.AsNumberText());
        JsonValue standing = done["standing"]!.Items[0];
        Assert.Equal("agent", standing["claims"]!.Items[^1]["source"]!.AsString());
        Assert.Contains("nothing is decided yet", standing["sentence"]!.AsString(), StringComparison.Ordinal);
        string proposal = standing["proposal"]!["id"]!.AsNumberText();
        JsonValue waiting = await Call(agent, "list_pending");
        Assert.Contains(waiting["proposals"]!.Items.ToArray(), one => one["id"]!.AsNumberText() == proposal);

        // People approve while the agent is connected.
        home.Ctl.Must("approve", "ledger", proposal, "--key", "alice.key");
        home.Ctl.Must("approve", "ledger", proposal, "--key", "bob.key");
        JsonValue asked = await Call(agent, "ask_decision", ("subject", "CVE-3"));
        JsonValue decided = asked["standing"]!.Items[0];
        string index = decided["decision"]!["index"]!.AsNumberText();
        Assert.Equal(2, decided["decision"]!["approvals"]!.Items.Length);
        Assert.Contains("decided in entry " + index, decided["sentence"]!.AsString(), StringComparison.Ordinal);
        JsonValue told = await Call(agent, "explain_decision", ("index", long.Parse(index, null)));
        Assert.Equal("decided", told["status"]!.AsString());
        JsonValue listed = await Call(agent, "list_decisions", ("limit", 1L));
        Assert.Equal(index, listed["decisions"]!.Items[0]["index"]!.AsNumberText());

        JsonValue bundle = (await Call(agent, "fetch_bundle", ("index", long.Parse(index, null))))["bundle"]!;
        Assert.Equal(JsonValue.True, (await Verify(agent, bundle.ToString()))["holds"]);
        string forged = bundle.ToString().Replace("9.9", "1.9", StringComparison.Ordinal);
        Assert.Equal(JsonValue.False, (await Verify(agent, forged))["holds"]);
        // As JSON, and as what the command line takes.
        home.Ctl.Write("decision.tessrax.json", bundle.ToString());
        home.Ctl.Must("verify", "decision.tessrax.json");
        home.MustHold();
    }

    [Fact]
    public async Task Claims_are_recorded_once_and_only_in_the_agents_own_name()
    {
        await using McpClient agent = await Connect("--source", "triage-agent");
        (string, object) claims = ("claims", new[] { Claim("S", 1, ("timestamp", "2026-01-01T00:00:00Z")) });
        Assert.Equal("1", (await Call(agent, "submit_claims", claims))["claims"]!.AsNumberText());
        Assert.Equal("1", (await Call(agent, "submit_claims", claims))["known"]!.AsNumberText());
        foreach (string other in (string[])["pypa", "Triage-Agent"])
        {
            JsonValue refused = await Refused(
                agent,
                "submit_claims",
                ("claims", new[] { Claim("S", 2, ("source", other)) })
            );
            Assert.Contains("speaks for itself alone", refused["message"]!.AsString(), StringComparison.Ordinal);
        }
        await Call(agent, "submit_claims", ("claims", new[] { Claim("S", 3, ("source", "triage-agent")) }));
        using LedgerView view = home.View();
        Assert.Equal(
            ["triage-agent"],
            view.Fold.Claims.Keys.Where(key => key.Subject == "S")
                .SelectMany(view.Fold.Claims.Claims)
                .Select(claim => claim.Source)
                .Distinct()
        );
    }

    [Fact]
    public async Task An_agent_can_never_approve()
    {
        await using McpClient agent = await Connect("--source", "agent");
        long[] waiting = Waiting();
        Assert.NotEmpty(waiting);
        string before = Events();
        Assert.DoesNotContain(
            await agent.ListToolsAsync(cancellationToken: Now),
            tool =>
                tool.Name.Contains("approve", StringComparison.Ordinal)
                || tool.ProtocolTool.Annotations!.DestructiveHint!.Value
        );
        foreach (string name in (string[])["approve", "append", "reject", "erase", "tools/approve", "Submit_Claims"])
            await Assert.ThrowsAsync<McpProtocolException>(async () =>
                await agent.CallToolAsync(name, Arguments(("id", waiting[0])), cancellationToken: Now)
            );
        // Members that would mean something elsewhere mean nothing here.
        (string, object)[] smuggled =
        [
            ("id", waiting[0]),
            ("approve", true),
            ("key", home.Ctl.PathOf("alice.key")),
            ("event", "APPROVAL_RECORDED"),
        ];
        foreach (string tool in Tools)
            await Refused(agent, tool, smuggled);
        // Claims that read like verdicts are claims.
        await Call(
            agent,
            "submit_claims",
            (
                "claims",
                new[]
                {
                    Claim(
                        "proposal " + waiting[0],
                        1,
                        ("context", new Dictionary<string, object> { ["approval"] = "approve", ["key"] = "alice" })
                    ),
                }
            )
        );
        Assert.Equal(waiting, Waiting());
        Assert.Equal(before + " CLAIMS_RECORDED", Events());

        string Events()
        {
            using LedgerView view = home.View();
            return string.Join(' ', view.Receipts().Select(one => one.Entry.Body.Event));
        }

        long[] Waiting()
        {
            using LedgerView view = home.View();
            return [.. view.Fold.Proposals.Keys.Order()];
        }
    }

    [Fact]
    public async Task It_reads_searches_and_hands_out_policies_and_checkpoints()
    {
        await using McpClient agent = await Connect("--read-only");
        Assert.Equal(Tools[1..], (await agent.ListToolsAsync(cancellationToken: Now)).Select(tool => tool.Name));
        JsonValue found = await Call(agent, "search", ("query", "event:claims_recorded subject:CVE-2"), ("limit", 1L));
        string hit = found["hits"]!.Items[0]["index"]!.AsNumberText();
        JsonValue entry = await Call(agent, "read_entry", ("index", long.Parse(hit, null)));
        Assert.Equal(hit, entry["index"]!.AsNumberText());
        Assert.Equal("TSX1018", (await Refused(agent, "search", ("query", "a AND )")))["code"]!.AsString());
        Assert.Equal("TSX3011", (await Refused(agent, "read_entry", ("index", 10_000L)))["code"]!.AsString());
        Assert.Equal(JsonValue.False, (await Call(agent, "ask_decision", ("subject", "nobody")))["known"]);

        Assert.Equal(
            ["tessrax://policy", "tessrax://policies", "tessrax://checkpoint"],
            (await agent.ListResourcesAsync(cancellationToken: Now)).Select(one => one.Uri)
        );
        Assert.Equal(3, (await agent.ListResourceTemplatesAsync(cancellationToken: Now)).Count);
        JsonValue policy = JsonValue.Parse(Encoding.UTF8.GetBytes(await Text(agent, "tessrax://policy")));
        Assert.Equal("vuln-triage", policy["id"]!.AsString());
        JsonValue policies = JsonValue.Parse(Encoding.UTF8.GetBytes(await Text(agent, "tessrax://policies")));
        string digest = policies["policies"]!.Items[0]["policy"]!["digest"]!.AsString();
        Assert.Equal(policy.ToString(), await Text(agent, $"tessrax://policies/{digest}"));
        string note = await Text(agent, "tessrax://checkpoint");
        Assert.StartsWith("example.com/test\n8\n", note, StringComparison.Ordinal);
        Assert.Equal(note, await Text(agent, "tessrax://checkpoints/8"));
        Assert.Contains("LEDGER_CREATED", await Text(agent, "tessrax://entries/0"), StringComparison.Ordinal);
        foreach (
            string none in (string[])
                [
                    "tessrax://entries/99",
                    "tessrax://entries/-1",
                    "tessrax://checkpoints/7777",
                    "tessrax://policies/x",
                    "file:///etc/passwd",
                    "tessrax://policy/../keys",
                ]
        )
        {
            McpProtocolException e = await Assert.ThrowsAsync<McpProtocolException>(async () =>
                await Text(agent, none)
            );
            Assert.Equal(McpErrorCode.ResourceNotFound, e.ErrorCode);
        }
    }

    [Fact]
    public async Task It_waits_for_whoever_else_writes()
    {
        await using McpClient agent = await Connect("--source", "agent");
        Task<JsonValue> submitting;
        using (home.Open())
        {
            submitting = Call(agent, "submit_claims", Claims(("S", 1)));
            await Task.Delay(700, Now);
            Assert.False(submitting.IsCompleted);
        }
        Assert.Equal("1", (await submitting)["claims"]!.AsNumberText());
    }

    [Theory]
    [InlineData("standard input is the agent's", "--passphrase-file", "-")]
    [InlineData("--source is empty", "--source", " ")]
    public void What_cannot_work_is_said_before_an_agent_is_answered(string says, params string[] options)
    {
        CtlResult result = home.Ctl.Run(["mcp", "ledger", .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    private Task<McpClient> Connect(params string[] options) => McpCalls.Connect(home.Ctl, [home.Path, .. options]);
}
