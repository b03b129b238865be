using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>The hasher that a ledger names for its own.</summary>
internal static class HashText
{
    /// <summary>The hasher that a genesis names; that of SHA-256 if it names none.</summary>
    /// <remarks>The name alone is taken from what is not judged yet: the ledger id commits to it, and with another tree no checkpoint would hold.</remarks>
    public static TreeHasher NamedBy(EntryBody genesis)
    {
        JsonValue? name = genesis.Control is { Kind: JsonKind.Object } control ? control["hash"] : null;
        string named = name?.Kind == JsonKind.String ? name.AsString() : "";
        return TreeHasher.ByName(named) ?? TreeHasher.Sha256;
    }
}
