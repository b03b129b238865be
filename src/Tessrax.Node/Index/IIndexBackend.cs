using Tessrax.Governance;
using Tessrax.Node.Recovery;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Index;

/// <summary>How an index is opened.</summary>
internal enum IndexAccess
{
    /// <summary>To search, beside a writer or not.</summary>
    Read,

    /// <summary>To add to it: by one at a time, who holds the lock.</summary>
    Write,

    /// <summary>To search what nobody changes, on a medium that nobody can write: not one file is touched.</summary>
    Immutable,
}

/// <summary>In which order entries are found.</summary>
internal enum IndexOrder
{
    Newest,
    Oldest,
}

/// <summary>A kind of index: SQLite, RocksDB. What it makes is one file or one directory, a <em>generation</em>, that is never renamed over another one.</summary>
/// <remarks>Every failure of a backend is TSX3036, with the cause inside; but TSX3042 where its library is missing, TSX3041 where another process has what it
/// needs, and TSX3005 where the disk is full: then the index is as good as it was.</remarks>
internal interface IIndexStore
{
    /// <summary>As <c>--index</c> and the pointer name it: <c>sqlite</c>, <c>rocksdb</c>.</summary>
    string Name { get; }

    /// <summary>Makes sure that the library it needs is there.</summary>
    /// <exception cref="TessraxException">TSX3042: it is not.</exception>
    void Need();

    /// <summary>Which version of which library a generation is read with, or was written with; null if that is not known.</summary>
    string? LibraryOf(string place);

    /// <summary>What the name of a generation ends with, for example <c>.db</c>.</summary>
    string Suffix { get; }

    /// <summary>Makes an empty index where nothing is, and opens it to write.</summary>
    IIndexBackend Create(string place, IndexMark empty, IndexOptions options);

    /// <summary>Opens one.</summary>
    /// <exception cref="TessraxException">TSX3036: it is no index, or damaged; TSX3038: it cannot be opened that way; TSX3039: a newer program made it.</exception>
    IIndexBackend Open(string place, IndexAccess access);

    /// <summary>Writes a tidy copy where nothing is.</summary>
    void Vacuum(string from, string to);

    /// <summary>Makes an index one that nobody adds to and that keeps nothing beside it, or one that follows its ledger again. Repeating it changes
    /// nothing; a crash leaves the one or the other.</summary>
    /// <exception cref="TessraxException">TSX3041: somebody has it open; TSX3038: it cannot be written.</exception>
    void SetMode(string place, bool isImmutable);

    /// <summary>Makes what has been committed survive a power cut.</summary>
    void Sync(string place);

    /// <summary>Why a generation cannot be used, as far as its bytes alone tell; null if they show nothing.</summary>
    FaultCause? Diagnose(string place);

    /// <summary>Removes a generation with everything beside it; also half of one.</summary>
    void Delete(string place);
}

/// <summary>A generation of an index, open. It holds what to find entries by, and nothing that is true because it is here.</summary>
/// <remarks>Every entry from 0 to the mark's size has a row. Rows are only ever added. Nothing that was added is seen before it is committed.</remarks>
internal interface IIndexBackend : IDisposable
{
    /// <summary>How far it is complete; as of the opening or the last <see cref="Refresh"/> or <see cref="Commit"/>.</summary>
    IndexMark Mark { get; }

    /// <summary>Sees what was committed since.</summary>
    void Refresh();

    /// <summary>Cuts off what it works at now, which fails then; from any thread. Not every backend can, nor has to: those that cannot take short steps.</summary>
    void Interrupt() { }

    /// <summary>Adds the next entries, contiguous from the mark or from what was added since.</summary>
    void Add(ReadOnlySpan<IndexDocument> next);

    /// <summary>Commits what was added, with the mark that it makes and the blocks that it touched: all of it or nothing.</summary>
    void Commit(IndexMark mark, ReadOnlySpan<IndexBlock> blocks);

    /// <summary>All entries below (newest first) or above (oldest first) a bound.</summary>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    IPostings All(IndexOrder order, long? from);

    /// <summary>The entries with a value of a field.</summary>
    IPostings Field(FieldId field, string value, IndexOrder order, long? from);

    /// <summary>The entries in whose text these words stand one after the other.</summary>
    /// <param name="phrase">The words, at least one.</param>
    /// <param name="lastIsPrefix">Whether the last one need only begin a word.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    IPostings Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from);

    /// <summary>The entries in whose text several things stand, found in one go; null if this backend can look for one phrase at a time only.</summary>
    /// <param name="all">What stands there: words and phrases, and ANDs, ORs and NOTs of such; at least one.</param>
    /// <param name="none">What does not.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    IPostings? Texts(IReadOnlyList<QueryNode> all, IReadOnlyList<QueryNode> none, IndexOrder order, long? from) => null;

    /// <summary>The values of a field that begin so, in the order of their bytes in UTF-8, but no more than <paramref name="most"/>.</summary>
    IReadOnlyList<string> Values(FieldId field, string prefix, int most);

    /// <summary>The words that begin so, in the order of their bytes in UTF-8, but no more than <paramref name="most"/>. Words that were committed since the
    /// mark may be among them.</summary>
    IReadOnlyList<string> Words(string prefix, int most);

    /// <summary>The rows of entries from one up to, and without, another.</summary>
    IReadOnlyList<IndexRow> Rows(long from, long to);

    /// <summary>The first entries of the runs in which time does not go back: 0, and each entry recorded before the one before it.</summary>
    IReadOnlyList<long> Runs();

    /// <summary>All blocks, by their first entry.</summary>
    IEnumerable<IndexBlock> Blocks();

    /// <summary>Every place of every word: what the text of an entry was cut into, as the index has it. In no order.</summary>
    IEnumerable<WordPlace> Places();

    /// <summary>Every posting of every field as it is found by, apart from the rows. In no order.</summary>
    IEnumerable<FieldPosting> Postings();

    /// <summary>What it takes, and how much of it is of no use.</summary>
    IndexSizes Sizes();

    /// <summary>What the backend's own check finds wrong; null if nothing.</summary>
    /// <param name="quick">Whether to leave out what takes longer than reading it once.</param>
    string? Fault(bool quick);

    /// <summary>Lets the planner know how the values are spread.</summary>
    void Analyze();

    /// <summary>Gives back space and joins parts, for about so long, or until it is stopped.</summary>
    void Compact(TimeSpan budget, CancellationToken stop = default);
}

/// <summary>Indexes of entries, strictly falling or rising; before the first <see cref="Next"/> there is none.</summary>
internal interface IPostings : IDisposable
{
    /// <summary>The entry that it stands at.</summary>
    long Current { get; }

    /// <summary>Goes on by one; false at the end.</summary>
    bool Next();

    /// <summary>Goes on to the first that is at the bound or beyond it in its order; does not go back. False at the end.</summary>
    bool SeekTo(long bound);
}
