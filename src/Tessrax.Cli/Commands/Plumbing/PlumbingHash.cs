using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing hash</c>: the digest of a file in bare hex.</summary>
internal static class PlumbingHash
{
    // Many chunks are hashed side by side, so that short pieces would be slow.
    private const int BufferLength = 256 * 1024;

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
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(algorithm));
            string? path = parsed.GetValue(file);
            using Stream input = context.OpenInput(path);
            byte[] digest = DiskErrors.Reading(InputFiles.NameOf(path), () => OfStream(engine, input));
            context.Raw(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest) + "\n"));
        });
        return verb;
    }

    private static byte[] OfStream(HashEngine engine, Stream input)
    {
        if (engine == HashEngine.Sha256)
            return SHA256.HashData(input);
        var hasher = new Blake3Hasher();
        byte[] buffer = new byte[BufferLength];
        for (int read; (read = input.Read(buffer)) > 0; )
            hasher.Append(buffer.AsSpan(0, read));
        return hasher.Finish().Span.ToArray();
    }
}
