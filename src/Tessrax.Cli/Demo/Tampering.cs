using System.Text;
using Tessrax.Node;

namespace Tessrax.Cli.Demo;

/// <summary>Flips one bit in a copy of something.</summary>
internal static class Tampering
{
    /// <summary>Copies a ledger's directory and flips one bit in the middle of its first segment.</summary>
    public static string FlipInLedger(string ledger, string copy)
    {
        // Copies are made to be read; private keys stay where they are.
        DirectoryCopy.Make(ledger, copy, without: "keys");
        string segment = Directory
            .EnumerateFiles(LedgerDirectory.SegmentsOf(copy))
            .Order(StringComparer.Ordinal)
            .First();
        byte[] bytes = File.ReadAllBytes(segment);
        // The segment ends in zeros that wait for more; the middle of what was written is meant.
        int used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        return Flip(segment, bytes, used / 2, 0x01);
    }

    /// <summary>Copies a file and flips one bit of the byte after the last place where a text stands.</summary>
    /// <param name="file">What is copied.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="after">The text.</param>
    /// <param name="mask">Which bit.</param>
    public static string FlipInFile(string file, string copy, string after, byte mask)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int at = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(after));
        if (at < 0)
            throw ErrorCodes.Bug.Because($"{file} does not hold {after}");
        return Flip(copy, bytes, at + Encoding.UTF8.GetByteCount(after), mask);
    }

    private static string Flip(string file, byte[] bytes, int at, byte mask)
    {
        string before = Around(bytes, at);
        bytes[at] ^= mask;
        File.WriteAllBytes(file, bytes);
        return $"byte {at} of {Path.GetFileName(file)}: {before} becomes {Around(bytes, at)}";
    }

    private static string Around(byte[] bytes, int at)
    {
        ReadOnlySpan<byte> part = bytes.AsSpan(Math.Max(0, at - 14))[
            ..Math.Min(20, bytes.Length - Math.Max(0, at - 14))
        ];
        return part.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? $"0x{bytes[at]:x2}"
            : $"'{Encoding.ASCII.GetString(part)}'";
    }
}
