using CsCheck;
using Tessrax.Governance;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;
using Tessrax.Node.RocksDb;
using Tessrax.Node.Search;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Index;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Search;

/// <summary>An index finds what a look at every entry finds, in both orders, from any bound, however few steps it may take at a time.</summary>
public sealed class EvaluatorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int made;

    private IIndexStore Store { get; set; } = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sqlite", 12)]
    [InlineData("sqlite in small windows", 4)]
    [InlineData("rocksdb", 4)]
    public void It_finds_what_a_look_at_every_entry_finds(string backend, int rounds)
    {
        if (backend == "rocksdb")
            Store = new RocksIndexStore(SystemDisk.Instance, TimeProvider.System);
        if (backend == "sqlite in small windows")
            Store = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System) { WidestWindow = 64 };
        Gen.Int.Sample(
            seed =>
            {
                var documents = new RandomDocuments(seed);
                using IIndexBackend index = Made(
                    documents,
                    50 + documents.Next(700),
                    hasText: true,
                    out List<NaiveEntry> entries
                );
                var queries = new RandomQueries(seed, Words(entries), Values(entries), entries.Count)
                {
                    Begin = At(entries[0]),
                    Length = At(entries[^1]) - At(entries[0]) + TimeSpan.FromSeconds(1),
                };
                for (int i = 0; i < 40; i++)
                    Compare(index, queries.Next(), entries, documents);
                var texts = new RandomQueries(seed, Words(entries), Values(entries), entries.Count)
                {
                    OnlyTexts = true,
                };
                for (int i = 0; i < 20; i++)
                    Compare(index, texts.Next(), entries, documents);
            },
            iter: rounds,
            threads: 1
        );
    }

    [Fact]
    public void Without_text_it_finds_at_least_what_matches() =>
        Gen.Int.Sample(
            seed =>
            {
                var documents = new RandomDocuments(seed);
                using IIndexBackend index = Made(documents, 200, hasText: false, out List<NaiveEntry> entries);
                var queries = new RandomQueries(seed, Words(entries), Values(entries), entries.Count);
                for (int i = 0; i < 40; i++)
                {
                    Query query = queries.Next();
                    using var found = new Evaluator(
                        index,
                        query,
                        IndexOrder.Newest,
                        null,
                        entries.Count,
                        long.MaxValue
                    );
                    List<long> all = [.. found.Found()];
                    List<long> expected = NaiveSearch.Find(query, entries, newest: true, null);
                    Assert.Empty(expected.Except(all));
                    if (found.IsExact)
                        Assert.Equal(expected, all);
                }
            },
            iter: 5,
            threads: 1
        );

    [Fact]
    public void What_stands_for_too_many_words_or_values_is_refused()
    {
        IndexDocument[] documents =
        [
            .. Enumerable
                .Range(0, 1001)
                .Select(i => new IndexDocument(
                    new IndexRow(i, i, 0, [new FieldValue(FieldId.Subject, $"vuln-{i:D4}")], default, false),
                    $"word{i:D4}"
                )),
        ];
        using IIndexBackend index = Made(documents, hasText: true);
        Assert.Equal(ErrorCodes.QueryTooBroad, Refused(index, "word*").Code);
        Assert.Equal(ErrorCodes.QueryTooBroad, Refused(index, "subject:vuln*").Code);
        // Of 1,000 each there is one beginning, and four may stand together.
        string five = string.Join(" OR ", Enumerable.Repeat("word0*", 5));
        Assert.Contains("4,096 words and values", Refused(index, five).Message, StringComparison.Ordinal);
        Assert.Contains("4,096", Refused(index, $"({five}) NOT x").Message, StringComparison.Ordinal);
        Assert.Contains(
            "4,096",
            Refused(index, string.Join(' ', Enumerable.Repeat("-word0*", 5))).Message,
            StringComparison.Ordinal
        );
        using var few = new Evaluator(
            index,
            Query.Parse(string.Join(" OR ", Enumerable.Repeat("word0*", 4))),
            IndexOrder.Oldest,
            null,
            1001,
            10_000
        );
        Assert.Equal(1000, few.Found().Count());
        Assert.Equal(1000, Found(index, "subject:vuln-0* OR NOT word1000 ").Count);
        Assert.Equal(1000, Found(index, "word0*").Count);
        string[] many = [.. Enumerable.Range(0, 5).Select(_ => "subject:vuln-0*")];
        Assert.Contains("4,096", Refused(index, string.Join(" OR ", many)).Message, StringComparison.Ordinal);
    }

    // Up to 256 words are written out in one query of FTS5, more are not; nobody may notice.
    [Theory]
    [InlineData("sqlite")]
    [InlineData("rocksdb")]
    public void A_beginning_finds_the_same_however_many_words_begin_so(string backend)
    {
        if (backend == "rocksdb")
            Store = new RocksIndexStore(SystemDisk.Instance, TimeProvider.System);
        IndexDocument[] documents =
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(i => new IndexDocument(
                    new IndexRow(i, i, 0, [], default, false),
                    $"all word{i:D4} {(i % 2 == 0 ? "even" : "odd")}"
                )),
        ];
        using IIndexBackend index = Made(documents, hasText: true);
        foreach ((string start, int count) in ((string, int)[])[("word000", 10), ("word00", 100), ("word0", 1000)])
        {
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), Found(index, $"{start}*"));
            Assert.Equal(count / 2, Found(index, $"{start}* AND even").Count);
            Assert.Equal(count, Found(index, $"\"all {start}\"*").Count);
            Assert.Equal(1000 - count, Found(index, $"all NOT {start}*").Count);
            Assert.Equal(count / 2, Found(index, $"(odd OR none) AND {start}* NOT ({start}* AND even)").Count);
        }
        Assert.Equal(300, Found(index, "word00* OR word01* OR word02*").Count);
        Assert.Empty(Found(index, "\"all worx\"*"));
    }

    [Fact]
    public void It_ends_when_its_steps_are_spent_and_says_where()
    {
        IndexDocument[] documents =
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(i => new IndexDocument(
                    new IndexRow(
                        i,
                        i,
                        0,
                        [new FieldValue(FieldId.Event, i % 2 == 0 ? "x-even" : "x-odd")],
                        default,
                        false
                    ),
                    "word"
                )),
        ];
        using IIndexBackend index = Made(documents, hasText: true);
        using var found = new Evaluator(
            index,
            Query.Parse("event:x-even event:x-odd"),
            IndexOrder.Newest,
            null,
            1000,
            100
        );
        Assert.Empty(found.Found());
        Assert.True(found.IsCutShort);
        Assert.InRange(found.ReachedTo, 800, 950);
    }

    private static void Compare(IIndexBackend index, Query query, List<NaiveEntry> entries, RandomDocuments random)
    {
        foreach (IndexOrder order in (IndexOrder[])[IndexOrder.Newest, IndexOrder.Oldest])
        {
            bool newest = order == IndexOrder.Newest;
            long? from = random.Next(2) == 0 ? null : random.Next(entries.Count);
            List<long> expected = NaiveSearch.Find(query, entries, newest, from);
            using (var whole = new Evaluator(index, query, order, from, entries.Count, long.MaxValue))
            {
                Assert.True(whole.IsExact);
                Assert.Equal(expected, [.. whole.Found()]);
                Assert.False(whole.IsCutShort);
            }
            Assert.Equal(expected, InParts(index, query, order, from, entries.Count, 1 + random.Next(60)));
        }
    }

    // Each part goes on where the one before had to stop.
    private static List<long> InParts(
        IIndexBackend index,
        Query query,
        IndexOrder order,
        long? from,
        long size,
        int steps
    )
    {
        var all = new List<long>();
        while (true)
        {
            using var part = new Evaluator(index, query, order, from, size, steps);
            all.AddRange(part.Found());
            if (!part.IsCutShort)
                return all;
            // A part of few steps may end before it gets anywhere; more are taken then.
            steps = from == part.ReachedTo ? steps * 2 : steps;
            from = part.ReachedTo;
        }
    }

    private static List<long> Found(IIndexBackend index, string query)
    {
        using var found = new Evaluator(
            index,
            Query.Parse(query),
            IndexOrder.Oldest,
            null,
            index.Mark.Size,
            long.MaxValue
        );
        return [.. found.Found()];
    }

    private static TessraxException Refused(IIndexBackend index, string query) =>
        Assert.Throws<TessraxException>(() => Found(index, query));

    private IIndexBackend Made(RandomDocuments random, int count, bool hasText, out List<NaiveEntry> entries)
    {
        IndexDocument[] documents = random.Take(0, count);
        entries =
        [
            .. documents.Select(d => new NaiveEntry(
                d.Row.Index,
                d.Row.At,
                d.Row.Epoch,
                d.Row.Fields,
                d.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )),
        ];
        return Made(documents, hasText);
    }

    private IIndexBackend Made(IndexDocument[] documents, bool hasText)
    {
        string? words = hasText ? "tessrax/words/v1" : null;
        IIndexBackend index = Store.Create(
            Path.Combine(folder.Path, $"g{++made}{Store.Suffix}"),
            RandomDocuments.Mark(0, words),
            new IndexOptions()
        );
        index.Add(hasText ? documents : [.. documents.Select(d => new IndexDocument(d.Row, ""))]);
        index.Commit(
            RandomDocuments.Mark(documents.Length, words),
            RandomDocuments.Blocks([.. documents.Select(d => d.Row)], 0)
        );
        return index;
    }

    private static List<string> Words(List<NaiveEntry> entries) =>
        [.. entries.SelectMany(e => e.Words).Where(w => w != "\u0080").Distinct()];

    private static List<(string, string)> Values(List<NaiveEntry> entries) =>
        [
            .. entries
                .SelectMany(e => e.Fields)
                .Where(f => f.Value.Length > 0 && f.Field is not (FieldId.Key or FieldId.Approver or FieldId.Severity))
                .Distinct()
                .Select(f => (QueryFields.NameOf(f.Field), f.Value)),
        ];

    private static DateTimeOffset At(NaiveEntry entry) =>
        DateTimeOffset.UnixEpoch.AddTicks(entry.At * TimeSpan.TicksPerMicrosecond);
}
