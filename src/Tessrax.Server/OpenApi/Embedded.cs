namespace Tessrax.Server.OpenApi;

/// <summary>Files that are part of the program.</summary>
internal static class Embedded
{
    /// <summary>The names of those that end so.</summary>
    public static IEnumerable<string> NamesEnding(string end) =>
        typeof(Embedded)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(end, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static byte[] Read(string name) => Read(typeof(Embedded).Assembly.GetManifestResourceStream(name)!);

    public static byte[] Read(Stream from)
    {
        using (from)
        {
            using var all = new MemoryStream();
            from.CopyTo(all);
            return all.ToArray();
        }
    }
}
