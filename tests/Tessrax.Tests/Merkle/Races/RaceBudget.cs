using System.Globalization;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>How long to look for races. A dose of a second in the tests; <c>eng/races.sh</c> looks longer.</summary>
internal static class RaceBudget
{
    /// <summary>Seconds for each search, from <c>TESSRAX_RACES_SECONDS</c>.</summary>
    public static int Seconds { get; } = Math.Max(1, Number("TESSRAX_RACES_SECONDS") ?? 1);

    /// <summary>Whether this is the dose of the tests.</summary>
    public static bool IsDose => Number("TESSRAX_RACES_SECONDS") is null;

    /// <summary>The one schedule to replay, from <c>TESSRAX_RACES_SEED</c>.</summary>
    public static int? Seed => Number("TESSRAX_RACES_SEED");

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
