using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Tests.Contradictions;
using Tessrax.Tests.Fuzz;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class PolicyCaseTests
{
    private const string About = "\"subject\":\"s\",\"metric\":\"m\"";

    private static readonly Policy Policy = Policy.FromJson(
        Some.Json(
            """
            {
              "policy": "tessrax/policy/v1", "id": "p", "version": "1.0.0",
              "metrics": {
                "m": { "type": "numeric", "unit": "kg", "units": { "g": "0.001" } },
                "set": { "type": "set", "severity": "low" }
              },
              "resolution": {
                "low": { "strategy": "newest" },
                "moderate": { "strategy": "newest" },
                "high": { "strategy": "median" },
                "critical": { "strategy": "escalate", "propose": "most-severe", "action": "two" }
              },
              "actions": {
                "two": {
                  "approvals": [{ "role": "r", "k": 2 }, { "role": "a", "k": 1 }], "deadline": "P7D", "lane": "l"
                }
              }
            }
            """
        )
    );

    // 10 kg against 25 kg: critical.
    private static readonly ClaimBook Book = BookOf(
        Some.Claim("1", "10", unit: "kg"),
        Some.Claim("2", "25000", unit: "g"),
        Some.Ingest(
            """{"claim_id":"3","subject":"s","metric":"set","value":"x, y","timestamp":"2026-01-01T00:00:00Z","source":"a"}"""
        ),
        Some.Ingest(
            """{"claim_id":"4","subject":"s","metric":"set","value":["z","y"],"timestamp":"2026-01-02T00:00:00Z","source":"b"}"""
        ),
        Some.Ingest(
            """{"claim_id":"5","subject":"t","metric":"m","value":1,"unit":"kg","timestamp":"2026-01-01T00:00:00Z","source":"a"}"""
        )
    );

    [Theory]
    [InlineData("kind", "\"numeric\"", "\"set\"")]
    [InlineData("severity", "\"critical\"", "\"high\"")]
    [InlineData("strategy", "\"escalate\"", "\"most-severe\"")]
    [InlineData("rule", "\"resolution.critical/escalate/most-severe\"", "\"resolution.critical/escalate\"")]
    [InlineData("outcome", "25", "25000")]
    [InlineData("outcome", "\"25.0\"", "\"25 kg\"")]
    [InlineData("source", "\"2\"", "\"1\"")]
    [InlineData("action", "\"two\"", "null")]
    [InlineData("approvals", "[{\"role\":\"a\",\"k\":1},{\"role\":\"r\",\"k\":2}]", "[{\"role\":\"r\",\"k\":2}]")]
    [InlineData("deadline", "\"PT168H\"", "null")]
    [InlineData("deadline", "\"P7D\"", "\"P8D\"")]
    [InlineData("lane", "\"l\"", "null")]
    [InlineData("contradiction", "true", "false")]
    public void Every_member_that_is_given_must_be_as_expected(string member, string good, string bad)
    {
        Assert.Null(Judge($$"""{{{About}},"unit":"kg","{{member}}":{{good}}}"""));
        // The unit of any claim of the group will do.
        Assert.Null(Judge($$"""{{{About}},"unit":"g","{{member}}":{{good}}}"""));
        PolicyCaseFailure? failure = Judge($$"""{{{About}},"unit":"kg","{{member}}":{{bad}}}""");
        Assert.Equal((member, Some.Json(bad)), (failure?.Member, failure?.Expected));
        Assert.NotEqual(failure!.Expected, failure.Was);
    }

    [Fact]
    public void The_first_difference_is_told() =>
        Assert.Equal(
            new PolicyCaseFailure("severity", "low", "critical"),
            Judge($$"""{"lane":"other","severity":"low","outcome":1,{{About}},"unit":"kg"}""")
        );

    [Fact]
    public void A_set_has_no_order()
    {
        Assert.Null(Judge("""{"subject":"s","metric":"set","outcome":["y","z"],"action":null,"deadline":null}"""));
        Assert.Null(Judge("""{"subject":"s","metric":"set","outcome":"z,y","approvals":[]}"""));
        Assert.Equal("outcome", Judge("""{"subject":"s","metric":"set","outcome":["y"]}""")?.Member);
    }

    [Fact]
    public void What_agrees_is_no_contradiction_and_what_nobody_speaks_of_is_not_tested()
    {
        Assert.Null(Judge("""{"subject":"t","metric":"m","unit":"kg","contradiction":false}"""));
        Assert.Equal(
            new PolicyCaseFailure("contradiction", true, false),
            Judge("""{"subject":"t","metric":"m","unit":"kg","severity":"low"}""")
        );
        // Another unit is another matter, and so is none.
        foreach (string unit in (string[])["", ",\"unit\":\"lb\""])
            Assert.Equal(
                new PolicyCaseFailure("claims", "some", "none"),
                Judge($$"""{{{About}}{{unit}},"contradiction":false}""")
            );
    }

    [Fact]
    public void A_stray_text_among_numbers_leaves_them_numbers()
    {
        ClaimBook book = BookOf(Some.Claim("1", "10", unit: "kg", day: 2), Some.Claim("2", "\"n/a\"", unit: "kg"));
        var expected = PolicyCase.FromJson(
            Some.Json($$"""{{{About}},"unit":"kg","kind":"categorical","outcome":10.0}""")
        );
        Assert.Null(expected.Judge(Policy, book));
    }

    [Fact]
    public void Holds_for_real_claims()
    {
        Policy policy = Samples.Policy();
        ClaimBook book = Samples.Book(policy, "cve-cvss3.jsonl");
        JsonValue good = Some.Json(FuzzSeeds.PolicyCases[0]);
        Assert.Null(PolicyCase.FromJson(good).Judge(policy, book));
        Assert.Equal("outcome", PolicyCase.FromJson(good.With("outcome", 1)).Judge(policy, book)?.Member);
    }

    [Theory]
    [InlineData("{\"metric\":\"m\"}", 1008, "$")]
    [InlineData("{\"subject\":\"s\"}", 1008, "$")]
    [InlineData("{\"subject\":\"s\",\"metric\":\"m\",\"outcomes\":1}", 1007, "$")]
    [InlineData("{\"subject\":\"s\",\"metric\":\"m\",\"severity\":\"grave\"}", 1009, "$.severity")]
    [InlineData("{\"subject\":\"s\",\"metric\":\"m\",\"outcome\":{}}", 1009, "$.outcome")]
    [InlineData("{\"subject\":\"s\",\"metric\":\"m\",\"outcome\":null}", 1009, "$.outcome")]
    [InlineData("{\"subject\":\"s\",\"metric\":\"m\",\"deadline\":\"a week\"}", 1009, "$.deadline")]
    [InlineData(
        "{\"subject\":\"s\",\"metric\":\"m\",\"contradiction\":false,\"severity\":\"low\"}",
        1009,
        "$.severity"
    )]
    [InlineData(
        "{\"subject\":\"s\",\"metric\":\"m\",\"approvals\":[{\"role\":\"r\",\"k\":0}]}",
        1015,
        "$.approvals[0].k"
    )]
    [InlineData("[]", 1009, "$")]
    public void Refuses_what_is_no_case(string json, int code, string path)
    {
        var fault = Assert.Throws<TessraxException>(() => PolicyCase.FromJson(Some.Json(json)));
        Assert.Equal((code, path), (fault.Code.Number, fault.Path));
    }

    private static PolicyCaseFailure? Judge(string json) => PolicyCase.FromJson(Some.Json(json)).Judge(Policy, Book);

    private static ClaimBook BookOf(params Claim[] claims)
    {
        var book = new ClaimBook(Policy.Rules);
        foreach (Claim claim in claims)
            book.Add(claim);
        return book;
    }
}
