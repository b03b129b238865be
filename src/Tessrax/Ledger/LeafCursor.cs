using System.Buffers.Binary;
using System.Buffers.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>Takes one piece after another from a leaf, each of exactly one form; what has another form is not taken.</summary>
internal ref struct LeafCursor(ReadOnlySpan<byte> leaf)
{
    // 2^53 - 1, as everywhere in our JSON.
    private const long MaxInteger = 9007199254740991;
    private const int MaxDigits = 16;

    private readonly ReadOnlySpan<byte> leaf = leaf;

    /// <summary>The first byte not taken yet.</summary>
    public int At { get; private set; }

    public readonly bool IsAtEnd => At == leaf.Length;

    /// <summary>Takes these very bytes.</summary>
    public bool Take(ReadOnlySpan<byte> literal)
    {
        if (!leaf[At..].StartsWith(literal))
            return false;
        At += literal.Length;
        return true;
    }

    /// <summary>Takes a number of bytes whatever they are.</summary>
    public bool Take(int count, out ReadOnlySpan<byte> taken)
    {
        bool fits = leaf.Length - At >= count;
        taken = fits ? leaf.Slice(At, count) : default;
        At += taken.Length;
        return fits;
    }

    /// <summary>Takes 1 to <paramref name="max"/> of A-Z, a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>, and the quote behind them.</summary>
    public bool TakeName(int max, out ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = leaf[At..];
        int length = rest[..Math.Min(rest.Length, max + 1)].IndexOf((byte)'"');
        name = length > 0 ? rest[..length] : default;
        foreach (byte b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'_' or (byte)'-'))
                return false;
        }
        At += length + 1;
        return length > 0;
    }

    /// <summary>Takes an integer from 0 to 2^53 - 1 in its one spelling.</summary>
    public bool TakeInteger(out long value)
    {
        value = 0;
        int first = At;
        while (At < leaf.Length && At - first <= MaxDigits && leaf[At] is >= (byte)'0' and <= (byte)'9')
            value = 10 * value + (leaf[At++] - '0');
        int digits = At - first;
        return digits is > 0 and <= MaxDigits && value <= MaxInteger && (leaf[first] != '0' || digits == 1);
    }

    /// <summary>Takes a time in the one form.</summary>
    /// <param name="known">A minute that often stands here: comparing is cheaper than reading.</param>
    /// <param name="time">The time.</param>
    public bool TakeTime(KnownMinute known, out UtcTime time)
    {
        time = default;
        return Take(UtcTime.Length, out ReadOnlySpan<byte> text) && known.TryRead(text, out time);
    }

    /// <summary>Takes <c>sha256:</c> and 64 lowercase hex digits.</summary>
    /// <param name="known">A digest that often stands here: comparing is cheaper than reading.</param>
    /// <param name="digest">The digest.</param>
    public bool TakeDigest(KnownDigest known, out Digest digest)
    {
        digest = default;
        return Take("sha256:"u8) && Take(2 * Digest.Size, out ReadOnlySpan<byte> hex) && known.TryRead(hex, out digest);
    }

    /// <summary>Takes 64 lowercase hex digits behind <c>sha256:</c>.</summary>
    public bool TakeDigest(out Digest digest)
    {
        digest = default;
        return Take("sha256:"u8)
            && Take(2 * Digest.Size, out ReadOnlySpan<byte> hex)
            && Digest.TryParseHex(hex, out digest);
    }

    /// <summary>Takes the path of a seal, which may be empty.</summary>
    public Range TakePath()
    {
        int first = At;
        At += SealPath.Length(leaf[At..]);
        return first..At;
    }

    /// <summary>Takes 16 bytes in base64.</summary>
    public bool TakeNonce(out UInt128 nonce)
    {
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes];
        bool taken = TakeBase64(bytes);
        nonce = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return taken;
    }

    /// <summary>Takes base64 that encodes as many bytes as there is room for, re-encodes identically and ends in two equals signs.</summary>
    /// <param name="bytes">Room for three times some number of bytes, and one.</param>
    public bool TakeBase64(scoped Span<byte> bytes)
    {
        int length = (bytes.Length + 2) / 3 * 4;
        return Take(length, out ReadOnlySpan<byte> text)
            && text.EndsWith("=="u8)
            // The last digit before the padding has four bits that encode nothing, and must be zero.
            && text[^3] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w'
            // White space among it is passed over, so that too few bytes come out.
            && Base64.DecodeFromUtf8(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == bytes.Length;
    }
}

/// <summary>A digest as it was last read, beside its text.</summary>
internal sealed class KnownDigest
{
    // What the first value is written as: bytes of none must not pass for it.
    private readonly byte[] text = "0000000000000000000000000000000000000000000000000000000000000000"u8.ToArray();
    private Digest value;

    public bool TryRead(ReadOnlySpan<byte> hex, out Digest digest)
    {
        if (!hex.SequenceEqual(text))
        {
            if (!Digest.TryParseHex(hex, out digest))
                return false;
            hex.CopyTo(text);
            value = digest;
        }
        digest = value;
        return true;
    }
}

/// <summary>The minute of the time that was last read, beside its text.</summary>
internal sealed class KnownMinute
{
    // What the first value is written as.
    private readonly byte[] text = "0001-01-01T00:00:"u8.ToArray();
    private UtcTime minute;

    public bool TryRead(ReadOnlySpan<byte> ascii, out UtcTime time)
    {
        if (ascii.StartsWith(text))
            return UtcTime.TryParseWithin(minute, ascii[text.Length..], out time);
        if (!UtcTime.TryParse(ascii, out time))
            return false;
        ascii[..text.Length].CopyTo(text);
        minute = UtcTime.FromTicks(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute));
        return true;
    }
}
