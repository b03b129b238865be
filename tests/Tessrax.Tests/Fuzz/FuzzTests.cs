using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>Whatever the bytes: read or refused with an error code, twice the same, and what was read is written and read again.</summary>
public class FuzzTests
{
    private const int Dose = 400;
    private const int Seed = 20261122;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fixed_dose_finds_nothing(string name)
    {
        FuzzTarget target = FuzzTargets.ByName(name);
        FuzzRun.Result result = FuzzRun.Dose(target, Seed, Dose / target.Weight);
        if (result.Crash is { } crash)
            Assert.Fail(CrashFile.Keep(crash));
        // A target that refuses its own seeds, or everything in one way, tests nothing.
        Assert.True(result.Accepted > 0, "nothing was accepted");
        Assert.True(result.Kinds >= 2, "all went one way");
    }

    [Fact]
    public void Names_are_unique() =>
        Assert.Equal(FuzzTargets.All.Count, FuzzTargets.All.Select(target => target.Name).Distinct().Count());
}
