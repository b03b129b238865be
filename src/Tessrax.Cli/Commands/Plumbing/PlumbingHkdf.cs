using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing hkdf</c>: HKDF-SHA-256 (RFC 5869) in hex.</summary>
internal static class PlumbingHkdf
{
    private const int Longest = 255 * SHA256.HashSizeInBytes;

    public static Command Create(CliContext context)
    {
        Argument<string?> file = SecretInput.File("the input keying material in hex");
        Option<string> length = WholeNumber.Option("--length", "N", "how many bytes: 1 to 8160");
        Option<string> salt = HexText.Option("--salt", "the salt; none if left out", required: false);
        Option<string> info = HexText.Option("--info", "what binds the output to its use", required: false);
        var verb = new Verb(
            "hkdf",
            "Print bytes derived with HKDF-SHA-256 in hex (RFC 5869)",
            "tessraxctl plumbing hkdf --length 32 --info 6c6f67 secret.hex"
        )
        {
            file,
            length,
            salt,
            info,
        };
        verb.SetAction(parsed =>
        {
            if (WholeNumber.Read(parsed, length) is not (>= 1 and <= Longest and var wanted))
                throw ErrorCodes.BadUsage.Because($"--length must be 1 to {Longest}: HKDF makes no more");
            byte[] input = SecretInput.ReadHex(context, parsed.GetValue(file));
            byte[] output = Derive(
                input,
                HexText.ReadOptional(parsed, salt),
                HexText.ReadOptional(parsed, info),
                (int)wanted
            );
            SecretInput.PrintHex(context, output);
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(output);
        });
        return verb;
    }

    // RFC 5869, sections 2.2 and 2.3.
    private static byte[] Derive(byte[] input, byte[] salt, byte[] info, int length)
    {
        byte[] key = Hmac.Sha256(salt, input);
        var output = new byte[length];
        byte[] block = [];
        for (int done = 0, number = 1; done < length; done += block.Length, number++)
        {
            block = Hmac.Sha256(key, [.. block, .. info, (byte)number]);
            block.AsSpan(0, Math.Min(block.Length, length - done)).CopyTo(output.AsSpan(done));
        }
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(block);
        return output;
    }
}
