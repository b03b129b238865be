using Tessrax.Hashing;

namespace Tessrax.Cli;

/// <summary><c>TESSRAX_HASH=managed|native</c>: which code computes hashes. Every choice gives the same digests.</summary>
internal static class HashWish
{
    public const string Variable = "TESSRAX_HASH";

    /// <summary>Passes the wish on, if there is one.</summary>
    /// <exception cref="TessraxException">TSX1012: another word; TSX3015: <c>native</c>, but its library cannot be used.</exception>
    public static void Apply(CliContext context)
    {
        if (context.Variable(Variable) is not { } wish)
            return;
        if (wish is not (HashBackends.Managed or HashBackends.Native))
            throw ErrorCodes.BadUsage.Because(
                $"{Variable} is '{wish}'; it may be {HashBackends.Managed} or {HashBackends.Native}",
                $"unset {Variable}: what is fastest here is then used; tessraxctl debug says what that is"
            );
        HashBackends.Prefer(wish);
    }
}
