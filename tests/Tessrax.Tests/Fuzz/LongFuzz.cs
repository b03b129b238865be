using System.Globalization;
using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>What <c>eng/fuzz.sh</c> runs; says why it did nothing when it was not asked.</summary>
public class LongFuzz(ITestOutputHelper output)
{
    [Fact]
    public void Runs_as_long_as_asked()
    {
        Assert.SkipUnless(Variable("SECONDS") is not null, "a long run is eng/fuzz.sh's");
        double seconds = double.Parse(Variable("SECONDS")!, CultureInfo.InvariantCulture);
        int seed = int.Parse(Variable("SEED") ?? "1", CultureInfo.InvariantCulture);
        string? only = Variable("TARGET");
        FuzzTarget[] targets = [.. FuzzTargets.All.Where(target => only is null || target.Name == only)];
        Assert.SkipWhen(
            targets.Length == 0,
            $"no target is called {only} here; there are {string.Join(", ", FuzzTargets.All)}"
        );
        var crashes = new List<string>();
        foreach (FuzzTarget target in targets)
        {
            FuzzRun.Result result = FuzzRun.For(target, seed, TimeSpan.FromSeconds(seconds / targets.Length));
            output.WriteLine(
                $"{target.Name}: {result.Inputs} inputs, {result.Accepted} accepted, {result.Kinds} ways, seed {seed}"
            );
            if (result.Crash is { } crash)
                crashes.Add(CrashFile.Keep(crash));
        }
        if (crashes.Count > 0)
            Assert.Fail(string.Join('\n', crashes));
    }

    [Fact]
    public void Replays_a_crash()
    {
        Assert.SkipUnless(Variable("REPLAY") is not null, "a replay is eng/fuzz.sh's");
        string path = Variable("REPLAY")!;
        FuzzTarget? target = FuzzTargets.All.FirstOrDefault(target => target.Name == CrashFile.TargetOf(path));
        Assert.SkipWhen(target is null, $"no target of {path} here");
        Assert.Null(FuzzJudge.Judge(target!, File.ReadAllBytes(path)).Fault);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable("TESSRAX_FUZZ_" + name);
}
