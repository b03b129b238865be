using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance;

/// <summary>The files of <c>spec/</c> that the binary carries, so that checks need nothing beside it.</summary>
internal static partial class Vectors
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

    /// <summary>An array whose numbers may need all 64 bits, which JSON of ours does not have: those become texts.</summary>
    public static JsonValue[] Wide(string name) =>
        JsonValue.Parse(Encoding.UTF8.GetBytes(LongNumber().Replace(Text(name), "\"$1\""))).Items.ToArray();

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

    [GeneratedRegex("""(?<=: )(\d{16,})""")]
    private static partial Regex LongNumber();
}
