using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Xunit;

namespace Tessrax.Tests.Contradictions;

public sealed class ClaimTests
{
    private const string Strict =
        """{"claim_id":"c-1","context":{},"evidence":["https://example.org/1"],"metric":"m","source":"a","subject":"s","timestamp":"2026-01-01T00:00:00.000000Z","unit":"u","value":6.1}""";

    [Fact]
    public void Writes_what_it_read()
    {
        Claim claim = Claim.FromJson(Some.Json(Strict));
        Assert.Equal(Strict, claim.ToString());
        Assert.Equal(FrozenPayload.From(claim.ToJson()).Digest, claim.Digest);
        Assert.Equal(claim, Claim.FromJson(claim.ToJson()));
    }

    [Fact]
    public void Forgives_what_loses_nothing()
    {
        Claim claim = Some.Ingest(
            """
            {"claim_id":"c-1","subject":"s","metric":"m","value":6.10,"unit":"u","timestamp":"2026-01-01 00:00:00.5+00:00",
             "source":"a","evidence":"https://example.org/1","vector":"AV:N","cvss_version":null,"context":{"vector":"AV:N","x":[1]}}
            """
        );
        Assert.Equal(
            """{"claim_id":"c-1","context":{"cvss_version":null,"vector":"AV:N","x":[1]},"evidence":["https://example.org/1"],"metric":"m","source":"a","subject":"s","timestamp":"2026-01-01T00:00:00.500000Z","unit":"u","value":6.1}""",
            claim.ToString()
        );
        Assert.Equal(claim, Claim.FromJson(claim.ToJson()));
        Assert.Equal(claim, Claim.Ingest(claim.ToJson()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void Takes_missing_evidence_as_none(string evidence)
    {
        JsonValue json = Some.Json(Strict).Without("evidence").Without("context");
        Assert.Empty(Claim.Ingest(json).Evidence);
        Assert.Empty(Claim.Ingest(json.With("evidence", Some.Json(evidence)).With("context", JsonValue.Null)).Evidence);
    }

    [Fact]
    public void Refuses_a_context_that_says_something_else()
    {
        JsonValue json = Some.Json(Strict).With("x", 1).With("context", Some.Json("""{"x":2}"""));
        TessraxException fault = Assert.Throws<TessraxException>(() => Claim.Ingest(json));
        Assert.Equal(ErrorCodes.BadValue, fault.Code);
        Assert.StartsWith("$.x ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00+01:00")]
    [InlineData("2026-12-31T23:59:60Z")]
    [InlineData("2026-01-01T00:00:00")]
    [InlineData("2026-01-01T00:00:00.1234567Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("yesterday")]
    public void Refuses_times_that_are_not_utc(string time)
    {
        JsonValue json = Some.Json(Strict).With("timestamp", time);
        Assert.Equal(ErrorCodes.BadTime, Assert.Throws<TessraxException>(() => Claim.Ingest(json)).Code);
        JsonValue windowed = Some.Json(Strict).With("valid_until", time);
        TessraxException fault = Assert.Throws<TessraxException>(() => Claim.Ingest(windowed));
        Assert.Equal(ErrorCodes.BadTime, fault.Code);
        Assert.Equal("$.context.valid_until", fault.Path);
    }

    [Fact]
    public void Strictly_takes_the_one_form_of_time()
    {
        JsonValue json = Some.Json(Strict).With("timestamp", "2026-01-01T00:00:00Z");
        Assert.Equal(ErrorCodes.BadTime, Assert.Throws<TessraxException>(() => Claim.FromJson(json)).Code);
    }

    [Theory]
    [InlineData("claim_id")]
    [InlineData("subject")]
    [InlineData("metric")]
    [InlineData("value")]
    [InlineData("timestamp")]
    [InlineData("source")]
    public void Refuses_a_claim_without(string member)
    {
        JsonValue json = Some.Json(Strict).Without(member);
        TessraxException fault = Assert.Throws<TessraxException>(() => Claim.Ingest(json, "claims.jsonl:3"));
        Assert.Equal(ErrorCodes.MissingMember, fault.Code);
        Assert.Contains(member, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("claims.jsonl:3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_windows()
    {
        Claim claim = Some.Claim(
            "c",
            "1",
            context: """{"valid_from":"2026-01-02T00:00:00Z","valid_until":"2026-01-03T00:00:00Z"}"""
        );
        Assert.False(claim.HoldsAt(Some.Time(1)));
        Assert.True(claim.HoldsAt(Some.Time(2)));
        Assert.False(claim.HoldsAt(Some.Time(3)));
        Assert.True(Some.Claim("c", "1", context: """{"valid_from":null}""").HoldsAt(Some.Time(1)));
        Assert.Throws<TessraxException>(() =>
            Some.Claim(
                "c",
                "1",
                context: """{"valid_from":"2026-01-02T00:00:00Z","valid_until":"2026-01-02T00:00:00Z"}"""
            )
        );
    }

    [Fact]
    public void Counts_characters_as_code_points()
    {
        string longest = string.Concat(Enumerable.Repeat("😀", 512));
        Assert.Equal(longest, Claim.Ingest(Some.Json(Strict).With("subject", longest)).Subject);
        Assert.Throws<TessraxException>(() => Claim.Ingest(Some.Json(Strict).With("subject", longest + "a")));
    }

    [Fact]
    public void Refuses_more_than_64_KiB()
    {
        JsonValue fits = Some.Json(Strict).With("note", new string('a', 65_000));
        Assert.Equal(65_000, Claim.Ingest(fits).Context["note"]!.AsString().Length);
        JsonValue beyond = Some.Json(Strict).With("note", new string('a', 65_536));
        Assert.Equal(ErrorCodes.TooLarge, Assert.Throws<TessraxException>(() => Claim.Ingest(beyond)).Code);
    }

    [Fact]
    public void A_megabyte_of_members_is_refused()
    {
        var text = new StringBuilder(Strict).Remove(Strict.Length - 1, 1);
        for (int i = 0; i < 100_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"m{i}\":{i}");
        JsonValue json = Some.Json(text.Append('}').ToString());
        Assert.Equal(ErrorCodes.TooLarge, Assert.Throws<TessraxException>(() => Claim.Ingest(json)).Code);
    }

    [Fact]
    public void Flags_names_that_look_alike()
    {
        string[] names =
        [
            "paypal",
            "раураl",
            "PayPal",
            "ＰＡＹＰＡＬ",
            "pay\u200Bpal",
            " paypal ",
            "payρal",
            "paypaL2",
            "other",
        ];
        IReadOnlyList<LookAlike> found = LookAlikes.Find(names.Append("paypal"));
        Assert.Equal(6, found.Count);
        Assert.DoesNotContain(found, pair => pair.First == "other" || pair.Second is "other" or "paypaL2");
        Assert.Empty(LookAlikes.Find(["a", "b", "c", "日本", "日本語"]));
    }

    [Fact]
    public void Payload_reads_what_it_writes()
    {
        var input = new ClaimsInput("claims.jsonl", Claim.FromJson(Some.Json(Strict)).Digest);
        var payload = new ClaimsRecorded([Some.Claim("b", "1"), Some.Claim("a", "2")], input);
        Assert.Equal(payload, ClaimsRecorded.FromJson(payload.ToJson()));
        Assert.Equal("b", payload.Claims[0].ClaimId);
        var bare = new ClaimsRecorded([Some.Claim("b", "1")]);
        Assert.Null(ClaimsRecorded.FromJson(bare.ToJson()).Input);
        Assert.Throws<ArgumentException>(() => new ClaimsRecorded([]));
        Assert.Throws<ArgumentException>(() =>
            new ClaimsRecorded(Enumerable.Range(0, 257).Select(i => Some.Claim($"c{i}", "1")))
        );
    }
}
