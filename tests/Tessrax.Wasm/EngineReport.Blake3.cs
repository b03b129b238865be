using System.Text;
using System.Text.Json;
using Tessrax.Hashing;

namespace Tessrax.Tests.Wasm;

/// <summary>Every official vector of BLAKE3, each with whether it came out right.</summary>
internal static class Blake3Report
{
    public static IEnumerable<string> Lines(byte[] vectors)
    {
        using JsonDocument document = JsonDocument.Parse(vectors);
        JsonElement root = document.RootElement;
        byte[] key = Encoding.UTF8.GetBytes(root.GetProperty("key").GetString()!);
        string context = root.GetProperty("context_string").GetString()!;
        foreach (JsonElement vector in root.GetProperty("cases").EnumerateArray())
        {
            byte[] input = EngineReport.Bytes(vector.GetProperty("input_len").GetInt32());
            yield return Line(vector, "hash", output => Blake3Hasher.Hash(input, output));
            yield return Line(vector, "keyed_hash", output => Blake3Hasher.KeyedHash(key, input, output));
            yield return Line(vector, "derive_key", output => Blake3Hasher.DeriveKey(context, input, output));
        }
    }

    private static string Line(JsonElement vector, string mode, Action<byte[]> compute)
    {
        string expected = vector.GetProperty(mode).GetString()!;
        var output = new byte[expected.Length / 2];
        compute(output);
        string hex = Convert.ToHexStringLower(output);
        return $"blake3 vector {mode} {vector.GetProperty("input_len")} {hex} {(hex == expected ? "right" : "wrong")}";
    }
}
