using System.CommandLine;
using Tessrax.Hashing;

namespace Tessrax.Cli.Commands;

/// <summary><c>--alg</c>: the hash function.</summary>
internal static class HashOption
{
    public static Option<string> Create() =>
        new("--alg")
        {
            Description = "the hash function: sha256 or blake3",
            HelpName = "ALG",
            Required = true,
        };

    /// <summary>For verbs that came before there was a choice: sha256 if it is left out.</summary>
    public static Option<string> CreateOptional() =>
        new("--alg")
        {
            Description = "the hash function: sha256, unless this says blake3",
            HelpName = "ALG",
            DefaultValueFactory = _ => HashEngine.Sha256.Name,
        };

    /// <exception cref="TessraxException">TSX1012: there is no such hash function.</exception>
    public static HashEngine Engine(string name, string option = "--alg") =>
        HashEngine.ByName(name)
        ?? throw ErrorCodes.BadUsage.Because(
            $"the hash function '{name}' is not supported",
            $"this version knows {option} sha256 and blake3"
        );
}
