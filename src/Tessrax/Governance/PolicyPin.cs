using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>Names one policy for ever: what entries carry to say which policy was in force.</summary>
/// <param name="Id">The policy's id.</param>
/// <param name="Version">Its semantic version.</param>
/// <param name="Digest">SHA-256 of its canonical bytes.</param>
public sealed record PolicyPin(string Id, string Version, Digest Digest)
{
    /// <summary>Reads <c>{"id","version","digest"}</c>.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: another form.</exception>
    public static PolicyPin FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        var pin = new PolicyPin(
            PolicyText.Identifier(reader, "id"),
            PolicyText.Version(reader, "version"),
            reader.Digest("digest")
        );
        reader.End();
        return pin;
    }

    public JsonValue ToJson() => JsonValue.Object(("id", Id), ("version", Version), ("digest", Digest.ToString()));

    /// <summary>For people: <c>vuln-triage 1.0.0 (sha256:…)</c>.</summary>
    public override string ToString() => $"{Id} {Version} ({Digest})";
}
