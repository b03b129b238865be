using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>The harness finds what it is for.</summary>
public class PlantedFaultTests
{
    private const int Seed = 20261122;

    [Fact]
    public void Planted_faults_are_found()
    {
        FuzzTarget good = FuzzTargets.ByName("digest");
        Assert.Null(FuzzRun.Dose(good, Seed, 2000).Crash);
        int calls = 0;
        foreach (
            Func<byte[], byte[]?> planted in (Func<byte[], byte[]?>[])
                [
                    input => input.Length == 70 ? throw new FormatException("planted") : good.Read(input),
                    input => good.Read(input) is { } written ? [.. written, 0] : null,
                    input => ++calls % 50 == 0 ? [1] : good.Read(input),
                    input =>
                    {
                        if (input.Length > 0)
                            input[0] = 0;
                        return null;
                    },
                ]
        )
        {
            FuzzRun.Crash? crash = FuzzRun.Dose(good with { Read = planted }, Seed, 2000).Crash;
            Assert.NotNull(crash);
        }
    }
}
