namespace Tessrax.Governance;

/// <summary>A place in a text as editors count it: both numbers begin at 1.</summary>
/// <param name="Line">Lines end at LF.</param>
/// <param name="Column">In Unicode code points.</param>
internal readonly record struct TextPosition(int Line, int Column)
{
    /// <summary>The place of a byte; the end of the text if it lies beyond.</summary>
    public static TextPosition Of(ReadOnlySpan<byte> utf8, long offset)
    {
        ReadOnlySpan<byte> before = utf8[..(int)Math.Clamp(offset, 0, utf8.Length)];
        ReadOnlySpan<byte> line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        int column = 1;
        foreach (byte b in line)
        {
            // RFC 3629, section 3: continuation bytes read 10xxxxxx.
            if ((b & 0xC0) != 0x80)
                column++;
        }
        return new TextPosition(before.Count((byte)'\n') + 1, column);
    }

    public override string ToString() => $"line {Line}, column {Column}";
}
