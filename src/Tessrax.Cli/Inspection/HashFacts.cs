using Tessrax.Hashing;

namespace Tessrax.Cli.Inspection;

/// <summary>What computes hashes here, and why that.</summary>
internal static class HashFacts
{
    public static Section Backends() =>
        new(
            "hashing",
            "Hashing",
            [
                .. HashBackends
                    .Describe()
                    .Select(backend => new Fact(
                        $"{backend.Engine}_{backend.Operation}",
                        $"{backend.Backend}: {backend.Reason}"
                    )),
            ]
        );
}
