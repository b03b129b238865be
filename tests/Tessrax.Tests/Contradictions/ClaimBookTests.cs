using System.Globalization;
using CsCheck;
using Tessrax.Contradictions;
using Xunit;

namespace Tessrax.Tests.Contradictions;

public sealed class ClaimBookTests
{
    private static readonly MetricRules Rules = new(new Dictionary<string, MetricRule>(), Some.Rule());

    [Fact]
    public void Knows_a_claim_that_is_there_and_refuses_another_of_its_id()
    {
        var book = new ClaimBook(Rules);
        Assert.Equal(ClaimAdded.Added, book.Add(Some.Claim("a", "1")));
        Assert.Equal(ClaimAdded.Known, book.Add(Some.Claim("a", "1.0")));
        TessraxException fault = Assert.Throws<TessraxException>(() => book.Add(Some.Claim("a", "2")));
        Assert.Equal(ErrorCodes.ClaimIdReused, fault.Code);
        Assert.Equal(1, book.Count);
        Assert.Equal("1", book.Find("a")!.Value.AsNumberText());
    }

    [Fact]
    public void Takes_claims_out_again()
    {
        var book = new ClaimBook(Rules);
        book.Add(Some.Claim("a", "1"));
        book.Add(Some.Claim("b", "2"));
        Assert.Single(book.DetectAll());
        Assert.True(book.Remove("b"));
        Assert.False(book.Remove("b"));
        Assert.Empty(book.DetectAll());
        Assert.True(book.Remove("a"));
        Assert.Empty(book.Keys);
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public void Other_rules_group_anew()
    {
        var book = new ClaimBook(Rules);
        book.Add(Some.Claim("a", "1", unit: "kg"));
        book.Add(Some.Claim("b", "1", unit: "g"));
        Assert.Empty(book.DetectAll());
        MetricRule weights = Some.Rule(MetricKind.Numeric, "0", "kg", ("g", "0.001"));
        ClaimBook other = book.Under(
            new MetricRules(new Dictionary<string, MetricRule> { ["m"] = weights }, Some.Rule())
        );
        Assert.Single(other.DetectAll());
        Assert.Equal(2, other.Count);
    }

    [Fact]
    public void Adding_one_by_one_finds_what_adding_all_finds()
    {
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[1, 3])
            .Array[0, 30]
            .Sample(all =>
            {
                var book = new ClaimBook(Rules);
                var found = new Dictionary<GroupKey, Contradiction>();
                foreach ((int value, int subject, int source) in all)
                {
                    Claim claim = About($"c{book.Count}", $"s{subject}", value, $"x{source}");
                    book.Add(claim);
                    GroupKey key = book.KeyOf(claim);
                    if (book.Detect(key) is { } contradiction)
                        found[key] = contradiction;
                    else
                        found.Remove(key);
                }
                Assert.Equal(found.OrderBy(f => f.Key).Select(f => f.Value), book.DetectAll());
            });
    }

    [Fact]
    public void The_groups_of_a_subject_are_those_that_name_it_whatever_comes_and_goes()
    {
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Bool)
            .Array[0, 40]
            .Sample(steps =>
            {
                var book = new ClaimBook(Rules);
                foreach ((int subject, int unit, bool stays) in steps)
                {
                    string id = $"s{subject}u{unit}";
                    if (stays)
                        book.Add(Some.Claim(id, "1", subject: $"s{subject}", unit: $"u{unit}"));
                    else
                        book.Remove(id);
                    for (int one = 0; one <= 3; one++)
                        Assert.Equal(
                            book.Keys.Where(key => key.Subject == $"s{one}").Order(),
                            book.KeysOf($"s{one}").Order()
                        );
                }
            });
    }

    // Readers of a folded ledger look at the same time, and what was found is kept in places that groups share.
    [Fact]
    public void Whoever_looks_at_the_same_time_finds_the_contradiction_of_the_group()
    {
        var book = new ClaimBook(Rules);
        for (int i = 0; i < 1024; i++)
        {
            book.Add(About($"a{i}", $"s{i}", 1, "x"));
            book.Add(About($"b{i}", $"s{i}", 2, "y"));
        }
        GroupKey[] keys = [.. book.Keys];
        Parallel.For(
            0,
            400_000,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => Assert.Equal(keys[i % 7 * 100], book.Detect(keys[i % 7 * 100])!.Key)
        );
        Parallel.For(0, 400_000, i => Assert.Equal(keys[i % 1024], book.Detect(keys[i % 1024])!.Key));
    }

    [Fact]
    public void A_hundred_thousand_claims_are_no_trouble()
    {
        var book = new ClaimBook(Rules);
        uint state = 1;
        for (int i = 0; i < 100_000; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            // Half of them about one subject, the others about thousands.
            string subject = i % 2 == 0 ? "s" : $"s{(state >> 8) % 5000}";
            book.Add(
                About(i.ToString(CultureInfo.InvariantCulture), subject, (int)(state >> 20), $"x{(state >> 8) % 977}")
            );
        }
        Contradiction[] found = [.. book.DetectAll()];
        Assert.Equal(100_000, book.Count);
        Assert.InRange(found.Length, 4000, 5001);
        Assert.Equal(
            50_000,
            found.First(c => c.Key.Subject == "s") is { } big ? big.Claims.Count + big.Superseded.Count : 0
        );
    }

    private static Claim About(string id, string subject, int value, string source) =>
        Some.Ingest(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"claim_id":"{{id}}","subject":"{{subject}}","metric":"m","value":{{value}},"timestamp":"2026-01-01T00:00:00Z","source":"{{source}}"}"""
            )
        );
}
