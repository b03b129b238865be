using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.RocksDb;
using Tessrax.Node.Search;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>What was erased is gone from the index whatever lies in it; and where it cannot be, that is said, and nothing else suffers.</summary>
public sealed class IndexErasureTests : IDisposable
{
    // The entry that is erased, right behind those of the home.
    private const long Gone = IndexHome.Size;

    private readonly IndexHome home = new();
    private readonly TemporaryFolder elsewhere = new();

    public IndexErasureTests()
    {
        RocksIndexes.Register();
        using LedgerWriter writer = home.Open();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("z1", "Zebra", 5, "s1"))]);
    }

    public void Dispose()
    {
        home.Dispose();
        elsewhere.Dispose();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("rocksdb")]
    public void What_is_erased_is_found_before_and_not_after(string kind)
    {
        home.Rebuild(new IndexWish(kind));
        Assert.Equal([Gone], Found("zebra"));
        Assert.Equal([Gone], Found("subject:Zebra"));
        Assert.Contains("zebra", Words());
        Erase();
        Assert.Equal(kind, home.Files.Pointer().Backend);
        Assert.Empty(Found("zebra"));
        Assert.Empty(Found("subject:Zebra"));
        Assert.DoesNotContain("zebra", Words());
        Assert.True(home.Compare(isThorough: true, withText: true).IsNone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_deleted_where_a_linked_index_leads(bool isSegments)
    {
        string victim = isSegments ? Path.Combine(home.Path, "segments") : elsewhere.Path;
        File.WriteAllText(Path.Combine(elsewhere.Path, "kept"), "somebody else's");
        File.WriteAllText(Path.Combine(elsewhere.Path, "g1.db"), "somebody else's, too");
        string[] before = Directory.GetFiles(victim);
        Directory.CreateSymbolicLink(home.Folder, victim);
        Assert.Contains(
            home.Compare().Faults,
            fault => fault.Cause == FaultCause.Misplaced && fault.Says.Contains("link", StringComparison.Ordinal)
        );
        AssertLeftBehind(ErrorCodes.IndexUnusable);
        Assert.All(
            [
                () => LedgerIndex.Rebuild(home.Path, home.Environment),
                () => LedgerIndex.Want(home.Path, home.Environment, "sqlite"),
                () => LedgerIndex.Vacuum(home.Path, home.Environment),
                (Action)(() => LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true)),
            ],
            step => Assert.Equal(ErrorCodes.IndexUnusable, Assert.Throws<TessraxException>(step).Code)
        );
        Assert.Empty(before.Except(Directory.GetFiles(victim)));
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(victim),
            path => Path.GetFileName(path) is "lock" or "follow" or "index.json"
        );
        Assert.True(home.Ledger.Verify().Holds);
        File.Delete(home.Folder);
        Erase();
        Assert.True(home.Compare().IsNone);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("rocksdb")]
    public void A_generation_that_is_a_link_is_no_index_and_an_erasure_does_not_pass_over_it(string kind)
    {
        home.Rebuild(new IndexWish(kind));
        string target = Path.Combine(elsewhere.Path, "target");
        string place = home.Database;
        Directory.Move(place, target);
        File.CreateSymbolicLink(place, target);
        Assert.Equal(ErrorCodes.IndexUnusable, Assert.Throws<TessraxException>(home.Read).Code);
        Assert.Contains("is a symbolic link", Assert.Single(home.Compare().Faults).Says, StringComparison.Ordinal);
        TessraxException left = Assert.Throws<TessraxException>(Erase);
        Assert.Equal(ErrorCodes.IndexUnusable, left.Code);
        Assert.Contains($"{place} is a symbolic link to {target}", left.Message, StringComparison.Ordinal);
        Assert.Equal("", Stored(Gone));
        // What follows has made another one; where the link led, nothing was touched.
        Assert.Equal(2, home.Mark().Generation);
        Assert.True(Path.Exists(target));
        Assert.False(Path.Exists(place));
        Erase();
        Assert.Empty(Found("zebra"));
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("journal.json")]
    [InlineData("following")]
    [InlineData("cared")]
    [InlineData("g7.db")]
    [InlineData("g7.db-wal")]
    [InlineData("fields.db")]
    public void A_directory_under_a_name_of_the_index_keeps_no_erasure_from_being_done(string name)
    {
        home.Rebuild();
        string inTheWay = Path.Combine(home.Folder, name);
        File.Delete(inTheWay);
        Directory.CreateDirectory(inTheWay);
        File.WriteAllText(Path.Combine(inTheWay, "file"), "zebra");
        Erase();
        Assert.False(File.Exists(Path.Combine(inTheWay, "file")));
        home.Append("after it");
        Assert.Empty(Found("zebra"));
        Assert.Equal(home.Ledger.View().Size, home.Mark().Size);
    }

    [Fact]
    public void A_pointer_whose_number_cannot_be_raised_says_nothing()
    {
        home.Rebuild();
        string pointer = Path.Combine(home.Folder, "index.json");
        File.WriteAllText(
            pointer,
            File.ReadAllText(pointer).Replace("\"next\":2", "\"next\":9007199254740991", StringComparison.Ordinal)
        );
        Erase();
        home.Append("after it");
        Assert.Empty(Found("zebra"));
        Assert.True(home.Compare().IsNone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lock_that_is_no_file_is_named_and_stops_no_append(bool isPipe)
    {
        home.Rebuild();
        string path = Path.Combine(home.Folder, "lock");
        File.Delete(path);
        if (isPipe)
            MakePipe(path);
        else
            Directory.CreateDirectory(path);
        AssertLeftBehind(ErrorCodes.CannotWrite);
        Directory.Delete(home.Folder, recursive: true);
        Erase();
    }

    [Fact]
    public void What_has_another_name_is_left_alone()
    {
        home.Rebuild();
        string own = Path.Combine(home.Folder, "README");
        File.WriteAllText(own, "why this ledger has an index");
        Erase();
        Assert.True(File.Exists(own));
    }

    [Fact]
    public void A_payload_erased_on_record_is_shown_to_nobody_before_its_segment_is_written_again()
    {
        var content = new PayloadErased([new ErasedEntry(Gone, null)], "asked for");
        using (LedgerWriter writer = home.Open())
            writer.Append([new Draft { Event = Events.PayloadErased, Control = content.ToControl() }]);
        Assert.Contains("zebra", Stored(Gone), StringComparison.OrdinalIgnoreCase);
        AssertShownToNobody();
        // And the next writer carries it out.
        home.Open().Dispose();
        Assert.Equal("", Stored(Gone));
        AssertShownToNobody();
        Assert.Equal($"{{\"at\":{Gone + 1}}}", File.ReadAllText(Path.Combine(home.Path, "erased.json")));
    }

    [Fact]
    public void What_was_expected_and_never_came_is_taken_back()
    {
        PayloadEraser.Expect(home.Path, home.Environment.Disk);
        using (LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment))
            Assert.NotNull(glance.Receipt(Gone).Payload);
        Assert.True(PayloadEraser.MarkOf(home.Path, home.Environment.Disk).IsDue);
        home.Open().Dispose();
        Assert.False(File.Exists(Path.Combine(home.Path, "erased.json")));
    }

    // The segments are rid of it, appends go on, nothing is claimed, and the remedy is named.
    private void AssertLeftBehind(ErrorCode code)
    {
        TessraxException left = Assert.Throws<TessraxException>(Erase);
        Assert.Equal(code, left.Code);
        Assert.Contains($"rm -r {home.Folder}", left.Hint, StringComparison.Ordinal);
        Assert.Equal("", Stored(Gone));
        AssertShownToNobody();
        using (LedgerWriter writer = home.Open())
        {
            writer.Append([TestLedger.Own("and on")]);
            Assert.Equal(code, writer.Warning!.Code);
            Assert.Equal(code, writer.Erased!.Left!.Code);
        }
        Assert.Equal(code, Assert.Throws<TessraxException>(Erase).Code);
    }

    private void AssertShownToNobody()
    {
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        Assert.True(glance.Receipt(Gone).IsErased);
        using LedgerView view = home.Ledger.View();
        Assert.True(view.Receipt(Gone).IsErased);
        Assert.All(view.Receipts(Gone).Take(1), receipt => Assert.Null(receipt.Payload));
        SearchProof proof = new SearchProver(view).Prove(Query.Parse($"index:{Gone}"));
        Assert.True(proof.All.Single(entry => entry.Receipt.Entry.Index == Gone).Receipt.IsErased);
    }

    private void Erase()
    {
        using LedgerWriter writer = home.Open();
        new PayloadDesk(writer, SystemDisk.Instance).Erase(Gone, "asked for");
    }

    private string Stored(long index)
    {
        using var reader = new SegmentReader(home.Path, home.Environment.Disk, static (_, _) => true);
        return System.Text.Encoding.UTF8.GetString(reader.Read(index).Payload.Span);
    }

    private long[] Found(string query)
    {
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        using Searcher searcher = Searcher.Open(glance, home.Environment);
        SearchAnswer answer = searcher.Search(new SearchRequest(Query.Parse(query)));
        Assert.Equal(glance.Size, answer.Index?.Size);
        Assert.Empty(answer.Wrong);
        return [.. answer.Hits.Select(hit => hit.Entry.Receipt.Entry.Index).Where(index => index == Gone)];
    }

    private HashSet<string> Words()
    {
        using IndexReading open = home.Read();
        return [.. open.Backend.Places().Select(place => place.Word)];
    }

    internal static void MakePipe(string path)
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
