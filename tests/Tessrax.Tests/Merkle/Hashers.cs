using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle;

/// <summary>A tree hasher for every hash engine there is.</summary>
internal static class Hashers
{
    public static readonly TreeHasher[] All =
    [
        .. new[] { "sha256", "blake3" }.Select(HashEngine.ByName).OfType<HashEngine>().Select(e => new TreeHasher(e)),
    ];
}
