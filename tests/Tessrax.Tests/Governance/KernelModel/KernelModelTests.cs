using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>The kernel answers as a reference does that was written apart from it; and what it must not answer is found.</summary>
public sealed class KernelModelTests
{
    // Hours: eng/fuzz.sh model CASES.
    private static readonly int Dose = int.Parse(
        Environment.GetEnvironmentVariable("TESSRAX_MODEL_CASES") ?? "400",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Answers_and_goes_on_as_the_reference_does() => Sample(null, Dose);

    [Theory]
    [InlineData("count by name")]
    [InlineData("expiry off by one")]
    [InlineData("policy of the wrong index")]
    [InlineData("missing domain separation")]
    public void A_planted_fault_is_found(string fault)
    {
        var found = new ConcurrentBag<KernelDisagreement>();
        // In small portions: after the first find, a sample goes on to the end for a smaller one.
        for (int tried = 0; found.IsEmpty && tried < 40 * Dose; tried += 50)
            Record.Exception(() => Sample(KernelMutants.All[fault], 50, found.Add));
        Assert.NotEmpty(found);
        KernelDisagreement shortest = found.MinBy(one => one.Commands)!;
        Assert.True(shortest.Commands <= 15, $"a long list of commands: {shortest.Message}");
    }

    [Fact]
    public void The_commands_reach_what_they_are_for()
    {
        string[] must =
        [
            Events.ClaimsRecorded,
            Events.ContradictionDetected,
            Events.DecisionProposed,
            Events.DecisionRecorded,
            Events.ApprovalRecorded,
            Events.DecisionClosed,
            Events.KeyRotated,
            Events.KeyRevoked,
            Events.ApproversChanged,
            Events.PolicyUpgraded,
            Events.ApproversDelegated,
        ];
        var tried = new Dictionary<string, (int Accepted, int Refused)>();
        bool Reaches(string name) => tried.GetValueOrDefault(name) is { Accepted: > 0, Refused: > 0 };
        // The rarest of them need some hundred lists.
        for (int portion = 0; portion < 40 && !must.All(Reaches); portion++)
        {
            foreach (ModelCommand[] commands in Some(50))
            {
                foreach ((string name, (int accepted, int refused)) in KernelRun.Of(commands).Tried)
                {
                    (int a, int r) = tried.GetValueOrDefault(name);
                    tried[name] = (a + accepted, r + refused);
                }
            }
        }
        string all = string.Join(", ", tried.OrderBy(t => t.Key).Select(t => $"{t.Key} {t.Value}"));
        Assert.True(must.All(Reaches), all);
    }

    private static List<ModelCommand[]> Some(int count)
    {
        var some = new List<ModelCommand[]>();
        ModelCommand.Lists.Sample(some.Add, iter: count, threads: 1);
        return some;
    }

    // Whoever wants the disagreements is told of them: not every CsCheck has what was thrown in its own exception.
    private static void Sample(KernelMutant? mutant, int dose, Action<KernelDisagreement>? found = null) =>
        ModelCommand.Lists.Sample(
            commands =>
            {
                if (KernelRun.Fault(commands, mutant) is null)
                    return;
                KernelDisagreement disagreement = KernelRun.Shrunk(commands, mutant);
                found?.Invoke(disagreement);
                throw disagreement;
            },
            iter: dose
        );
}
