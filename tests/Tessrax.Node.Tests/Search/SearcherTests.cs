using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Search;

/// <summary>Searching a real ledger: by its index, by looking at every entry, and by both.</summary>
public sealed class SearcherTests(SearcherTests.Fixture fixture) : IClassFixture<SearcherTests.Fixture>
{
    // Where the index of the fixture's ledger ends; -1 if there is none.
    public static TheoryData<int> Reaches => [-1, 0, 100, 290, int.MaxValue];

    [Theory]
    [MemberData(nameof(Reaches))]
    public void It_finds_what_a_look_at_every_entry_finds_page_by_page(int reach)
    {
        using IIndexBackend? index = fixture.IndexUpTo(reach < 0 ? null : reach);
        var searcher = new Searcher(fixture.Glance, index, "sqlite");
        var random = new RandomQueries(reach, fixture.Words, fixture.Values, fixture.Entries.Count)
        {
            Begin = fixture.Begin,
            Length = fixture.Length,
        };
        int found = 0;
        for (int i = 0; i < 20; i++)
        {
            Query query = random.Next();
            foreach (SearchOrder order in (SearchOrder[])[SearchOrder.Newest, SearchOrder.Oldest, SearchOrder.Rank])
            {
                List<long> expected = NaiveSearch.Find(query, fixture.Entries, order != SearchOrder.Oldest, null);
                List<long> paged = Pages(searcher, query, order, 20 + i % 3 * 100);
                Assert.Equal(expected, order == SearchOrder.Rank ? paged.OrderDescending() : paged);
                found += paged.Count;
            }
            Assert.Equal(
                NaiveSearch.Find(query, fixture.Entries, true, null).Count,
                searcher.Search(new SearchRequest(query)).Count
            );
        }
        Assert.True(found > 500, $"only {found} hits");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Whoever_waits_no_longer_is_not_searched_for(int reach)
    {
        using IIndexBackend? index = fixture.IndexUpTo(reach < 0 ? null : reach);
        var searcher = new Searcher(fixture.Glance, index, "sqlite");
        using var stop = new CancellationTokenSource();
        var request = new SearchRequest(Query.Parse("event:x-test")) { Stop = stop.Token };
        Assert.NotEmpty(searcher.Search(request).Hits);
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => searcher.Search(request));
    }

    [Fact]
    public void An_answer_says_of_what_it_is()
    {
        using IIndexBackend? index = fixture.IndexUpTo(100);
        SearchAnswer answer = new Searcher(fixture.Glance, index, "sqlite").Search(
            new SearchRequest(Query.Parse("event:x-test")) { Limit = 3 }
        );
        Assert.Equal(fixture.Glance.Directory.Id, answer.Ledger);
        Assert.Equal(fixture.Glance.Size, answer.Size);
        Assert.Equal(fixture.Glance.Tree.Root(), answer.Root);
        Assert.Equal(new SearchIndex("sqlite", 100, 0), answer.Index);
        Assert.Equal(3, answer.Hits.Count);
        Assert.False(answer.HasMore);
        Assert.NotNull(answer.Next);
        Assert.Null(answer.LookedTo);
        Assert.Empty(answer.Wrong);
    }

    // What an index has that is not so is never shown, and told.
    [Fact]
    public void An_index_can_invent_nothing()
    {
        using IIndexBackend index = fixture.Forged(row =>
            row with
            {
                Fields = [.. row.Fields.Append(new FieldValue(FieldId.Subject, "forged")).Order()],
            }
        );
        var searcher = new Searcher(fixture.Glance, index, "sqlite");
        SearchAnswer answer = searcher.Search(new SearchRequest(Query.Parse("subject:forged")));
        Assert.Empty(answer.Hits);
        Assert.Equal(100, answer.Wrong.Count);
        Assert.Equal(fixture.Glance.Size - 1, answer.Wrong[0]);
        Assert.Empty(searcher.Search(new SearchRequest(Query.Parse("event:x-test"))).Wrong);
    }

    [Fact]
    public void Without_text_in_the_index_words_are_looked_for_in_the_entries()
    {
        using IIndexBackend? index = fixture.IndexUpTo(int.MaxValue, hasText: false);
        var searcher = new Searcher(fixture.Glance, index, "sqlite");
        foreach (
            string text in (string[])
                [
                    "entry event:x-test",
                    "NOT entry",
                    "\"entry number 7\" OR subject:A",
                    "event:x-test NOT (number NOT 7)",
                ]
        )
        {
            var query = Query.Parse(text);
            List<long> expected = NaiveSearch.Find(query, fixture.Entries, true, null);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Pages(searcher, query, SearchOrder.Newest, 50));
            SearchAnswer answer = searcher.Search(new SearchRequest(query));
            Assert.Equal((expected.Count, 0), (answer.Count, answer.Wrong.Count));
        }
    }

    [Fact]
    public void The_best_come_first()
    {
        using IIndexBackend? index = fixture.IndexUpTo(int.MaxValue);
        SearchAnswer answer = new Searcher(fixture.Glance, index, "sqlite").Search(
            new SearchRequest(Query.Parse("rare OR common")) { Order = SearchOrder.Rank }
        );
        // Rare words count for more, more of them count for more, and short texts do.
        Assert.Equal(
            ["rare", "rare common filler filler filler filler filler filler", "common common", "common"],
            answer.Hits.Select(TextOf).Take(4)
        );
        Assert.True(
            answer
                .Hits.Zip(answer.Hits.Skip(1))
                .All(pair =>
                    pair.First.Score > pair.Second.Score
                    || (
                        pair.First.Score == pair.Second.Score
                        && pair.First.Entry.Receipt.Entry.Index > pair.Second.Entry.Receipt.Entry.Index
                    )
                )
        );
    }

    [Fact]
    public void Snippets_show_what_was_found()
    {
        using IIndexBackend? index = fixture.IndexUpTo(int.MaxValue);
        var searcher = new Searcher(fixture.Glance, index, "sqlite");
        SearchHit hit = searcher.Search(new SearchRequest(Query.Parse("\"entry number 7\" OR ent*"))).Hits[^1];
        Assert.Contains(
            new SnippetPart("entry", true),
            searcher.Search(new SearchRequest(Query.Parse("entry"))).Hits[0].Snippet
        );
        Assert.All(
            hit.Snippet.Where(part => part.IsHit),
            part => Assert.StartsWith("entry", part.Text, StringComparison.Ordinal)
        );
        Assert.Empty(searcher.Search(new SearchRequest(Query.Parse("event:x-test"))).Hits[0].Snippet);
    }

    [Fact]
    public void Pages_do_not_shift_when_entries_are_appended()
    {
        using var ledger = new TestLedger(clock: new FakeClock());
        Append(ledger, "number", 30);
        foreach (SearchOrder order in (SearchOrder[])[SearchOrder.Newest, SearchOrder.Oldest, SearchOrder.Rank])
        {
            SearchAnswer first = Search(ledger, order, null);
            Append(ledger, "number number", 5);
            var all = new List<long>(Indexes(first));
            string? next = first.Next;
            while (next is not null)
            {
                SearchAnswer page = Search(ledger, order, next);
                all.AddRange(Indexes(page));
                next = page.Next;
            }
            long end = order == SearchOrder.Oldest ? first.Size + 5 : first.Size;
            Assert.Equal(Enumerable.Range(1, (int)end - 1).Select(i => (long)i), all.Order());
        }
    }

    [Fact]
    public void A_cursor_of_another_search_is_refused()
    {
        using IIndexBackend? index = fixture.IndexUpTo(null);
        var searcher = new Searcher(fixture.Glance, index, "");
        var query = Query.Parse("entry");
        string next = searcher.Search(new SearchRequest(query)).Next!;
        Assert.Equal(46, next.Length);
        var request = new SearchRequest(query) { Cursor = next };
        Assert.NotEmpty(searcher.Search(request).Hits);
        string longer = new SearchCursor(SearchOrder.Newest, 0, 5, fixture.Glance.Size + 1).ToText(
            fixture.Glance.Directory.Id,
            query
        );
        string elsewhere = new SearchCursor(SearchOrder.Newest, 0, 5, 10).ToText(HashEngine.Sha256.Hash("x"u8), query);
        SearchRequest[] refused =
        [
            request with
            {
                Query = Query.Parse("number"),
            },
            request with
            {
                Order = SearchOrder.Oldest,
            },
            request with
            {
                Cursor = longer,
            },
            request with
            {
                Cursor = elsewhere,
            },
            request with
            {
                Cursor = "",
            },
            request with
            {
                Cursor = next[1..],
            },
            request with
            {
                Cursor = next + "A",
            },
            request with
            {
                Cursor = next[..^1] + "%",
            },
            request with
            {
                Cursor = "B" + next[1..],
            },
            request with
            {
                Cursor = new string('_', 46),
            },
        ];
        Assert.All(
            refused,
            one => Assert.Equal(ErrorCodes.BadCursor, Assert.Throws<TessraxException>(() => searcher.Search(one)).Code)
        );
        // Any character changed gives another page of this search, or none.
        for (int at = 0; at < next.Length; at++)
        {
            string changed = next[..at] + (next[at] == 'B' ? 'C' : 'B') + next[(at + 1)..];
            try
            {
                searcher.Search(request with { Cursor = changed });
            }
            catch (TessraxException e)
            {
                Assert.Equal(ErrorCodes.BadCursor, e.Code);
            }
        }
    }

    [Fact]
    public void A_ledger_without_an_index_is_looked_through_if_it_is_small()
    {
        using var ledger = new TestLedger();
        Append(ledger, "some text", 3);
        using LedgerGlance glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);
        using Searcher searcher = Searcher.Open(glance, ledger.Environment);
        Assert.Equal(ErrorCodes.NoIndex, searcher.WithoutIndex!.Code);
        SearchAnswer answer = searcher.Search(new SearchRequest(Query.Parse("\"some text\"")));
        Assert.Equal(3, answer.Count);
        Assert.Null(answer.Index);
        using Searcher unasked = Searcher.Open(glance, ledger.Environment, usesIndex: false);
        Assert.Null(unasked.WithoutIndex);
    }

    [Fact]
    public void An_index_that_serves_is_used_and_one_of_another_history_is_not()
    {
        using var ledger = new TestLedger();
        Append(ledger, "some text", 3);
        Make(ledger);
        Append(ledger, "some text", 2);
        using LedgerGlance glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);
        using (Searcher searcher = Searcher.Open(glance, ledger.Environment))
        {
            SearchAnswer answer = searcher.Search(new SearchRequest(Query.Parse("\"some text\"")));
            Assert.Equal(("sqlite", 0), (answer.Index!.Backend, answer.Index.Behind));
            Assert.Equal(5, answer.Count);
        }
        using var other = new TestLedger(clock: new FakeClock());
        Append(other, "other text", 4);
        string file = Directory.GetFiles(Path.Combine(ledger.DirectoryPath, "index"), "g*.db").Single();
        System.IO.File.Delete(file);
        var store = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System);
        var mark = new IndexMark(
            long.Parse(Path.GetFileNameWithoutExtension(file)[1..], null),
            ledger.Id,
            0,
            HashEngine.Sha256.Hash("x"u8),
            "tessrax/words/v1"
        );
        store.Create(file, mark, new IndexOptions()).Dispose();
        using Searcher without = Searcher.Open(glance, ledger.Environment);
        Assert.Equal(ErrorCodes.IndexUnusable, without.WithoutIndex!.Code);
        Assert.Equal(5, without.Search(new SearchRequest(Query.Parse("text"))).Count);
    }

    [Fact]
    public void Names_of_keys_and_persons_are_known()
    {
        var searcher = new Searcher(fixture.Glance, null, "");
        Digest author = Assert.Single(fixture.Glance.KeysOf("author"));
        Assert.Equal([author], fixture.Glance.KeysOf("Anna"));
        Assert.Empty(fixture.Glance.KeysOf("nobody"));
        var query = Query.Parse("key:author event:x-test", keysOf: fixture.Glance.KeysOf);
        Assert.Equal($"(key:{author.ToHex()} OR approver:{author.ToHex()}) AND event:x-test", query.ToString());
        Assert.NotEmpty(searcher.Search(new SearchRequest(query)).Hits);
    }

    private static void Append(TestLedger ledger, string text, int count)
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append(Enumerable.Range(0, count).Select(i => TestLedger.Own($"{text} {i}")));
    }

    private static void Make(TestLedger ledger)
    {
        Directory.CreateDirectory(Path.Combine(ledger.DirectoryPath, "index"));
        var shop = new IndexWorkshop(ledger.DirectoryPath, ledger.Environment);
        using IndexSource source = IndexSource.Open(ledger.DirectoryPath, SystemDisk.Instance);
        using (shop.Locks.Build())
            Assert.NotNull(new IndexMaker(shop, source).Make(new IndexWish()));
    }

    private static SearchAnswer Search(TestLedger ledger, SearchOrder order, string? cursor)
    {
        using LedgerGlance glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);
        return new Searcher(glance, null, "").Search(
            new SearchRequest(Query.Parse("number"))
            {
                Order = order,
                Cursor = cursor,
                Limit = 7,
            }
        );
    }

    private static List<long> Pages(Searcher searcher, Query query, SearchOrder order, int limit)
    {
        var all = new List<long>();
        string? next = null;
        do
        {
            SearchAnswer page = searcher.Search(
                new SearchRequest(query)
                {
                    Order = order,
                    Cursor = next,
                    Limit = limit,
                }
            );
            Assert.True(page.Hits.Count == limit || page.Next is null);
            all.AddRange(Indexes(page));
            next = page.Next;
        } while (next is not null);
        return all;
    }

    private static IEnumerable<long> Indexes(SearchAnswer answer) =>
        answer.Hits.Select(hit => hit.Entry.Receipt.Entry.Index);

    private static string TextOf(SearchHit hit) => hit.Entry.Receipt.Payload!.Root["data"]!["text"]!.AsString();

    /// <summary>A ledger with claims, contradictions, decisions and own events.</summary>
    public sealed class Fixture : IDisposable
    {
        private readonly TestLedger ledger = new(authorPerson: "Anna");
        private readonly string folder = Directory.CreateTempSubdirectory("tessrax-test-").FullName;
        private int made;

        public Fixture()
        {
            using (LedgerWriter writer = ledger.Open())
            {
                for (int i = 0; i < 10; i++)
                {
                    writer.Append(
                        Enumerable.Range(0, 25).Select(n => TestLedger.Own($"entry number {n} of {i}, straße {n * i}"))
                    );
                    Claim[] claims =
                    [
                        .. Enumerable
                            .Range(0, 4)
                            .Select(n => TestLedger.Claim($"c-{i}-{n}", $"{(char)('A' + i)}", n * i, $"source {n}")),
                    ];
                    new Ingestor(writer).Ingest([TestLedger.File(claims)]);
                }
                string[] ranked =
                [
                    "common",
                    "common common",
                    "rare common filler filler filler filler filler filler",
                    "rare",
                    .. Enumerable.Repeat("common filler filler filler filler", 6),
                ];
                writer.Append(ranked.AsEnumerable().Reverse().Select(TestLedger.Own));
            }
            Glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);
            Receipts = [.. Glance.From(0)];
            Entries = [.. Receipts.Select(Naive)];
        }

        public LedgerGlance Glance { get; }

        internal List<NaiveEntry> Entries { get; }

        public List<string> Words => [.. Entries.SelectMany(e => e.Words).Where(w => w != "\u0080").Distinct()];

        public List<(string, string)> Values =>
            [
                .. Entries
                    .SelectMany(e => e.Fields)
                    .Where(f => f.Field is not (FieldId.Key or FieldId.Approver))
                    .Distinct()
                    .Select(f => (QueryFields.NameOf(f.Field), f.Value)),
            ];

        public DateTimeOffset Begin => Receipts[0].Entry.RecordedAt.ToDateTimeOffset();

        public TimeSpan Length =>
            Receipts[^1].Entry.RecordedAt.ToDateTimeOffset() - Begin + TimeSpan.FromMilliseconds(1);

        private List<Receipt> Receipts { get; }

        internal IIndexBackend? IndexUpTo(int? reach, bool hasText = true) =>
            reach is { } size ? Made(Math.Min(size, Receipts.Count), hasText, static row => row) : null;

        internal IIndexBackend Forged(Func<IndexRow, IndexRow> change) => Made(Receipts.Count, true, change);

        public void Dispose()
        {
            Glance.Dispose();
            ledger.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        private IIndexBackend Made(int size, bool hasText, Func<IndexRow, IndexRow> change)
        {
            var store = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System);
            string? words = hasText ? "tessrax/words/v1" : null;
            var empty = new IndexMark(1, ledger.Id, 0, HashEngine.Sha256.Hash([]), words);
            IIndexBackend index = store.Create(
                Path.Combine(folder, $"g{++made}{store.Suffix}"),
                empty,
                new IndexOptions()
            );
            IndexDocument[] documents =
            [
                .. Receipts
                    .Take(size)
                    .Zip(Entries)
                    .Select(pair => new IndexDocument(
                        change(
                            new IndexRow(
                                pair.Second.Index,
                                pair.Second.At,
                                pair.Second.Epoch,
                                pair.Second.Fields,
                                default,
                                false
                            )
                        ),
                        hasText ? pair.First.Words().ToString() : ""
                    )),
            ];
            index.Add(documents);
            IndexBlock[] blocks =
            [
                .. documents
                    .Chunk(IndexBlock.Length)
                    .Select(
                        (chunk, i) =>
                            new IndexBlock(
                                i * IndexBlock.Length,
                                chunk.Length,
                                chunk.Length == IndexBlock.Length ? ledger.Id : null,
                                ledger.Id
                            )
                    ),
            ];
            index.Commit(empty with { Size = size, Root = ledger.Id }, blocks);
            return index;
        }

        private static NaiveEntry Naive(Receipt receipt)
        {
            string name = receipt.Entry.Body.Event;
            object? payload =
                receipt.Payload is { } frozen && !Events.IsOwn(name) ? EventPayloads.Read(name, frozen.Root) : null;
            long at = (receipt.Entry.RecordedAt.ToDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / 10;
            return new NaiveEntry(
                receipt.Entry.Index,
                at,
                receipt.Entry.Epoch,
                EntryFields.Of(receipt.Entry.Body, payload),
                receipt.Words().ToString().Split(' ')
            );
        }
    }
}
