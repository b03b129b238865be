using Tessrax.Hashing;

namespace Tessrax.Keys;

/// <summary>An Ed25519 public key: 32 bytes, compared by value, cheap to copy, safe for concurrent use.</summary>
/// <remarks>
/// Any 32 bytes are taken. A key that no signature can hold under (not a point, not canonical, of small order) is refused
/// by <see cref="Verify"/>, which has one rule everywhere, libsodium's: S &lt; L; A and R canonical and not of small order.
/// The default value is the all-zero key, which verifies nothing.
/// </remarks>
public readonly struct PublicKey : IEquatable<PublicKey>
{
    /// <summary>32 bytes.</summary>
    public const int Size = 32;

    /// <summary>64 bytes.</summary>
    public const int SignatureSize = 64;

    // The id and what verifies are made once and shared by all copies of the value.
    private readonly Imported? imported;

    private PublicKey(Imported imported) => this.imported = imported;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => (imported ?? Imported.Zero).Bytes;

    /// <summary>The key id: SHA-256(<c>tessrax/key/v1\n</c> || 0x01 || the 32 bytes), whole.</summary>
    public Digest Id => (imported ?? Imported.Zero).Id;

    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    /// <summary>Takes 32 bytes; false for any other number.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = bytes.Length == Size ? new PublicKey(new Imported(bytes)) : default;
        return bytes.Length == Size;
    }

    /// <summary>Reads standard base64 that encodes exactly 32 bytes and re-encodes identically.</summary>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out PublicKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 44
            && Convert.TryFromBase64Chars(text, bytes, out int written)
            && TryCreate(bytes[..written], out key)
            && text.SequenceEqual(key.ToBase64());
    }

    /// <summary>Reports whether <paramref name="signature"/> holds (RFC 8032, pure Ed25519, by libsodium's rule).</summary>
    /// <returns>False, never an exception, for a signature of the wrong length or a key that is no point: both come from strangers.</returns>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize && imported is not null && imported.Check(message, signature);

    /// <summary>The same for a signature as documents hold it, in base64; false for any other text.</summary>
    internal bool VerifyText(ReadOnlySpan<byte> message, string signature)
    {
        const int Characters = 88;
        Span<byte> bytes = stackalloc byte[SignatureSize];
        return signature.Length == Characters
            && Convert.TryFromBase64String(signature, bytes, out int length)
            && Verify(message, bytes[..length]);
    }

    /// <summary>Standard base64, 44 characters.</summary>
    public string ToBase64() => Convert.ToBase64String(Span);

    /// <summary>Standard base64, 44 characters.</summary>
    public override string ToString() => ToBase64();

    public bool Equals(PublicKey other) => ReferenceEquals(imported, other.imported) || Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is PublicKey other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(Span);

    private sealed class Imported
    {
        // Before Zero, whose id is made with it.
        private static readonly byte[] Label = [.. "tessrax/key/v1\n"u8, 0x01];

        internal static readonly Imported Zero = new(new byte[Size]);

        private readonly byte[] bytes;

        // Made at first use: most keys are read and compared, and verify nothing.
        private SignatureCheck? check;

        internal Imported(ReadOnlySpan<byte> source)
        {
            bytes = source.ToArray();
            Id = HashEngine.Sha256.Hash(Label, bytes);
        }

        internal ReadOnlySpan<byte> Bytes => bytes;

        internal Digest Id { get; }

        // Two threads may make it at once; they make the same.
        internal SignatureCheck Check => check ??= Ed25519Rule.Current.For(bytes);
    }
}
