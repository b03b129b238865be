using System.Security.Cryptography;
using NSec.Cryptography;
using Tessrax.Canonical;

namespace Tessrax.Keys;

/// <summary>What it costs to try one passphrase (Argon2id, RFC 9106, one lane).</summary>
/// <param name="MemoryKib">Memory in KiB: 8 to 1,048,576 (1 GiB).</param>
/// <param name="Passes">Passes over it: 1 to 16.</param>
public readonly record struct KdfCost(int MemoryKib, int Passes)
{
    internal const int MinMemoryKib = 8;
    internal const int MaxMemoryKib = 1 << 20;
    internal const int MaxPasses = 16;

    /// <summary>64 MiB, 3 passes: the second recommended option of RFC 9106, section 4, in one lane.</summary>
    public static KdfCost Default => new(64 * 1024, 3);

    // A hostile file must not make its reader allocate or compute without limit.
    internal bool IsAllowed => MemoryKib is >= MinMemoryKib and <= MaxMemoryKib && Passes is >= 1 and <= MaxPasses;
}

/// <summary>What a key file tells without its passphrase.</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="VerifierKey">Its public half; of type 04 for a witness, 01 for all others.</param>
/// <param name="Cost">What trying a passphrase costs.</param>
public sealed record KeyFileInfo(string Name, KeyPurpose Purpose, VerifierKey VerifierKey, KdfCost Cost);

/// <summary>The encrypted form of a private key at rest. Pure: bytes in, bytes out; salt and nonce are drawn by the caller.</summary>
/// <remarks>
/// One JSON object in canonical form, nothing before or after it. The seed is encrypted with XChaCha20-Poly1305 under a key
/// that Argon2id derives from the passphrase; the associated data is the canonical form of the document without its
/// <c>ciphertext</c>, so nothing in it can be changed unnoticed. See spec/keys.md for a whole example.
/// </remarks>
/// <example><code>
/// {"aead":{"alg":"xchacha20-poly1305","nonce":"..."},"ciphertext":"...",
///  "kdf":{"alg":"argon2id","memory_kib":65536,"passes":3,"salt":"..."},
///  "key":"tessrax/keyfile/v1","name":"example.com/ledger","purpose":"log","vkey":"example.com/ledger+..."}
/// </code></example>
public static class KeyFile
{
    /// <summary>The value of the member <c>key</c>.</summary>
    public const string Format = "tessrax/keyfile/v1";

    /// <summary>16 bytes.</summary>
    public const int SaltSize = 16;

    /// <summary>24 bytes.</summary>
    public const int NonceSize = 24;

    /// <summary>No key file is larger.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int TagSize = 16;
    private const string Kdf = "argon2id";
    private const string Aead = "xchacha20-poly1305";

    /// <summary>Encrypts a seed.</summary>
    /// <param name="name">Names the key, as in its vkey.</param>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="seed">32 random bytes; the caller clears them afterwards.</param>
    /// <param name="passphrase">Any bytes, at least one; text as UTF-8.</param>
    /// <param name="salt">16 random bytes, used once.</param>
    /// <param name="nonce">24 random bytes, used once.</param>
    /// <param name="cost">What a guess costs; the default if null.</param>
    /// <exception cref="TessraxException">TSX2002: the name cannot name a key; TSX2004: an empty passphrase.</exception>
    public static byte[] Encrypt(
        string name,
        KeyPurpose purpose,
        ReadOnlySpan<byte> seed,
        ReadOnlySpan<byte> passphrase,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> nonce,
        KdfCost? cost = null
    )
    {
        KdfCost paid = cost ?? KdfCost.Default;
        if (!paid.IsAllowed)
            throw new ArgumentOutOfRangeException(nameof(cost), cost, "memory or passes out of range");
        if (salt.Length != SaltSize)
            throw new ArgumentException($"a salt has {SaltSize} bytes", nameof(salt));
        if (nonce.Length != NonceSize)
            throw new ArgumentException($"a nonce has {NonceSize} bytes", nameof(nonce));
        if (passphrase.IsEmpty)
            throw ErrorCodes.NoPassphrase.Because("an empty passphrase protects nothing");
        using var privateKey = PrivateKey.FromSeed(seed);
        VerifierKey vkey = VerifierKeyOf(name, purpose, privateKey.PublicKey);
        JsonValue document = JsonValue.Object(
            ("key", Format),
            ("name", name),
            ("purpose", purpose.ToText()),
            ("vkey", vkey.ToString()),
            (
                "kdf",
                JsonValue.Object(
                    ("alg", Kdf),
                    ("memory_kib", paid.MemoryKib),
                    ("passes", paid.Passes),
                    ("salt", Convert.ToBase64String(salt))
                )
            ),
            ("aead", JsonValue.Object(("alg", Aead), ("nonce", Convert.ToBase64String(nonce))))
        );
        using Key key = DeriveKey(passphrase, salt, paid);
        byte[] ciphertext = AeadAlgorithm.XChaCha20Poly1305.Encrypt(key, nonce, document.ToCanonicalBytes(), seed);
        byte[] file = document.With("ciphertext", Convert.ToBase64String(ciphertext)).ToCanonicalBytes();
        return file.Length <= MaxBytes
            ? file
            : throw ErrorCodes.BadKey.Because("the name of the key is too long for a key file");
    }

    /// <summary>Reads what needs no passphrase. Nobody vouches for it yet: it is authenticated by <see cref="Decrypt"/>.</summary>
    /// <exception cref="TessraxException">TSX2002: not a key file.</exception>
    public static KeyFileInfo ReadPublic(ReadOnlySpan<byte> file) => Open(file).Info;

    /// <summary>Decrypts the private key; the caller disposes it.</summary>
    /// <exception cref="TessraxException">TSX2001: wrong passphrase, or the file was changed; TSX2002: not a key file.</exception>
    public static PrivateKey Decrypt(ReadOnlySpan<byte> file, ReadOnlySpan<byte> passphrase)
    {
        Opened opened = Open(file);
        using Key key = DeriveKey(passphrase, opened.Salt, opened.Info.Cost);
        Span<byte> seed = stackalloc byte[PrivateKey.SeedSize];
        try
        {
            if (
                !AeadAlgorithm.XChaCha20Poly1305.Decrypt(
                    key,
                    opened.Nonce,
                    opened.Document.ToCanonicalBytes(),
                    opened.Ciphertext,
                    seed
                )
            )
                throw ErrorCodes.WrongPassphrase.Because(
                    $"the passphrase does not open the key '{opened.Info.Name}', or its file was changed"
                );
            var privateKey = PrivateKey.FromSeed(seed);
            if (privateKey.PublicKey == opened.Info.VerifierKey.Key)
                return privateKey;
            privateKey.Dispose();
            throw ErrorCodes.BadKey.Because("the key file names another public key than its own");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static Opened Open(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
            throw ErrorCodes.BadKey.Because($"a key file has at most {MaxBytes} bytes");
        try
        {
            JsonValue document = JsonValue.Parse(file);
            if (!file.SequenceEqual(document.ToCanonicalBytes()))
                throw ErrorCodes.BadKey.Because("the key file is not in its canonical form: it was changed");
            return Read(document);
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.BadKey)
        {
            throw new TessraxException(ErrorCodes.BadKey, $"not a key file: {e.Message}", inner: e)
            {
                Path = e.Path,
                Offset = e.Offset,
            };
        }
    }

    private static Opened Read(JsonValue document)
    {
        var reader = new ObjectReader(document);
        reader.OneOf("key", Format);
        string name = reader.String("name", MaxBytes);
        KeyPurpose purpose = KeyPurposes.Parse(reader.String("purpose"));
        var vkey = VerifierKey.Parse(reader.String("vkey", MaxBytes));
        if (vkey.Name != name || vkey.Type != VkeyType(purpose))
            throw reader.Fault("vkey", "does not fit the name and the purpose");
        ObjectReader kdf = reader.Object("kdf");
        kdf.OneOf("alg", Kdf);
        var cost = new KdfCost(
            (int)kdf.Integer("memory_kib", KdfCost.MinMemoryKib, KdfCost.MaxMemoryKib),
            (int)kdf.Integer("passes", 1, KdfCost.MaxPasses)
        );
        byte[] salt = kdf.Base64("salt", SaltSize);
        kdf.End();
        ObjectReader aead = reader.Object("aead");
        aead.OneOf("alg", Aead);
        byte[] nonce = aead.Base64("nonce", NonceSize);
        aead.End();
        byte[] ciphertext = reader.Base64("ciphertext", PrivateKey.SeedSize + TagSize);
        reader.End();
        var info = new KeyFileInfo(name, purpose, vkey, cost);
        return new Opened(info, document.Without("ciphertext"), salt, nonce, ciphertext);
    }

    private static Key DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, KdfCost cost)
    {
        var parameters = new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = cost.MemoryKib,
            NumberOfPasses = cost.Passes,
        };
        return PasswordBasedKeyDerivationAlgorithm
            .Argon2id(parameters)
            .DeriveKey(passphrase, salt, AeadAlgorithm.XChaCha20Poly1305);
    }

    /// <summary>The vkey of a key: of type 04 for a witness, 01 for all others.</summary>
    /// <exception cref="TessraxException">TSX2002: the name cannot name a key.</exception>
    public static VerifierKey VerifierKeyOf(string name, KeyPurpose purpose, PublicKey key) =>
        VerifierKey.Create(name, key, VkeyType(purpose));

    private static byte VkeyType(KeyPurpose purpose) =>
        purpose == KeyPurpose.Witness ? VerifierKey.Ed25519Cosignature : VerifierKey.Ed25519;

    private sealed record Opened(KeyFileInfo Info, JsonValue Document, byte[] Salt, byte[] Nonce, byte[] Ciphertext);
}
