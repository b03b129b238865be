using CsCheck;
using Tessrax.Contradictions;
using Xunit;

namespace Tessrax.Tests.Contradictions;

public sealed class DetectorTests
{
    private static readonly string[] Values = ["1", "2", "2.0", "\"2\"", "\"x\"", "true", "[1,2]", "[2,1]"];

    [Theory]
    [InlineData("6.4", "8.8", "numeric")]
    [InlineData("0", "1", "numeric")]
    [InlineData("-1", "1", "numeric")]
    [InlineData("true", "false", "boolean")]
    [InlineData("\"a\"", "\"b\"", "categorical")]
    [InlineData("\"a\"", "\"A\"", "categorical")]
    [InlineData("\"1.2.0\"", "\"1.10.0\"", "version")]
    [InlineData("\"1.2\"", "\"1.10\"", "categorical")]
    [InlineData("[\"a\"]", "[\"a\",\"b\"]", "set")]
    [InlineData("[1]", "[\"1\"]", "set")]
    [InlineData("1", "\"1\"", "categorical")]
    [InlineData("true", "\"true\"", "categorical")]
    public void Tells_kinds_apart(string left, string right, string kind)
    {
        Contradiction found = Some.Detect(Some.Rule(), Some.Claim("a", left), Some.Claim("b", right))!;
        Assert.Equal(kind, found.Kind.Text());
        Assert.Equal(kind, found.ComparedAs.Text());
        Assert.Equal(found, Contradiction.FromJson(found.ToJson()));
    }

    [Theory]
    [InlineData("auto", "0", "0")]
    [InlineData("auto", "6.10", "6.1")]
    [InlineData("auto", "1e3", "1000")]
    [InlineData("auto", "[\"a\",\"b\"]", "[\"b\",\"a\",\"b\"]")]
    [InlineData("auto", "[]", "[]")]
    [InlineData("auto", "\"1.0.0+x\"", "\"1.0.0+y\"")]
    [InlineData("numeric", "\"9007199254740993\"", "\"9007199254740993.0\"")]
    [InlineData("numeric", "5", "\"5.0\"")]
    [InlineData("boolean", "true", "\"true\"")]
    [InlineData("version", "\"v1.2\"", "\"1.2.0\"")]
    [InlineData("set", "\"CWE-1, CWE-2\"", "[\"CWE-2\",\"CWE-1\"]")]
    [InlineData("set", "\"CWE-1\"", "[\"CWE-1\"]")]
    [InlineData("categorical", "1.0", "1")]
    public void Sees_no_contradiction_in_other_spellings(string kind, string left, string right)
    {
        Assert.True(Words.TryParse(kind, out MetricKind metric));
        Assert.Null(Some.Detect(Some.Rule(metric), Some.Claim("a", left), Some.Claim("b", right)));
    }

    [Theory]
    [InlineData("\"9007199254740993\"", "\"9007199254740992\"")]
    [InlineData("\"0.1\"", "\"0.1000000000000000000000000000000001\"")]
    [InlineData("0.3", "\"0.30000000000000000004\"")]
    [InlineData("0", "\"1e-6144\"")]
    public void Sees_the_least_difference_of_numbers(string left, string right)
    {
        Contradiction found = Some.Detect(
            Some.Rule(MetricKind.Numeric),
            Some.Claim("a", left),
            Some.Claim("b", right)
        )!;
        Assert.Equal(ContradictionKind.Numeric, found.Kind);
    }

    [Theory]
    [InlineData("numeric", "\"n/a\"", "1")]
    [InlineData("numeric", "\"1e7000\"", "1")]
    [InlineData("numeric", "[1]", "1")]
    [InlineData("boolean", "\"yes\"", "true")]
    [InlineData("version", "\"latest\"", "\"1.0.0\"")]
    [InlineData("version", "1.5", "\"1.5.0\"")]
    public void Compares_as_categories_what_does_not_fit(string kind, string left, string right)
    {
        Assert.True(Words.TryParse(kind, out MetricKind metric));
        Contradiction found = Some.Detect(Some.Rule(metric), Some.Claim("a", left), Some.Claim("b", right))!;
        Assert.Equal(ContradictionKind.Categorical, found.Kind);
        Assert.Null(found.Gap);
        Assert.Equal(found, Contradiction.FromJson(found.ToJson()));
    }

    // Who could make a grave contradiction a mild one by a word could have it decided without anybody's signature.
    [Theory]
    [InlineData("auto", "\"n/a\"", "critical")]
    [InlineData("numeric", "\"n/a\"", "critical")]
    [InlineData("numeric", "true", "critical")]
    [InlineData("auto", "\"9\"", "critical")]
    [InlineData("categorical", "\"n/a\"", "moderate")]
    public void A_stray_text_takes_nothing_away_from_what_the_numbers_are(string kind, string stray, string severity)
    {
        Assert.True(Words.TryParse(kind, out MetricKind metric));
        MetricRule rule = Some.Rule(metric);
        Contradiction found = Some.Detect(rule, Some.Claim("a", "9.8"), Some.Claim("b", "1"), Some.Claim("c", stray))!;
        Assert.Equal(MetricKind.Categorical, found.ComparedAs);
        Assert.Equal(severity, found.Severity.Text());
        // Numbers that agree add nothing to what the text is.
        Contradiction mild = Some.Detect(rule, Some.Claim("a", "9.8"), Some.Claim("b", "9.8"), Some.Claim("c", stray))!;
        Assert.Equal(Severity.Moderate, mild.Severity);
    }

    [Theory]
    [InlineData("90", "100", "0.1", null)]
    [InlineData("89.9", "100", "0.1", "moderate")]
    [InlineData("97", "100", "0", "low")]
    [InlineData("95", "100", "0", "low")]
    [InlineData("94.9", "100", "0", "moderate")]
    [InlineData("79", "100", "0", "high")]
    [InlineData("50", "100", "0", "high")]
    [InlineData("49", "100", "0", "critical")]
    [InlineData("-100", "100", "0", "critical")]
    public void Grades_gaps_by_bands(string left, string right, string tolerance, string? severity)
    {
        MetricRule rule = Some.Rule(tolerance: tolerance);
        Contradiction? found = Some.Detect(rule, Some.Claim("a", left), Some.Claim("b", right));
        Assert.Equal(severity, found?.Severity.Text());
    }

    [Fact]
    public void Measures_between_the_extremes()
    {
        Contradiction found = Some.Detect(
            Some.Rule(),
            Some.Claim("a", "9"),
            Some.Claim("b", "10"),
            Some.Claim("c", "8")
        )!;
        Assert.Equal("0.2", found.Gap!.Value.ToString());
        Assert.Equal(3, found.Claims.Count);
        Assert.Equal(
            "3 sources disagree about m of s: 8 (c) to 10 (b), a relative gap of 0.2 where 0 is tolerated",
            found.Explanation
        );
    }

    [Fact]
    public void A_newer_claim_of_the_same_source_supersedes_its_older_one()
    {
        Claim[] claims =
        [
            Some.Claim("a1", "1", "a", day: 1),
            Some.Claim("a2", "2", "a", day: 2),
            Some.Claim("b1", "2", "b", day: 1),
        ];
        Assert.Null(Some.Detect(Some.Rule(), claims));
        Contradiction found = Some.Detect(Some.Rule(), [.. claims, Some.Claim("c1", "5", "c", day: 1)])!;
        Assert.Equal(["a2", "b1", "c1"], found.Claims.Select(c => c.ClaimId));
        Assert.Equal(["a1"], found.Superseded);
        Assert.Equal(Some.Time(2), found.AsOf);
    }

    [Fact]
    public void Claims_outside_their_window_do_not_count()
    {
        Claim expired = Some.Claim("a1", "1", "a", 1, context: """{"valid_until":"2026-01-05T00:00:00Z"}""");
        Claim early = Some.Claim("b1", "2", "b", 1, context: """{"valid_from":"2026-01-09T00:00:00Z"}""");
        Claim other = Some.Claim("c1", "3", "c", 4);
        Assert.Equal(["a1", "c1"], Some.Detect(Some.Rule(), expired, early, other)!.Claims.Select(c => c.ClaimId));
        Claim later = Some.Claim("c2", "3", "c", 5);
        Assert.Null(Some.Detect(Some.Rule(), expired, early, other, later));
        Claim latest = Some.Claim("d1", "3", "d", 9);
        Assert.Equal(
            ["b1", "c2", "d1"],
            Some.Detect(Some.Rule(), expired, early, other, later, latest)!.Claims.Select(c => c.ClaimId)
        );
    }

    [Fact]
    public void An_older_claim_counts_until_the_newer_one_holds()
    {
        Claim now = Some.Claim("a1", "1", "a", 1);
        Claim soon = Some.Claim("a2", "2", "a", 2, context: """{"valid_from":"2026-01-09T00:00:00Z"}""");
        Contradiction found = Some.Detect(Some.Rule(), now, soon, Some.Claim("b1", "2", "b", 2))!;
        Assert.Equal(["a1", "b1"], found.Claims.Select(c => c.ClaimId));
        Assert.Null(Some.Detect(Some.Rule(), now, soon, Some.Claim("b1", "2", "b", 9)));
    }

    [Fact]
    public void A_source_that_contradicts_itself_at_one_time_is_temporal()
    {
        Claim one = Some.Claim("a1", "1", "a");
        Claim other = Some.Claim("a2", "2", "a");
        Contradiction found = Some.Detect(Some.Rule(), one, other)!;
        Assert.Equal(ContradictionKind.Temporal, found.Kind);
        Assert.Equal(MetricKind.Numeric, found.ComparedAs);
        Assert.Equal(Severity.High, found.Severity);
        Assert.StartsWith("1 source contradicts itself about m of s", found.Explanation, StringComparison.Ordinal);
        Assert.Equal(found, Contradiction.FromJson(found.ToJson()));
        Assert.Equal(ContradictionKind.Temporal, Some.Detect(Some.Rule(), one, other, Some.Claim("b", "7"))!.Kind);
        // Within tolerance it does not contradict itself, only others.
        Assert.Equal(
            ContradictionKind.Numeric,
            Some.Detect(Some.Rule(tolerance: "0.5"), one, other, Some.Claim("b", "7"))!.Kind
        );
    }

    [Fact]
    public void Repetition_is_heard_once()
    {
        Contradiction found = Some.Detect(
            Some.Rule(),
            Some.Claim("a1", "1", "a"),
            Some.Claim("a2", "1", "a"),
            Some.Claim("a3", "1", "a"),
            Some.Claim("b1", "2", "b")
        )!;
        Assert.Equal(["a1", "b1"], found.Claims.Select(c => c.ClaimId));
        Assert.Equal(["a2", "a3"], found.Superseded);
        Assert.Equal(ContradictionKind.Numeric, found.Kind);
    }

    [Fact]
    public void Units_with_a_factor_share_a_group()
    {
        MetricRule rule = Some.Rule(MetricKind.Numeric, "0.001", "kg", ("lb", "0.45359237"), ("g", "0.001"));
        Claim kilograms = Some.Claim("a", "45.359237", unit: "kg");
        Claim pounds = Some.Claim("b", "100", unit: "lb");
        Claim grams = Some.Claim("c", "\"50000\"", unit: "g");
        Assert.Equal(new GroupKey("s", "m", "kg"), rule.KeyOf(pounds));
        Assert.Equal(new GroupKey("s", "m", "t"), rule.KeyOf(Some.Claim("d", "1", unit: "t")));
        Assert.Equal(new GroupKey("s", "m", null), rule.KeyOf(Some.Claim("d", "1")));
        Assert.Null(Some.Detect(rule, kilograms, pounds));
        Contradiction found = Some.Detect(rule, kilograms, pounds, grams)!;
        Assert.Equal(["45.359237", "45.359237", "50"], found.Claims.Select(c => c.Normalized.AsString()));
        Assert.Equal("100", found.Claims[1].Value.AsNumberText());
    }

    [Fact]
    public void Order_of_input_does_not_matter()
    {
        Gen<Claim> claims = Gen.Select(
            Gen.Int[1, 6],
            Gen.Int[1, 4],
            Gen.Int[1, 3],
            Gen.Int[0, 7],
            (id, source, day, value) => Some.Claim($"c{id}-{source}-{day}-{value}", Values[value], $"s{source}", day)
        );
        Gen.Select(claims.Array[1, 12], Gen.Int, Gen.Int[0, 5])
            .Sample(
                (all, seed, kind) =>
                {
                    MetricRule rule = Some.Rule((MetricKind)kind);
                    Claim[] shuffled = [.. all.OrderBy(c => HashCode.Combine(seed, c.ClaimId.Length, c.Digest))];
                    Contradiction? found = Some.Detect(rule, all);
                    Assert.Equal(found?.ToJson(), Some.Detect(rule, shuffled)?.ToJson());
                    Assert.Equal(
                        found?.ToJson(),
                        Some.Detect(rule, [.. all.AsEnumerable().Reverse(), .. all])?.ToJson()
                    );
                    if (found is not null)
                        Assert.Equal(found, Contradiction.FromJson(found.ToJson()));
                }
            );
    }

    [Fact]
    public void Sentences_cut_long_values_between_characters()
    {
        string value = $"\"{new string('a', 58)}😀😀😀\"";
        Contradiction found = Some.Detect(Some.Rule(), Some.Claim("a", value), Some.Claim("b", "\"b\""))!;
        Assert.Equal(found, Contradiction.FromJson(found.ToJson()));
        Assert.Contains('…', found.Explanation);
    }

    [Fact]
    public void Refuses_a_record_that_does_not_follow_from_itself()
    {
        Contradiction found = Some.Detect(Some.Rule(), Some.Claim("a", "1"), Some.Claim("b", "2"))!;
        string text = found.ToJson().ToString();
        (string Is, string Becomes)[] changes =
        [
            ("\"normalized\":\"1\"", "\"normalized\":\"1.5\""),
            ("\"normalized\":\"1\"", "\"normalized\":\"1.0\""),
            ("\"normalized\":\"1\"", "\"normalized\":\"x\""),
            ("\"low\":\"1\"", "\"low\":\"0\""),
            ("\"ratio\":\"0.5\"", "\"ratio\":\"0.50\""),
            ("\"compared_as\":\"numeric\"", "\"compared_as\":\"categorical\""),
            ("\"kind\":\"numeric\"", "\"kind\":\"set\""),
            ("\"subject\":\"s\"", "\"subject\":\"t\""),
            ("\"claim_id\":\"a\"", "\"claim_id\":\"c\""),
            ("\"tolerance\":\"0\"", "\"tolerance\":\"0.0\""),
        ];
        foreach ((string was, string becomes) in changes)
        {
            Assert.Contains(was, text, StringComparison.Ordinal);
            string changed = text.Replace(was, becomes, StringComparison.Ordinal);
            Assert.Throws<TessraxException>(() => Contradiction.FromJson(Some.Json(changed)));
        }
    }
}
