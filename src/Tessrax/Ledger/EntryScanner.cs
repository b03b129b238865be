using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>Reads ordinary entries in one pass and without allocating; most of a ledger's entries are such.</summary>
/// <remarks>
/// Reads a leaf only in the very form that <see cref="Entry.ToLeaf"/> writes, so what it reads is canonical and within all limits: whatever it reads
/// <see cref="Entry.Parse"/> reads too, with the same values. What it does not read may be an entry all the same (with a policy, approvals, a control
/// event), or none: that <see cref="Entry.Parse"/> says. Not safe for concurrent use.
/// </remarks>
public sealed class EntryScanner
{
    private const int SignatureBytes = 64;
    private const int SignatureText = 88;

    // The same key, ledger, state and minutes stand in one entry after another.
    private readonly KnownDigest key = new();
    private readonly KnownDigest ledger = new();
    private readonly KnownDigest gov = new();
    private readonly KnownMinute expires = new();
    private readonly KnownMinute issued = new();
    private readonly KnownMinute recorded = new();

    /// <summary>Reads a leaf; false if it is not an ordinary entry.</summary>
    public bool TryScan(ReadOnlySpan<byte> leaf, out ScannedEntry entry)
    {
        ScannedParts parts = default;
        var cursor = new LeafCursor(leaf);
        bool isOrdinary =
            leaf.Length <= Entry.MaxBytes
            && cursor.Take("{\"approvals\":[],\"body\":"u8)
            && TryScanBody(ref cursor, ref parts)
            && TryScanPlace(ref cursor, ref parts)
            && TryScanSignature(ref cursor, ref parts)
            && cursor.Take("}"u8)
            && cursor.IsAtEnd;
        entry = new ScannedEntry(parts);
        return isOrdinary;
    }

    /// <summary>Whether a payload is canonical and fits a user's own event: <c>{"data":…}</c> or <c>{"data":…,"state":digest or null}</c>.</summary>
    /// <returns>False for anything else, never an exception.</returns>
    public static bool IsOwnPayload(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> begin = "{\"data\":"u8;
        if (payload.Length > Receipt.MaxPayloadBytes || !payload.StartsWith(begin) || payload[^1] != '}')
            return false;
        // What stands at the end cannot be part of the data: no JSON value ends in a member without its brace.
        return CanonicalWriter.IsCanonicalWithin(payload[begin.Length..^StateLength(payload)], depth: 1);
    }

    private bool TryScanBody(ref LeafCursor cursor, ref ScannedParts entry)
    {
        int bodyAt = cursor.At;
        if (
            !cursor.Take("{\"by\":{\"key\":\""u8)
            || !cursor.TakeDigest(key, out Digest by)
            || !TakeKind(ref cursor, out VoucherKind kind)
            || !cursor.Take("},\"event\":\""u8)
        )
            return false;
        entry.By = new Voucher(kind, by);
        int eventAt = cursor.At;
        if (!cursor.TakeName(64, out ReadOnlySpan<byte> name))
            return false;
        entry.Event = eventAt..(eventAt + name.Length);
        entry.IsOwn = Events.IsOwn(name);
        bool taken =
            cursor.Take(",\"expires_at\":\""u8)
            && cursor.TakeTime(expires, out entry.ExpiresAt)
            && cursor.Take("\",\"issued_at\":\""u8)
            && cursor.TakeTime(issued, out entry.IssuedAt)
            && cursor.Take("\",\"ledger\":\""u8)
            && cursor.TakeDigest(ledger, out entry.Ledger)
            && cursor.Take("\",\"nonce\":\""u8)
            && cursor.TakeNonce(out entry.Nonce)
            && cursor.Take("\",\"payload\":\""u8)
            && cursor.TakeDigest(out entry.Payload)
            && cursor.Take("\",\"policy\":null,\"v\":1}"u8);
        entry.Body = bodyAt..cursor.At;
        return taken;
    }

    private bool TryScanPlace(ref LeafCursor cursor, ref ScannedParts entry)
    {
        if (
            !cursor.Take(",\"epoch\":"u8)
            || !cursor.TakeInteger(out entry.Epoch)
            || !cursor.Take(",\"gov\":{\"digest\":\""u8)
            || !cursor.TakeDigest(gov, out Digest state)
            || !cursor.Take("\",\"n\":"u8)
            || !cursor.TakeInteger(out long count)
        )
            return false;
        entry.Gov = new GovRef(count, state);
        return cursor.Take("},\"index\":"u8)
            && cursor.TakeInteger(out entry.Index)
            && cursor.Take(",\"recorded_at\":\""u8)
            && cursor.TakeTime(recorded, out entry.RecordedAt)
            && cursor.Take("\""u8);
    }

    private static bool TryScanSignature(ref LeafCursor cursor, ref ScannedParts entry)
    {
        if (!cursor.Take(",\"sig\":"u8))
            return true;
        return cursor.Take("{\"path\":["u8) ? TryScanSeal(ref cursor, ref entry) : TakeSignature(ref cursor, ref entry);
    }

    private static bool TryScanSeal(ref LeafCursor cursor, ref ScannedParts entry)
    {
        entry.SealPath = cursor.TakePath();
        if (
            !cursor.Take("],\"position\":"u8)
            || !cursor.TakeInteger(out long position)
            || !cursor.Take(",\"sig\":"u8)
            || !TakeSignature(ref cursor, ref entry)
            || !cursor.Take(",\"size\":"u8)
            || !cursor.TakeInteger(out long size)
            || size is < 1 or > Seal.MaxSize
            || position >= size
        )
            return false;
        entry.SealSize = (int)size;
        entry.SealPosition = (int)position;
        return cursor.Take("}"u8);
    }

    private static bool TakeSignature(ref LeafCursor cursor, ref ScannedParts entry)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        if (!cursor.Take("\""u8))
            return false;
        entry.Signature = cursor.At..(cursor.At + SignatureText);
        return cursor.TakeBase64(signature) && cursor.Take("\""u8);
    }

    private static bool TakeKind(ref LeafCursor cursor, out VoucherKind kind)
    {
        kind = VoucherKind.Author;
        if (cursor.Take("\",\"kind\":\"author\""u8))
            return true;
        kind = VoucherKind.Log;
        if (cursor.Take("\",\"kind\":\"log\""u8))
            return true;
        kind = VoucherKind.Seal;
        return cursor.Take("\",\"kind\":\"seal\""u8);
    }

    // How many bytes at the end do not belong to the data.
    private static int StateLength(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> none = ",\"state\":null}"u8;
        if (payload.EndsWith(none))
            return none.Length;
        const int Digest = 2 * Hashing.Digest.Size;
        ReadOnlySpan<byte> name = ",\"state\":\"sha256:"u8;
        int length = name.Length + Digest + 2;
        if (payload.Length < length || !payload[^length..].StartsWith(name) || payload[^2] != '"')
            return 1;
        return Hashing.Digest.TryParseHex(payload.Slice(payload.Length - Digest - 2, Digest), out _) ? length : 1;
    }
}
