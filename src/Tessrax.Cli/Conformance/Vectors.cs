using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Cli.Conformance;

/// <summary>The files of <c>spec/</c> that the binary carries, so that checks need nothing beside it.</summary>
internal static class Vectors
{
    /// <summary>The bytes of a file, named from <c>spec/</c> on.</summary>
    public static byte[] Read(string name)
    {
        using Stream stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"spec/{name}")
            ?? throw ErrorCodes.Bug.Because($"the binary lacks spec/{name}");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static string Text(string name) => Encoding.UTF8.GetString(Read(name));

    public static JsonValue Json(string name) => JsonValue.Parse(Read(name));

    /// <summary>One whose numbers may need all 64 bits, which JSON of ours does not have, or that is to be changed.</summary>
    public static JsonNode Nodes(string name) => JsonNode.Parse(Read(name))!;

    /// <summary>The names of all files under a directory of <c>spec/</c>, in order.</summary>
    public static IReadOnlyList<string> Under(string directory) =>
        [
            .. Assembly
                .GetExecutingAssembly()
                .GetManifestResourceNames()
                .Where(name => name.StartsWith($"spec/{directory}/", StringComparison.Ordinal))
                .Select(name => name["spec/".Length..])
                .Order(StringComparer.Ordinal),
        ];
}
