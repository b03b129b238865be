using System.Text.Json.Nodes;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>Queries are read by their grammar, and errors tell where.</summary>
public class QueryParserTests
{
    private static readonly UtcTime Now = Time("2026-11-27T03:40:00.000000Z");

    [Fact]
    public void A_query_may_be_as_long_as_the_limit_and_no_longer()
    {
        string full = $"subject:{new string('x', 200)}";
        string rest = $" OR subject:{new string('y', 200)}";
        while (full.Length + rest.Length <= Query.MaxBytes)
            full += rest;
        full += new string('z', Query.MaxBytes - full.Length);
        Assert.Equal(full, Query.Parse(full).ToString());
        Assert.Throws<TessraxException>(() => Query.Parse(full + "z"));
        Assert.Throws<ArgumentNullException>(() => Query.Parse(null!));
    }

    [Fact]
    public void What_stands_within_parentheses_of_its_own_kind_is_part_of_the_whole()
    {
        Assert.Equal(3, Assert.IsType<QueryAnd>(Query.Parse("a (b c)").Root).Parts.Count);
        Assert.Equal(4, Assert.IsType<QueryOr>(Query.Parse("(a OR b) OR (c OR d)").Root).Parts.Count);
        Assert.Equal(2, Assert.IsType<QueryAnd>(Query.Parse("a (b OR c)").Root).Parts.Count);
    }

    [Theory]
    [InlineData("( )", "nothing in the parentheses")]
    [InlineData("(", "missing at the end")]
    [InlineData("(a", "'(' is never closed")]
    public void What_is_wrong_with_parentheses_is_said(string text, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<TessraxException>(() => Query.Parse(text)).Message,
            StringComparison.Ordinal
        );

    // What queries of each form are canonically, or where they are wrong: spec/vectors/queries/queries.json.
    private static readonly string[] Samples =
    [
        "",
        "  \t\n ",
        "word",
        "Wörd WORD",
        "CVE-2024-1",
        "\"remote code execution\"",
        "remo*",
        "\"remote code exec\"*",
        "CVE-2024-*",
        "東京*",
        "a AND b OR c",
        "a b OR c d",
        "a OR (b OR c) OR d",
        "(a OR b) c",
        "((a) (b c))",
        "NOT a -b -\"c d\" NOT (e f)",
        "NOT (NOT a)",
        "NOT NOT a",
        "NOT NOT NOT a --b NOT -(c d)",
        "\"AND\" \"OR\" NOT \"NOT\"",
        "and or not",
        "event:decision_recorded",
        "event:x-Note event:x* event:key_*",
        "subject:CVE-2024-1 subject:country:DZA subject:\"a \\\"b\\\" \\\\ c\"",
        "subject:a\\ b\\* source:\\>5 metric:x..y claim:c-1*",
        "severity:HIGH severity:>=high severity:<high severity:moderate..high",
        "policy:vuln-triage policy:\"vuln-triage 1.0.0\" policy:vuln* policy:\"a b\"*",
        "key:0123abcd key:sha256:0123ABCD key:" + new string('a', 64),
        "after:2026-01-31 before:2026-01-31T12:00:00Z",
        "index:5 index:>=5 index:>5 index:<=5 index:<5 index:10..20 epoch:0..3 index:0..9007199254740991",
        "a\"b\"c",
        "a(b)c",
        "a:b",
        ":a",
        "subjcet:a",
        "subject:",
        "subject: a",
        "subject:\"a",
        "\"a",
        "event:x-a AND )",
        "(a",
        "a (b (c)",
        ")",
        "()",
        "a AND",
        "AND a",
        "a OR OR b",
        "OR",
        "NOT",
        "a NOT",
        "a -",
        "- a",
        "a AND AND b",
        "NOT AND a",
        "NOT NOT",
        "NOT -",
        "-- a",
        "*",
        "a *",
        "ab*",
        "abc**",
        "abc*def",
        "\"--\"",
        "a ü -- b",
        "ü ü )",
        "subject:>5",
        "severity:grave",
        "severity:hihg",
        "severity:>critical",
        "severity:high..low",
        "severity:hi*",
        "index:a",
        "index:-1",
        "index:9..5",
        "index:<0",
        "index:>9007199254740991",
        "index:9007199254740992",
        "after:tomorrow",
        "after:2026-02-30",
        "before:7d",
        "key:alice",
        "key:0123abc",
        "approver:nobody",
        "event:DECISION_RECORED",
        "event:X-VECTORS",
        "event:nothing*",
        "a\\",
    ];

    [Fact]
    public void Queries_read_as_the_vectors_have_it()
    {
        var vectors = new JsonArray();
        foreach (string query in Samples)
        {
            JsonObject vector = new() { ["query"] = query };
            try
            {
                vector["canonical"] = Query.Parse(query).ToString();
            }
            catch (TessraxException e)
            {
                vector["error"] = e.Code.ToString();
                vector["offset"] = e.Offset;
            }
            vectors.Add(vector);
        }
        Spec.MustHold(Spec.Lay(vectors), "vectors", "queries", "queries.json");
    }

    // .NET 9 does not know the first as a letter, .NET 11 knows the second as one.
    [Fact]
    public void A_letter_of_Unicode_16_stands_without_quotes_and_one_of_17_in_quotes_on_every_runtime() =>
        Assert.Equal("subject:\uA7DA AND subject:\"\uA7D2\"", Query.Parse("subject:\uA7DA subject:\uA7D2").ToString());

    [Theory]
    [InlineData("event:x-a AND )", 14, "')' closes nothing")]
    [InlineData("ü (a", 3, "'(' is never closed")]
    [InlineData("sujbect:a", 0, "there is no field 'sujbect'")]
    [InlineData("a severity:grave", 11, "'grave' is no severity")]
    [InlineData("a OR", 4, "a word or a value is missing at the end")]
    [InlineData("a NOT", 2, "NOT has nothing behind it")]
    [InlineData("(NOT )", 1, "NOT has nothing behind it")]
    [InlineData("a - b", 2, "- has nothing behind it")]
    [InlineData("NOT AND b", 0, "NOT has nothing behind it")]
    [InlineData("OR b", 0, "OR has nothing before it")]
    public void Errors_tell_where_in_bytes(string query, int offset, string message)
    {
        TessraxException e = Assert.Throws<TessraxException>(() => Query.Parse(query));
        Assert.Equal(ErrorCodes.BadQuery, e.Code);
        Assert.Equal(message, e.Message);
        Assert.Equal(offset, e.Offset);
        Assert.NotEmpty(e.Hint);
    }

    [Fact]
    public void Half_a_character_is_no_query() =>
        Assert.Equal(2, Assert.Throws<TessraxException>(() => Query.Parse("a " + '\ud800' + "\ud83d\ude00")).Offset);

    [Fact]
    public void A_mistyped_field_is_named() =>
        Assert.StartsWith(
            "did you mean severity?",
            Assert.Throws<TessraxException>(() => Query.Parse("severty:high")).Hint,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("after:7d", "2026-11-20T03:40:00.000000Z")]
    [InlineData("after:2w", "2026-11-13T03:40:00.000000Z")]
    [InlineData("after:12h", "2026-11-26T15:40:00.000000Z")]
    [InlineData("after:40m", "2026-11-27T03:00:00.000000Z")]
    [InlineData("after:40min", "2026-11-27T03:00:00.000000Z")]
    [InlineData("after:90s", "2026-11-27T03:38:30.000000Z")]
    [InlineData("after:99999w", "0110-05-23T03:40:00.000000Z")]
    public void Times_before_the_present_become_absolute(string query, string moment) =>
        Assert.Equal($"after:{moment}", Query.Parse(query, Now).ToString());

    // A verifier elsewhere knows no names: only ids stand in the canonical query.
    [Fact]
    public void Names_of_keys_become_ids()
    {
        Digest[] keys = [HashEngine.Sha256.Hash("a"u8), HashEngine.Sha256.Hash("b"u8)];
        Digest[] Keys(string name) =>
            name switch
            {
                "alice" => keys,
                "deadbeef" => [keys[1]],
                _ => [],
            };
        string alice = Query.Parse("key:alice x", keysOf: Keys).ToString();
        string[] each = [.. keys.SelectMany(key => new[] { $"key:{key.ToHex()}", $"approver:{key.ToHex()}" })];
        Assert.Equal($"({string.Join(" OR ", each)}) AND x", alice);
        Assert.Equal(alice, Query.Parse(alice).ToString());
        Assert.Equal($"approver:{keys[1].ToHex()}", Query.Parse("approver:\"deadbeef\"", keysOf: Keys).ToString());
        Assert.Equal("key:deadbeef*", Query.Parse("key:deadbeef", keysOf: Keys).ToString());
        Assert.Equal(
            "no key is called 'bob'",
            Assert.Throws<TessraxException>(() => Query.Parse("key:bob", keysOf: Keys)).Message
        );
    }

    [Fact]
    public void What_is_too_long_is_refused_before_it_is_read()
    {
        Assert.Equal(
            ErrorCodes.BadQuery,
            Assert.Throws<TessraxException>(() => Query.Parse(new string('(', 1 << 20))).Code
        );
        Assert.Throws<TessraxException>(() => Query.Parse(new string('ü', 2049)));
        // Words are written as they are cut: in canonical form this is shorter.
        Query.Parse(new string('a', 4096));
        // Many terms grow by their operators.
        string beyond = string.Join(' ', Enumerable.Repeat(new string('b', 62), 64));
        Assert.Contains(
            "written out",
            Assert.Throws<TessraxException>(() => Query.Parse(beyond)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Terms_and_depth_have_limits()
    {
        Query.Parse(string.Join(' ', Enumerable.Repeat("a", 64)));
        Assert.Equal(
            128,
            Assert.Throws<TessraxException>(() => Query.Parse(string.Join(' ', Enumerable.Repeat("a", 65)))).Offset
        );
        // A phrase counts by its words, a comparison by its values.
        Assert.Throws<TessraxException>(() => Query.Parse("\"" + string.Join(' ', Enumerable.Repeat("a", 65)) + "\""));
        Assert.Throws<TessraxException>(() => Query.Parse(string.Join(' ', Enumerable.Repeat("severity:>=low", 17))));
        Query.Parse(Nested(16, "a b"));
        Assert.Equal(16, Assert.Throws<TessraxException>(() => Query.Parse(Nested(17, "a b"))).Offset);
        // What becomes an OR takes a pair of its own.
        Assert.Throws<TessraxException>(() => Query.Parse(Nested(16, "severity:>=high b")));
        Assert.Throws<TessraxException>(() =>
            Query.Parse(string.Concat(Enumerable.Repeat("NOT (", 17)) + "a" + new string(')', 17))
        );
    }

    private static string Nested(int depth, string inner) => new string('(', depth) + inner + new string(')', depth);

    private static UtcTime Time(string text)
    {
        Assert.True(UtcTime.TryParse(text, out UtcTime time), text);
        return time;
    }
}
