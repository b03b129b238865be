using System.Globalization;
using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>What <c>eng/fuzz.sh</c> runs, and for half a second every test run: so that it works when it is needed.</summary>
public class LongFuzz(ITestOutputHelper output)
{
    [Fact]
    public void Runs_as_long_as_asked()
    {
        double seconds = double.Parse(Variable("SECONDS") ?? "0.5", CultureInfo.InvariantCulture);
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
        string path = Variable("REPLAY") ?? KeepOne();
        FuzzTarget? target = FuzzTargets.All.FirstOrDefault(target => target.Name == CrashFile.TargetOf(path));
        Assert.SkipWhen(target is null, $"no target of {path} here");
        Assert.Null(FuzzJudge.Judge(target!, File.ReadAllBytes(path)).Fault);
    }

    // An input that is none any more.
    private static string KeepOne()
    {
        FuzzTarget target = FuzzTargets.All[0];
        string says = CrashFile.Keep(new FuzzRun.Crash(target, 0, target.Seeds().First(), "kept by a test"));
        return says[(says.LastIndexOf(' ') + 1)..];
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable("TESSRAX_FUZZ_" + name);
}
