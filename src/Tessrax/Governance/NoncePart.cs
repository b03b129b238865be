using System.Buffers.Binary;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The live nonces that the entries of one block used, as their part of the state has them.</summary>
/// <remarks><code>
/// "tessrax/nonces/v1\n" | block, 8 bytes | keys, 2 | nonces, 4
/// each key:   kind, 1 ('a', 'l', 't' or 'v') | key id, 32          ascending
/// each nonce: key, 2 | 1 if of a proposed body, else 0 | entry within the block, 2 | nonce, 16 | kept until, 8
/// </code>Integers are big-endian; times are microseconds since the year 1. Nonces ascend by entry; of one entry, that of what its payload holds first, and that of its token last.</remarks>
internal static class NoncePart
{
    private const int KeyBytes = 1 + Digest.Size;
    private const int NonceBytes = 2 + 1 + 2 + 16 + 8;
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("tessrax/nonces/v1\n");
    private static readonly int HeadBytes = Magic.Length + 8 + 2 + 4;

    /// <summary>Writes the part.</summary>
    /// <param name="block">Of which entries.</param>
    /// <param name="keys">The keys that slots refer to, by number.</param>
    /// <param name="nonces">The slots that are kept, by entry.</param>
    public static byte[] Write(long block, IReadOnlyList<(byte Kind, Digest Key)> keys, ReadOnlySpan<NonceSlot> nonces)
    {
        (int Reference, byte Kind, Digest Key)[] used = UsedOf(keys, nonces);
        var bytes = new byte[HeadBytes + (used.Length * KeyBytes) + (nonces.Length * NonceBytes)];
        Magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Magic.Length), block);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Magic.Length + 8), (ushort)used.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(Magic.Length + 10), nonces.Length);
        int at = HeadBytes;
        var numbers = new ushort[keys.Count];
        for (int i = 0; i < used.Length; i++)
        {
            numbers[used[i].Reference] = (ushort)i;
            bytes[at] = used[i].Kind;
            used[i].Key.Span.CopyTo(bytes.AsSpan(at + 1));
            at += KeyBytes;
        }
        foreach (ref readonly NonceSlot nonce in nonces)
        {
            Span<byte> to = bytes.AsSpan(at, NonceBytes);
            BinaryPrimitives.WriteUInt16BigEndian(to, numbers[nonce.Key]);
            to[2] = nonce.InContent ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt16BigEndian(to[3..], (ushort)(nonce.Index & ushort.MaxValue));
            BinaryPrimitives.WriteUInt128BigEndian(to[5..], nonce.Nonce);
            BinaryPrimitives.WriteInt64BigEndian(to[21..], nonce.Until / TimeSpan.TicksPerMicrosecond);
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

    // Those that are referred to, in the order of the part.
    private static (int Reference, byte Kind, Digest Key)[] UsedOf(
        IReadOnlyList<(byte Kind, Digest Key)> keys,
        ReadOnlySpan<NonceSlot> nonces
    )
    {
        var isUsed = new bool[keys.Count];
        foreach (ref readonly NonceSlot nonce in nonces)
            isUsed[nonce.Key] = true;
        return
        [
            .. keys.Index()
                .Where(key => isUsed[key.Index])
                .OrderBy(key => key.Item.Kind)
                .ThenBy(key => key.Item.Key)
                .Select(key => (key.Index, key.Item.Kind, key.Item.Key)),
        ];
    }

    // The last moment that there is.
    private const long DateTimeTicks = 3155378975999999999;

    private static TessraxException Fault(long block) =>
        ErrorCodes.BadValue.Because($"the nonces of block {block} are not in the form of nonces");
}
