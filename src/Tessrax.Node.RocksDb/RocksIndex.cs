using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>An index in a directory of RocksDB, open.</summary>
internal sealed class RocksIndex : IIndexBackend
{
    // Parts of the keys of words that are joined at a time.
    // What is written is in order.
    private static IReadOnlyList<string> First(IEnumerable<string> written, IEnumerable<string> last, int most) =>
        [.. written.Take(most).Concat(last).Distinct().Order(Comparer<string>.Create(RocksTexts.Compare)).Take(most)];

    private const int Steps = 16;

    private readonly TimeProvider clock;
    private readonly Func<RocksFile>? reopen;
    private RocksFile file;
    private IndexMark? mark;
    private RocksTail tail = new([]);
    private RocksAdding? adding;

    /// <param name="file">The database, which becomes its own.</param>
    /// <param name="clock">To know when the time for care is up.</param>
    /// <param name="reopen">How a reader sees what was committed since; null for whoever writes.</param>
    public RocksIndex(RocksFile file, TimeProvider clock, Func<RocksFile>? reopen)
    {
        this.file = file;
        this.clock = clock;
        this.reopen = reopen;
    }

    public IndexMark Mark => mark ?? throw new InvalidOperationException("the mark has not been read");

    // Blocks that are full, and have postings.
    private long FullBlocks => Mark.Size / IndexBlock.Length;

    /// <summary>Writes the first mark of a new database.</summary>
    public void Begin(IndexMark empty)
    {
        using var batch = new RocksBatch();
        batch.Put(RocksKeys.OfMark, RocksRecords.Write(empty));
        file.Write(batch);
        mark = empty;
    }

    /// <summary>Reads mark and tail.</summary>
    public void Load()
    {
        byte[] value = file.Get(RocksKeys.OfMark) ?? throw file.Broken("it has no mark");
        if (RocksRecords.VersionOf(value) > RocksRecords.Version)
            throw ErrorCodes.IndexNewer.Because(
                $"{file.Place} is of version {RocksRecords.VersionOf(value)}; this program knows {RocksRecords.Version}"
            );
        IndexMark read = RocksRecords.ReadMark(value) ?? throw file.Broken("its mark cannot be read");
        tail = new RocksTail(Documents(read));
        mark = read;
    }

    public void Refresh()
    {
        if (reopen is null)
            return;
        RocksFile old = file;
        file = reopen();
        // Cursors that are open keep what they look at.
        old.Dispose();
        Load();
    }

    public void Add(ReadOnlySpan<IndexDocument> next)
    {
        try
        {
            adding ??= new RocksAdding(Mark, tail, LastAt());
            foreach (ref readonly IndexDocument document in next)
                adding.Add(in document);
        }
        catch
        {
            Undo();
            throw;
        }
    }

    public void Commit(IndexMark mark, ReadOnlySpan<IndexBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(mark);
        try
        {
            adding ??= new RocksAdding(Mark, tail, LastAt());
            adding.Finish(file, mark, blocks);
            tail = adding.Tail;
            this.mark = mark;
        }
        finally
        {
            Undo();
        }
    }

    public IPostings All(IndexOrder order, long? from) => new RangePostings(order, from, Mark.Size);

    public IPostings Field(FieldId field, string value, IndexOrder order, long? from)
    {
        ArgumentNullException.ThrowIfNull(value);
        var blocks = new KeyBlocks(
            file,
            RocksKeys.ValueStart(field, value),
            isWord: false,
            falls: order == IndexOrder.Newest
        );
        return new RocksPostings(blocks, tail.Having(new FieldValue(field, value)), FullBlocks, order, from);
    }

    public IPostings Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        ArgumentOutOfRangeException.ThrowIfZero(phrase.Count);
        if (Mark.Words is null)
            throw new InvalidOperationException("there is no text in this index");
        bool falls = order == IndexOrder.Newest;
        IWordBlocks[] words =
        [
            .. phrase.Select(
                (word, i) =>
                    lastIsPrefix && i == phrase.Count - 1
                        ? (IWordBlocks)new PrefixBlocks(file, Starts(word), falls, FullBlocks)
                        : new KeyBlocks(file, RocksKeys.WordStart(word), isWord: true, falls)
            ),
        ];
        IBlocks blocks = words.Length == 1 ? words[0] : new PhraseBlocks(words, falls);
        return new RocksPostings(blocks, tail.Saying(phrase, lastIsPrefix), FullBlocks, order, from);
    }

    public IReadOnlyList<string> Values(FieldId field, string prefix, int most)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        IEnumerable<string> written = RocksTexts
            .Of(file, RocksKeys.FieldStart(field), RocksKeys.FieldStart(field, prefix))
            .Select(value => value.Text);
        IEnumerable<string> last = tail
            .Documents.SelectMany(d => d.Row.Fields)
            .Where(f => f.Field == field && f.Value.StartsWith(prefix, StringComparison.Ordinal))
            .Select(f => f.Value);
        return First(written, last, most);
    }

    public IReadOnlyList<string> Words(string prefix, int most)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        IEnumerable<string> written = RocksTexts
            .Of(file, [RocksKeys.Word], RocksKeys.WordsStart(prefix))
            .Select(word => word.Text);
        IEnumerable<string> last = tail
            .Words.SelectMany(words => words)
            .Where(word => word.StartsWith(prefix, StringComparison.Ordinal));
        return First(written, last, most);
    }

    public IReadOnlyList<IndexRow> Rows(long from, long to)
    {
        var rows = new List<IndexRow>();
        using RocksIterator keys = file.Iterate();
        for (
            bool isThere = keys.Seek(RocksKeys.Of(RocksKeys.Row, Math.Max(0, from)));
            isThere && keys.Key[0] == RocksKeys.Row && RocksKeys.EntryOf(keys.Key) is var entry && entry < to;
            isThere = keys.Move()
        )
            rows.Add(RocksRecords.ReadRow(entry, keys.Value) ?? throw file.Broken($"the row of entry {entry} is none"));
        return rows;
    }

    public IReadOnlyList<long> Runs()
    {
        var runs = new List<long>();
        using RocksIterator keys = file.Iterate();
        for (bool isThere = keys.Seek([RocksKeys.Run]); isThere && keys.Key[0] == RocksKeys.Run; isThere = keys.Move())
            runs.Add(RocksKeys.EntryOf(keys.Key));
        return runs;
    }

    public IEnumerable<IndexBlock> Blocks()
    {
        using RocksIterator keys = file.Iterate();
        for (
            bool isThere = keys.Seek([RocksKeys.Block]);
            isThere && keys.Key[0] == RocksKeys.Block;
            isThere = keys.Move()
        )
            yield return RocksRecords.ReadBlock(RocksKeys.EntryOf(keys.Key), keys.Value)
                ?? throw file.Broken("a block is none");
    }

    public IEnumerable<WordPlace> Places() => RocksContent.Places(file).Concat(RocksContent.Places(tail));

    public IEnumerable<FieldPosting> Postings() => RocksContent.Postings(file).Concat(RocksContent.Postings(tail));

    public IndexSizes Sizes()
    {
        long bytes = new DirectoryInfo(file.Place).EnumerateFiles().Sum(f => f.Length);
        long tables = file.Property("rocksdb.total-sst-files-size");
        long live = file.Property("rocksdb.estimate-live-data-size");
        double waste = tables == 0 ? 0 : Math.Clamp(1 - (double)live / tables, 0, 1);
        return new IndexSizes(bytes, 0, file.Files(), waste);
    }

    public string? Fault(bool quick) => file.Fault() ?? (quick ? null : RocksContent.Fault(file, Mark));

    public void Analyze() { }

    public void Compact(TimeSpan budget, CancellationToken stop = default)
    {
        long began = clock.GetTimestamp();
        file.Flush();
        file.CompactAsItGoes();
        byte[] start = [RocksKeys.Mark];
        for (int step = 0; step <= Steps && clock.GetElapsedTime(began) < budget; step++)
        {
            if (stop.IsCancellationRequested)
                return;
            byte[] limit = step < Steps ? [RocksKeys.Word, (byte)(step * (256 / Steps))] : [RocksKeys.Last];
            file.Compact(start, limit);
            start = limit;
        }
    }

    /// <summary>Writes everything into another database, in order.</summary>
    public void CopyTo(RocksFile other)
    {
        using RocksIterator keys = file.Iterate();
        bool isThere = keys.Seek([]);
        while (isThere)
        {
            using var batch = new RocksBatch();
            for (int bytes = 0; isThere && bytes < 4 << 20; isThere = keys.Move())
            {
                bytes += keys.Key.Length + keys.Value.Length;
                batch.Put(keys.Key, keys.Value);
            }
            other.Write(batch);
        }
    }

    public void Dispose()
    {
        Undo();
        file.Dispose();
    }

    private List<byte[]> Starts(string prefix) =>
        [.. RocksTexts.Of(file, [RocksKeys.Word], RocksKeys.WordsStart(prefix)).Select(word => word.Start)];

    private List<IndexDocument> Documents(IndexMark read)
    {
        var documents = new List<IndexDocument>();
        long first = read.Size - read.Size % IndexBlock.Length;
        foreach (IndexRow row in Rows(first, read.Size))
        {
            byte[]? words = read.Words is null ? [] : file.Get(RocksKeys.Of(RocksKeys.Tail, row.Index));
            documents.Add(
                new IndexDocument(
                    row,
                    System.Text.Encoding.UTF8.GetString(
                        words ?? throw file.Broken($"the words of entry {row.Index} are missing")
                    )
                )
            );
        }
        return documents.Count == read.Size - first
            ? documents
            : throw file.Broken("rows of the last entries are missing");
    }

    private long LastAt()
    {
        if (Mark.Size == 0)
            return 0;
        if (tail.Documents is { Count: > 0 } last)
            return last[^1].Row.At;
        return Rows(Mark.Size - 1, Mark.Size) is [var row]
            ? row.At
            : throw file.Broken($"entry {Mark.Size - 1} has no row");
    }

    private void Undo()
    {
        adding?.Dispose();
        adding = null;
    }
}
