using System.Buffers.Binary;
using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>How values are written. What is read may be anybody's: a value that cannot be read is TSX3036, told by whoever asked for it.</summary>
internal static class RocksRecords
{
    /// <summary>The version of keys and values.</summary>
    public const int Version = 2;

    private const int MarkLength = sizeof(int) + 2 * sizeof(long) + 2 * Digest.Size + 1;

    /// <summary>version u32, generation i64, size i64, ledger, root, a byte that is 1 where words follow.</summary>
    public static byte[] Write(IndexMark mark)
    {
        byte[] words = mark.Words is null ? [] : Encoding.UTF8.GetBytes(mark.Words);
        var value = new byte[MarkLength + words.Length];
        BinaryPrimitives.WriteInt32BigEndian(value, Version);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), mark.Generation);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(12), mark.Size);
        mark.Ledger.Span.CopyTo(value.AsSpan(20));
        mark.Root.Span.CopyTo(value.AsSpan(52));
        value[84] = mark.Words is null ? (byte)0 : (byte)1;
        words.CopyTo(value.AsSpan(MarkLength));
        return value;
    }

    /// <summary>The version that a mark is of; 0 if it is none.</summary>
    public static int VersionOf(ReadOnlySpan<byte> value) =>
        value.Length < MarkLength ? 0 : BinaryPrimitives.ReadInt32BigEndian(value);

    public static IndexMark? ReadMark(ReadOnlySpan<byte> value)
    {
        if (VersionOf(value) != Version || value[84] > 1)
            return null;
        long size = BinaryPrimitives.ReadInt64BigEndian(value[12..]);
        return size < 0
            ? null
            : new IndexMark(
                BinaryPrimitives.ReadInt64BigEndian(value[4..]),
                new Digest(value.Slice(20, Digest.Size)),
                size,
                new Digest(value.Slice(52, Digest.Size)),
                value[84] == 0 ? null : Encoding.UTF8.GetString(value[MarkLength..])
            );
    }

    /// <summary>count u32, rows, and the root where there is one.</summary>
    public static byte[] Write(IndexBlock block)
    {
        var count = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(count, block.Count);
        return [.. count, .. block.Rows.Span, .. block.Root is { } root ? root.Span : []];
    }

    public static IndexBlock? ReadBlock(long first, ReadOnlySpan<byte> value) =>
        value.Length is sizeof(int) + Digest.Size or sizeof(int) + 2 * Digest.Size
            ? new IndexBlock(
                first,
                Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(value)),
                value.Length > sizeof(int) + Digest.Size ? new Digest(value[(sizeof(int) + Digest.Size)..]) : null,
                new Digest(value.Slice(sizeof(int), Digest.Size))
            )
            : null;

    /// <summary>at i64; a byte that is 1 where words were cut; epoch, length of the words' digest, as numbers; that digest; and for each field a byte, the
    /// length of its value as a number, and the value.</summary>
    public static byte[] Write(IndexRow row)
    {
        int most = sizeof(long) + 1 + 2 * VarInt.MostBytes + row.Words.Length;
        foreach (FieldValue field in row.Fields)
            most += 1 + VarInt.MostBytes + Encoding.UTF8.GetByteCount(field.Value);
        var value = new byte[most];
        BinaryPrimitives.WriteInt64BigEndian(value, row.At);
        value[8] = row.IsCut ? (byte)1 : (byte)0;
        int at = 9;
        at += VarInt.Write(value.AsSpan(at), row.Epoch);
        at += VarInt.Write(value.AsSpan(at), row.Words.Length);
        row.Words.Span.CopyTo(value.AsSpan(at));
        at += row.Words.Length;
        foreach (FieldValue field in row.Fields)
        {
            value[at++] = (byte)field.Field;
            at += VarInt.Write(value.AsSpan(at), Encoding.UTF8.GetByteCount(field.Value));
            at += Encoding.UTF8.GetBytes(field.Value, value.AsSpan(at));
        }
        return value[..at];
    }

    public static IndexRow? ReadRow(long index, ReadOnlySpan<byte> value)
    {
        if (value.Length < 9)
            return null;
        long at = BinaryPrimitives.ReadInt64BigEndian(value);
        bool isCut = value[8] != 0;
        value = value[9..];
        if (!VarInt.TryRead(ref value, out long epoch) || !TryTake(ref value, out ReadOnlySpan<byte> words))
            return null;
        var fields = new List<FieldValue>();
        while (!value.IsEmpty)
        {
            var field = (FieldId)value[0];
            value = value[1..];
            if (!TryTake(ref value, out ReadOnlySpan<byte> text))
                return null;
            fields.Add(new FieldValue(field, Encoding.UTF8.GetString(text)));
        }
        return new IndexRow(index, at, epoch, fields, words.ToArray(), isCut);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> from, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!VarInt.TryRead(ref from, out long length) || length > from.Length)
            return false;
        bytes = from[..(int)length];
        from = from[(int)length..];
        return true;
    }
}
