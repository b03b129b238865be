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
        // New ones are many where each is met once, such as ids of claims: so they are written first, and looked for only if that fails. And without
        // RETURNING: it would begin a savepoint, at which FTS5 writes what it has in memory as a part of its own.
        int before = file.Changes;
        using SqliteStatement insert = file.Prepare("INSERT OR IGNORE INTO value(field, text) VALUES(?1, ?2)");
        insert.Bind(1, (long)value.Field).Bind(2, value.Value).Run();
        long id = file.Changes != before ? file.LastRow : Find(value) ?? throw NoNumber();
        if (ids.Count >= MostKnown)
            ids.Clear();
        return ids[value] = id;
    }

    private TessraxException NoNumber() => ErrorCodes.IndexUnusable.Because($"{file.Place}: a value has no number");

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

    /// <summary>Numbers one after the other.</summary>
    public static byte[] Pack(ReadOnlySpan<long> ids)
    {
        var packed = new byte[ids.Length * VarInt.MostBytes];
        int length = 0;
        foreach (long id in ids)
            length += VarInt.Write(packed.AsSpan(length), id);
        return packed[..length];
    }

    /// <summary>What <see cref="Pack"/> packed. Bytes that it would not have made give values that no entry has.</summary>
    public List<FieldValue> Unpack(ReadOnlySpan<byte> packed)
    {
        var fields = new List<FieldValue>();
        while (!packed.IsEmpty && VarInt.TryRead(ref packed, out long id))
            fields.Add(Of(id));
        if (!packed.IsEmpty)
            fields.Add(new FieldValue(default, "(no number)"));
        return fields;
    }
}
