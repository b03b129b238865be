using System.Text;
using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>All that a database holds, read through from end to end.</summary>
internal static class RocksContent
{
    /// <summary>Every place of every word of full blocks.</summary>
    public static IEnumerable<WordPlace> Places(RocksFile file)
    {
        using RocksIterator keys = file.Iterate();
        var places = new List<long>();
        for (
            bool isThere = keys.Seek([RocksKeys.Word]);
            isThere && keys.Key[0] == RocksKeys.Word;
            isThere = keys.Move()
        )
        {
            places.Clear();
            if (
                !RocksKeys.TryRead(keys.Key[1..], out byte[] text, out long block)
                || !WordPostings.TryRead(keys.Value, places)
            )
                throw file.Broken("places of a word cannot be read");
            string word = Encoding.UTF8.GetString(text);
            foreach (long place in places)
                yield return new WordPlace(
                    word,
                    block * IndexBlock.Length + WordPostings.OffsetOf(place),
                    WordPostings.PositionOf(place)
                );
        }
    }

    public static IEnumerable<WordPlace> Places(RocksTail tail) =>
        tail.Documents.SelectMany(
            (document, i) => tail.Words[i].Select((word, position) => new WordPlace(word, document.Row.Index, position))
        );

    /// <summary>Every posting of every field of full blocks.</summary>
    public static IEnumerable<FieldPosting> Postings(RocksFile file)
    {
        using RocksIterator keys = file.Iterate();
        for (
            bool isThere = keys.Seek([RocksKeys.Field]);
            isThere && keys.Key[0] == RocksKeys.Field;
            isThere = keys.Move()
        )
        {
            if (keys.Key.Length < 2 || !RocksKeys.TryRead(keys.Key[2..], out byte[] text, out long block))
                throw file.Broken("postings of a field cannot be read");
            var value = new FieldValue((FieldId)keys.Key[1], Encoding.UTF8.GetString(text));
            byte[] offsets = keys.Value.ToArray();
            foreach (byte offset in offsets)
                yield return new FieldPosting(value, block * IndexBlock.Length + offset);
        }
    }

    public static IEnumerable<FieldPosting> Postings(RocksTail tail) =>
        tail.Documents.SelectMany(d => d.Row.Fields.Select(f => new FieldPosting(f, d.Row.Index)));

    /// <summary>What is not of the form of an index of that size; null if all is.</summary>
    public static string? Fault(RocksFile file, IndexMark mark)
    {
        using RocksIterator keys = file.Iterate();
        var places = new List<long>();
        long rows = 0;
        for (bool isThere = keys.Seek([]); isThere; isThere = keys.Move())
        {
            if (keys.Key.IsEmpty || !IsOurs(keys.Key, keys.Value, mark, places))
                return $"there is a key that is none of ours: {Convert.ToHexString(keys.Key)}";
            if (keys.Key[0] != RocksKeys.Row)
                continue;
            if (RocksKeys.EntryOf(keys.Key) != rows)
                return $"entry {rows} has no row";
            rows++;
        }
        return rows == mark.Size ? null : $"there are {rows} rows of {mark.Size}";
    }

    private static bool IsOurs(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, IndexMark mark, List<long> places)
    {
        long entry = RocksKeys.EntryOf(key);
        bool isEntry = entry >= 0 && entry < mark.Size;
        places.Clear();
        return key[0] switch
        {
            RocksKeys.Mark => key.Length == 1,
            RocksKeys.Row => isEntry && RocksRecords.ReadRow(entry, value) is not null,
            RocksKeys.Field => key.Length > 2 && IsBlock(key[2..], mark) && IsRising(value),
            RocksKeys.Word => IsBlock(key[1..], mark) && WordPostings.TryRead(value, places),
            RocksKeys.Block => isEntry && RocksRecords.ReadBlock(entry, value) is not null,
            RocksKeys.Run => isEntry && value.IsEmpty,
            RocksKeys.Tail => isEntry && entry / IndexBlock.Length == mark.Size / IndexBlock.Length,
            _ => false,
        };
    }

    private static bool IsBlock(ReadOnlySpan<byte> rest, IndexMark mark) =>
        RocksKeys.TryRead(rest, out _, out long block) && block < mark.Size / IndexBlock.Length;

    private static bool IsRising(ReadOnlySpan<byte> offsets)
    {
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] <= offsets[i - 1])
                return false;
        }
        return !offsets.IsEmpty;
    }
}
