using Tessrax.Hashing;

namespace Tessrax.Cli;

/// <summary>Hands <c>$TESSRAX_HASH</c> to the hash engines: <c>managed</c> leaves the native library out, <c>native</c> insists on it.</summary>
internal static class HashVariable
{
    public const string Name = "TESSRAX_HASH";

    /// <exception cref="TessraxException">A usage error, or TSX3015: the library is wished for and cannot be used.</exception>
    public static void Apply(string? wish)
    {
        // Left out, nothing is said, and nothing is chosen before it is needed.
        if (wish is null)
            return;
        if (wish is not (HashBackends.Managed or HashBackends.Native))
        {
            throw ErrorCodes.BadUsage.Because(
                $"{Name} is '{wish}'",
                $"set it to {HashBackends.Managed} or {HashBackends.Native}, or unset it: what is fastest here is used then"
            );
        }
        HashBackends.Prefer(wish);
    }
}
