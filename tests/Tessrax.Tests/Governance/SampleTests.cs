using Tessrax.Contradictions;
using Tessrax.Governance;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class SampleTests
{
    [Theory]
    [InlineData("cve-cvss3.jsonl", 386, 189, 11, 47, 35, 7)]
    [InlineData("cve-cwe.jsonl", 578, 289, 0, 108, 0, 0)]
    [InlineData("country-stats.jsonl", 358, 218, 29, 21, 5, 0)]
    public void Hold_what_their_readme_says(
        string file,
        int claims,
        int subjects,
        int low,
        int moderate,
        int high,
        int critical
    )
    {
        Policy policy = Samples.Policy();
        ClaimBook book = Samples.Book(policy, file);
        Decision[] decisions = [.. book.DetectAll().Select(c => Decider.Decide(policy, c))];
        int[] counts = [.. Enum.GetValues<Severity>().Select(s => decisions.Count(d => d.Severity == s))];
        Assert.Equal([low, moderate, high, critical], counts);
        Assert.Equal(claims, book.Count);
        Assert.Equal(subjects, book.Keys.Select(k => k.Subject).Distinct().Count());
        Assert.Equal(critical, decisions.Count(d => !d.IsAutomatic));
        string row = $"| `{file}` | {low} | {moderate} | {high} | {critical} |";
        Assert.Contains(row, File.ReadAllText(Samples.Path("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_decision_reads_what_it_writes_and_can_be_computed_again()
    {
        Policy policy = Samples.Policy();
        ClaimBook book = Samples.Book(policy, Samples.ClaimFiles);
        foreach (Contradiction contradiction in book.DetectAll())
        {
            Assert.Equal(contradiction, Contradiction.FromJson(contradiction.ToJson()));
            Decision decision = Decider.Decide(policy, contradiction);
            Assert.Equal(decision, Decision.FromJson(decision.ToJson()));
            Assert.Equal(decision, Decider.Replay(policy, decision.Key, book.Claims(decision.Key)));
            IEnumerable<Claim> current = decision.Claims.Select(c => book.Find(c.ClaimId)!);
            Assert.Equal(decision, Decider.Replay(policy, decision.Key, current, decision.AsOf));
        }
    }
}
