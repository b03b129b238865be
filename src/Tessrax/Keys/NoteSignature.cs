using System.Buffers.Binary;
using Tessrax.Canonical;

namespace Tessrax.Keys;

/// <summary>One signature line of a note: em dash, space, name, space, base64(4-byte big-endian key id || signature).</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="KeyId">The first four bytes of the key's C2SP hash.</param>
/// <param name="Signature">What follows the id; its form is the key type's.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The line, without its line feed.</summary>
    public override string ToString()
    {
        var blob = new byte[sizeof(uint) + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, KeyId);
        Signature.CopyTo(blob.AsMemory(sizeof(uint)));
        return $"\u2014 {Name} {Convert.ToBase64String(blob)}";
    }

    public bool Equals(NoteSignature? other) =>
        other is not null
        && Name == other.Name
        && KeyId == other.KeyId
        && Signature.Span.SequenceEqual(other.Signature.Span);

    public override int GetHashCode() => HashCode.Combine(Name, KeyId, Signature.Length);

    // Null for a line of any other form.
    internal static NoteSignature? Parse(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith("\u2014 ", StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> rest = line[2..];
        int space = rest.IndexOf(' ');
        if (space < 0 || !NoteText.IsName(rest[..space]) || !NoteText.TryBase64(rest[(space + 1)..], out byte[]? blob))
            return null;
        return blob.Length > sizeof(uint)
            ? new NoteSignature(
                rest[..space].ToString(),
                BinaryPrimitives.ReadUInt32BigEndian(blob),
                blob.AsMemory(sizeof(uint))
            )
            : null;
    }
}

/// <summary>A signature that was checked and holds.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="Time">When it says it was made, if it is a cosignature.</param>
public sealed record VerifiedSignature(VerifierKey Key, UtcTime? Time);
