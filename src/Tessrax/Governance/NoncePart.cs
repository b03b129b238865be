using System.Buffers.Binary;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The live nonces that the entries of one block used, as their part of the state has them.</summary>
/// <remarks><code>
/// "tessrax/nonces/v1\n" | block, 8 bytes | keys, 2 | nonces, 4
/// each key:   kind, 1 ('a', 'l' or 'v') | key id, 32          ascending
/// each nonce: key, 2 | 1 if of a proposed body, else 0 | entry within the block, 2 | nonce, 16 | kept until, 8
/// </code>Integers are big-endian; times are microseconds since the year 1. Nonces ascend by entry; of one entry, that of what its payload holds first.</remarks>
internal static class NoncePart
{
    private const int KeyBytes = 1 + Digest.Size;
    private const int NonceBytes = 2 + 1 + 2 + 16 + 8;
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("tessrax/nonces/v1\n");
    private static readonly int HeadBytes = Magic.Length + 8 + 2 + 4;

    public static byte[] Write(long block, IReadOnlyList<KeptNonce> nonces)
    {
        (byte Kind, Digest Key)[] keys = KeysOf(nonces);
        var bytes = new byte[HeadBytes + (keys.Length * KeyBytes) + (nonces.Count * NonceBytes)];
        Magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Magic.Length), block);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Magic.Length + 8), (ushort)keys.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(Magic.Length + 10), nonces.Count);
        int at = HeadBytes;
        foreach ((byte kind, Digest key) in keys)
        {
            bytes[at] = kind;
            key.Span.CopyTo(bytes.AsSpan(at + 1));
            at += KeyBytes;
        }
        var references = keys.Index().ToDictionary(k => k.Item, k => (ushort)k.Index);
        (byte Kind, Digest Key) last = default;
        ushort number = 0;
        foreach (KeptNonce nonce in nonces)
        {
            Span<byte> to = bytes.AsSpan(at, NonceBytes);
            if (KeyOf(nonce) != last)
                number = references[last = KeyOf(nonce)];
            BinaryPrimitives.WriteUInt16BigEndian(to, number);
            to[2] = nonce.InContent ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt16BigEndian(to[3..], (ushort)(nonce.Index & ushort.MaxValue));
            BinaryPrimitives.WriteUInt128BigEndian(to[5..], nonce.Scoped.Nonce);
            BinaryPrimitives.WriteInt64BigEndian(to[21..], nonce.Until.Ticks / TimeSpan.TicksPerMicrosecond);
            at += NonceBytes;
        }
        return bytes;
    }

    /// <summary>The nonces. What is told apart by comparing with what would be written is not checked here.</summary>
    /// <exception cref="TessraxException">TSX1009: not of that form.</exception>
    public static List<KeptNonce> Read(ReadOnlySpan<byte> part, long block)
    {
        if (part.Length < HeadBytes || !part.StartsWith(Magic))
            throw Fault(block);
        int keys = BinaryPrimitives.ReadUInt16BigEndian(part[(Magic.Length + 8)..]);
        int count = BinaryPrimitives.ReadInt32BigEndian(part[(Magic.Length + 10)..]);
        if (
            BinaryPrimitives.ReadInt64BigEndian(part[Magic.Length..]) != block
            || count < 0
            || part.Length != HeadBytes + ((long)keys * KeyBytes) + ((long)count * NonceBytes)
        )
            throw Fault(block);
        ReadOnlySpan<byte> known = part.Slice(HeadBytes, keys * KeyBytes);
        ReadOnlySpan<byte> rest = part[(HeadBytes + known.Length)..];
        var nonces = new List<KeptNonce>(count);
        for (; !rest.IsEmpty; rest = rest[NonceBytes..])
        {
            int key = BinaryPrimitives.ReadUInt16BigEndian(rest);
            long until = BinaryPrimitives.ReadInt64BigEndian(rest[21..]);
            if (key >= keys || rest[2] > 1 || until is < 0 or > DateTimeTicks / TimeSpan.TicksPerMicrosecond)
                throw Fault(block);
            ReadOnlySpan<byte> scope = known.Slice(key * KeyBytes, KeyBytes);
            nonces.Add(
                new KeptNonce(
                    new ScopedNonce(scope[0], new Digest(scope[1..]), BinaryPrimitives.ReadUInt128BigEndian(rest[5..])),
                    (block << FactBook.BlockBits) + BinaryPrimitives.ReadUInt16BigEndian(rest[3..]),
                    rest[2] == 1,
                    UtcTime.FromTicks(until * TimeSpan.TicksPerMicrosecond)
                )
            );
        }
        return nonces;
    }

    private static (byte Kind, Digest Key) KeyOf(in KeptNonce nonce) => (nonce.Scoped.Kind, nonce.Scoped.Key);

    // One key uses most of them, one after another.
    private static (byte Kind, Digest Key)[] KeysOf(IReadOnlyList<KeptNonce> nonces)
    {
        var keys = new HashSet<(byte Kind, Digest Key)>();
        (byte Kind, Digest Key) last = default;
        foreach (KeptNonce nonce in nonces)
        {
            if (KeyOf(nonce) != last)
                keys.Add(last = KeyOf(nonce));
        }
        return [.. keys.OrderBy(k => k.Kind).ThenBy(k => k.Key)];
    }

    // The last moment that there is.
    private const long DateTimeTicks = 3155378975999999999;

    private static TessraxException Fault(long block) =>
        ErrorCodes.BadValue.Because($"the nonces of block {block} are not in the form of nonces");
}
