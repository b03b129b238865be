using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Search;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Nothing that happens to the index is its writer's business: it neither waits for it nor ends by it; and what is not of the ledger is no index.</summary>
public sealed class IndexFollowerTests : IDisposable
{
    private readonly IndexHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Whatever_fails_is_told_and_ends_no_writer()
    {
        string folder = Path.Combine(home.Folder, "follow");
        Directory.CreateDirectory(folder);
        IndexErasureTests.MakePipe(Path.Combine(folder, "lock"));
        using (LedgerWriter writer = home.Open())
        {
            writer.Append([TestLedger.Own("with a pipe for a lock")]);
            Assert.True(SpinWait.SpinUntil(() => writer.Index!.Fault is not null, TimeSpan.FromMinutes(1)));
            Assert.Contains("not a regular file", writer.Index!.Fault!.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorCodes.CannotWrite, writer.Index.Fault.Code);
        }
        // Also what nobody thought of.
        Directory.Delete(home.Folder, recursive: true);
        IndexStores.Add("odd", static _ => throw new NotSupportedException("not here"));
        File.WriteAllBytes(
            Path.Combine(Directory.CreateDirectory(home.Folder).FullName, "index.json"),
            (IndexPointer.Default with { Backend = "odd" }).ToJson().ToCanonicalBytes()
        );
        using (LedgerWriter writer = home.Open())
        {
            writer.Append([TestLedger.Own("with an odd backend")]);
            Assert.True(SpinWait.SpinUntil(() => writer.Index!.Fault is not null, TimeSpan.FromMinutes(1)));
            Assert.Contains("not here", writer.Index!.Fault!.Message, StringComparison.Ordinal);
        }
        Assert.True(home.Ledger.Verify().Holds);
    }

    [Fact]
    public void An_erasure_waits_for_no_index_that_is_being_made()
    {
        long gone = IndexHome.Size;
        using (LedgerWriter first = home.Open())
            new Ingestor(first).Ingest([TestLedger.File(TestLedger.Claim("z1", "Zebra", 5, "s1"))]);
        using var patient = new PatientStore(home.Environment, "patient");
        LedgerIndex.Want(home.Path, home.Environment, "patient");
        using LedgerWriter writer = home.Open();
        writer.Append([TestLedger.Own("to be followed")]);
        Assert.True(patient.Begun.Wait(TimeSpan.FromMinutes(1)));
        Assert.NotNull(new PayloadDesk(writer, SystemDisk.Instance).Erase(gone, "asked for").Done);
        Assert.True(patient.WasStopped);
        Assert.True(SpinWait.SpinUntil(() => writer.Index!.Behind == 0, TimeSpan.FromMinutes(1)));
        using IndexReading open = home.Read();
        Assert.DoesNotContain(open.Backend.Places(), place => place.Word == "zebra");
    }

    [Fact]
    public void What_follows_has_ended_when_it_is_disposed_of()
    {
        using var patient = new PatientStore(home.Environment, "stubborn") { Lingers = TimeSpan.FromSeconds(1) };
        LedgerIndex.Want(home.Path, home.Environment, "stubborn");
        LedgerDirectory directory = LedgerDirectory.Open(home.Path, home.Environment.Disk);
        using var reader = new SegmentReader(home.Path, home.Environment.Disk, static (_, _) => true);
        IndexFollower follower = IndexFollower.Start(directory, home.Environment, () => reader)!;
        follower.Patience = TimeSpan.FromMilliseconds(20);
        follower.Note(IndexHome.Size);
        Assert.True(patient.Begun.Wait(TimeSpan.FromMinutes(1)));
        follower.Dispose();
        Assert.True(patient.HasEnded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pointer_that_says_something_else_of_words_than_its_generation_is_not_believed(bool hasText)
    {
        home.Rebuild(new IndexWish(HasText: hasText));
        IndexPointer pointer = home.Files.Pointer();
        home.Files.Write(pointer with { HasText = !hasText });
        Assert.Contains("words", Assert.Throws<TessraxException>(home.Read).Message, StringComparison.Ordinal);
        Tessrax.Node.Recovery.Fault fault = Assert.Single(home.Compare().Faults);
        Assert.Equal(
            (FaultCause.EditedByHand, true),
            (fault.Cause, fault.Says.Contains("words", StringComparison.Ordinal))
        );
        Assert.NotEmpty(Found("text"));
        home.Append("text of the next writer");
        Assert.Equal(!hasText, home.Mark().Words is not null);
        Assert.Contains(IndexHome.Size, Found("text"));
        Assert.True(home.Compare(isThorough: true).IsNone);
    }

    [Fact]
    public void The_index_of_a_copy_that_went_on_differently_is_not_used()
    {
        home.Rebuild();
        using var other = new TemporaryFolder();
        string copy = Path.Combine(other.Path, "copy");
        NodeEnvironment apart = home.Environment with { StateDirectory = other.Path };
        Copy(home.Path, copy);
        for (int i = 0; i < 3; i++)
            home.Append($"needle {i}");
        using (LedgerWriter writer = LedgerWriter.Open(copy, TestLedger.Keys(), apart))
            writer.Append(Enumerable.Range(0, 6).Select(i => TestLedger.Own($"hay {i}")));
        Directory.Delete(home.Folder, recursive: true);
        Copy(Path.Combine(copy, "index"), home.Folder);
        Assert.Equal(IndexHome.Size + 6, home.Mark().Size);
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        using Searcher searcher = Searcher.Open(glance, home.Environment);
        Assert.Equal(3, searcher.Search(new SearchRequest(Query.Parse("needle"))).Count);
        Assert.Equal(ErrorCodes.IndexUnusable, searcher.WithoutIndex!.Code);
        Assert.Contains($"{IndexHome.Size + 6} entries", searcher.WithoutIndex.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_of_a_ledger_that_has_grown_since_it_was_opened_is_used()
    {
        home.Rebuild();
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        home.Append("text that came later");
        Assert.Equal(IndexHome.Size + 1, home.Mark().Size);
        using Searcher searcher = Searcher.Open(glance, home.Environment);
        Assert.Null(searcher.WithoutIndex);
        Assert.Empty(searcher.Search(new SearchRequest(Query.Parse("later"))).Hits);
    }

    private List<long> Found(string query)
    {
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        using Searcher searcher = Searcher.Open(glance, home.Environment);
        return
        [
            .. searcher.Search(new SearchRequest(Query.Parse(query))).Hits.Select(hit => hit.Entry.Receipt.Entry.Index),
        ];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFiles(from))
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        foreach (string path in Directory.GetDirectories(from))
            Copy(path, Path.Combine(to, Path.GetFileName(path)));
    }

    // SQLite's, but that joining its parts lasts until somebody stops it, and then a while longer.
    private sealed class PatientStore : IIndexStore, IDisposable
    {
        private readonly SqliteIndexStore inner;

        public PatientStore(NodeEnvironment environment, string name)
        {
            inner = new SqliteIndexStore(environment.Disk, environment.Clock);
            Name = name;
            IndexStores.Add(name, _ => this);
        }

        public string Name { get; }

        public string Suffix => inner.Suffix;

        public TimeSpan Lingers { get; init; }

        public ManualResetEventSlim Begun { get; } = new();

        public bool WasStopped { get; private set; }

        public bool HasEnded { get; private set; }

        public IIndexBackend Create(string place, IndexMark empty, IndexOptions options) =>
            new PatientIndex(this, inner.Create(place, empty, options));

        public IIndexBackend Open(string place, IndexAccess access) => inner.Open(place, access);

        public void Vacuum(string from, string to) => inner.Vacuum(from, to);

        public void SetMode(string place, bool isImmutable) => inner.SetMode(place, isImmutable);

        public void Sync(string place) => inner.Sync(place);

        public string? LibraryOf(string place) => inner.LibraryOf(place);

        public void Need() => inner.Need();

        public FaultCause? Diagnose(string place) => inner.Diagnose(place);

        public void Delete(string place) => inner.Delete(place);

        public void Dispose() => Begun.Dispose();

        private sealed class PatientIndex(PatientStore store, IIndexBackend index) : IIndexBackend
        {
            public IndexMark Mark => index.Mark;

            public void Compact(TimeSpan budget, CancellationToken stop = default)
            {
                // The second time it is as quick as any.
                if (store.Begun.IsSet)
                    return;
                store.Begun.Set();
                store.WasStopped = stop.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
                Thread.Sleep(store.Lingers);
                store.HasEnded = true;
            }

            public void Refresh() => index.Refresh();

            public void Add(ReadOnlySpan<IndexDocument> next) => index.Add(next);

            public void Commit(IndexMark mark, ReadOnlySpan<IndexBlock> blocks) => index.Commit(mark, blocks);

            public IPostings All(IndexOrder order, long? from) => index.All(order, from);

            public IPostings Field(FieldId field, string value, IndexOrder order, long? from) =>
                index.Field(field, value, order, from);

            public IPostings Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from) =>
                index.Text(phrase, lastIsPrefix, order, from);

            public IReadOnlyList<string> Values(FieldId field, string prefix, int most) =>
                index.Values(field, prefix, most);

            public IReadOnlyList<string> Words(string prefix, int most) => index.Words(prefix, most);

            public IReadOnlyList<IndexRow> Rows(long from, long to) => index.Rows(from, to);

            public IReadOnlyList<long> Runs() => index.Runs();

            public IEnumerable<IndexBlock> Blocks() => index.Blocks();

            public IEnumerable<WordPlace> Places() => index.Places();

            public IEnumerable<FieldPosting> Postings() => index.Postings();

            public IndexSizes Sizes() => index.Sizes();

            public string? Fault(bool quick) => index.Fault(quick);

            public void Analyze() => index.Analyze();

            public void Dispose() => index.Dispose();
        }
    }
}
