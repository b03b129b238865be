using System.Text;
using Tessrax.Governance;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>Every value of a field once, by a number; the numbers stand in rows and postings.</summary>
internal sealed class SqliteValues(SqliteFile file)
{
    // Values to remember: enough for all that come often. Each at most a few hundred bytes.
    private const int MostKnown = 32_768;

    private readonly Dictionary<FieldValue, long> ids = [];
    private readonly Dictionary<long, FieldValue> texts = [];

    /// <summary>The number of a value; null if no entry has it.</summary>
    public long? Find(FieldValue value)
    {
        if (ids.TryGetValue(value, out long known))
            return known;
        using SqliteStatement find = file.Prepare("SELECT id FROM value WHERE field = ?1 AND text = ?2");
        return find.Bind(1, (long)value.Field).Bind(2, value.Value).Step() ? find.Long(0) : null;
    }

    /// <summary>The number of a value, which gets one if it has none.</summary>
    public long Intern(FieldValue value)
    {
        if (ids.TryGetValue(value, out long known))
            return known;
        // New ones are many where each is met once, such as ids of claims: so they are written first, and looked for only if that fails.
        using SqliteStatement insert = file.Prepare(
            "INSERT INTO value(field, text) VALUES(?1, ?2) ON CONFLICT DO NOTHING RETURNING id"
        );
        bool isNew = insert.Bind(1, (long)value.Field).Bind(2, value.Value).Step();
        long id = isNew
            ? insert.Long(0)
            : Find(value) ?? throw ErrorCodes.IndexUnusable.Because($"{file.Place}: a value has no number");
        if (ids.Count >= MostKnown)
            ids.Clear();
        return ids[value] = id;
    }

    /// <summary>The value of a number. What a file lacks that somebody edited is a value that no entry has.</summary>
    public FieldValue Of(long id)
    {
        if (texts.TryGetValue(id, out FieldValue known))
            return known;
        using SqliteStatement find = file.Prepare("SELECT field, text FROM value WHERE id = ?1");
        FieldValue value =
            find.Bind(1, id).Step() && find.Long(0) is >= byte.MinValue and <= byte.MaxValue
                ? new FieldValue((FieldId)find.Long(0), find.Text(1))
                : new FieldValue(default, $"(value {id} is missing)");
        if (texts.Count >= MostKnown)
            texts.Clear();
        return texts[id] = value;
    }

    /// <summary>Values that entries below a size have and that begin so, in the order of their bytes.</summary>
    public List<string> Begin(FieldId field, string prefix, long size, int most)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var found = new List<string>();
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        using SqliteStatement next = file.Prepare(
            "SELECT text, EXISTS(SELECT 1 FROM posting WHERE value = id AND idx < ?3) FROM value WHERE field = ?1 AND text >= ?2 ORDER BY text"
        );
        next.Bind(1, (long)field).Bind(2, prefix).Bind(3, size);
        while (found.Count < most && next.Step() && next.Bytes(0).StartsWith(start))
        {
            if (next.Long(1) != 0)
                found.Add(next.Text(0));
        }
        return found;
    }

    /// <summary>Forgets what it knows by heart, because it was undone.</summary>
    public void Forget()
    {
        ids.Clear();
        texts.Clear();
    }

    /// <summary>Numbers one after the other, seven bits a byte, low ones first.</summary>
    public static byte[] Pack(ReadOnlySpan<long> ids)
    {
        using var packed = new MemoryStream(ids.Length * 3);
        foreach (long id in ids)
        {
            ulong rest = (ulong)id;
            for (; rest >= 0x80; rest >>= 7)
                packed.WriteByte((byte)(rest | 0x80));
            packed.WriteByte((byte)rest);
        }
        return packed.ToArray();
    }

    /// <summary>What <see cref="Pack"/> packed. Bytes that it would not have made give values that no entry has.</summary>
    public List<FieldValue> Unpack(ReadOnlySpan<byte> packed)
    {
        var fields = new List<FieldValue>();
        ulong id = 0;
        int shift = 0;
        foreach (byte part in packed)
        {
            if (shift < 63)
                id |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part >= 0x80)
                continue;
            fields.Add(Of((long)(id & long.MaxValue)));
            (id, shift) = (0, 0);
        }
        if (shift > 0)
            fields.Add(new FieldValue(default, "(a number is cut short)"));
        return fields;
    }
}
