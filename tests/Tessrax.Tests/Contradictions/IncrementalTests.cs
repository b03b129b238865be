using System.Globalization;
using CsCheck;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Xunit;

namespace Tessrax.Tests.Contradictions;

/// <summary>The incremental book finds what looking at all claims anew finds.</summary>
public sealed class IncrementalTests
{
    private static readonly GroupKey Key = new("s", "m", null);

    // Numbers near and far, what is a number only to a numeric metric, beyond the limits, and what turns the group into categories.
    private static readonly string[] Values =
    [
        "1",
        "1.0",
        "1.04",
        "2",
        "\"2\"",
        "1000",
        "\"1e7000\"",
        "\"x\"",
        "true",
        "\"true\"",
        "false",
        "\"1.2.0\"",
        "\"1.10.0\"",
        "\"1.2\"",
        "[1,2]",
        "[2,1,1]",
        "[3]",
    ];

    private static readonly string?[] Units = [null, "kg", "g"];

    private static readonly string[] Windows =
    [
        "{}",
        """{"valid_until":"UNTIL"}""",
        """{"valid_from":"FROM"}""",
        """{"valid_from":"FROM","valid_until":"UNTIL"}""",
    ];

    private static readonly MetricRule[] Rules =
    [
        Some.Rule(tolerance: "0.05"),
        Some.Rule(MetricKind.Numeric, "0.05", "kg", ("g", "0.001"), ("kg", "1")),
        Some.Rule(MetricKind.Categorical),
        Some.Rule(MetricKind.Boolean),
        Some.Rule(MetricKind.Version),
        Some.Rule(MetricKind.Set),
    ];

    // What happens next: a claim comes, or the one of that place among those there goes.
    private static readonly Gen<Step[]> Steps = Gen.Select(
            Gen.Int[0, Values.Length - 1],
            Gen.Int[0, 3],
            Gen.Int[1, 4],
            Gen.Int[0, Windows.Length - 1],
            Gen.Select(Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[1, 5]),
            Gen.Int[0, 15]
        )
        .Select(
            (value, source, day, window, place, act) =>
                new Step(value, source, day, window, place.Item1, place.Item2, place.Item3, act == 0)
        )
        .Array[0, 40];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, ClaimGroup.Small)]
    [InlineData(1, 0)]
    [InlineData(1, ClaimGroup.Small)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    public void Finds_after_every_step_what_looking_at_all_finds(int rule, int small) =>
        Steps.Sample(
            steps =>
            {
                var rules = new MetricRules(new Dictionary<string, MetricRule>(), Rules[rule]);
                var book = new ClaimBook(rules) { Small = small };
                var there = new List<Claim>();
                for (int i = 0; i < steps.Length; i++)
                {
                    if (steps[i].Removes && there.Count > 0)
                    {
                        Claim gone = there[steps[i].Value % there.Count];
                        there.Remove(gone);
                        Assert.True(book.Remove(gone.ClaimId));
                    }
                    else
                    {
                        // Ids are not in the order of coming: of claims that repeat each other, the lowest id stands for all.
                        there.Add(steps[i].ToClaim($"c{i * 7 % 11}-{i}", i / 2));
                        book.Add(there[^1]);
                    }
                    foreach (GroupKey key in there.Select(book.KeyOf).Append(Key).Distinct())
                        Same(Rules[rule], key, [.. there.Where(c => book.KeyOf(c) == key)], book);
                }
            },
            iter: 300
        );

    [Fact]
    public void A_look_sees_the_group_as_it_was()
    {
        var book = new ClaimBook(new MetricRules(new Dictionary<string, MetricRule>(), Some.Rule()));
        Claim[] claims = [Some.Claim("a", "1"), Some.Claim("b", "2"), Some.Claim("c", "3")];
        book.Add(claims[0]);
        book.Add(claims[1]);
        Lazy<Contradiction?> before = book.Look(Key);
        book.Add(claims[2]);
        Lazy<Contradiction?> between = book.Look(Key);
        book.Remove("a");
        book.Add(Some.Claim("d", "4"));
        Assert.Equal(Some.Detect(Some.Rule(), claims[..2]), before.Value);
        Assert.Equal(Some.Detect(Some.Rule(), claims), between.Value);
        Assert.Equal(["b", "c", "d"], book.Detect(Key)!.Claims.Select(c => c.ClaimId));
    }

    [Fact]
    public void A_claim_more_costs_the_same_in_a_group_a_hundred_times_as_large()
    {
        long few = Allocated(1_000);
        long many = Allocated(100_000);
        // What a look at all would allocate for each grows with them.
        Assert.InRange(many, 0, few);
    }

    // bench detect takes a million claims over a hundred thousand subjects the same way.
    [Fact]
    public void Claims_as_they_come_end_in_the_decisions_of_all_of_them()
    {
        Policy policy = Policy.Default;
        var book = new ClaimBook(policy.Rules);
        var decisions = new Dictionary<GroupKey, Decision>();
        var bySubject = new Dictionary<GroupKey, List<Claim>>();
        for (int i = 0; i < 20_000; i++)
        {
            // Some subjects are spoken of by far more sources than others, and some sources change their mind.
            int subject = i % 7 == 0 ? i % 3 : i % 2000;
            Claim claim = Some.Ingest(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"claim_id":"c{{i}}","subject":"s{{subject}}","metric":"m","value":{{100 + (i * 31 % 3)}},"timestamp":"{{Some.Day(1 + (i / 1000))}}","source":"x{{(i / 1500) + (i % 300)}}"}"""
                )
            );
            book.Add(claim);
            GroupKey key = book.KeyOf(claim);
            Track(bySubject, key).Add(claim);
            if (book.Detect(key) is { } contradiction)
                decisions[key] = Decider.Decide(policy, contradiction);
            else
                decisions.Remove(key);
        }
        Assert.InRange(decisions.Count, 100, 2000);
        foreach ((GroupKey key, List<Claim> claims) in bySubject)
            Assert.Equal(decisions.GetValueOrDefault(key), Decider.Replay(policy, key, claims));
    }

    private static List<Claim> Track(Dictionary<GroupKey, List<Claim>> groups, GroupKey key) =>
        groups.TryGetValue(key, out List<Claim>? there) ? there : groups[key] = [];

    [Theory]
    [InlineData("0.05", "7.75")]
    [InlineData("0", "7.80")]
    public void Looking_at_a_small_group_that_agrees_allocates_nothing(string tolerance, string other)
    {
        var book = new ClaimBook(
            new MetricRules(new Dictionary<string, MetricRule>(), Some.Rule(tolerance: tolerance))
        );
        for (int i = 0; i < ClaimGroup.Small; i++)
            book.Add(Some.Claim($"c{i}", i % 2 == 0 ? "7.8" : other, $"x{i}"));
        Assert.Null(book.Detect(Key));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            _ = book.Detect(Key);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Bytes for a thousand claims more, each followed by a look at the group.
    private static long Allocated(int claims)
    {
        var book = new ClaimBook(new MetricRules(new Dictionary<string, MetricRule>(), Some.Rule(tolerance: "0.5")));
        for (int i = 0; i < claims; i++)
            book.Add(About(i));
        Claim[] more = [.. Enumerable.Range(claims, 1000).Select(About)];
        Assert.Null(book.Peek(Key));
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Claim claim in more)
        {
            book.Add(claim);
            Assert.Null(book.Peek(Key));
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Claim About(int i) =>
        Some.Claim(
            i.ToString(CultureInfo.InvariantCulture),
            (1000 + (i % 97)).ToString(CultureInfo.InvariantCulture),
            $"x{i % 50}",
            1 + (i % 28)
        );

    private static void Same(MetricRule rule, GroupKey key, Claim[] claims, ClaimBook book)
    {
        Contradiction? all = claims.Length == 0 ? null : ContradictionDetector.Detect(rule, key, claims);
        Assert.Equal(all, book.Detect(key));
        Assert.Equal(all?.Severity, book.Peek(key));
        Assert.InRange(all?.ToJson().ToCanonicalBytes().Length ?? 0, 0, book.MostBytes(key));
    }

    private sealed record Step(int Value, int Source, int Day, int Window, int Unit, int From, int Length, bool Removes)
    {
        // Time goes on as claims come, so that windows open and close among them.
        public Claim ToClaim(string id, int today) =>
            Some.Claim(
                id,
                Values[Value],
                $"x{Source}",
                today + Day,
                Units[Unit],
                Windows[Window]
                    .Replace("FROM", Some.Day(today + From), StringComparison.Ordinal)
                    .Replace("UNTIL", Some.Day(today + From + Length), StringComparison.Ordinal)
            );
    }
}
