using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>A nonce with the scope in which it is used once: nobody can burn another's.</summary>
/// <param name="Kind">What the key does: <c>a</c> authors bodies, <c>l</c> is the log's, <c>t</c> issues tokens, <c>v</c> gives verdicts.</param>
/// <param name="Key">The whole key id.</param>
/// <param name="Nonce">The 16 bytes, big-endian.</param>
internal readonly record struct ScopedNonce(byte Kind, Digest Key, UInt128 Nonce)
{
    public const byte Author = (byte)'a';
    public const byte Log = (byte)'l';
    public const byte Token = (byte)'t';
    public const byte Verdict = (byte)'v';

    public static ScopedNonce Of(EntryBody body) => Of(body.By, body.Nonce);

    // An author's key has one scope, whether it signs a body alone or in a batch: it cannot use a nonce twice by changing the kind.
    public static ScopedNonce Of(Voucher by, string nonce) => Of(by, Read(nonce));

    public static ScopedNonce Of(Voucher by, UInt128 nonce) => new(KindOf(by), by.Key, nonce);

    /// <summary>The scope that a voucher's nonces have.</summary>
    public static byte KindOf(Voucher by) => by.Kind == VoucherKind.Log ? Log : Author;

    public static ScopedNonce Of(FreshnessToken token) => new(Token, token.Key, Read(token.Nonce));

    public static ScopedNonce Of(Approval approval) => new(Verdict, approval.Key, Read(approval.Nonce));

    /// <exception cref="TessraxException">TSX1009: not 16 bytes in base64.</exception>
    private static UInt128 Read(string nonce)
    {
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes + 2];
        return Convert.TryFromBase64String(nonce, bytes, out int length) && length == EntryBody.NonceBytes
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw ErrorCodes.BadValue.Because($"the nonce '{nonce}' is not {EntryBody.NonceBytes} bytes in base64");
    }
}

/// <summary>A nonce that is kept, and by which entry.</summary>
/// <param name="Scoped">The nonce.</param>
/// <param name="Index">The entry that used it.</param>
/// <param name="InContent">Whether it is that of a body which the entry proposes, and is erased with the entry's payload.</param>
/// <param name="Until">The last moment at which it is kept.</param>
internal readonly record struct KeptNonce(ScopedNonce Scoped, long Index, bool InContent, UtcTime Until);
