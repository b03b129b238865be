using Tessrax.Canonical;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Drawing;

/// <summary>A piece of JSON text of one kind.</summary>
/// <param name="Kind"><c>k</c> a member's name, <c>s</c> a string, <c>v</c> a number or a word, <c>p</c> what stands between, which has no colour.</param>
/// <param name="Text">The text, harmless.</param>
public readonly record struct JsonPiece(string Kind, string Text);

/// <summary>JSON for people: a member a line, indented, strings harmless and still JSON.</summary>
public static class JsonLines
{
    // What no one reads to its end takes a browser seconds to lay out.
    private const int MostCharacters = 64 * 1024;

    /// <summary>The text in pieces.</summary>
    /// <param name="value">The document.</param>
    /// <param name="isWhole">False if its end was left out.</param>
    public static IReadOnlyList<JsonPiece> Of(JsonValue value, out bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(value);
        var writer = new Writer();
        writer.Write(value, 0);
        isWhole = writer.HasRoom;
        return writer.Pieces;
    }

    private sealed class Writer
    {
        private int left = MostCharacters;

        public List<JsonPiece> Pieces { get; } = [];

        public bool HasRoom => left > 0;

        public void Write(JsonValue value, int depth)
        {
            switch (value.Kind)
            {
                case JsonKind.Object when value.Names.Length > 0:
                    Add("p", "{");
                    for (int i = 0; i < value.Names.Length && HasRoom; i++)
                    {
                        Line(depth + 1, i);
                        Add("k", Sanitizer.CleanJson(JsonValue.String(value.Names[i]).ToString()));
                        Add("p", ": ");
                        Write(value[value.Names[i]]!, depth + 1);
                    }
                    Close(depth, "}");
                    break;
                case JsonKind.Array when value.Items.Length > 0:
                    Add("p", "[");
                    for (int i = 0; i < value.Items.Length && HasRoom; i++)
                    {
                        Line(depth + 1, i);
                        Write(value.Items[i], depth + 1);
                    }
                    Close(depth, "]");
                    break;
                case JsonKind.String:
                    Add("s", Sanitizer.CleanJson(value.ToString()));
                    break;
                default:
                    Add("v", value.ToString());
                    break;
            }
        }

        private void Line(int depth, int item) => Add("p", $"{(item > 0 ? "," : "")}\n{new string(' ', 2 * depth)}");

        private void Close(int depth, string bracket)
        {
            if (HasRoom)
                Add("p", $"\n{new string(' ', 2 * depth)}{bracket}");
        }

        private void Add(string kind, string text)
        {
            if (!HasRoom)
                return;
            Pieces.Add(new JsonPiece(kind, text.Length > left ? text[..left] : text));
            left -= text.Length;
        }
    }
}
