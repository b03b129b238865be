using System.Buffers;
using System.CommandLine;
using Tessrax.Hashing;

namespace Tessrax.Cli.Commands;

/// <summary>Bytes in hex on the command line. What is not hex is a wrong argument; hex of a wrong length is for the check to refuse.</summary>
internal static class HexText
{
    public static Option<string> Option(string name, string description, bool required = true) =>
        new(name)
        {
            Description = description,
            HelpName = "HEX",
            Required = required,
        };

    /// <summary>The bytes.</summary>
    /// <exception cref="TessraxException">TSX1012: not hex.</exception>
    public static byte[] Read(ParseResult parsed, Option<string> option) =>
        Decode(parsed.GetRequiredValue(option), option.Name);

    /// <summary>The bytes; none if the option was left out.</summary>
    /// <exception cref="TessraxException">TSX1012: not hex.</exception>
    public static byte[] ReadOptional(ParseResult parsed, Option<string> option) =>
        parsed.GetValue(option) is { } text ? Decode(text, option.Name) : [];

    /// <summary>A hash, or null for any other number of bytes.</summary>
    public static Digest? ReadDigest(ParseResult parsed, Option<string> option) => AsDigest(Read(parsed, option));

    /// <summary>Hashes with commas between them; none if the option was left out; null if one has another number of bytes.</summary>
    /// <remarks>An option given as the empty text is one hash of no bytes, not an empty list.</remarks>
    public static Digest[]? ReadDigests(ParseResult parsed, Option<string> option)
    {
        if (parsed.GetValue(option) is not { } text)
            return [];
        Digest?[] hashes = [.. text.Split(',').Select(part => AsDigest(Decode(part.Trim(), option.Name)))];
        return hashes.Contains(null) ? null : [.. hashes.Select(hash => hash!.Value)];
    }

    private static Digest? AsDigest(byte[] bytes) => bytes.Length == Digest.Size ? new Digest(bytes) : null;

    /// <summary>The bytes that digits of ASCII stand for; null if they stand for none.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<byte> digits)
    {
#if NET10_0_OR_GREATER
        var bytes = new byte[digits.Length / 2];
        bool isHex =
            digits.Length % 2 == 0 && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done;
        return isHex ? bytes : null;
#else
        // .NET 9 decodes characters only. They may be a secret's.
        var text = new char[digits.Length];
        bool isAscii = System.Text.Ascii.ToUtf16(digits, text, out _) == OperationStatus.Done;
        byte[]? bytes = isAscii ? TryDecode(text) : null;
        Array.Clear(text);
        return bytes;
#endif
    }

    private static byte[] Decode(string text, string option) =>
        TryDecode(text) ?? throw ErrorCodes.BadUsage.Because($"{option} is not hex: '{text}'", "give bytes in hex");

    /// <summary>The bytes that digits stand for; null if they stand for none.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<char> digits)
    {
        var bytes = new byte[digits.Length / 2];
        bool isHex =
            digits.Length % 2 == 0 && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done;
        return isHex ? bytes : null;
    }
}
