using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>Entries being added: rows at once, postings when a block is full, and what is left of the last block as it is.</summary>
internal sealed class RocksAdding : IDisposable
{
    private readonly RocksBatch batch = new();
    private readonly List<IndexDocument> tail;
    private readonly bool hasText;

    // Documents of the tail that the database has already.
    private int stored;
    private long next;
    private long lastAt;

    public RocksAdding(IndexMark mark, RocksTail tail, long lastAt)
    {
        this.tail = [.. tail.Documents];
        this.lastAt = lastAt;
        stored = this.tail.Count;
        next = mark.Size;
        hasText = mark.Words is not null;
    }

    /// <summary>The entries that are in no full block.</summary>
    public RocksTail Tail => new([.. tail]);

    /// <summary>Adds the next entry.</summary>
    public void Add(in IndexDocument document)
    {
        IndexRow row = document.Row;
        if (row.Index != next)
            throw new ArgumentException($"entry {next} comes next, not {row.Index}", nameof(document));
        batch.Put(RocksKeys.Of(RocksKeys.Row, next), RocksRecords.Write(row));
        if (next == 0 || row.At < lastAt)
            batch.Put(RocksKeys.Of(RocksKeys.Run, next), []);
        lastAt = row.At;
        next++;
        tail.Add(hasText ? document : document with { Words = "" });
        if (tail.Count == IndexBlock.Length)
            WriteBlock();
    }

    /// <summary>Writes all of it, with the mark that it makes.</summary>
    public void Finish(RocksFile file, IndexMark mark, ReadOnlySpan<IndexBlock> blocks)
    {
        if (mark.Size != next)
            throw new ArgumentException($"there are {next} entries, not {mark.Size}", nameof(mark));
        for (int i = stored; i < tail.Count && hasText; i++)
            batch.Put(
                RocksKeys.Of(RocksKeys.Tail, tail[i].Row.Index),
                System.Text.Encoding.UTF8.GetBytes(tail[i].Words)
            );
        foreach (IndexBlock block in blocks)
            batch.Put(RocksKeys.Of(RocksKeys.Block, block.First), RocksRecords.Write(block));
        batch.Put(RocksKeys.OfMark, RocksRecords.Write(mark));
        file.Write(batch);
    }

    public void Dispose() => batch.Dispose();

    private void WriteBlock()
    {
        long block = tail[0].Row.Index / IndexBlock.Length;
        var fields = new Dictionary<FieldValue, List<byte>>();
        var words = new Dictionary<string, List<byte>>(StringComparer.Ordinal);
        for (int offset = 0; offset < tail.Count; offset++)
        {
            foreach (FieldValue field in tail[offset].Row.Fields)
                ValueOf(fields, field).Add((byte)offset);
            AddWords(words, offset, tail[offset].Words);
        }
        foreach ((FieldValue field, List<byte> value) in fields)
            Put(RocksKeys.ValueStart(field.Field, field.Value), block, value);
        foreach ((string word, List<byte> value) in words)
            Put(RocksKeys.WordStart(word), block, value);
        for (int i = 0; i < stored && hasText; i++)
            batch.Delete(RocksKeys.Of(RocksKeys.Tail, tail[i].Row.Index));
        stored = 0;
        tail.Clear();
    }

    private static void AddWords(Dictionary<string, List<byte>> all, int offset, string text)
    {
        string[] words = RocksTail.WordsOf(text);
        var positions = new int[words.Length];
        for (int i = 0; i < positions.Length; i++)
            positions[i] = i;
        Array.Sort(words, positions, StringComparer.Ordinal);
        for (int start = 0, end; start < words.Length; start = end)
        {
            for (end = start + 1; end < words.Length && words[end] == words[start]; )
                end++;
            Span<int> same = positions.AsSpan(start, end - start);
            same.Sort();
            WordPostings.Append(ValueOf(all, words[start]), offset, same);
        }
    }

    private static List<byte> ValueOf<T>(Dictionary<T, List<byte>> values, T key)
        where T : notnull
    {
        if (!values.TryGetValue(key, out List<byte>? value))
            values[key] = value = [];
        return value;
    }

    private void Put(byte[] start, long block, List<byte> value) =>
        batch.Put(RocksKeys.WithBlock(start, block), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(value));
}
