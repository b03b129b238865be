using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing hash</c>: the digest of a file in bare hex.</summary>
internal static class PlumbingHash
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.File();
        Option<string> algorithm = HashOption.Create();
        var verb = new Verb(
            "hash",
            "Print the digest of a file in hex",
            "tessraxctl plumbing hash --alg sha256 LICENSE"
        )
        {
            file,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            HashOption.Engine(parsed.GetRequiredValue(algorithm));
            string? path = parsed.GetValue(file);
            using Stream input = context.OpenInput(path);
            byte[] digest = DiskErrors.Reading(InputFiles.NameOf(path), () => SHA256.HashData(input));
            context.Raw(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest) + "\n"));
        });
        return verb;
    }
}
