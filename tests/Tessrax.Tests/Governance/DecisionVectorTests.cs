using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Xunit;
using JsonNode = System.Text.Json.Nodes.JsonNode;

namespace Tessrax.Tests.Governance;

/// <summary>The language-neutral vectors under spec/vectors/decisions.</summary>
public sealed class DecisionVectorTests
{
    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Spec.Path("vectors", "decisions"), "*.json").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Come_out_as_written(string file)
    {
        JsonValue vector = JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "decisions", file)));
        Policy policy = Policy.FromJson(vector["policy"]!);
        Claim[] claims = [.. vector["claims"]!.Items.ToArray().Select(c => Claim.FromJson(c))];
        GroupKey key = GroupKey.FromJson(vector["key"]!, "$.key");
        var book = new ClaimBook(policy.Rules);
        foreach (Claim claim in claims.AsEnumerable().Reverse())
            book.Add(claim);

        Assert.Equal(vector["policy_digest"]!.AsString(), policy.Digest.ToString());
        Contradiction? contradiction = book.Detect(key);
        Assert.Equal(vector["contradiction"], contradiction?.ToJson() ?? JsonValue.Null);
        long level = vector["level"] is { } passed
            ? long.Parse(passed.AsNumberText(), CultureInfo.InvariantCulture)
            : 0;
        Decision? decision = contradiction is null ? null : Decider.Decide(policy, contradiction, level);
        Assert.Equal(vector["decision"], decision?.ToJson() ?? JsonValue.Null);
        if (level == 0)
            Assert.Equal(decision, Decider.Replay(policy, key, claims));
    }

    [Theory]
    [InlineData(
        "second-form.json",
        "A decision of the second form says why its claim is followed, and what each other strategy would have followed.",
        0,
        "9 6.5 6.5"
    )]
    [InlineData(
        "second-form-passed-on.json",
        "Passed on once, the same contradiction is for those whom the action names to whom it goes.",
        1,
        "9 6.5"
    )]
    [InlineData(
        "second-form-tie.json",
        "Two claims are equally severe: the first of them by source precedence, then by claim id, is followed.",
        0,
        "9 9 6.5"
    )]
    public void Those_of_the_second_form_are_what_the_code_writes(string file, string about, long level, string values)
    {
        Policy policy = SecondForm.Policy();
        Claim[] claims =
        [
            .. values
                .Split(' ')
                .Select(
                    (value, i) =>
                        FoldLedger.Claim(
                            $"c{i}",
                            "A",
                            double.Parse(value, CultureInfo.InvariantCulture),
                            $"s{i}",
                            1 + i
                        )
                ),
        ];
        Contradiction contradiction = ContradictionDetector.Detect(
            policy.Rules.For("score"),
            FoldLedger.Key("A"),
            claims
        )!;
        JsonValue vector = JsonValue.Object(
            ("about", about),
            ("claims", JsonValue.Of(claims.Select(c => c.ToJson()))),
            ("contradiction", contradiction.ToJson()),
            ("decision", Decider.Decide(policy, contradiction, level).ToJson()),
            ("key", FoldLedger.Key("A").ToJson()),
            ("level", level == 0 ? null : JsonValue.Number(level)),
            ("policy", policy.Document),
            ("policy_digest", policy.Digest.ToString())
        );
        Spec.MustHold(Spec.Lay(JsonNode.Parse(vector.ToString())!), "vectors", "decisions", file);
    }

    [Fact]
    public void Are_there() => Assert.True(Files().Count >= 16);
}
