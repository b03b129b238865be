using System.CommandLine;
using Tessrax.Hashing;

namespace Tessrax.Cli.Commands;

/// <summary><c>--alg</c>: the hash function.</summary>
internal static class HashOption
{
    public static Option<string> Create() =>
        new("--alg")
        {
            Description = "the hash function: sha256",
            HelpName = "ALG",
            Required = true,
        };

    /// <exception cref="TessraxException">TSX1012: there is no such hash function.</exception>
    public static HashEngine Engine(string name, string option = "--alg") =>
        HashEngine.ByName(name)
        ?? throw ErrorCodes.BadUsage.Because(
            $"the hash function '{name}' is not supported",
            $"this version knows {option} sha256"
        );
}
