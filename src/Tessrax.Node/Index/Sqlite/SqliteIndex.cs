using System.Globalization;
using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>An index in an SQLite file, open: see <see cref="SqliteSchema"/>.</summary>
internal sealed class SqliteIndex : IIndexBackend
{
    private const string SelectMark = "SELECT generation, ledger, size, root, words FROM mark WHERE id = 1";

    private const string FieldFalling = "SELECT idx FROM posting WHERE value = ?1 AND idx < ?2 ORDER BY idx DESC";

    private const string FieldRising = "SELECT idx FROM posting WHERE value = ?1 AND idx > ?2 ORDER BY idx";

    private const string TextFalling = "SELECT rowid FROM text WHERE text MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC";

    private const string TextRising = "SELECT rowid FROM text WHERE text MATCH ?1 AND rowid > ?2 ORDER BY rowid";

    private const string TextWindow =
        "SELECT rowid FROM text WHERE text MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid";

    // Measured: a step takes a tenth of a microsecond, a search in a table 3, and one in FTS5, which reads its query anew, 10.
    private const int FieldSteps = 16;
    private const int TextSteps = 64;

    private readonly SqliteFile file;
    private readonly SqliteValues values;
    private readonly SqliteCare care;
    private SqliteBatch? batch;
    private IndexMark? mark;
    private (string Prefix, int Most, IReadOnlyList<string> Words)? lastWords;

    public SqliteIndex(SqliteFile file, TimeProvider clock, int cacheBytes)
    {
        this.file = file;
        values = new SqliteValues(file);
        care = new SqliteCare(file, clock);
        // Negative: in KiB.
        file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size = -{Math.Max(1, cacheBytes >> 10)}"));
    }

    /// <summary>How many entries of a text's are found at once at most, where the newest come first.</summary>
    public long WidestWindow { get; init; } = SqliteWindows.Widest;

    public IndexMark Mark => mark ?? throw new InvalidOperationException("the mark has not been read");

    public void Interrupt() => file.Interrupt();

    /// <summary>Whether it has a log beside it, so that it can be read while it is added to.</summary>
    public bool KeepsLog => file.Text("PRAGMA journal_mode") == "wal";

    /// <summary>Writes the first mark of a new file.</summary>
    public void Begin(IndexMark empty, IndexOptions options)
    {
        if (options.IsRebuild)
            care.Postpone(empty.Words is not null);
        Write(empty);
        mark = empty;
        // From here on the file can be told by its first page alone.
        file.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Refresh()
    {
        using SqliteStatement row = file.Prepare(SelectMark);
        if (!row.Step())
            throw Broken("it has no mark");
        lastWords = null;
        long size = row.Long(2);
        mark = new IndexMark(
            row.Long(0),
            DigestOf(row, 1),
            size >= 0 ? size : throw Broken($"its mark says {size} entries"),
            DigestOf(row, 3),
            row.IsNull(4) ? null : row.Text(4)
        );
    }

    public void Add(ReadOnlySpan<IndexDocument> next)
    {
        try
        {
            batch ??= new SqliteBatch(file, values, Mark);
            foreach (ref readonly IndexDocument document in next)
                batch.Add(in document);
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
            batch ??= new SqliteBatch(file, values, Mark);
            batch.Finish(mark.Size, blocks);
            Write(mark);
            file.Run("COMMIT");
            this.mark = mark;
            lastWords = null;
            batch = null;
        }
        catch
        {
            Undo();
            throw;
        }
    }

    public IPostings All(IndexOrder order, long? from) => new RangePostings(order, from, Mark.Size);

    public IPostings Field(FieldId field, string value, IndexOrder order, long? from)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (values.Find(new FieldValue(field, value)) is not { } id)
            return new RangePostings(order, from, 0);
        SqliteStatement found = file.Prepare(order == IndexOrder.Newest ? FieldFalling : FieldRising);
        return new SqlitePostings(found.Bind(1, id), FieldSteps, order, from, Mark.Size);
    }

    public IPostings Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        ArgumentOutOfRangeException.ThrowIfZero(phrase.Count);
        if (Mark.Words is null)
            throw new InvalidOperationException("there is no text in this index");
        var texts = new SqliteTexts(this);
        if (texts.Phrase(phrase, lastIsPrefix) is { } match)
            return Matching(match, order, from);
        // All words that begin so are merged when a query begins, so it had better begin once.
        SqliteStatement found = file.Prepare(order == IndexOrder.Newest ? TextFalling : TextRising);
        found.Bind(1, SqliteTexts.Quoted(phrase) + " *");
        return new SqlitePostings(found, int.MaxValue, order, from, Mark.Size);
    }

    public IPostings? Texts(
        IReadOnlyList<QueryNode> all,
        IReadOnlyList<QueryNode> none,
        IndexOrder order,
        long? from
    ) => new SqliteTexts(this).Match(all, none) is { } match ? Matching(match, order, from) : null;

    // By a query that is cheap to begin.
    private IPostings Matching(string match, IndexOrder order, long? from) =>
        order == IndexOrder.Newest
            ? new SqliteWindows(
                file.Prepare(TextWindow).Bind(1, match),
                file.Prepare(TextFalling).Bind(1, match),
                from,
                Mark.Size,
                WidestWindow
            )
            : new SqlitePostings(file.Prepare(TextRising).Bind(1, match), TextSteps, order, from, Mark.Size);

    public IReadOnlyList<string> Values(FieldId field, string prefix, int most) =>
        values.Begin(field, prefix, Mark.Size, most);

    public IReadOnlyList<string> Words(string prefix, int most)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (Mark.Words is null)
            return [];
        // A search asks for the same ones more than once: for its page, and to count.
        if (lastWords is var (known, asked, words) && known == prefix && asked == most)
            return words;
        words = WordsOf(prefix, most);
        lastWords = (prefix, most, words);
        return words;
    }

    private List<string> WordsOf(string prefix, int most)
    {
        // A search for each word: FTS5 would count the entries of a word before it went on to the next one.
        using SqliteStatement terms = care.Vocabulary("term >= ?1");
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        string next = prefix;
        var words = new List<string>();
        while (words.Count < most && terms.Bind(1, next).Step() && terms.Bytes(0).StartsWith(start))
        {
            words.Add(terms.Text(0));
            // Behind it, and before every other one.
            next = words[^1] + '\0';
            terms.Reset();
        }
        return words;
    }

    public IReadOnlyList<IndexRow> Rows(long from, long to)
    {
        var rows = new List<IndexRow>();
        using SqliteStatement entries = file.Prepare(
            "SELECT idx, at, epoch, fields, words, cut FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"
        );
        entries.Bind(1, from).Bind(2, to);
        while (entries.Step())
            rows.Add(
                new IndexRow(
                    entries.Long(0),
                    entries.Long(1),
                    entries.Long(2),
                    values.Unpack(entries.Bytes(3)),
                    entries.Bytes(4).ToArray(),
                    entries.Long(5) != 0
                )
            );
        return rows;
    }

    public IReadOnlyList<long> Runs()
    {
        var runs = new List<long>();
        using SqliteStatement firsts = file.Prepare("SELECT first FROM run WHERE first < ?1 ORDER BY first");
        firsts.Bind(1, Mark.Size);
        while (firsts.Step())
            runs.Add(firsts.Long(0));
        return runs;
    }

    public IEnumerable<IndexBlock> Blocks()
    {
        using SqliteStatement blocks = file.Prepare("SELECT first, count, root, rows FROM block ORDER BY first");
        while (blocks.Step())
            yield return new IndexBlock(
                blocks.Long(0),
                (int)Math.Clamp(blocks.Long(1), 0, int.MaxValue),
                blocks.IsNull(2) ? null : DigestOf(blocks, 2),
                DigestOf(blocks, 3)
            );
    }

    public IEnumerable<WordPlace> Places()
    {
        if (Mark.Words is null)
            yield break;
        using SqliteStatement places = care.Vocabulary(null);
        string word = "";
        while (places.Step())
        {
            if (!IsSame(places.Bytes(0), word))
                word = places.Text(0);
            yield return new WordPlace(word, places.Long(1), (int)Math.Clamp(places.Long(3), 0, int.MaxValue));
        }
    }

    public IEnumerable<FieldPosting> Postings()
    {
        using SqliteStatement postings = file.Prepare("SELECT value, idx FROM posting ORDER BY value, idx");
        (long Id, FieldValue Value) last = (-1, default);
        while (postings.Step())
        {
            long id = postings.Long(0);
            if (id != last.Id)
                last = (id, values.Of(id));
            yield return new FieldPosting(last.Value, postings.Long(1));
        }
    }

    public IndexSizes Sizes() => care.Sizes(Mark.Words is not null);

    public string? Fault(bool quick) => care.Fault(quick);

    public void Analyze() => care.Analyze();

    public void Compact(TimeSpan budget, CancellationToken stop = default) =>
        care.Compact(budget, Mark.Words is not null, stop);

    /// <summary>Writes a tidy copy.</summary>
    public void CopyTo(string place)
    {
        // Which would refuse it, although it changes another file alone.
        file.Run("PRAGMA query_only = OFF");
        using SqliteStatement copy = file.Prepare("VACUUM INTO ?1");
        copy.Bind(1, Path.GetFullPath(place)).Run();
    }

    public void Dispose()
    {
        Undo();
        file.Dispose();
    }

    private static bool IsSame(ReadOnlySpan<byte> bytes, string text)
    {
        Span<byte> known = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, known, out int length) && bytes.SequenceEqual(known[..length]);
    }

    private void Write(IndexMark next)
    {
        using SqliteStatement set = file.Prepare(
            "INSERT OR REPLACE INTO mark(id, generation, ledger, size, root, words) VALUES(1, ?1, ?2, ?3, ?4, ?5)"
        );
        set.Bind(1, next.Generation).Bind(2, next.Ledger.Span).Bind(3, next.Size).Bind(4, next.Root.Span);
        set.Bind(5, next.Words).Run();
    }

    private void Undo()
    {
        if (batch is null)
            return;
        batch = null;
        file.Rollback();
        // Ids that were given out in it are not in the file.
        values.Forget();
    }

    private TessraxException Broken(string says) => ErrorCodes.IndexUnusable.Because($"{file.Place}: {says}");

    private Digest DigestOf(SqliteStatement row, int column)
    {
        ReadOnlySpan<byte> bytes = row.Bytes(column);
        return bytes.Length == Digest.Size ? new Digest(bytes) : throw Broken("a digest has 32 bytes");
    }
}
