using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Xunit;

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
        foreach (Claim claim in claims.Reverse())
            book.Add(claim);

        Assert.Equal(vector["policy_digest"]!.AsString(), policy.Digest.ToString());
        Contradiction? contradiction = book.Detect(key);
        Assert.Equal(vector["contradiction"], contradiction?.ToJson() ?? JsonValue.Null);
        Decision? decision = contradiction is null ? null : Decider.Decide(policy, contradiction);
        Assert.Equal(vector["decision"], decision?.ToJson() ?? JsonValue.Null);
        Assert.Equal(decision, Decider.Replay(policy, key, claims));
    }

    [Fact]
    public void Are_there() => Assert.True(Files().Count >= 13);
}
