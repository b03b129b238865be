using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Keys;

/// <summary>A named public key as C2SP signed-note writes it, the vkey: name <c>+</c> 8 hex digits <c>+</c> base64(type || key).</summary>
/// <example><c>example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k</c></example>
public sealed record VerifierKey
{
    /// <summary>Signs the text of a note.</summary>
    public const byte Ed25519 = 0x01;

    /// <summary>Cosigns a checkpoint with a time (C2SP tlog-cosignature).</summary>
    public const byte Ed25519Cosignature = 0x04;

    private VerifierKey(string name, byte type, PublicKey key)
    {
        Name = name;
        Type = type;
        Key = key;
        // "key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]"
        Digest hash = HashEngine.Sha256.Hash(NoteText.Utf8.GetBytes(name), [(byte)'\n', type], key.Span);
        NoteId = BinaryPrimitives.ReadUInt32BigEndian(hash.Span);
    }

    /// <summary>The name: not empty, without Unicode spaces, plus signs and control characters.</summary>
    public string Name { get; }

    /// <summary><see cref="Ed25519"/> or <see cref="Ed25519Cosignature"/>.</summary>
    public byte Type { get; }

    /// <summary>The key itself.</summary>
    public PublicKey Key { get; }

    /// <summary>The four-byte id that notes carry. Anyone can find another key of the same id: it selects, it proves nothing.</summary>
    public uint NoteId { get; }

    /// <summary>Names a key.</summary>
    /// <exception cref="TessraxException">TSX2002: not a name that notes allow.</exception>
    public static VerifierKey Create(string name, PublicKey key, byte type = Ed25519)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (type is not (Ed25519 or Ed25519Cosignature))
            throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of Ed25519 keys");
        return NoteText.IsName(name)
            ? new VerifierKey(name, type, key)
            : throw ErrorCodes.BadKey.Because(
                $"'{name}' cannot name a key",
                "a key's name is not empty and has no spaces, plus signs and control characters"
            );
    }

    /// <summary>Reads a vkey whose id fits its key and whose type is known, in its one spelling.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VerifierKey? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        // Names have no plus sign, base64 may: the first two divide.
        int first = text.IndexOf('+', StringComparison.Ordinal);
        if (first < 0 || !NoteText.IsName(text.AsSpan(0, first)))
            return false;
        ReadOnlySpan<char> rest = text.AsSpan(first + 1);
        if (rest.Length < 9 || rest[8] != '+' || !NoteText.TryBase64(rest[9..], out byte[]? encoded))
            return false;
        if (encoded.Length != 1 + PublicKey.Size || encoded[0] is not (Ed25519 or Ed25519Cosignature))
            return false;
        _ = PublicKey.TryCreate(encoded.AsSpan(1), out PublicKey publicKey);
        var read = new VerifierKey(text[..first], encoded[0], publicKey);
        if (read.ToString() != text)
            return false;
        key = read;
        return true;
    }

    /// <summary>Reads a vkey.</summary>
    /// <exception cref="TessraxException">TSX2002: anything else.</exception>
    public static VerifierKey Parse(string text) =>
        TryParse(text, out VerifierKey? key) ? key : throw ErrorCodes.BadKey.Because($"'{text}' is not a vkey");

    /// <summary>The vkey.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}+{NoteId:x8}+{Convert.ToBase64String([Type, .. Key.Span])}"
        );

    // Whether a signature of this key, without its id, holds for the text of a note; and when it says it was made, if it says so.
    internal bool Verify(string text, ReadOnlySpan<byte> signature, out UtcTime? time)
    {
        time = null;
        if (Type == Ed25519)
            return Key.Verify(NoteText.Utf8.GetBytes(text), signature);
        bool holds = Cosignature.Verify(Key, text, signature, out UtcTime made);
        time = holds ? made : null;
        return holds;
    }
}
