using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Tests.Contradictions;
using Tessrax.Tests.Schemas;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class PolicyDiffTests
{
    private const string Text = """
        {
          "policy": "tessrax/policy/v1", "id": "p", "version": "1.0.0",
          "metrics": {
            "*": { "tolerance": 0.01, "bands": [{ "severity": "low", "above": 0 }, { "severity": "high", "above": 0.5 }] },
            "w": { "type": "numeric", "unit": "kg", "units": { "g": "0.001" } },
            "c": { "type": "categorical", "severity": "high" }
          },
          "sources": ["a", "b", "c*"],
          "resolution": {
            "low": { "strategy": "newest" },
            "moderate": { "strategy": "newest", "action": "none" },
            "high": { "strategy": "median", "action": "one" },
            "critical": { "strategy": "escalate", "propose": "majority", "action": "two" }
          },
          "actions": {
            "none": { "approvals": [] },
            "one": { "approvals": [{ "role": "r", "k": 1 }], "deadline": "P1D", "lane": "l" },
            "two": { "approvals": [{ "role": "r", "k": 2 }, { "role": "s", "k": 1 }] },
            "idle": { "approvals": [{ "role": "r", "k": 3 }], "deadline": "P1D" }
          },
          "control": { "LEDGER_CLOSED": "two", "LEDGER_REPAIRED": "one" },
          "retention": { "claims": "P10D" }
        }
        """;

    [Theory]
    [InlineData("version", "\"2.0.0\"", "$.version: \"1.0.0\" -> \"2.0.0\" (other)")]
    [InlineData("description", "\"d\"", "$.description: null -> \"d\" (other)")]
    [InlineData("resolution.low.strategy", "\"median\"", "$.resolution.low.strategy: \"newest\" -> \"median\" (other)")]
    [InlineData(
        "resolution.critical.propose",
        "\"newest\"",
        "$.resolution.critical.propose: \"majority\" -> \"newest\" (other)"
    )]
    [InlineData(
        "resolution.low.action",
        "\"one\"",
        "$.resolution.low.action: null -> \"one\" (other)",
        "$.resolution.low.lane: null -> \"l\" (other)",
        "$.resolution.low.approvals.r: null -> 1 (tighter)"
    )]
    [InlineData(
        "actions.two.approvals",
        "[{\"role\":\"r\",\"k\":1},{\"role\":\"t\",\"k\":1}]",
        "$.resolution.critical.approvals.r: 2 -> 1 (looser)",
        "$.resolution.critical.approvals.s: 1 -> null (looser)",
        "$.resolution.critical.approvals.t: null -> 1 (tighter)",
        "$.control.LEDGER_CLOSED.approvals.r: 2 -> 1 (looser)",
        "$.control.LEDGER_CLOSED.approvals.s: 1 -> null (looser)",
        "$.control.LEDGER_CLOSED.approvals.t: null -> 1 (tighter)"
    )]
    [InlineData(
        "actions.two.deadline",
        "\"P2D\"",
        "$.resolution.critical.deadline: null -> \"P2D\" (tighter)",
        "$.control.LEDGER_CLOSED.deadline: null -> \"P2D\" (tighter)"
    )]
    [InlineData(
        "actions.one.deadline",
        "\"PT25H\"",
        "$.resolution.high.deadline: \"P1D\" -> \"P1DT1H\" (looser)",
        "$.control.LEDGER_REPAIRED.deadline: \"P1D\" -> \"P1DT1H\" (looser)"
    )]
    [InlineData("actions.idle.approvals[0].k", "4", "$.actions.idle.approvals.r: 3 -> 4 (tighter)")]
    [InlineData("actions.idle", null, "$.actions.idle: \"3 of r\" -> null (other)")]
    [InlineData(
        "control.*",
        "\"none\"",
        "$.control.*: \"more than half of the approvers\" -> \"nobody but the author\" (looser)"
    )]
    [InlineData("control.*", "\"one\"", "$.control.*: \"more than half of the approvers\" -> \"1 of r\" (other)")]
    [InlineData(
        "control.LEDGER_CLOSED",
        null,
        "$.control.LEDGER_CLOSED: \"2 of r and 1 of s\" -> \"more than half of the approvers\" (other)"
    )]
    [InlineData("control.LEDGER_REPAIRED", null, "$.control.LEDGER_REPAIRED.approvals.r: 1 -> null (looser)")]
    [InlineData("sources[1]", "\"d\"", "$.sources.b: 2 -> null (other)", "$.sources.d: null -> 2 (other)")]
    [InlineData("sources", "[\"b\",\"a\",\"c*\"]", "$.sources: [\"a\",\"b\",\"c*\"] -> [\"b\",\"a\",\"c*\"] (other)")]
    [InlineData("retention", null, "$.retention.claims: \"P10D\" -> null (looser)")]
    [InlineData("retention.claims", "\"P11D\"", "$.retention.claims: \"P10D\" -> \"P11D\" (tighter)")]
    [InlineData("metrics.w.tolerance", "0.02", "$.metrics.w.tolerance: \"0.01\" -> \"0.02\" (looser)")]
    [InlineData(
        "metrics.*.tolerance",
        "0",
        "$.metrics.*.tolerance: \"0.01\" -> \"0\" (tighter)",
        "$.metrics.w.tolerance: \"0.01\" -> \"0\" (tighter)"
    )]
    [InlineData(
        "metrics.*.bands[1].above",
        "0.4",
        "$.metrics.*.bands.moderate: \"0.5\" -> \"0.4\" (tighter)",
        "$.metrics.*.bands.high: \"0.5\" -> \"0.4\" (tighter)",
        "$.metrics.w.bands.moderate: \"0.5\" -> \"0.4\" (tighter)",
        "$.metrics.w.bands.high: \"0.5\" -> \"0.4\" (tighter)"
    )]
    [InlineData(
        "metrics.w.bands",
        "[{\"severity\":\"low\",\"above\":0}]",
        "$.metrics.w.bands.moderate: \"0.5\" -> null (looser)",
        "$.metrics.w.bands.high: \"0.5\" -> null (looser)"
    )]
    [InlineData("metrics.c.severity", "\"critical\"", "$.metrics.c.severity: \"high\" -> \"critical\" (tighter)")]
    [InlineData("metrics.c.worse", "[\"x\"]", "$.metrics.c.worse: \"higher\" -> [\"x\"] (other)")]
    [InlineData("metrics.w.units", "{\"t\":1000}", "$.metrics.w.units: {\"g\":\"0.001\"} -> {\"t\":\"1000\"} (other)")]
    [InlineData("metrics.w.units", null, "$.metrics.w.units: {\"g\":\"0.001\"} -> null (other)")]
    [InlineData("metrics.new", "{\"tolerance\":0.5}", "$.metrics.new.tolerance: \"0.01\" -> \"0.5\" (looser)")]
    // The same said in other words.
    [InlineData("metrics.w.tolerance", "\"0.010\"")]
    [InlineData("metrics.c.tolerance", "0.5")]
    [InlineData("metrics.*.bands[0].above", "0.005")]
    [InlineData("metrics.new", "{\"type\":\"auto\"}")]
    [InlineData("resolution.moderate.action", null, "$.resolution.moderate.action: \"none\" -> null (other)")]
    [InlineData("actions.one.deadline", "\"PT24H\"")]
    [InlineData("actions.two.approvals", "[{\"role\":\"s\",\"k\":1},{\"role\":\"r\",\"k\":2}]")]
    public void Says_what_changes_and_which_way(string at, string? becomes, params string[] changes)
    {
        JsonValue edited = Edit.At(Some.Json(Text), at, becomes is null ? null : Some.Json(becomes));
        (Policy was, Policy now) = (Policy.FromJson(Some.Json(Text)), Policy.FromJson(edited));
        IReadOnlyList<PolicyChange> found = PolicyDiff.Between(was, now);
        Assert.Equal(changes, found.Select(change => change.ToString()));

        // What was tightened one way is loosened the other.
        Assert.Equal(
            found.Select(c => new PolicyChange(c.Path, c.Is, c.Was, Opposite(c.Effect))).Select(c => c.ToString()),
            PolicyDiff.Between(now, was).Select(change => change.ToString())
        );
    }

    [Fact]
    public void A_policy_does_not_differ_from_itself()
    {
        Assert.Empty(PolicyDiff.Between(Policy.Default, Policy.Default));
        Assert.Empty(PolicyDiff.Between(Samples.Policy(), Samples.Policy()));
    }

    // Sound: where no change is told of metrics, sources and resolutions, nothing is decided otherwise.
    [Fact]
    public void What_is_told_as_no_change_decides_nothing_otherwise()
    {
        Policy shipped = Samples.Policy();
        JsonValue document = shipped.Document;
        JsonValue[] decided = Decisions(shipped);
        string[] values =
        [
            "0",
            "0.02",
            "0.3",
            "\"low\"",
            "\"high\"",
            "\"newest\"",
            "\"median\"",
            "\"lower\"",
            "\"P9D\"",
            "3",
            "[]",
            "[\"pypa\"]",
            "\"auto\"",
            "\"categorical\"",
            "{}",
        ];
        int silent = 0;
        int told = 0;
        foreach (string member in Edit.Members(document, new HashSet<string>()))
        {
            foreach (string? value in values.Append(null))
            {
                JsonValue edited = Edit.At(document, member, value is null ? null : Some.Json(value));
                if (TryRead(edited) is not { } policy)
                    continue;
                if (PolicyDiff.Between(shipped, policy).Count > 0)
                {
                    told++;
                    continue;
                }
                Assert.True(decided.SequenceEqual(Decisions(policy)), $"{member} = {value}");
                silent++;
            }
        }
        Assert.True(told > 50 && silent > 5, $"{told} told, {silent} silent");
    }

    private static Policy? TryRead(JsonValue document)
    {
        try
        {
            return Policy.FromJson(document);
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private static JsonValue[] Decisions(Policy policy)
    {
        ClaimBook book = Samples.Book(policy, "cve-cwe.jsonl", "country-stats.jsonl");
        return [.. book.DetectAll().Select(found => Decider.Decide(policy, found).ToJson().Without("policy"))];
    }

    private static PolicyEffect Opposite(PolicyEffect effect) =>
        effect switch
        {
            PolicyEffect.Tighter => PolicyEffect.Looser,
            PolicyEffect.Looser => PolicyEffect.Tighter,
            _ => effect,
        };
}
