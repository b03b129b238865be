using System.Text.Json;

namespace Tessrax.Docs;

/// <summary>What the search in a page knows: a script, so that it works from a folder too, where a page may fetch nothing.</summary>
internal static class SearchIndex
{
    /// <summary>Where it lies.</summary>
    public const string Address = "search-index.js";

    /// <summary>The script: <c>tessraxIndex = [[address, page, passage, text], ...]</c>.</summary>
    public static string Of(IEnumerable<Page> pages)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartArray();
            foreach (Page page in pages)
            foreach (Passage passage in page.Passages)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(passage.Id.Length > 0 ? $"{page.Address}#{passage.Id}" : page.Address);
                writer.WriteStringValue(page.Title);
                writer.WriteStringValue(passage.Title);
                writer.WriteStringValue(passage.Text);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return $"globalThis.tessraxIndex = {Encoding.UTF8.GetString(bytes.ToArray())};\n";
    }
}
