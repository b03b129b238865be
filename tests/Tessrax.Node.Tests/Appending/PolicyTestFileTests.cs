using System.Text;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class PolicyTestFileTests
{
    private const string First =
        """{"claim_id":"1","subject":"s","metric":"m","value":1,"timestamp":"2026-01-01T00:00:00Z","source":"a","expect":"a member of its own"}""";
    private const string Second =
        """{"claim_id":"2","subject":"s","metric":"m","value":4,"timestamp":"2026-01-01T00:00:00Z","source":"b"}""";
    private const string Good = """{"expect":{"subject":"s","metric":"m","severity":"critical"}}""";
    private const string Bad = """{"expect":{"subject":"s","metric":"m","outcome":1,"severity":"low"}}""";

    [Fact]
    public void Reads_claims_and_expectations_in_any_order()
    {
        PolicyTestResult result = Read(Bad, First, "", Good, Second).Run(Policy.Default);
        Assert.Equal((2, 2), (result.Claims, result.Cases));
        Assert.Empty(result.Unexpected);
        Assert.Equal(
            new PolicyTestFailure(
                1,
                new GroupKey("s", "m", null),
                new PolicyCaseFailure("severity", "low", "critical")
            ),
            Assert.Single(result.Failures)
        );
    }

    [Fact]
    public void Names_contradictions_of_which_nothing_is_expected()
    {
        string other = Good.Replace("\"s\"", "\"t\"", StringComparison.Ordinal);
        PolicyTestResult result = Read(First, Second, other).Run(Policy.Default);
        Assert.Equal(new GroupKey("s", "m", null), Assert.Single(result.Unexpected));
        Assert.Equal("claims", Assert.Single(result.Failures).Failure.Member);
    }

    [Theory]
    [InlineData(1008, "cases.jsonl expects nothing", First)]
    [InlineData(1008, "cases.jsonl expects nothing", "")]
    [InlineData(
        1007,
        "cases.jsonl line 2: $.expect has an unknown member 'sevrity'",
        First,
        "{\"expect\":{\"subject\":\"s\",\"metric\":\"m\",\"sevrity\":\"low\"}}"
    )]
    [InlineData(
        1007,
        "cases.jsonl line 1: $ has an unknown member 'note'",
        "{\"expect\":{\"subject\":\"s\",\"metric\":\"m\"},\"note\":1}"
    )]
    [InlineData(1009, "cases.jsonl line 1: $.expect must be an object", "{\"expect\":1}")]
    [InlineData(1008, "cases.jsonl line 1: $ lacks the member 'claim_id'", "{\"subject\":\"s\"}")]
    [InlineData(1009, "cases.jsonl line 1: $ must be an object", "7")]
    [InlineData(1001, "cases.jsonl line 2: ", Good, "{\"expect\":")]
    public void Refuses_a_bad_file_by_line_and_field(int code, string message, params string[] lines)
    {
        var fault = Assert.Throws<TessraxException>(() => Read(lines));
        Assert.Equal(code, fault.Code.Number);
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    [Fact]
    public void Refuses_one_id_for_two_claims()
    {
        string again = Second.Replace("\"2\"", "\"1\"", StringComparison.Ordinal);
        PolicyTestFile file = Read(First, Good, again);
        var fault = Assert.Throws<TessraxException>(() => file.Run(Policy.Default));
        Assert.Equal(ErrorCodes.ClaimIdReused, fault.Code);
        Assert.StartsWith("cases.jsonl line 3: ", fault.Message, StringComparison.Ordinal);
    }

    private static PolicyTestFile Read(params string[] lines) =>
        PolicyTestFile.Read("cases.jsonl", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
