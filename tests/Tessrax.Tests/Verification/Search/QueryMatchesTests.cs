using System.Text.Json.Nodes;
using CsCheck;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>What queries find in the ledger of spec/vectors/ledger, entry by entry.</summary>
public class QueryMatchesTests
{
    private static readonly Receipt[] Entries = ReadEntries();

    [Fact]
    public void What_an_entry_is_found_by_is_worked_out_once()
    {
        var entry = new SearchedEntry(Entries[3]);
        Assert.Same(entry.Fields, entry.Fields);
        Assert.Same(entry.Words, entry.Words);
    }

    [Theory]
    [InlineData("", "0-18")]
    [InlineData("event:decision_recorded", "3 9")]
    [InlineData("event:claims_*", "1 4 13")]
    [InlineData("event:x-vectors", "11")]
    [InlineData("subject:A", "1-3")]
    [InlineData("subject:a", "")] // values are equal or they are not
    [InlineData("subject:B metric:score", "4 5 6 9")]
    [InlineData("source:source-1", "1 4 13")]
    [InlineData("source:source-2", "1 3 4 9 13")] // a decision, by its outcome
    [InlineData("claim:B-2", "4 5 6 9")]
    [InlineData("claim:C-*", "13-15")]
    [InlineData("policy:vectors", "2 3 5 6 9 14 15")]
    [InlineData("policy:\"vectors 1.0.0\"", "2 3 5 6 9 14 15")]
    [InlineData("policy:\"vectors 1.0.1\"", "")]
    [InlineData("policy:vector", "")]
    [InlineData("key:36c87d60", "2 5 7 8 14 16 17")]
    [InlineData("index:3..5 OR index:>=17", "3-5 17 18")]
    [InlineData("epoch:0", "0-18")]
    [InlineData("epoch:>=1", "")]
    [InlineData("after:2026-01-31T12:00:17Z", "17 18")]
    [InlineData("before:2026-01-31T12:00:02Z", "0 1")]
    [InlineData("any json", "11")]
    [InlineData("\"any json\"", "11")]
    [InlineData("\"json any\"", "")]
    [InlineData("evid*", "10")]
    [InlineData("\"as expected\" OR rejected", "12 18")]
    [InlineData("\"state audited\"", "12")] // the event's name is text
    [InlineData("audited state", "12")]
    [InlineData("example.com", "0")] // what control events say is text
    [InlineData("NOT policy:vectors -event:x-vectors index:<=4", "0 1 4")]
    public void Queries_find(string query, string indexes) => Assert.Equal(Indexes(indexes), Found(query));

    [Fact]
    public void Whoever_signed_a_verdict_is_found_by_key()
    {
        var votes = Entries
            .Where(entry => entry.Entry.Body.Event == Events.ApprovalRecorded)
            .GroupBy(entry => ApprovalRecorded.FromJson(entry.Payload!.Root).Approval.Key, entry => entry.Entry.Index)
            .ToList();
        Assert.NotEmpty(votes);
        foreach (var vote in votes)
        {
            Assert.Equal(vote, Found($"approver:{vote.Key.ToHex()}"));
            Assert.Equal(vote, Found($"approver:{vote.Key.ToHex()[..8]}"));
        }
    }

    [Fact]
    public void Severities_have_an_order()
    {
        long[] all = Found("severity:>=low");
        Assert.NotEmpty(all);
        Assert.Equal(all, Found("severity:low OR severity:moderate OR severity:high OR severity:critical"));
        Assert.Empty(Found("severity:>=high severity:<high"));
        Assert.Equal(all, Found("severity:<high").Concat(Found("severity:>=high")).Order());
    }

    [Fact]
    public void What_was_erased_is_found_by_its_leaf_alone()
    {
        Receipt erased = Entries[1].Erase();
        Assert.True(Query.Parse("event:claims_recorded \"claims recorded\"").Matches(erased));
        Assert.False(Query.Parse("subject:A").Matches(erased));
        Assert.False(Query.Parse("source").Matches(erased));
    }

    // Nobody has verified what a search reads on its own.
    [Fact]
    public void A_payload_that_is_something_else_has_no_fields()
    {
        Receipt odd = Receipt.Create(Entries[1].Entry, Entries[11].Payload, new byte[32]);
        Assert.False(Query.Parse("subject:A").Matches(odd));
        Assert.True(Query.Parse("event:claims_recorded \"any json\"").Matches(odd));
    }

    [Fact]
    public void Queries_mean_what_their_parts_mean_and_canonical_text_is_the_same_query() =>
        Tree(3)
            .Sample(tree =>
            {
                Query query = Query.Parse(tree.Text);
                Query again = Query.Parse(query.ToString());
                Assert.Equal(query.ToString(), again.ToString());
                foreach (Receipt entry in Entries)
                {
                    Assert.True(tree.Expected(entry) == query.Matches(entry), $"{tree.Text} on {entry.Entry.Index}");
                    Assert.Equal(query.Matches(entry), again.Matches(entry));
                }
            });

    private sealed record Sample(string Text, bool IsAtom, Func<Receipt, bool> Expected);

    // Atoms are trusted here: the theory above looks at them one by one.
    private static Gen<Sample> Tree(int depth)
    {
        string[] atoms =
        [
            "event:claims_recorded",
            "subject:A",
            "severity:>=moderate",
            "score",
            "\"any json\"",
            "sour*",
            "index:2..9",
            "key:36c87d60",
            "policy:vectors",
        ];
        Gen<Sample> atom = Gen.Int[0, atoms.Length - 1]
            .Select(i => Query.Parse(atoms[i]))
            .Select(query => new Sample(
                query.ToString().Contains(" OR ", StringComparison.Ordinal) ? $"({query})" : query.ToString(),
                true,
                query.Matches
            ));
        if (depth == 0)
            return atom;
        Gen<Sample> inner = Tree(depth - 1);
        string[] joints = [" AND ", " ", " OR "];
        string[] signs = ["NOT ", "-", "NOT  "];
        Gen<Sample> pair = Gen.Select(inner, inner, Gen.Int[0, 2])
            .Select(
                (left, right, joint) =>
                    new Sample(
                        $"{Apart(left)}{joints[joint]}{Apart(right)}",
                        false,
                        joint == 2
                            ? entry => left.Expected(entry) || right.Expected(entry)
                            : entry => left.Expected(entry) && right.Expected(entry)
                    )
            );
        Gen<Sample> not = Gen.Select(inner, Gen.Int[0, 2])
            .Select((part, sign) => new Sample($"{signs[sign]}{Apart(part)}", false, entry => !part.Expected(entry)));
        // Without parentheses, AND holds closer than OR.
        Gen<Sample> loose = Gen.Select(atom, atom, atom)
            .Select(
                (a, b, c) =>
                    new Sample(
                        $"{a.Text} OR {b.Text} {c.Text}",
                        false,
                        entry => a.Expected(entry) || (b.Expected(entry) && c.Expected(entry))
                    )
            );
        return Gen.OneOf(pair, not, atom, loose);
    }

    private static string Apart(Sample part) => part.IsAtom ? part.Text : $"({part.Text})";

    private static long[] Found(string query) =>
        [.. Entries.Where(Query.Parse(query).Matches).Select(entry => entry.Entry.Index)];

    private static IEnumerable<long> Indexes(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(range =>
                range.Split('-') is [var first, var last] ? Range(Number(first), Number(last)) : [Number(range)]
            );

    private static IEnumerable<long> Range(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(i => (long)i);

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Receipt[] ReadEntries() =>
        [
            .. JsonNode.Parse(File.ReadAllText(Spec.Path("vectors", "ledger", "ledger.json")))!["entries"]!
                .AsArray()
                .Select(entry => Receipt.Parse(Bytes(entry!["leaf"]), Bytes(entry["payload"]), Salt(entry["salt"]))),
        ];

    private static byte[] Bytes(JsonNode? text) => System.Text.Encoding.UTF8.GetBytes((string?)text ?? "");

    private static byte[] Salt(JsonNode? text) => Convert.FromBase64String((string?)text ?? "");
}
