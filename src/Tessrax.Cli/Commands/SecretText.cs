using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary>Words that are secrets, where the user asked for them: in a file of its owner's, or on standard output.</summary>
internal static class SecretText
{
    /// <summary>Writes a phrase as a line, and clears it.</summary>
    /// <param name="context">Where to, without a file.</param>
    /// <param name="name">What it is, as a member of JSON.</param>
    /// <param name="phrase">In ASCII.</param>
    /// <param name="file">A new file with mode 0600; null for standard output.</param>
    /// <exception cref="TessraxException">TSX3010: the file exists; TSX3005 to TSX3009: it cannot be written.</exception>
    public static void Write(CliContext context, string name, byte[] phrase, string? file)
    {
        byte[] line = [.. phrase, (byte)'\n'];
        try
        {
            if (file is not null)
                DurableFile.Write(SystemDisk.Instance, file, line, DurableFileOptions.Secret);
            else if (!context.Json)
                context.Raw(line);
            context.WriteJson(() =>
                file is null
                    ? JsonValue.Object((name, Encoding.ASCII.GetString(phrase)))
                    : JsonValue.Object(("file", file))
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
            CryptographicOperations.ZeroMemory(phrase);
        }
    }
}
