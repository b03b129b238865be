using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What only <c>tessrax/policy/v2</c> can say: read, refused, compared.</summary>
public sealed class PolicyExtensionTests
{
    internal const string Text = """
        {
          "policy": "tessrax/policy/v2", "id": "p", "version": "1.0.0",
          "resolution": {
            "low": { "strategy": "newest" }, "moderate": { "strategy": "newest" },
            "high": { "strategy": "median", "action": "one" },
            "critical": { "strategy": "escalate", "propose": "majority", "action": "two" }
          },
          "actions": {
            "one": { "approvals": [{ "role": "r", "k": 1 }], "lane": "fast", "deadline": "P7D",
                     "escalate": { "after": "P1D", "to": "two" } },
            "two": { "approvals": [{ "role": "r", "k": 2 }], "veto": ["legal"] },
            "nobody": { "approvals": [] }
          },
          "delay": "PT2H",
          "delegation": { "max": "P14D" },
          "tokens": { "*": { "role": "issuer", "valid": "PT1H", "entries": 100 },
                      "x-deploy": { "role": "issuer", "valid": "PT5M", "entries": 10 } },
          "lanes": ["fast", "slow"],
          "reopen": "material"
        }
        """;

    [Fact]
    public void Reads_the_second_form()
    {
        Policy policy = Read(Text);
        Assert.Equal((PolicyForm.V2, Reopening.Material), (policy.Form, policy.Reopen));
        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromDays(14)), (policy.Delay, policy.LongestDelegation));
        Assert.Equal(["fast", "slow"], policy.Lanes);
        Assert.Equal(["legal"], policy.ActionNamed("two")!.Veto);
        Assert.Equal(new Escalation(TimeSpan.FromDays(1), "two"), policy.ActionNamed("one")!.Escalation);
        Assert.Equal(new TokenRule("issuer", TimeSpan.FromMinutes(5), 10), policy.TokenFor("x-deploy"));
        Assert.Equal(100, policy.TokenFor("DECISION_RECORDED")!.Entries);
        Assert.Null(policy.TokenFor("x-other"));
        Assert.Null(policy.TokenFor("CLAIMS_RECORDED"));
        Assert.Empty(Schema.Load("policy").Faults(policy.Document));
    }

    [Fact]
    public void Without_its_members_it_says_what_the_first_form_says()
    {
        Policy policy = Policy.FromJson(Policy.Default.Document.Without("policy").With("policy", "tessrax/policy/v2"));
        Assert.Equal(["urgent", "review", "routine"], policy.Lanes);
        Assert.Equal(Policy.Default.Lanes, policy.Lanes);
        Assert.Equal(["$.policy"], PolicyDiff.Between(Policy.Default, policy).Select(change => change.Path));
    }

    [Theory]
    [InlineData("delay", "\"PT2H\"")]
    [InlineData("delegation", "{\"max\":\"P1D\"}")]
    [InlineData("tokens", "{}")]
    [InlineData("lanes", "[]")]
    [InlineData("reopen", "\"changed\"")]
    [InlineData("actions", "{\"a\":{\"approvals\":[{\"role\":\"r\",\"k\":1}],\"veto\":[]}}")]
    [InlineData(
        "actions",
        "{\"a\":{\"approvals\":[{\"role\":\"r\",\"k\":1}],\"escalate\":{\"after\":\"P1D\",\"to\":\"b\"}},\"b\":{\"approvals\":[{\"role\":\"r\",\"k\":1}]}}"
    )]
    public void The_first_form_knows_none_of_it(string member, string value)
    {
        JsonValue small = Policy.Default.Document.Without("actions").Without("resolution");
        JsonValue free = JsonValue.Object(("strategy", "newest"));
        JsonValue document = small
            .With("resolution", JsonValue.Object(("low", free), ("moderate", free), ("high", free), ("critical", free)))
            .With(member, JsonValue.Parse(Encoding.UTF8.GetBytes(value)));
        Assert.Equal(ErrorCodes.UnknownMember, Assert.Throws<TessraxException>(() => Policy.FromJson(document)).Code);
        Assert.NotEmpty(Schema.Load("policy").Faults(document));
        JsonValue extended = document.Without("policy").With("policy", "tessrax/policy/v2");
        Policy.FromJson(extended);
        Assert.Empty(Schema.Load("policy").Faults(extended));
    }

    [Theory]
    [InlineData("\"PT2H\"", "\"PT0M\"", 1015, "$.delay")]
    [InlineData("{ \"max\": \"P14D\" }", "{}", 1008, "$.delegation")]
    [InlineData("\"P14D\"", "\"P366D\"", 1015, "$.delegation.max")]
    [InlineData("\"x-deploy\": {", "\"CLAIMS_RECORDED\": {", 1015, "$.tokens.CLAIMS_RECORDED")]
    [InlineData("\"x-deploy\": {", "\"LEDGER_CREATED\": {", 1015, "$.tokens.LEDGER_CREATED")]
    [InlineData("\"PT5M\"", "\"P31D\"", 1015, "$.tokens.x-deploy.valid")]
    [InlineData("\"entries\": 10 }", "\"entries\": 0 }", 1009, "$.tokens.x-deploy.entries")]
    [InlineData(
        "\"role\": \"issuer\", \"valid\": \"PT5M\"",
        "\"role\": \"Issuer\", \"valid\": \"PT5M\"",
        1015,
        "$.tokens.x-deploy.role"
    )]
    [InlineData("[\"fast\", \"slow\"]", "[\"slow\"]", 1015, "$.lanes")]
    [InlineData("[\"fast\", \"slow\"]", "[\"fast\", \"fast\"]", 1015, "$.lanes[1]")]
    [InlineData("\"material\"", "\"never\"", 1009, "$.reopen")]
    [InlineData("[\"legal\"]", "[\"legal\", \"legal\"]", 1015, "$.actions.two.veto[1]")]
    [InlineData("[\"legal\"]", "[\"LEGAL\"]", 1015, "$.actions.two.veto")]
    [InlineData("{ \"approvals\": [] }", "{ \"approvals\": [], \"veto\": [\"legal\"] }", 1015, "$.actions.nobody.veto")]
    [InlineData("\"role\": \"r\", \"k\": 2", "\"role\": \"R\", \"k\": 2", 1015, "$.actions.two.approvals")]
    [InlineData("\"after\": \"P1D\"", "\"after\": \"P7D\"", 1015, "$.actions.one.escalate.after")]
    [InlineData(
        "{ \"approvals\": [] }",
        "{ \"approvals\": [], \"escalate\": { \"after\": \"P1D\", \"to\": \"two\" } }",
        1015,
        "$.actions.nobody.escalate"
    )]
    [InlineData("\"to\": \"two\"", "\"to\": \"nobody\"", 1015, "$.actions.one.escalate.to")]
    [InlineData("\"to\": \"two\"", "\"to\": \"one\"", 1015, "$.actions.one.escalate.to")]
    [InlineData("\"to\": \"two\"", "\"to\": \"three\"", 1015, "$.actions.one.escalate.to")]
    [InlineData(
        "\"veto\": [\"legal\"]",
        "\"escalate\": { \"after\": \"P1D\", \"to\": \"one\" }",
        1015,
        "$.actions.one.escalate.to"
    )]
    public void Refuses_what_makes_no_sense(string was, string becomes, int code, string path)
    {
        Assert.Contains(was, Text, StringComparison.Ordinal);
        TessraxException fault = Assert.Throws<TessraxException>(() =>
            Read(Text.Replace(was, becomes, StringComparison.Ordinal))
        );
        Assert.Equal((code, path), (fault.Code.Number, fault.Path));
    }

    [Theory]
    [InlineData("\"PT2H\"", "\"PT1H\"", "$.delay: \"PT2H\" -> \"PT1H\" (looser)")]
    [InlineData("\"P14D\"", "\"P1D\"", "$.delegation.max: \"P14D\" -> \"P1D\" (tighter)")]
    [InlineData("\"PT5M\"", "\"PT6M\"", "$.tokens.x-deploy.valid: \"PT5M\" -> \"PT6M\" (looser)")]
    [InlineData("[\"legal\"]", "[]", "$.resolution.critical.veto.legal: true -> null (looser)")]
    [InlineData(
        "\"after\": \"P1D\"",
        "\"after\": \"P2D\"",
        "$.resolution.high.escalate: {\"after\":\"P1D\",\"to\":\"two\"} -> {\"after\":\"P2D\",\"to\":\"two\"} (other)"
    )]
    [InlineData("\"material\"", "\"changed\"", "$.reopen: \"material\" -> \"changed\" (tighter)")]
    [InlineData(
        "[\"fast\", \"slow\"]",
        "[\"slow\", \"fast\"]",
        "$.lanes: [\"fast\",\"slow\"] -> [\"slow\",\"fast\"] (other)"
    )]
    public void Tells_what_differs_and_which_way(string was, string becomes, string change)
    {
        Policy edited = Read(Text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Equal([change], PolicyDiff.Between(Read(Text), edited).Select(c => c.ToString()));
    }

    private static Policy Read(string text) => Policy.Parse(Encoding.UTF8.GetBytes(text));
}
