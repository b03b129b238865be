using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessrax.Canonical;

internal enum JsonToken
{
    End,
    Null,
    False,
    True,
    Number,
    String,
    Name,
    StartArray,
    EndArray,
    StartObject,
    EndObject,
}

/// <summary>Reads the grammar of JSON (RFC 8259) token by token, in one pass, without a copy; the only tokenizer here.</summary>
/// <remarks>A name comes with its colon. Whether the bytes of a string are Unicode, and what a number is worth, the caller asks
/// of <see cref="CanonicalText"/> and <see cref="EcmaNumber"/> once the token is whole: so a text that is no JSON is told first.</remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text, int within = 0)
{
    private const string Utf8Hint = "the text must be UTF-8 without a byte order mark";

    private readonly ReadOnlySpan<byte> text = text;

    // Fewer levels are left to a value that stands in a larger text.
    private readonly int maxDepth = JsonValue.MaxDepth - within;

    // One bit for each open array or object: 1 is an object. Depth 64 is all that it can hold, and all that is allowed.
    private ulong objects;
    private int depth;
    private Expects expects = Expects.Value;

    private enum Expects
    {
        Value,
        FirstItem,
        FirstName,
        Next,
    }

    public JsonToken Token { get; private set; }

    /// <summary>Where the token begins; quotes belong to it.</summary>
    public int Start { get; private set; }

    /// <summary>Where the token ends; quotes belong to it, the colon after a name does not.</summary>
    public int End { get; private set; }

    /// <summary>The first byte not read yet: <see cref="End"/>, or what follows a name's colon.</summary>
    public int Position { get; private set; }

    /// <summary>Whether a string or name holds escapes.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Whether a string or name holds printable ASCII only; escapes may be among it.</summary>
    public bool IsAscii { get; private set; }

    /// <summary>The bytes of the token.</summary>
    public readonly ReadOnlySpan<byte> Bytes => text[Start..End];

    /// <summary>The bytes between the quotes of a string or name.</summary>
    public readonly ReadOnlySpan<byte> Content => text[(Start + 1)..(End - 1)];

    /// <summary>Arrays and objects that are open.</summary>
    public readonly int Depth => depth;

    /// <summary>Reads the next token; false at the end of the text, which must hold one JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001: no JSON; TSX1005: too deep.</exception>
    public bool Read()
    {
        int i = Position;
        int b = SkipSpace(ref i);
        bool inObject = (objects & 1) != 0;
        switch (expects)
        {
            case Expects.Next when b == ',' && depth > 0:
                i++;
                b = SkipSpace(ref i);
                if (inObject)
                    ReadName(i, b);
                else
                    ReadValue(i, b);
                return true;
            case Expects.Next:
                return ReadEnd(i, b, inObject);
            case Expects.FirstItem when b == ']':
            case Expects.FirstName when b == '}':
                return ReadEnd(i, b, inObject);
            case Expects.FirstName:
                ReadName(i, b);
                return true;
            default:
                ReadValue(i, b);
                return true;
        }
    }

    private bool ReadEnd(int i, int b, bool inObject)
    {
        if (depth == 0)
        {
            Token = JsonToken.End;
            return b < 0 ? false : throw NotJson(i);
        }
        if (b != (inObject ? '}' : ']'))
            throw NotJson(i);
        depth--;
        objects >>= 1;
        expects = Expects.Next;
        Token = inObject ? JsonToken.EndObject : JsonToken.EndArray;
        Start = i;
        End = Position = i + 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadName(int i, int b)
    {
        if (b != '"')
            throw NotJson(i);
        Token = JsonToken.Name;
        Start = i;
        End = i = EndOfString(i + 1);
        if (SkipSpace(ref i) != ':')
            throw NotJson(i);
        Position = i + 1;
        expects = Expects.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadValue(int i, int b)
    {
        Start = i;
        expects = Expects.Next;
        if (b == '"')
        {
            Token = JsonToken.String;
            End = Position = EndOfString(i + 1);
        }
        else
        {
            ReadOther(i, b);
        }
    }

    private void ReadOther(int i, int b)
    {
        switch (b)
        {
            case '{':
                Open(JsonToken.StartObject, 1, Expects.FirstName);
                break;
            case '[':
                Open(JsonToken.StartArray, 0, Expects.FirstItem);
                break;
            case 't':
                ReadLiteral("true"u8, JsonToken.True);
                break;
            case 'f':
                ReadLiteral("false"u8, JsonToken.False);
                break;
            case 'n':
                ReadLiteral("null"u8, JsonToken.Null);
                break;
            default:
                ReadNumber(i);
                break;
        }
    }

    private void Open(JsonToken token, ulong bit, Expects first)
    {
        if (depth == maxDepth)
            throw new TessraxException(ErrorCodes.TooDeep, $"nested deeper than {JsonValue.MaxDepth} levels")
            {
                Offset = Start,
            };
        depth++;
        objects = objects << 1 | bit;
        expects = first;
        Token = token;
        End = Position = Start + 1;
    }

    private void ReadLiteral(ReadOnlySpan<byte> literal, JsonToken token)
    {
        if (!text[Start..].StartsWith(literal))
            throw NotJson(Start + text[Start..].CommonPrefixLength(literal));
        Token = token;
        End = Position = Start + literal.Length;
    }

    // RFC 8259, section 6.
    private void ReadNumber(int i)
    {
        if (ByteAt(i) == '-')
            i++;
        i = ByteAt(i) == '0' ? i + 1 : Digits(i);
        if (ByteAt(i) == '.')
            i = Digits(i + 1);
        if ((ByteAt(i) | 0x20) == 'e')
        {
            i++;
            if (ByteAt(i) is '+' or '-')
                i++;
            i = Digits(i);
        }
        // What follows must end the number; a number that something else runs into is no JSON, whatever it is worth.
        int next = ByteAt(i);
        if (next < 0 ? depth > 0 : next is not (',' or ']' or '}' or ' ' or '\n' or '\r' or '\t' or '/'))
            throw NotJson(i);
        Token = JsonToken.Number;
        End = Position = i;
    }

    private readonly int Digits(int i)
    {
        int first = i;
        while (ByteAt(i) is >= '0' and <= '9')
            i++;
        return i > first ? i : throw NotJson(i);
    }

    // RFC 8259, section 7; i is behind the opening quote, the result behind the closing one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int EndOfString(int i)
    {
        HasEscapes = false;
        IsAscii = true;
        // Most strings are short and plain: one look at 16 bytes finds their end.
        if (text.Length - i >= Vector128<byte>.Count)
        {
            uint stops = Stops(text.Slice(i, Vector128<byte>.Count));
            if (stops != 0)
            {
                i += BitOperations.TrailingZeroCount(stops);
                if (text[i] == '"')
                    return i + 1;
            }
            else
            {
                i += Vector128<byte>.Count;
            }
        }
        return EndOfLongString(i);
    }

    private int EndOfLongString(int i)
    {
        while (true)
        {
            i += IsAscii ? Plain(text[i..]) : PlainOrBeyondAscii(text[i..]);
            int b = ByteAt(i);
            switch (b)
            {
                case '"':
                    return i + 1;
                case '\\':
                    HasEscapes = true;
                    i = SkipEscape(i + 1);
                    break;
                case >= 0x80:
                    IsAscii = false;
                    break;
                default:
                    throw NotJson(i);
            }
        }
    }

    private readonly int SkipEscape(int i)
    {
        switch (ByteAt(i))
        {
            case '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't':
                return i + 1;
            case 'u':
                for (int digit = 1; digit <= 4; digit++)
                {
                    int b = ByteAt(i + digit);
                    if (b < 0 || !char.IsAsciiHexDigit((char)b))
                        throw NotJson(i + digit);
                }
                return i + 5;
            default:
                throw NotJson(i);
        }
    }

    // How many bytes from here are printable ASCII but neither quote nor backslash.
    private static int Plain(ReadOnlySpan<byte> rest)
    {
        int i = 0;
        for (; rest.Length - i >= Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            uint stops = Stops(rest.Slice(i, Vector128<byte>.Count));
            if (stops != 0)
                return i + BitOperations.TrailingZeroCount(stops);
        }
        while (i < rest.Length && rest[i] is >= (byte)' ' and < 0x80 and not ((byte)'"' or (byte)'\\'))
            i++;
        return i;
    }

    // One bit for each of 16 bytes that is not printable ASCII, or is quote or backslash.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(ReadOnlySpan<byte> sixteen)
    {
        Vector128<byte> bytes = Vector128.Create(sixteen);
        // As signed numbers, what lies beyond ASCII is below zero, and so below a space too.
        Vector128<byte> stops =
            Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
            | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
            | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return stops.ExtractMostSignificantBits();
    }

    // The same, but for what lies beyond ASCII: it stops at quote, backslash and controls only.
    private static int PlainOrBeyondAscii(ReadOnlySpan<byte> rest)
    {
        int i = 0;
        for (; rest.Length - i >= Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.Create(rest.Slice(i, Vector128<byte>.Count));
            Vector128<byte> stops =
                Vector128.LessThan(bytes, Vector128.Create((byte)' '))
                | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
            if (stops != Vector128<byte>.Zero)
                return i + BitOperations.TrailingZeroCount(stops.ExtractMostSignificantBits());
        }
        while (i < rest.Length && rest[i] is >= (byte)' ' and not ((byte)'"' or (byte)'\\'))
            i++;
        return i;
    }

    // Moves on to the first byte that is no space and gives it; -1 at the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipSpace(ref int i)
    {
        int b = ByteAt(i);
        if (b <= ' ')
        {
            while (b is ' ' or '\n' or '\r' or '\t')
                b = ByteAt(++i);
        }
        return b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ByteAt(int i) => (uint)i < (uint)text.Length ? text[i] : -1;

    private readonly TessraxException NotJson(int at)
    {
        ReadOnlySpan<byte> before = text[..at];
        int line = before.Count((byte)'\n') + 1;
        int column = at - (before.LastIndexOf((byte)'\n') + 1) + 1;
        string? hint = text.StartsWith("\uFEFF"u8) ? Utf8Hint : null;
        return new TessraxException(ErrorCodes.NotJson, $"not JSON at line {line}, byte {column}", hint)
        {
            Offset = at,
        };
    }
}
