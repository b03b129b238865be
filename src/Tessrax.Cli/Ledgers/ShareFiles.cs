using System.Security.Cryptography;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Shares in files: one a line, or one alone in as many lines as its words were written in.</summary>
internal static class ShareFiles
{
    // Every share there can be, 16 groups of 16, in words of 8 letters.
    private const int LongestFile = 1 << 18;

    private const int FewestWords = 20;

    /// <summary>The shares in some files, <c>-</c> being standard input. The caller disposes them.</summary>
    /// <exception cref="TessraxException">TSX2011, 2013: not a share, with file and line; TSX3012, 3006, 3007: cannot be read.</exception>
    public static IReadOnlyList<Share> Read(CliContext context, IEnumerable<string?> files)
    {
        var shares = new List<Share>();
        foreach (string? file in files)
        {
            byte[] text = context.ReadInput(file, LongestFile);
            try
            {
                if (IsOne(text))
                    shares.Add(Parse(text, InputFiles.NameOf(file)));
                else
                    ReadLines(text, InputFiles.NameOf(file), shares);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(text);
            }
        }
        return shares;
    }

    // No share fits on a line of fewer words, so that a first line like that is the beginning of one.
    private static bool IsOne(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        int end = text.IndexOf((byte)'\n');
        int words = 0;
        bool inWord = false;
        foreach (byte letter in end < 0 ? text : text[..end])
        {
            bool isSpace = letter is (byte)' ' or (byte)'\t' or (byte)'\r';
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }
        return words < FewestWords;
    }

    private static void ReadLines(ReadOnlySpan<byte> text, string name, List<Share> shares)
    {
        int number = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = text[range];
            if (!line.Trim(" \t\r"u8).IsEmpty)
                shares.Add(Parse(line, $"{name}, line {number}"));
        }
    }

    private static Share Parse(ReadOnlySpan<byte> text, string place)
    {
        try
        {
            return Share.Parse(text);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{place}: {e.Message}", e.Hint, e);
        }
    }
}
