using NSec.Cryptography;

namespace Tessrax.Keys;

/// <summary>An Ed25519 private key, held in memory that libsodium guards and clears when it is disposed.</summary>
public sealed class PrivateKey : IDisposable
{
    /// <summary>32 bytes.</summary>
    public const int SeedSize = 32;

    private readonly Key key;

    private PrivateKey(Key key, PublicKey publicKey)
    {
        this.key = key;
        PublicKey = publicKey;
    }

    /// <summary>The key that verifies what this one signs.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key of a seed (RFC 8032, section 5.1.5). The caller draws the seed at random, and clears its copy.</summary>
    /// <param name="seed32">Exactly 32 bytes.</param>
    public static PrivateKey FromSeed(ReadOnlySpan<byte> seed32)
    {
        if (seed32.Length != SeedSize)
            throw new ArgumentException("a seed has 32 bytes", nameof(seed32));
        Key key = Key.Import(SignatureAlgorithm.Ed25519, seed32, KeyBlobFormat.RawPrivateKey);
        _ = PublicKey.TryCreate(key.PublicKey.Export(KeyBlobFormat.RawPublicKey), out PublicKey publicKey);
        return new PrivateKey(key, publicKey);
    }

    /// <summary>The 64-byte signature (RFC 8032, pure Ed25519): the same for the same message.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(key, message);

    public void Dispose() => key.Dispose();
}
