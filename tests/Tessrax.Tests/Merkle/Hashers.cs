using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>A tree hasher for every hash engine there is.</summary>
internal static class Hashers
{
    public static TheoryData<string> Names => [.. All.Select(hasher => hasher.Engine.Name)];

    public static readonly TreeHasher[] All =
    [
        .. new[] { "sha256", "blake3" }.Select(HashEngine.ByName).OfType<HashEngine>().Select(e => new TreeHasher(e)),
    ];

    public static TreeHasher Of(string engine) => All.Single(hasher => hasher.Engine.Name == engine);
}
