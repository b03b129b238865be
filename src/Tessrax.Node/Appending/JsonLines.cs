using System.Buffers;
using Tessrax.Canonical;

namespace Tessrax.Node.Appending;

/// <summary>A file of JSON values, one a line (JSONL); empty lines are skipped.</summary>
internal static class JsonLines
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <summary>Reads line by line, numbered from 1, each as <paramref name="read"/> says.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1006, or what <paramref name="read"/> throws; the message names file, line and field.</exception>
    public static IEnumerable<(long Number, T Value)> Read<T>(string name, Stream input, Func<JsonValue, T> read)
    {
        foreach ((long number, ReadOnlyMemory<byte> line) in ReadBytes(name, input))
            yield return (number, Parse(name, number, line.Span, read));
    }

    /// <summary>The lines that are not empty, numbered from 1; each is good until the next one is asked for.</summary>
    /// <exception cref="TessraxException">TSX1006: a line is too long.</exception>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> ReadBytes(string name, Stream input)
    {
        long number = 0;
        foreach (ReadOnlyMemory<byte> line in SplitLines(name, input))
        {
            number++;
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                yield return (number, line);
        }
    }

    /// <summary>One of those lines, as <paramref name="read"/> says.</summary>
    /// <exception cref="TessraxException">As <see cref="Read"/>.</exception>
    public static T Parse<T>(string name, long number, ReadOnlySpan<byte> line, Func<JsonValue, T> read)
    {
        try
        {
            return read(JsonValue.Parse(line));
        }
        catch (TessraxException e)
        {
            // Most messages name the field themselves.
            bool named = e.Path is null || e.Message.Contains(e.Path, StringComparison.Ordinal);
            string field = named ? "" : $" {e.Path}:";
            string? hint = IsOfMore(line)
                ? "each line is a JSON value by itself (JSONL); jq -c '.[]' makes such lines of an array, jq -c . of one that takes several"
                : e.Hint;
            throw new TessraxException(e.Code, $"{name} line {number}:{field} {e.Message}", hint, e) { Path = e.Path };
        }
    }

    // An array, or the first line of what was written for people to read.
    private static bool IsOfMore(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line.Trim(" \t\r"u8);
        return text.StartsWith("["u8) || text.SequenceEqual("{"u8);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> SplitLines(string name, Stream input)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxLine + 64 * 1024);
        try
        {
            int filled = 0;
            long number = 1;
            while (true)
            {
                int read = input.Read(buffer, filled, buffer.Length - filled);
                filled += read;
                int start = 0;
                int length;
                while ((length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0)
                {
                    yield return buffer.AsMemory(start, length);
                    number++;
                    start += length + 1;
                }
                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (filled > MaxLine)
                    throw ErrorCodes.TooLarge.Because($"{name} line {number}: longer than {MaxLine} bytes");
                if (read > 0)
                    continue;
                if (filled > 0)
                    yield return buffer.AsMemory(0, filled);
                yield break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
