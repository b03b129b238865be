using Tessrax.Hashing;

namespace Tessrax.Cli.Inspection;

/// <summary>What computes hashes here, and why that.</summary>
internal static class HashFacts
{
    public static Section Backends() =>
        new("hashing", "Hashing", [new Fact("default", HashEngine.Sha256.Name)]);
}
