using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tessrax.Node.Importing;

/// <summary>The tokens of Ion text. See <see cref="IonText"/>.</summary>
internal sealed class IonScanner(string text)
{
    private const string LongQuote = "'''";

    private static readonly SearchValues<char> Operators = SearchValues.Create("!#%&*+-./;<=>?@^`|~");
    private static readonly SearchValues<char> OfNumbers = SearchValues.Create(
        "0123456789abcdefABCDEFxXoTZdDinINF_+-.:"
    );

    private int at;

    /// <summary>The line that is read now, from 1.</summary>
    public int Line => 1 + text.AsSpan(0, Math.Min(at, text.Length)).Count('\n');

    /// <summary>Whether a symbol begins here, quoted or not.</summary>
    public bool IsSymbolAhead => at < text.Length && (IsLetter(text[at]) || (text[at] == '\'' && !Follows(LongQuote)));

    /// <summary>Whether a text begins here.</summary>
    public bool IsTextAhead => at < text.Length && (text[at] == '"' || Follows(LongQuote));

    public TessraxException Fault(string what) => ErrorCodes.BadImport.Because($"line {Line}: {what}");

    /// <summary>Skips space and comments.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool SkipSpace()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n' or '\v' or '\f')
                at++;
            else if (Follows("//"))
                at = EndOf("\n", at, text.Length);
            else if (Follows("/*"))
                at = EndOf("*/", at + 2, -1);
            else
                return true;
        }
        return false;
    }

    public bool TryTake(char wanted)
    {
        if (at >= text.Length || text[at] != wanted)
            return false;
        at++;
        return true;
    }

    public bool TryTake(string wanted)
    {
        if (!Follows(wanted))
            return false;
        at += wanted.Length;
        return true;
    }

    /// <summary>A symbol. One in quotes is never a keyword.</summary>
    public string TakeSymbol(out bool isQuoted)
    {
        isQuoted = TryTake('\'');
        if (isQuoted)
            return TakeQuoted("'");
        int start = at;
        while (at < text.Length && (IsLetter(text[at]) || char.IsAsciiDigit(text[at])))
            at++;
        return at > start && !char.IsAsciiDigit(text[start]) ? text[start..at] : throw Fault("a name is missing");
    }

    /// <summary>A symbol of signs, as they stand within parentheses; null if there is none.</summary>
    public string? TakeOperator()
    {
        int start = at;
        while (at < text.Length && Operators.Contains(text[at]))
            at++;
        // A sign before digits is the number's.
        if (
            at == start + 1
            && text[start] is '-' or '+'
            && at < text.Length
            && (char.IsAsciiDigit(text[at]) || Follows("inf"))
        )
            at = start;
        return at == start ? null : text[start..at];
    }

    /// <summary>A text in quotes, or several in three that stand side by side.</summary>
    public string TakeText()
    {
        if (TryTake('"'))
            return TakeQuoted("\"");
        var whole = new StringBuilder();
        while (TryTake(LongQuote))
        {
            whole.Append(TakeQuoted(LongQuote));
            int end = at;
            SkipSpace();
            if (!Follows(LongQuote))
                at = end;
        }
        return whole.ToString();
    }

    /// <summary>Whatever stands where a number or a time does.</summary>
    public string TakeNumber()
    {
        int start = at;
        while (at < text.Length && OfNumbers.Contains(text[at]))
            at++;
        return at > start
            ? text[start..at]
            : throw Fault(at < text.Length ? $"'{text[at]}' is out of place" : "it ends too early");
    }

    /// <summary>What stands between <c>{{</c> and <c>}}</c>, in base64: a blob as it is written, of a clob its bytes.</summary>
    public string TakeLob()
    {
        SkipSpace();
        string base64;
        if (IsTextAhead)
        {
            base64 = Convert.ToBase64String(BytesOf(TakeText()));
            SkipSpace();
        }
        else
        {
            int end = text.IndexOf("}}", at, StringComparison.Ordinal);
            if (end < 0)
                throw Fault("}} is missing");
            base64 = string.Concat(text[at..end].Where(static c => !char.IsWhiteSpace(c)));
            if (!IsBase64(base64))
                throw Fault("what stands between {{ and }} is not base64");
            at = end;
        }
        return TryTake("}}") ? base64 : throw Fault("}} is missing");
    }

    private static bool IsBase64(string written) =>
        Convert.TryFromBase64String(written, new byte[written.Length], out _);

    // A clob's characters are bytes.
    private byte[] BytesOf(string written) =>
        written.All(static c => c <= '\u00FF')
            ? Encoding.Latin1.GetBytes(written)
            : throw Fault("a clob holds a character that is no byte");

    private string TakeQuoted(string quote)
    {
        var taken = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
                throw Fault("a quote is not closed");
            if (TryTake(quote))
                return taken.ToString();
            char c = text[at++];
            if (c == '\\')
                TakeEscape(taken);
            else if (c == '\n' && quote.Length == 1)
                throw Fault("a quote is not closed on its line");
            else
                taken.Append(c);
        }
    }

    // Ion's escapes are those of JSON, of C, and U with eight digits.
    private void TakeEscape(StringBuilder taken)
    {
        char c = at < text.Length ? text[at++] : throw Fault("an escape ends too early");
        switch (c)
        {
            case 'x':
                taken.Append((char)TakeHex(2));
                break;
            case 'u':
                taken.Append((char)TakeHex(4));
                break;
            case 'U':
                long rune = TakeHex(8);
                if (!Rune.IsValid((int)Math.Min(rune, int.MaxValue)))
                    throw Fault("an escape is no character");
                taken.Append(new Rune((int)rune).ToString());
                break;
            case '\r':
                TryTake('\n'); // a line that goes on
                break;
            case '\n':
                break;
            default:
                int known = "0abtnfrv\"'?\\/".IndexOf(c, StringComparison.Ordinal);
                taken.Append(known >= 0 ? "\0\a\b\t\n\f\r\v\"'?\\/"[known] : throw Fault($"there is no escape \\{c}"));
                break;
        }
    }

    private long TakeHex(int digits)
    {
        if (
            at + digits > text.Length
            || !long.TryParse(
                text.AsSpan(at, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out long value
            )
        )
            throw Fault($"an escape needs {digits} hex digits");
        at += digits;
        return value;
    }

    private bool Follows(string wanted) => text.AsSpan(at).StartsWith(wanted, StringComparison.Ordinal);

    private int EndOf(string wanted, int from, int otherwise)
    {
        int found = text.IndexOf(wanted, from, StringComparison.Ordinal);
        if (found < 0 && otherwise < 0)
            throw Fault("a comment is not closed");
        return found < 0 ? otherwise : found + wanted.Length;
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c is '_' or '$';
}
