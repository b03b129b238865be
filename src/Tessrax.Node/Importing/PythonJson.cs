using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tessrax.Node.Importing;

/// <summary>Writes JSON as Python's <c>json.dumps(value, sort_keys=True)</c> does, with numbers as they were read: what the original Tessrax hashed.</summary>
/// <param name="IsSpaced">Whether a space stands behind each comma and colon, as it does unless <c>separators</c> says otherwise.</param>
/// <param name="IsAscii">Whether other characters are escaped, as they are unless <c>ensure_ascii</c> is off.</param>
internal sealed record PythonJson(bool IsSpaced, bool IsAscii)
{
    /// <summary>Every form, the likeliest first.</summary>
    public static IReadOnlyList<PythonJson> Forms { get; } =
    [new(false, true), new(false, false), new(true, true), new(true, false)];

    /// <summary>The bytes of a value.</summary>
    public byte[] Write(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The bytes of an object of some of another one's members.</summary>
    public byte[] WriteMembers(JsonElement value, Func<string, bool> isWanted)
    {
        var text = new StringBuilder();
        WriteMembers(value.EnumerateObject().Where(member => isWanted(member.Name)), text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Write(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteMembers(value.EnumerateObject(), text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach ((int i, JsonElement item) in value.EnumerateArray().Index())
                {
                    if (i > 0)
                        text.Append(IsSpaced ? ", " : ",");
                    Write(item, text);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(value.GetString()!, text);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private void WriteMembers(IEnumerable<JsonProperty> members, StringBuilder text)
    {
        text.Append('{');
        foreach ((int i, JsonProperty member) in members.OrderBy(one => one.Name, ByCodePoints).Index())
        {
            if (i > 0)
                text.Append(IsSpaced ? ", " : ",");
            Write(member.Name, text);
            text.Append(IsSpaced ? ": " : ":");
            Write(member.Value, text);
        }
        text.Append('}');
    }

    private void Write(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            int known = "\"\\\n\r\t\f\b".IndexOf(c, StringComparison.Ordinal);
            if (known >= 0)
                text.Append('\\').Append("\"\\nrtfb"[known]);
            else if (c < ' ' || (IsAscii && c > '~'))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }
        text.Append('"');
    }

    // Python compares code points; the bytes of UTF-8 are in the same order.
    private static readonly Comparer<string> ByCodePoints = Comparer<string>.Create(
        static (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))
    );
}
