using System.Text.Json;

namespace Tessrax.Tests.Keys;

internal static class Vectors
{
    internal static JsonDocument Read(string area, string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", area, file)));

    internal static byte[] Hex(JsonElement of, string name) => Convert.FromHexString(of.GetProperty(name).GetString()!);
}
