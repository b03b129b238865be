using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Commands;

/// <summary>Secrets that plumbing verbs read and print in hex: from a file or standard input, never from the command line, which others can see.</summary>
internal static class SecretInput
{
    private const int LongestText = 1 << 20;

    /// <summary>The secret's file.</summary>
    public static Argument<string?> File(string what) =>
        new("FILE") { Description = $"{what}; standard input if left out or -", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Bytes that are written in hex, with white space around them. The caller clears them.</summary>
    /// <exception cref="TessraxException">TSX1009: not hex. What was read instead is not shown.</exception>
    public static byte[] ReadHex(CliContext context, string? path)
    {
        byte[] text = context.ReadInput(path, LongestText);
        try
        {
            return HexText.TryDecode(text.AsSpan().Trim(" \t\r\n"u8))
                ?? throw ErrorCodes.BadValue.Because($"{InputFiles.NameOf(path)} is not hex", "give bytes in hex");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Prints bytes as a line of hex.</summary>
    public static void PrintHex(CliContext context, ReadOnlySpan<byte> bytes) =>
        context.Raw(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes) + "\n"));
}
