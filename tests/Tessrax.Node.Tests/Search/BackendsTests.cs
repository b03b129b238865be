using System.Globalization;
using Tessrax.Contradictions;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Node.RocksDb;
using Tessrax.Node.Search;
using Xunit;

namespace Tessrax.Node.Tests.Search;

/// <summary>One ledger, one index after the other: every search is answered with the very same words, and each index holds the very same.</summary>
public sealed class BackendsTests : IDisposable
{
    private readonly TestLedger ledger = new(authorPerson: "Anna");

    public BackendsTests()
    {
        RocksIndexes.Register();
        Directory.CreateDirectory(Path.Combine(ledger.DirectoryPath, "index"));
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 8; i++)
        {
            writer.Append(
                Enumerable.Range(0, 60).Select(n => TestLedger.Own($"entry number {n} of {i}, straße {n * i}, 日本"))
            );
            Claim[] claims =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(n => TestLedger.Claim($"c-{i}-{n}", $"{(char)('A' + i)}", n * i, $"source {n}")),
            ];
            new Ingestor(writer).Ingest([TestLedger.File(claims)]);
        }
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Two_hundred_searches_are_answered_alike()
    {
        (List<string> answers, string whole) = Ask("sqlite");
        (List<string> others, string otherWhole) = Ask("rocksdb");
        Assert.Equal(answers, others);
        Assert.Equal(whole, otherWhole);
        Assert.True(answers.Count(a => !a.StartsWith("0 ", StringComparison.Ordinal)) > 100);
    }

    private (List<string> Answers, string Whole) Ask(string backend)
    {
        var shop = new IndexWorkshop(ledger.DirectoryPath, ledger.Environment);
        using (IndexSource source = IndexSource.Open(ledger.DirectoryPath, SystemDisk.Instance))
        using (shop.Locks.Build())
            Assert.NotNull(new IndexMaker(shop, source).Make(new IndexWish(backend)));
        using LedgerGlance glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);
        string whole;
        using (IndexReading reading = IndexReading.Open(ledger.DirectoryPath, glance.Directory.Id, ledger.Environment))
            whole = Whole(reading.Backend);
        using Searcher searcher = Searcher.Open(glance, ledger.Environment);
        var queries = new RandomQueries(
            5,
            ["entry", "number", "of", "straße", "日", "本", "7", "12", "source"],
            Values,
            540
        )
        {
            Begin = DateTimeOffset.UnixEpoch,
        };
        var answers = new List<string>();
        for (int i = 0; i < 200; i++)
        {
            SearchAnswer answer = searcher.Search(
                new SearchRequest(queries.Next()) { Order = (SearchOrder)(i % 3), Limit = 50 }
            );
            Assert.Equal(backend, answer.Index?.Backend);
            Assert.Empty(answer.Wrong);
            answers.Add(Said(answer));
        }
        return (answers, whole);
    }

    private static List<(string, string)> Values =>
        [
            ("event", "x-test"),
            ("event", Events.ContradictionDetected),
            ("subject", "A"),
            ("subject", "H"),
            ("source", "source 1"),
            ("claim", "c-3-2"),
            ("severity", "high"),
        ];

    private static string Said(SearchAnswer answer) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Count} {answer.Query} {answer.HasMore} {answer.LookedTo} {answer.Next} {string.Join(", ", answer.Hits.Select(hit => $"{hit.Entry.Receipt.Entry.Index} {hit.Score} {string.Concat(hit.Snippet)}"))}"
        );

    // Rows, blocks and runs to the digit, and every posting.
    private static string Whole(IIndexBackend index) =>
        string.Join(
            '\n',
            index
                .Rows(0, index.Mark.Size)
                .Select(r =>
                    $"{r.Index} {r.At} {r.Epoch} {string.Join('|', r.Fields)} {Convert.ToHexString(r.Words.Span)} {r.IsCut}"
                )
                .Concat(index.Blocks().Select(b => $"{b}"))
                .Concat(index.Runs().Select(r => $"{r}"))
                .Concat(index.Places().Select(p => $"{p}").Order(StringComparer.Ordinal))
                .Concat(index.Postings().Select(p => $"{p}").Order(StringComparer.Ordinal))
                .Append($"{index.Mark with { Generation = 0 }}")
        );
}
