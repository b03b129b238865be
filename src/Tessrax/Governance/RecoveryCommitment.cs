using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>Who may recover a ledger that lost its keys: whoever has the key of this hash, which nobody has seen until it is used, once.</summary>
/// <remarks><code>{"commitment":"sha256:…","generation":0}</code></remarks>
/// <param name="Commitment">The hash of the recovery key: <see cref="Of"/>.</param>
/// <param name="Generation">How many recovery keys of the same holder came before it.</param>
public sealed record RecoveryCommitment(Digest Commitment, long Generation)
{
    /// <summary>The greatest generation: so many keys have a place below one seed.</summary>
    public const long MaxGeneration = int.MaxValue;

    // With the type byte of vkeys.
    private static readonly byte[] Label = [.. "tessrax/recovery/v1\n"u8, VerifierKey.Ed25519];

    /// <summary>SHA-256(<c>tessrax/recovery/v1\n</c> || 0x01 || the 32 bytes of the key).</summary>
    public static Digest Of(PublicKey key) => HashEngine.Sha256.Hash(Label, key.Span);

    public JsonValue ToJson() =>
        JsonValue.Object(("commitment", Commitment.ToString()), ("generation", JsonValue.Number(Generation)));

    /// <summary>For people.</summary>
    public override string ToString() => $"{Commitment}, generation {Generation}";

    /// <summary>Reads the member <c>recovery</c>, which may be null.</summary>
    internal static RecoveryCommitment? Read(ObjectReader of)
    {
        if (of.Required("recovery").Kind == JsonKind.Null)
            return null;
        ObjectReader reader = of.Object("recovery");
        var read = new RecoveryCommitment(reader.Digest("commitment"), reader.Integer("generation", 0, MaxGeneration));
        reader.End();
        return read;
    }
}
