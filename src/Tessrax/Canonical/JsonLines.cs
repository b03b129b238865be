namespace Tessrax.Canonical;

/// <summary>Lines of canonical JSON, each ended by LF: what is too long for one document, and deep enough as it is.</summary>
internal static class JsonLines
{
    private const byte LineFeed = (byte)'\n';

    public static byte[] Write(IEnumerable<JsonValue> lines)
    {
        Utf8Buffer buffer = Utf8Buffer.Rent();
        foreach (JsonValue line in lines)
        {
            CanonicalWriter.Write(line, buffer);
            buffer.Append(LineFeed);
        }
        byte[] bytes = buffer.Written.ToArray();
        Utf8Buffer.Return(buffer);
        return bytes;
    }

    /// <summary>The values, one by one.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: a line is not JSON; TSX1011: a line is not ended, or not in canonical form.</exception>
    public static IEnumerable<JsonValue> Read(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.Span.IndexOf(LineFeed);
            if (end < 0)
                throw ErrorCodes.NotCanonical.Because("the last line is not ended");
            ReadOnlyMemory<byte> line = bytes[..end];
            var value = JsonValue.Parse(line.Span);
            if (!CanonicalWriter.IsCanonicalOrRefused(line.Span))
                throw ErrorCodes.NotCanonical.Because("a line is not in canonical form");
            yield return value;
            bytes = bytes[(end + 1)..];
        }
    }
}
