using System.Buffers.Binary;
using System.Text;
using Tessrax.Governance;

namespace Tessrax.Node.RocksDb;

/// <summary>How keys are written, so that their bytes are in the order of what they mean: see spec/index.md.</summary>
/// <remarks>A kind, then numbers, big-endian, and texts in UTF-8, in which 00 is written 00 FF and which end with 00 01.</remarks>
internal static class RocksKeys
{
    public const byte Mark = 0;
    public const byte Row = 1;
    public const byte Field = 2;
    public const byte Word = 3;
    public const byte Block = 4;
    public const byte Run = 5;
    public const byte Tail = 6;

    // Behind every key of a kind.
    public const byte Last = 7;

    public static byte[] OfMark { get; } = [Mark];

    /// <summary>A kind and an entry.</summary>
    public static byte[] Of(byte kind, long entry)
    {
        var key = new byte[1 + sizeof(long)];
        key[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), entry);
        return key;
    }

    /// <summary>The entry of such a key.</summary>
    public static long EntryOf(ReadOnlySpan<byte> key) =>
        key.Length == 1 + sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(key[1..]) : -1;

    /// <summary>What the keys of a field's values begin with.</summary>
    public static byte[] FieldStart(FieldId field) => [Field, (byte)field];

    /// <summary>What the keys of a field's values that begin so begin with.</summary>
    public static byte[] FieldStart(FieldId field, string prefix) => [Field, (byte)field, .. Escape(prefix)];

    /// <summary>What the keys of a value begin with; a block follows.</summary>
    public static byte[] ValueStart(FieldId field, string value) => [Field, (byte)field, .. Escape(value), 0, 1];

    /// <summary>What the keys of words that begin so begin with.</summary>
    public static byte[] WordsStart(string prefix) => [Word, .. Escape(prefix)];

    /// <summary>What the keys of a word begin with; a block follows.</summary>
    public static byte[] WordStart(string word) => [Word, .. Escape(word), 0, 1];

    /// <summary>A key that begins so, with its block.</summary>
    public static byte[] WithBlock(ReadOnlySpan<byte> start, long block)
    {
        var key = new byte[start.Length + sizeof(uint)];
        start.CopyTo(key);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(start.Length), checked((uint)block));
        return key;
    }

    /// <summary>The text and the block of a key, behind its kind and field. False for a key that is none of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> rest, out byte[] text, out long block)
    {
        text = [];
        block = 0;
        if (rest.Length < sizeof(uint) + 2)
            return false;
        ReadOnlySpan<byte> escaped = rest[..^sizeof(uint)];
        block = BinaryPrimitives.ReadUInt32BigEndian(rest[^sizeof(uint)..]);
        var plain = new byte[escaped.Length];
        int length = 0;
        for (int at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] == 0)
            {
                at++;
                if (at == escaped.Length)
                    return false;
                if (escaped[at] == 1)
                {
                    text = plain[..length];
                    return at == escaped.Length - 1;
                }
                if (escaped[at] != 0xFF)
                    return false;
                plain[length++] = 0;
                continue;
            }
            plain[length++] = escaped[at];
        }
        return false;
    }

    private static byte[] Escape(string text)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        if (!plain.Contains((byte)0))
            return plain;
        var escaped = new List<byte>(plain.Length + 8);
        foreach (byte b in plain)
        {
            escaped.Add(b);
            if (b == 0)
                escaped.Add(0xFF);
        }
        return [.. escaped];
    }
}
