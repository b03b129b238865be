using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tessrax.Canonical;

namespace Tessrax.Hashing;

/// <summary>A 32-byte hash. Printed <c>sha256:</c> + 64 lowercase hex digits everywhere but in C2SP formats, which use base64.</summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>32 bytes.</summary>
    public const int Size = 32;

    private const string Prefix = "sha256:";

    private readonly Bytes32 bytes;

    /// <param name="source">Exactly 32 bytes.</param>
    public Digest(ReadOnlySpan<byte> source)
    {
        if (source.Length != Size)
            throw new ArgumentException("a digest has 32 bytes", nameof(source));
        source.CopyTo(bytes);
    }

    /// <summary>The bytes, without a copy; valid as long as the digest itself.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Span => bytes;

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    /// <summary>Reads <c>sha256:</c> + 64 lowercase hex digits, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && TryParseHex(text[Prefix.Length..], out digest);
    }

    /// <summary>Reads 64 lowercase hex digits.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        if (text.Length != 2 * Size || text.ContainsAnyInRange('A', 'F'))
            return false;
        Span<byte> buffer = stackalloc byte[Size];
        if (Convert.FromHexString(text, buffer, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        digest = new Digest(buffer);
        return true;
    }

    /// <summary>Reads 64 lowercase hex digits of ASCII.</summary>
    internal static bool TryParseHex(ReadOnlySpan<byte> ascii, out Digest digest)
    {
        digest = default;
        if (ascii.Length != 2 * Size || ascii.ContainsAnyInRange((byte)'A', (byte)'F'))
            return false;
        Span<byte> buffer = stackalloc byte[Size];
        if (!HexDigits.TryRead(ascii, buffer))
            return false;
        digest = new Digest(buffer);
        return true;
    }

    /// <summary>Reads standard base64 with padding that encodes exactly 32 bytes and re-encodes identically.</summary>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        Span<byte> buffer = stackalloc byte[Size];
        if (text.Length != 44 || !Convert.TryFromBase64Chars(text, buffer, out int written) || written != Size)
            return false;
        digest = new Digest(buffer);
        return text.SequenceEqual(digest.ToBase64());
    }

    /// <summary>Reads <c>sha256:…</c>.</summary>
    /// <exception cref="TessraxException">TSX1014: anything else.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest) ? digest : throw ErrorCodes.BadDigest.Because($"'{text}' is not a digest");

    /// <summary>64 lowercase hex digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(Span);

    /// <summary>Standard base64, 44 characters.</summary>
    public string ToBase64() => Convert.ToBase64String(Span);

    /// <summary><c>sha256:</c> + 64 lowercase hex digits.</summary>
    public override string ToString() => Prefix + ToHex();

    public bool Equals(Digest other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    public int CompareTo(Digest other) => Span.SequenceCompareTo(other.Span);

    [InlineArray(Size)]
    private struct Bytes32
    {
        private byte first;
    }
}
