using System.Buffers;
using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Node.Appending;

/// <summary>A claim and the line it stands on, from 1.</summary>
/// <param name="Number">The line.</param>
/// <param name="Claim">The claim.</param>
public readonly record struct ClaimLine(long Number, Claim Claim);

/// <summary>A file of claims, one JSON object a line (JSONL), read and checked as a whole before anything is written.</summary>
/// <param name="Name">As the user named it, for errors.</param>
/// <param name="Lines">Its claims; empty lines are skipped.</param>
public sealed record ClaimFile(string Name, IReadOnlyList<ClaimLine> Lines)
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <summary>Reads a file in constant memory above its claims.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014, naming file, line and field; nothing of the file counts then.</exception>
    public static ClaimFile Read(string name, Stream input)
    {
        var lines = new List<ClaimLine>();
        long number = 0;
        foreach (ReadOnlyMemory<byte> line in SplitLines(name, input))
        {
            number++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            try
            {
                lines.Add(new ClaimLine(number, Claim.Ingest(JsonValue.Parse(line.Span))));
            }
            catch (TessraxException e)
            {
                // Most messages name the field themselves.
                bool named = e.Path is null || e.Message.Contains(e.Path, StringComparison.Ordinal);
                string field = named ? "" : $" {e.Path}:";
                throw new TessraxException(e.Code, $"{name} line {number}:{field} {e.Message}", e.Hint, e)
                {
                    Path = e.Path,
                };
            }
        }
        return new ClaimFile(name, lines);
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
