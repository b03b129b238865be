using System.CommandLine;
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
            Digest digest = DiskErrors.Reading(InputFiles.NameOf(path), () => OfStream(engine, input));
            context.Raw(Encoding.ASCII.GetBytes(digest.ToHex() + "\n"));
        });
        return verb;
    }

    private static Digest OfStream(HashEngine engine, Stream input)
    {
        var sha256 = new Sha256Hasher();
        var blake3 = new Blake3Hasher();
        bool isSha256 = engine == HashEngine.Sha256;
        byte[] buffer = new byte[BufferLength];
        for (int read; (read = input.Read(buffer)) > 0; )
            if (isSha256)
                sha256.Append(buffer.AsSpan(0, read));
            else
                blake3.Append(buffer.AsSpan(0, read));
        return isSha256 ? sha256.Finish() : blake3.Finish();
    }
}
