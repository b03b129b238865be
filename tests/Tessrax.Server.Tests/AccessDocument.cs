using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A key made of a seed, and what it may do.</summary>
internal sealed record Admitted(string Name, byte Seed, string[] Roles, UtcTime? Until = null);

/// <summary>An access file, as whoever runs a server writes it.</summary>
internal static class AccessDocument
{
    public static byte[] Of(params Admitted[] keys) =>
        JsonValue.Object(("access", "tessrax/access/v1"), ("keys", JsonValue.Of(keys.Select(Of)))).ToCanonicalBytes();

    /// <summary>Writes it where a ledger's server looks for it.</summary>
    /// <returns>Its path.</returns>
    public static string Write(TestLedger home, params Admitted[] keys)
    {
        string file = Path.Combine(home.DirectoryPath, "access.json");
        File.WriteAllBytes(file, Of(keys));
        return file;
    }

    private static JsonValue Of(Admitted one)
    {
        using PrivateKey key = TestLedger.Seeded(one.Seed);
        return JsonValue.Object(
            ("name", one.Name),
            ("key", VerifierKey.Create(one.Name, key.PublicKey).ToString()),
            ("roles", JsonValue.Of(one.Roles.Select(JsonValue.String))),
            ("until", one.Until is { } until ? JsonValue.String(until.ToString()) : null)
        );
    }
}
