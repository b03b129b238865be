using CsCheck;
using Tessrax.Governance;
using Tessrax.Node.Index;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>What every backend of the index must do alike: one class of tests, run once for each.</summary>
public abstract class IndexConformance : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int made;

    /// <summary>The backend that is held to it.</summary>
    internal abstract IIndexStore Store { get; }

    internal string Folder => folder.Path;

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void It_answers_as_a_scan_of_every_document_does() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new RandomDocuments(seed);
                var model = new ModelIndex();
                string place = Place();
                using (IIndexBackend index = Store.Create(place, RandomDocuments.Mark(0), Options(random)))
                {
                    for (int commit = 0; commit < 4; commit++)
                    {
                        Grow(index, model, random, random.Next(120));
                        Compare(index, model, random, questions: 25);
                    }
                }
                foreach (IndexAccess access in (IndexAccess[])[IndexAccess.Read, IndexAccess.Write])
                {
                    using IIndexBackend again = Store.Open(place, access);
                    CompareWhole(again, model);
                    Compare(again, model, random, questions: 25);
                }
                Store.Delete(place);
            },
            iter: 16,
            threads: 1
        );

    [Fact]
    public void It_leaps_over_thousands_of_entries()
    {
        var random = new RandomDocuments(9);
        var model = new ModelIndex();
        using IIndexBackend index = Store.Create(Place(), RandomDocuments.Mark(0), new IndexOptions());
        Grow(index, model, random, 3_000);
        Compare(index, model, random, questions: 40);
    }

    [Fact]
    public void Nothing_is_seen_before_it_is_committed_and_what_is_not_is_gone()
    {
        var random = new RandomDocuments(1);
        var model = new ModelIndex();
        string place = Place();
        using (IIndexBackend index = Store.Create(place, RandomDocuments.Mark(0), new IndexOptions()))
        {
            Grow(index, model, random, 300);
            index.Add(random.Take(300, 50));
            CompareWhole(index, model, placesToo: false);
            Compare(index, model, random, questions: 40);
        }
        using (IIndexBackend index = Store.Open(place, IndexAccess.Write))
        {
            CompareWhole(index, model);
            Grow(index, model, random, 50);
            CompareWhole(index, model);
        }
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused_and_the_next_one_is_not()
    {
        var random = new RandomDocuments(2);
        var model = new ModelIndex();
        using IIndexBackend index = Store.Create(Place(), RandomDocuments.Mark(0), new IndexOptions());
        Grow(index, model, random, 20);
        IndexDocument[] beyond = random.Take(30, 2);
        Assert.Throws<ArgumentException>(() => index.Add(beyond));
        IndexDocument[] next = random.Take(20, 3);
        index.Add(next);
        Assert.Throws<ArgumentException>(() => index.Commit(RandomDocuments.Mark(22), []));
        Assert.Equal(20, index.Mark.Size);
        CompareWhole(index, model);
        Grow(index, model, random, 5);
        CompareWhole(index, model);
    }

    [Fact]
    public void Two_readers_beside_a_writer_see_what_was_committed_when_they_looked()
    {
        var random = new RandomDocuments(3);
        var model = new ModelIndex();
        string place = Place();
        using IIndexBackend writer = Store.Create(place, RandomDocuments.Mark(0), new IndexOptions());
        Grow(writer, model, random, 300);
        using IIndexBackend early = Store.Open(place, IndexAccess.Read);
        using IPostings begun = early.Field(FieldId.Event, "x-log", IndexOrder.Oldest, null);
        Assert.True(begun.Next());
        List<long> expected = model.Field(FieldId.Event, "x-log", IndexOrder.Oldest, null);

        Grow(writer, model, random, 300);
        using IIndexBackend late = Store.Open(place, IndexAccess.Read);

        Assert.Equal(300, early.Mark.Size);
        Assert.Equal(expected, [begun.Current, .. Drain(begun)]);
        Assert.Equal(expected, Drain(early.Field(FieldId.Event, "x-log", IndexOrder.Oldest, null)));
        Assert.Equal(299, Drain(early.All(IndexOrder.Newest, null))[0]);
        CompareWhole(late, model);
        early.Refresh();
        CompareWhole(early, model);
        Compare(early, model, random, questions: 40);
    }

    [Fact]
    public void An_index_that_is_deleted_under_an_open_reader_still_answers_it()
    {
        var random = new RandomDocuments(4);
        var model = new ModelIndex();
        string place = Place();
        using (IIndexBackend writer = Store.Create(place, RandomDocuments.Mark(0), new IndexOptions()))
            Grow(writer, model, random, 200);
        using IIndexBackend reader = Store.Open(place, IndexAccess.Read);
        Compare(reader, model, random, questions: 5);
        Store.Delete(place);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
        Compare(reader, model, random, questions: 40);
    }

    [Fact]
    public void Care_changes_no_answer_and_finds_nothing_wrong()
    {
        var random = new RandomDocuments(5);
        var model = new ModelIndex();
        string place = Place();
        using (IIndexBackend index = Store.Create(place, RandomDocuments.Mark(0), new IndexOptions(IsRebuild: true)))
        {
            for (int commit = 0; commit < 12; commit++)
                Grow(index, model, random, 60);
            int parts = index.Sizes().TextParts;
            Assert.Null(index.Fault(quick: true));
            Assert.Null(index.Fault(quick: false));
            index.Analyze();
            index.Compact(TimeSpan.FromSeconds(20));
            IndexSizes sizes = index.Sizes();
            Assert.InRange(sizes.TextParts, 1, Math.Max(1, parts - 1));
            Assert.InRange(sizes.Bytes, 1, long.MaxValue);
            Assert.Null(index.Fault(quick: false));
            CompareWhole(index, model);
            Grow(index, model, random, 60);
        }
        string copy = Place();
        Store.Sync(place);
        Store.Vacuum(place, copy);
        Store.Sync(copy);
        foreach (string each in (string[])[place, copy])
        {
            using IIndexBackend index = Store.Open(each, IndexAccess.Write);
            Assert.Null(index.Fault(quick: false));
            Assert.Null(Store.Diagnose(each));
            CompareWhole(index, model);
            Compare(index, model, random, questions: 40);
            // A generation of its own, in the name that it got.
            index.Commit(index.Mark with { Generation = 9 }, []);
        }
        using IIndexBackend named = Store.Open(copy, IndexAccess.Read);
        Assert.Equal(9, named.Mark.Generation);
    }

    [Fact]
    public void Immutable_touches_no_file()
    {
        var random = new RandomDocuments(6);
        var model = new ModelIndex();
        string place = Place();
        using (IIndexBackend writer = Store.Create(place, RandomDocuments.Mark(0), new IndexOptions()))
            Grow(writer, model, random, 300);
        Store.SetMode(place, isImmutable: true);
        string[] before = Files();
        using (IIndexBackend index = Store.Open(place, IndexAccess.Immutable))
        {
            CompareWhole(index, model);
            Compare(index, model, random, questions: 40);
            Assert.Null(index.Fault(quick: true));
            Assert.Equal(before, Files());
        }
        Assert.Equal(before, Files());
        Assert.Equal(
            ErrorCodes.IndexMode,
            Assert.Throws<TessraxException>(() => Store.Open(place, IndexAccess.Write)).Code
        );
        Store.SetMode(place, isImmutable: false);
        using IIndexBackend again = Store.Open(place, IndexAccess.Write);
        Grow(again, model, random, 10);
        CompareWhole(again, model);
    }

    [Fact]
    public void An_index_without_text_has_fields_alone()
    {
        var random = new RandomDocuments(7);
        using IIndexBackend index = Store.Create(Place(), RandomDocuments.Mark(0, words: null), new IndexOptions());
        index.Add(random.Take(0, 30));
        index.Commit(RandomDocuments.Mark(30, words: null), []);
        Assert.NotEmpty(Drain(index.Field(FieldId.Event, "x-log", IndexOrder.Newest, null)));
        Assert.Throws<InvalidOperationException>(() => index.Text(["a"], false, IndexOrder.Newest, null));
        Assert.Empty(index.Words("", 10));
        Assert.Empty(index.Places());
        Assert.Null(index.Fault(quick: false));
    }

    [Fact]
    public void What_is_gone_and_what_is_there_already_is_told()
    {
        string place = Place();
        Assert.Equal(
            ErrorCodes.NoSuchFile,
            Assert.Throws<TessraxException>(() => Store.Open(place, IndexAccess.Read)).Code
        );
        using (Store.Create(place, RandomDocuments.Mark(0), new IndexOptions())) { }
        Assert.Equal(
            ErrorCodes.AlreadyExists,
            Assert.Throws<TessraxException>(() => Store.Create(place, RandomDocuments.Mark(0), new IndexOptions())).Code
        );
        Store.Delete(place);
        Store.Delete(place);
    }

    /// <summary>A name where nothing is yet.</summary>
    internal string Place() => folder[$"g {++made}%?#{Store.Suffix}"];

    internal static void Grow(IIndexBackend index, ModelIndex model, RandomDocuments random, int count)
    {
        int from = model.Size;
        IndexDocument[] next = random.Take(from, count);
        model.Add(next);
        int half = count / 2;
        index.Add(next.AsSpan(0, half));
        index.Add(next.AsSpan(half));
        index.Commit(RandomDocuments.Mark(model.Size), RandomDocuments.Blocks(model.Rows, from));
        Assert.Equal(model.Size, index.Mark.Size);
    }

    /// <summary>Asks at random, and walks the answers step by step or in leaps.</summary>
    internal static void Compare(IIndexBackend index, ModelIndex model, RandomDocuments random, int questions)
    {
        for (int i = 0; i < questions; i++)
        {
            IndexOrder order = random.Order();
            long? from = random.Next(3) == 0 ? random.Next(model.Size + 3) - 1 : null;
            FieldId field = random.Field();
            string value = random.Value();
            string[] phrase = random.Phrase();
            bool isPrefix = random.Next(2) == 0;
            if (isPrefix)
                phrase[^1] = random.Start(phrase[^1]) is { Length: > 0 } start ? start : phrase[^1];
            Walk(index.All(order, from), model.All(order, from), model.Size, random, order);
            Walk(
                index.Field(field, value, order, from),
                model.Field(field, value, order, from),
                model.Size,
                random,
                order
            );
            Walk(
                index.Text(phrase, isPrefix, order, from),
                model.Text(phrase, isPrefix, order, from),
                model.Size,
                random,
                order
            );
            int most = 1 + random.Next(8);
            string begins = random.Start(value);
            Assert.Equal(model.Values(field, begins, most), index.Values(field, begins, most));
            string word = random.Start(random.Word());
            Assert.Equal(model.Words(word, most), index.Words(word, most));
        }
    }

    /// <summary>Whether damage is told: at the opening, by the backend's own check, or by whoever compares it with what the ledger holds. Answers to queries must be right otherwise.</summary>
    internal static bool IsTold(IIndexStore store, string copy, ModelIndex model)
    {
        try
        {
            using IIndexBackend index = store.Open(copy, IndexAccess.Read);
            if (index.Fault(quick: false) is not null)
                return true;
            try
            {
                CompareWhole(index, model);
            }
            // Rows, postings or places are not the ledger's: so says whoever compares them.
            catch (Xunit.Sdk.XunitException)
            {
                return true;
            }
            Compare(index, model, new RandomDocuments(14), questions: 20);
            return false;
        }
        catch (TessraxException e)
        {
            Assert.Equal(ErrorCodes.IndexUnusable, e.Code);
            return true;
        }
    }

    /// <summary>The code by which an opening is refused; null if it is not.</summary>
    internal static ErrorCode? CodeOf(IIndexStore store, string place, IndexAccess access)
    {
        try
        {
            using IIndexBackend index = store.Open(place, access);
            return null;
        }
        catch (TessraxException e)
        {
            return e.Code;
        }
    }

    internal static void CompareWhole(IIndexBackend index, ModelIndex model, bool placesToo = true)
    {
        Assert.Equal(RandomDocuments.Mark(model.Size), index.Mark with { Generation = 1 });
        Assert.Equal(model.Rows.Select(Said), index.Rows(0, model.Size).Select(Said));
        Assert.Equal(model.Rows.Skip(5).Take(9).Select(Said), index.Rows(5, 14).Select(Said));
        Assert.Equal(model.Runs(), index.Runs());
        if (!placesToo)
            return;
        Assert.Equal(RandomDocuments.Blocks(model.Rows, 0), index.Blocks());
        Assert.Equal(model.Places(), index.Places().ToHashSet());
        Assert.Equal(model.Postings(), index.Postings().ToHashSet());
    }

    private static string Said(IndexRow row) =>
        $"{row.Index} {row.At} {row.Epoch} {string.Join('|', row.Fields)} {Convert.ToHexString(row.Words.Span)} {row.IsCut}";

    private static void Walk(IPostings found, List<long> expected, int size, RandomDocuments random, IndexOrder order)
    {
        using (found)
        {
            if (random.Next(2) == 0)
            {
                Assert.Equal(expected, Drain(found));
                return;
            }
            int at = -1;
            while (true)
            {
                bool hasOne;
                if (random.Next(2) == 0)
                {
                    at++;
                    hasOne = found.Next();
                }
                else
                {
                    long bound = random.Next(size + 100) - 50;
                    int next = expected.FindIndex(
                        Math.Max(at, 0),
                        e => order == IndexOrder.Newest ? e <= bound : e >= bound
                    );
                    at = next < 0 ? expected.Count : next;
                    hasOne = found.SeekTo(bound);
                }
                Assert.Equal(at < expected.Count, hasOne);
                if (!hasOne)
                    return;
                Assert.Equal(expected[at], found.Current);
            }
        }
    }

    private static List<long> Drain(IPostings found)
    {
        var all = new List<long>();
        using (found)
        {
            while (found.Next())
                all.Add(found.Current);
            Assert.False(found.Next());
        }
        return all;
    }

    private static IndexOptions Options(RandomDocuments random) => new(1 << 20, IsRebuild: random.Next(2) == 0);

    private string[] Files() =>
        [
            .. Directory
                .GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f =>
                    $"{f} {File.GetLastWriteTimeUtc(f):O} {(File.Exists(f) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))) : "")}"
                ),
        ];
}
