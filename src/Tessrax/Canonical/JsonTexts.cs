namespace Tessrax.Canonical;

/// <summary>Finds the texts of a document in canonical form: strings that are no names, numbers and booleans, in their order.</summary>
internal static class JsonTexts
{
    /// <summary>Cuts each of them into words.</summary>
    /// <param name="canonical">JSON that this project wrote in canonical form: it is not checked here.</param>
    /// <param name="cutter">Takes the words.</param>
    public static void Cut(ReadOnlySpan<byte> canonical, WordCutter cutter)
    {
        int at = 0;
        while (at < canonical.Length)
        {
            switch (canonical[at])
            {
                case (byte)'"':
                    int end = EndOfString(canonical, at);
                    bool isName = end < canonical.Length && canonical[end] == (byte)':';
                    if (!isName)
                        cutter.Add(canonical[(at + 1)..(end - 1)], isEscaped: true);
                    at = end;
                    break;
                case (byte)'n':
                    at += "null".Length;
                    break;
                case (byte)'t' or (byte)'f' or (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                    int length = canonical[at..].IndexOfAny((byte)',', (byte)']', (byte)'}');
                    length = length < 0 ? canonical.Length - at : length;
                    cutter.Add(canonical.Slice(at, length), isEscaped: false);
                    at += length;
                    break;
                default:
                    at++;
                    break;
            }
        }
    }

    // Behind the closing quote.
    private static int EndOfString(ReadOnlySpan<byte> canonical, int at)
    {
        at++;
        while (true)
        {
            at += canonical[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (canonical[at] == (byte)'"')
                return at + 1;
            at += 2;
        }
    }
}
