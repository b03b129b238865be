using System.Buffers.Text;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>Writes bodies, approvals and entries straight to their canonical bytes: members in their order, numbers and times as they stand.</summary>
/// <remarks>Exactly what <c>ToJson().ToCanonicalBytes()</c> gives, without a tree of values between. Allocates nothing but what the output grows by.</remarks>
internal static class LeafFormat
{
    /// <summary>Writes a body from its parts.</summary>
    public static void WriteBody(in BodyParts body, Utf8Buffer output)
    {
        output.Append("{\"by\":{\"key\":"u8);
        WriteDigest(body.By.Key, body.KeyText, output);
        output.Append(",\"kind\":"u8);
        CanonicalText.Write(body.By.KindText, output);
        output.Append((byte)'}');
        if (body.Control is not null)
        {
            output.Append(",\"control\":"u8);
            CanonicalWriter.Write(body.Control, output);
        }
        output.Append(",\"event\":"u8);
        CanonicalText.Write(body.Event, output);
        output.Append(",\"expires_at\":"u8);
        WriteTime(body.ExpiresAt, output);
        output.Append(",\"issued_at\":"u8);
        WriteTime(body.IssuedAt, output);
        output.Append(",\"ledger\":"u8);
        CanonicalText.Write(body.Ledger, output);
        output.Append(",\"nonce\":"u8);
        CanonicalText.Write(body.Nonce, output);
        output.Append(",\"payload\":"u8);
        if (body.Payload is { } commitment)
            WriteDigest(commitment, output);
        else
            output.Append("null"u8);
        output.Append(",\"policy\":"u8);
        if (body.Policy is { } pin)
            WritePin(pin, output);
        else
            output.Append("null"u8);
        output.Append(",\"v\":1}"u8);
    }

    /// <summary>Writes an approval, as an entry carries it.</summary>
    public static void WriteApproval(Approval approval, Utf8Buffer output)
    {
        output.Append((byte)'{');
        WriteMiddle(approval, output);
        output.Append(",\"sig\":"u8);
        CanonicalText.Write(approval.Signature, output);
        WriteVerdict(approval, output);
    }

    /// <summary>Writes an approval, as its holder signs it.</summary>
    public static void WriteUnsignedApproval(Approval approval, Digest body, Utf8Buffer output)
    {
        output.Append("{\"body\":"u8);
        WriteDigest(body, output);
        output.Append((byte)',');
        WriteMiddle(approval, output);
        WriteVerdict(approval, output);
    }

    /// <summary>Writes all approvals of an entry, as the array that they are there.</summary>
    public static void WriteApprovals(IReadOnlyList<Approval> approvals, Utf8Buffer output)
    {
        output.Append((byte)'[');
        for (int i = 0; i < approvals.Count; i++)
        {
            if (i > 0)
                output.Append((byte)',');
            WriteApproval(approvals[i], output);
        }
        output.Append((byte)']');
    }

    /// <summary>Writes an entry around a body and approvals that are canonical already.</summary>
    public static void WriteEntry(
        in EntryParts entry,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> approvals,
        Utf8Buffer output
    )
    {
        output.Append("{\"approvals\":"u8);
        output.Append(approvals);
        output.Append(",\"body\":"u8);
        output.Append(body);
        output.Append(",\"epoch\":"u8);
        WriteInteger(entry.Epoch, output);
        output.Append(",\"gov\":{\"digest\":"u8);
        WriteDigest(entry.Gov.Digest, entry.GovText, output);
        output.Append(",\"n\":"u8);
        WriteInteger(entry.Gov.Count, output);
        output.Append("},\"index\":"u8);
        WriteInteger(entry.Index, output);
        output.Append(",\"recorded_at\":"u8);
        WriteTime(entry.RecordedAt, output);
        if (entry.HasSignature)
        {
            output.Append(",\"sig\":"u8);
            CanonicalText.Write(entry.Signature, output);
        }
        if (entry.Seal is not null)
        {
            output.Append(",\"sig\":"u8);
            WriteSeal(entry.Seal, output);
        }
        if (entry.Token is not null)
        {
            output.Append(",\"token\":"u8);
            CanonicalWriter.Write(entry.Token.ToJson(), output);
        }
        output.Append((byte)'}');
    }

    /// <summary>Writes a seal, as an entry carries it.</summary>
    public static void WriteSeal(Seal seal, Utf8Buffer output)
    {
        output.Append("{\"path\":["u8);
        for (int i = 0; i < seal.Path.Length; i++)
        {
            output.Append(i == 0 ? "\""u8 : "\",\""u8);
            Base64.EncodeToUtf8(seal.Path[i].Span, output.Room(Seal.HashText), out _, out int written);
            output.Advance(written);
        }
        output.Append(seal.Path.IsEmpty ? "],\"position\":"u8 : "\"],\"position\":"u8);
        WriteInteger(seal.Position, output);
        output.Append(",\"sig\":"u8);
        CanonicalText.Write(seal.Signature, output);
        output.Append(",\"size\":"u8);
        WriteInteger(seal.Size, output);
        output.Append((byte)'}');
    }

    /// <summary>Writes what the key of a seal signs.</summary>
    public static void WriteSealed(Digest key, int size, Digest root, Utf8Buffer output)
    {
        output.Append("{\"key\":"u8);
        WriteDigest(key, output);
        output.Append(",\"root\":"u8);
        WriteDigest(root, output);
        output.Append(",\"size\":"u8);
        WriteInteger(size, output);
        output.Append((byte)'}');
    }

    public static void WriteDigest(Digest digest, Utf8Buffer output)
    {
        output.Append("\"sha256:"u8);
        HexDigits.Write(digest.Span, output.Room(2 * Digest.Size));
        output.Advance(2 * Digest.Size);
        output.Append((byte)'"');
    }

    private static void WriteDigest(Digest digest, ReadOnlySpan<byte> text, Utf8Buffer output)
    {
        if (text.IsEmpty)
            WriteDigest(digest, output);
        else
            output.Append(text);
    }

    private static void WriteMiddle(Approval approval, Utf8Buffer output)
    {
        output.Append("\"expires_at\":"u8);
        WriteTime(approval.ExpiresAt, output);
        output.Append(",\"gov\":"u8);
        WriteDigest(approval.Gov, output);
        output.Append(",\"issued_at\":"u8);
        WriteTime(approval.IssuedAt, output);
        output.Append(",\"key\":"u8);
        WriteDigest(approval.Key, output);
        output.Append(",\"nonce\":"u8);
        CanonicalText.Write(approval.Nonce, output);
        output.Append(",\"role\":"u8);
        CanonicalText.Write(approval.Role, output);
    }

    private static void WriteVerdict(Approval approval, Utf8Buffer output) =>
        output.Append(approval.Approves ? ",\"verdict\":\"approve\"}"u8 : ",\"verdict\":\"reject\"}"u8);

    private static void WritePin(PolicyPin pin, Utf8Buffer output)
    {
        output.Append("{\"digest\":"u8);
        WriteDigest(pin.Digest, output);
        output.Append(",\"id\":"u8);
        CanonicalText.Write(pin.Id, output);
        output.Append(",\"version\":"u8);
        CanonicalText.Write(pin.Version, output);
        output.Append((byte)'}');
    }

    private static void WriteTime(UtcTime time, Utf8Buffer output)
    {
        output.Append((byte)'"');
        time.Write(output.Room(UtcTime.Length + 1));
        output.Advance(UtcTime.Length);
        output.Append((byte)'"');
    }

    private static void WriteInteger(long value, Utf8Buffer output)
    {
        value.TryFormat(output.Room(20), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}

/// <summary>What a body is made of, its texts as they stand in it.</summary>
internal readonly ref struct BodyParts
{
    public required ReadOnlySpan<char> Ledger { get; init; }

    public required ReadOnlySpan<char> Event { get; init; }

    public required Voucher By { get; init; }

    public required UtcTime IssuedAt { get; init; }

    public required UtcTime ExpiresAt { get; init; }

    public required ReadOnlySpan<char> Nonce { get; init; }

    public required Digest? Payload { get; init; }

    public required JsonValue? Control { get; init; }

    public required PolicyPin? Policy { get; init; }

    /// <summary>The voucher's key as <see cref="LeafFormat.WriteDigest(Digest, Utf8Buffer)"/> writes it, if the caller has it at hand.</summary>
    public ReadOnlySpan<byte> KeyText { get; init; }
}

/// <summary>What an entry adds to body and approvals.</summary>
internal readonly ref struct EntryParts
{
    public required long Index { get; init; }

    public required long Epoch { get; init; }

    public required UtcTime RecordedAt { get; init; }

    public required GovRef Gov { get; init; }

    /// <summary>False for bodies that the log attests, and for sealed ones.</summary>
    public required bool HasSignature { get; init; }

    public required ReadOnlySpan<char> Signature { get; init; }

    /// <summary>The state's digest as <see cref="LeafFormat.WriteDigest(Digest, Utf8Buffer)"/> writes it, if the caller has it at hand.</summary>
    public ReadOnlySpan<byte> GovText { get; init; }

    /// <summary>The seal; null for bodies that are vouched for otherwise.</summary>
    public Seal? Seal { get; init; }

    /// <summary>The token; null for entries that carry none.</summary>
    public FreshnessToken? Token { get; init; }
}
