namespace Tessrax.Canonical;

/// <summary>Tells documents apart by their members, without building anything of what a stranger gave.</summary>
internal static class JsonMembers
{
    /// <summary>Whether a text is JSON, an object, and has all of some members, whatever their values are.</summary>
    public static bool AreIn(ReadOnlySpan<byte> utf8, params ReadOnlySpan<string> names)
    {
        var scanner = new JsonScanner(utf8);
        ulong found = 0;
        try
        {
            scanner.Read();
            if (scanner.Token != JsonToken.StartObject)
                return false;
            while (scanner.Read())
            {
                if (scanner.Depth == 1 && scanner.Token == JsonToken.Name && IndexOf(scanner, names) is >= 0 and var at)
                    found |= 1UL << at;
            }
        }
        catch (TessraxException)
        {
            return false;
        }
        return found == (1UL << names.Length) - 1;
    }

    private static int IndexOf(JsonScanner scanner, ReadOnlySpan<string> names) =>
        names.IndexOf(JsonValue.Parse(scanner.Bytes).AsString());
}
