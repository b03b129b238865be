using System.Buffers.Binary;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Keys;

/// <summary>Ed25519 cosignatures of checkpoints (C2SP tlog-cosignature, <c>cosignature/v1</c>).</summary>
/// <remarks>After the key id a signature line holds: u64 big-endian POSIX seconds || 64-byte signature. What is signed:
/// <code>
/// cosignature/v1
/// time 1679315147
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// </code></remarks>
public static class Cosignature
{
    // 9999-12-31T23:59:59Z, the last second that our times can say; the standard's own limit is 2^63 - 1.
    private const ulong LastSecond = 253402300799;

    /// <summary>Cosigns a checkpoint: the caller has checked that it extends what this key cosigned before.</summary>
    /// <param name="checkpoint">What is cosigned.</param>
    /// <param name="name">The cosigner's name.</param>
    /// <param name="key">The cosigner's key, which signs nothing else.</param>
    /// <param name="time">When; cut to the second. From 1970 on.</param>
    public static NoteSignature Sign(Checkpoint checkpoint, string name, PrivateKey key, UtcTime time)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Sign(checkpoint.Body, name, key, time);
    }

    /// <summary>Cosigns any C2SP log's checkpoint with the extension lines that it may have, which are signed with the rest.</summary>
    /// <inheritdoc cref="Sign(Checkpoint, string, PrivateKey, UtcTime)"/>
    public static NoteSignature Sign(AddCheckpointRequest accepted, string name, PrivateKey key, UtcTime time)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return Sign(accepted.Note.Text, name, key, time);
    }

    private static NoteSignature Sign(string body, string name, PrivateKey key, UtcTime time)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(time.ToDateTimeOffset(), DateTimeOffset.UnixEpoch, nameof(time));
        var verifier = VerifierKey.Create(name, key.PublicKey, VerifierKey.Ed25519Cosignature);
        ulong seconds = (ulong)time.ToDateTimeOffset().ToUnixTimeSeconds();
        var blob = new byte[sizeof(ulong) + PublicKey.SignatureSize];
        BinaryPrimitives.WriteUInt64BigEndian(blob, seconds);
        key.Sign(Message(body, seconds)).CopyTo(blob, sizeof(ulong));
        return new NoteSignature(name, verifier.NoteId, blob);
    }

    internal static bool Verify(PublicKey key, string body, ReadOnlySpan<byte> blob, out UtcTime time)
    {
        time = default;
        if (blob.Length != sizeof(ulong) + PublicKey.SignatureSize)
            return false;
        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(blob);
        if (seconds > LastSecond || !key.Verify(Message(body, seconds), blob[sizeof(ulong)..]))
            return false;
        time = UtcTime.From(DateTimeOffset.FromUnixTimeSeconds((long)seconds));
        return true;
    }

    private static byte[] Message(string body, ulong seconds) =>
        NoteText.Utf8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{body}"));
}
