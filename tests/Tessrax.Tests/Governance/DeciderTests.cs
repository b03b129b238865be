using System.Text;
using CsCheck;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Tests.Contradictions;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class DeciderTests
{
    [Theory]
    [InlineData("prefer-source", "z", "1", "prefer-source")]
    [InlineData("most-severe", "c", "4", "most-severe")]
    [InlineData("median", "b", "2", "median")]
    [InlineData("majority", "z", "1", "majority")]
    [InlineData("newest", "b", "2", "newest")]
    public void Follows_the_strategy(string strategy, string source, string value, string used)
    {
        Claim[] claims =
        [
            Some.Claim("c1", "1", "z", 1),
            Some.Claim("c2", "2", "b", 5),
            Some.Claim("c3", "4", "c", 2),
            Some.Claim("c4", "3", "d", 3),
        ];
        Decision decision = Decide(Policy(strategy), claims);
        Assert.Equal((source, value), (decision.Outcome.Source, decision.Outcome.Value.AsString()));
        Assert.Equal($"resolution.critical/{used}", decision.Rule);
        Assert.Equal(decision, Decision.FromJson(decision.ToJson()));
    }

    [Fact]
    public void The_middle_of_an_odd_number_is_the_middle() =>
        Assert.Equal(
            "5",
            Decide(Policy("median"), Some.Claim("a", "9"), Some.Claim("b", "5"), Some.Claim("c", "-100"))
                .Outcome.Value.AsString()
        );

    [Fact]
    public void A_majority_is_of_values_not_of_spellings()
    {
        Claim[] claims = [Some.Claim("z", "7"), Some.Claim("b", "\"5.0\""), Some.Claim("c", "5")];
        Decision decision = Decide(Policy("majority", """ "type": "numeric" """), claims);
        Assert.Equal(("b", "5"), (decision.Outcome.ClaimId, decision.Outcome.Value.AsString()));
        Assert.Equal("stated by 2 of 3", decision.Reason);
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("majority")]
    [InlineData("prefer-source")]
    public void Ties_go_by_precedence_and_then_by_claim_id(string strategy)
    {
        Policy policy = Policy(strategy);
        Claim[] claims = [Some.Claim("c1", "1", "n"), Some.Claim("c2", "2", "m"), Some.Claim("c3", "3", "y:2")];
        Assert.Equal("c3", Decide(policy, claims).Outcome.ClaimId);
        Assert.Equal("c1", Decide(policy, claims[..2]).Outcome.ClaimId);
        Assert.Equal(
            "c2",
            Decide(policy, [.. claims, Some.Claim("c4", "4", "z")]) is { Outcome.ClaimId: "c4" } ? "c2" : ""
        );
    }

    [Theory]
    [InlineData("median", "\"a\"", "\"b\"", "median->majority")]
    [InlineData("most-severe", "\"a\"", "\"b\"", "most-severe->majority")]
    [InlineData("most-severe", "[1]", "[2]", "most-severe->majority")]
    [InlineData("median", "\"1.0.0\"", "\"2.0.0\"", "median->majority")]
    public void Falls_back_to_majority_and_says_so(string strategy, string left, string right, string rule)
    {
        Decision decision = Decide(Policy(strategy), Some.Claim("a", left), Some.Claim("b", right));
        Assert.Equal($"resolution.moderate/{rule}", decision.Rule);
        Assert.Equal("a", decision.Outcome.ClaimId);
    }

    [Theory]
    [InlineData("", "1", "2", "2")]
    [InlineData("\"worse\": \"lower\"", "1", "2", "1")]
    [InlineData("", "-3", "2", "2")]
    [InlineData("", "\"1.9.0\"", "\"1.10.0\"", "\"1.10.0\"")]
    [InlineData("\"worse\": \"lower\"", "\"1.9.0\"", "\"1.10.0\"", "\"1.9.0\"")]
    [InlineData("", "false", "true", "true")]
    [InlineData("\"worse\": \"lower\"", "false", "true", "false")]
    [InlineData("\"worse\": [\"red\", \"green\"]", "\"green\"", "\"red\"", "\"red\"")]
    [InlineData("\"worse\": [\"red\", \"green\"]", "\"other\"", "\"green\"", "\"green\"")]
    [InlineData("\"worse\": [\"red\", \"green\"]", "[\"green\"]", "[\"other\",\"red\"]", "[\"other\",\"red\"]")]
    [InlineData("\"worse\": [false, true]", "true", "false", "false")]
    public void Knows_the_worse_value(string rule, string left, string right, string worse)
    {
        Decision decision = Decide(Policy("most-severe", rule), Some.Claim("a", left), Some.Claim("b", right));
        string value = decision.Kind == ContradictionKind.Numeric ? $"\"{worse}\"" : worse;
        Assert.Equal(value, decision.Outcome.Value.ToString());
        Assert.EndsWith("/most-severe", decision.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Escalation_proposes_and_waits()
    {
        Decision decision = Decide(Policy("escalate"), Some.Claim("a", "1"), Some.Claim("b", "9"));
        Assert.False(decision.IsAutomatic);
        Assert.Equal("resolution.critical/escalate/most-severe", decision.Rule);
        Assert.Equal(Strategy.Escalate, decision.Strategy);
        Assert.Equal("9", decision.Outcome.Value.AsString());
        Assert.Equal([new RequiredApproval("r", 2)], decision.Approvals);
        Assert.Equal(TimeSpan.FromDays(7), decision.Deadline);
        Assert.EndsWith(
            "critical, proposed: 9 by b, the most severe of 2 values; needs 2 of r",
            decision.Explanation,
            StringComparison.Ordinal
        );
        Assert.Equal(decision, Decision.FromJson(decision.ToJson()));
        Assert.True(Decide(Policy("newest"), Some.Claim("a", "1"), Some.Claim("b", "9")).IsAutomatic);
    }

    [Fact]
    public void Replay_leaves_other_claims_aside_and_sees_agreement()
    {
        Policy policy = Policy("newest");
        Claim a = Some.Claim("a", "1");
        Claim b = Some.Claim("b", "9", unit: "kg");
        var key = new GroupKey("s", "m", null);
        Assert.Null(Decider.Replay(policy, key, [a, b]));
        Assert.Null(Decider.Replay(policy, key, []));
        Assert.NotNull(Decider.Replay(policy, key, [a, b, Some.Claim("c", "9")]));
    }

    [Fact]
    public void Replay_at_an_earlier_moment_does_not_see_later_claims()
    {
        Policy policy = Policy("newest");
        Claim[] then = [Some.Claim("a", "1", day: 1), Some.Claim("b", "9", day: 2)];
        Decision decision = Decide(policy, then);
        Claim[] now = [.. then, Some.Claim("b2", "1", "b", day: 3), Some.Claim("c", "5", day: 4)];
        Assert.NotEqual(decision, Decide(policy, now));
        Assert.Equal(decision.Outcome, Decider.Replay(policy, decision.Key, now, decision.AsOf)!.Outcome);
        Assert.Equal(decision, Decider.Replay(policy, decision.Key, now, decision.AsOf));
    }

    [Fact]
    public void Another_policy_another_decision()
    {
        Claim[] claims = [Some.Claim("a", "1"), Some.Claim("b", "9")];
        Assert.NotEqual(Decide(Policy("newest"), claims), Decide(Policy("majority"), claims));
        Assert.Equal(Decide(Policy("newest"), claims).Digest, Decide(Policy("newest"), claims).Digest);
        Assert.Equal(Decide(Policy("newest"), claims).Contradiction, Decide(Policy("majority"), claims).Contradiction);
    }

    [Fact]
    public void Decides_anything_in_any_order()
    {
        string[] values =
        [
            "1",
            "2",
            "\"2\"",
            "\"x\"",
            "true",
            "\"1.0.0\"",
            "\"v2\"",
            "[1,\"a\"]",
            "[]",
            "\"a,b\"",
            "1e300",
            "-1",
        ];
        string[] rules = ["", .. Words.AllMetrics.ToArray().Select(t => $"\"type\": \"{t}\""), "\"worse\": [\"x\", 1]"];
        Gen.Select(
                Gen.Select(Gen.Int[0, 11], Gen.Int[1, 4], Gen.Int[1, 2]).Array[2, 8],
                Gen.Int[0, Strategies.All.Length - 1],
                Gen.Int[0, rules.Length - 1]
            )
            .Sample(
                (all, strategy, rule) =>
                {
                    Policy policy = Policy(Strategies.All[strategy], rules[rule]);
                    Claim[] claims =
                    [
                        .. all.Select((c, i) => Some.Claim($"c{i}", values[c.Item1], $"s{c.Item2}", c.Item3)),
                    ];
                    GroupKey key = policy.Rules.KeyOf(claims[0]);
                    Decision? decision = Decider.Replay(policy, key, claims);
                    Assert.Equal(decision, Decider.Replay(policy, key, claims.AsEnumerable().Reverse()));
                    if (decision is not null)
                        Assert.Equal(decision, Decision.FromJson(decision.ToJson()));
                }
            );
    }

    [Fact]
    public void Refuses_an_outcome_that_none_of_the_claims_states()
    {
        string text = Decide(Policy("newest"), Some.Claim("a", "1"), Some.Claim("b", "9")).ToJson().ToString();
        string changed = text.Replace(
            "\"outcome\":{\"claim_id\":\"a\"",
            "\"outcome\":{\"claim_id\":\"c\"",
            StringComparison.Ordinal
        );
        Assert.NotEqual(text, changed);
        Assert.Throws<TessraxException>(() => Decision.FromJson(Some.Json(changed)));
    }

    private static Policy Policy(string strategy, string rule = "")
    {
        string people = strategy == "escalate" ? ", \"propose\": \"most-severe\", \"action\": \"two\"" : "";
        string resolution = $$"""{ "strategy": "{{strategy}}"{{people}} }""";
        string text = $$"""
            {
              "policy": "tessrax/policy/v1", "id": "p", "version": "1.0.0",
              "metrics": { "m": { {{rule}} } },
              "sources": ["z", "y:*"],
              "resolution": { "low": {{resolution}}, "moderate": {{resolution}}, "high": {{resolution}}, "critical": {{resolution}} },
              "actions": { "two": { "approvals": [{ "role": "r", "k": 2 }], "deadline": "P7D" } }
            }
            """;
        return Tessrax.Governance.Policy.Parse(Encoding.UTF8.GetBytes(text));
    }

    private static Decision Decide(Policy policy, params Claim[] claims) =>
        Decider.Replay(policy, policy.Rules.KeyOf(claims[0]), claims)!;
}
