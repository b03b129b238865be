using Tessrax.Node.Simulation;
using Xunit;

namespace Tessrax.Node.Tests.Simulation;

/// <summary>Quorums under faults, in virtual time: what must always hold does, what waits ends, a seed gives one trace, and a kernel with a fault is found.</summary>
public sealed class QuorumSimulationTests
{
    private const string Network = "loss=0.1,dup=0.05,latency=5ms..200ms,partition=2x10s,crash=4,skew=2m";

    [Theory]
    [InlineData(1, 1, "none")]
    [InlineData(2, 1, "byzantine=1:forged")]
    [InlineData(3, 2, "none")]
    [InlineData(5, 3, Network)]
    [InlineData(5, 3, Network + ",byzantine=2:double")]
    [InlineData(5, 3, Network + ",byzantine=2:stale")]
    [InlineData(5, 3, Network + ",byzantine=2:forged")]
    [InlineData(5, 3, Network + ",byzantine=2:other")]
    [InlineData(5, 3, Network + ",byzantine=2:names")]
    [InlineData(5, 3, Network + ",byzantine=2:tokens")]
    [InlineData(4, 4, "loss=0.5,dup=0.5,crash=20")]
    public void Nothing_that_must_hold_is_violated(int nodes, int quorum, string faults)
    {
        int decisions = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            QuorumOutcome outcome = Run(nodes, quorum, faults, seed);
            Assert.True(outcome.Holds, $"seed {seed}: {Told(outcome)}");
            decisions += outcome.Decisions;
        }
        Assert.True(decisions > 0);
    }

    [Fact]
    public void A_seed_gives_one_trace_and_another_gives_another()
    {
        QuorumOutcome first = Run(5, 3, Network, 7);
        QuorumOutcome again = Run(5, 3, Network, 7);
        Assert.Equal(first.Trace, again.Trace);
        Assert.Equal(first.Timeline.Marks, again.Timeline.Marks);
        Assert.NotEqual(first.Trace, Run(5, 3, Network, 8).Trace);
    }

    [Fact]
    public void A_kernel_that_counts_by_name_is_found()
    {
        int found = 0;
        for (ulong seed = 1; seed <= 8; seed++)
        {
            QuorumOutcome outcome = QuorumSimulation.Run(
                Plan(5, 3, Network + ",byzantine=1:names", seed),
                countsByName: true,
                TestContext.Current.CancellationToken
            );
            found += outcome.Violations.Any(v => v.Invariant == "safety") ? 1 : 0;
        }
        Assert.True(found >= 6, $"{found} of 8 seeds");
    }

    [Fact]
    public void It_is_the_checker_that_finds_it_and_not_the_fault_that_shows_itself()
    {
        // The same fault, and nobody who makes use of it.
        QuorumOutcome outcome = QuorumSimulation.Run(
            Plan(5, 3, "none", 3),
            countsByName: true,
            TestContext.Current.CancellationToken
        );
        Assert.True(outcome.Holds, Told(outcome));
    }

    [Theory]
    [InlineData("double", "TSX4008")]
    [InlineData("stale", "TSX4007")]
    [InlineData("forged", "TSX4002")]
    [InlineData("other", "TSX4006")]
    [InlineData("tokens", "TSX4004")]
    [InlineData("tokens", "TSX4005")]
    [InlineData("tokens", "TSX4043")]
    [InlineData("tokens", "TSX4044")]
    [InlineData("tokens", "TSX4045")]
    public void What_is_dishonest_is_refused_with_its_code(string how, string code) =>
        Assert.Contains(code, Run(5, 3, $"byzantine=2:{how}", 5).Refused.Keys);

    [Fact]
    public void Where_too_few_are_honest_nothing_is_decided_and_everything_ends()
    {
        QuorumOutcome outcome = Run(5, 4, "byzantine=2:stale", 11);
        Assert.True(outcome.Holds, Told(outcome));
        Assert.Equal(0, outcome.Decisions);
        Assert.True(outcome.Closed > 0);
    }

    [Fact]
    public void An_approver_who_has_nobody_to_forge_forges_nobody() =>
        Assert.True(Run(1, 1, "byzantine=1:forged", 2).Holds);

    [Theory]
    [InlineData("loss=2")]
    [InlineData("loss")]
    [InlineData("loss=0.1,loss=0.2")]
    [InlineData("latency=5..3ms")]
    [InlineData("latency=9ms..3ms")]
    [InlineData("partition=3")]
    [InlineData("crash=-1")]
    [InlineData("skew=2h")]
    [InlineData("byzantine=2:rude")]
    [InlineData("wind=strong")]
    public void A_specification_that_says_nothing_is_refused_with_what_can_be_said(string text)
    {
        TessraxException refused = Assert.Throws<TessraxException>(() => QuorumFaults.Parse(text));
        Assert.Equal(ErrorCodes.BadUsage, refused.Code);
        Assert.Contains("byzantine=2:double", refused.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Network + ",byzantine=2:double")]
    [InlineData("latency=1ms..20ms")]
    public void A_specification_has_one_form(string text) => Assert.Equal(text, QuorumFaults.Parse(text).ToString());

    private static string Told(QuorumOutcome outcome) => string.Join("; ", outcome.Violations.Select(v => v.What));

    private static QuorumOutcome Run(int nodes, int quorum, string faults, ulong seed) =>
        QuorumSimulation.Run(Plan(nodes, quorum, faults, seed), TestContext.Current.CancellationToken);

    private static QuorumPlan Plan(int nodes, int quorum, string faults, ulong seed) =>
        new()
        {
            Nodes = nodes,
            Quorum = quorum,
            Seed = seed,
            Faults = QuorumFaults.Parse(faults),
        };
}
