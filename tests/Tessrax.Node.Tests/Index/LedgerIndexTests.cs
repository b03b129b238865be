using System.Text;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>The index is what the ledger says, follows it, and is in nobody's way.</summary>
public sealed class LedgerIndexTests : IDisposable
{
    private const int Size = IndexHome.Size;
    private readonly IndexHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Rows_say_of_each_entry_what_it_can_be_found_by()
    {
        Assert.Equal(Size, home.Rebuild().Size);

        using IndexReading open = home.Read();
        IReadOnlyList<IndexRow> rows = open.Backend.Rows(0, Size);
        Assert.Equal(Size, rows.Count);
        using var view = home.Ledger.View();
        foreach (IndexRow row in rows)
        {
            Receipt receipt = view.Receipt(row.Index);
            Assert.Equal(receipt.Entry.Body.Event, ValueOf(row, FieldId.Event));
            Assert.Equal(
                receipt.Entry.RecordedAt.ToDateTimeOffset(),
                DateTimeOffset.UnixEpoch.AddTicks(row.At * TimeSpan.TicksPerMicrosecond)
            );
            Assert.Equal(receipt.Entry.Body.By.Key.ToHex(), ValueOf(row, FieldId.Key));
        }
        IndexRow told = rows.First(row => ValueOf(row, FieldId.Event) == Events.ContradictionDetected);
        Assert.Equal("A", ValueOf(told, FieldId.Subject));
        Assert.NotNull(ValueOf(told, FieldId.Severity));
        Assert.Contains(home.Ledger.Policy.Pin.Version, ValueOf(told, FieldId.Policy)!, StringComparison.Ordinal);
        IndexRow claims = rows.First(row => ValueOf(row, FieldId.Event) == Events.ClaimsRecorded);
        Assert.Equal("A", ValueOf(claims, FieldId.Subject));
        Assert.Equal(new IndexMark(1, home.Ledger.Id, Size, view.Tree.Root(), "tessrax/words/v1"), open.Mark);
        Assert.Equal(
            rows.Where(row => ValueOf(row, FieldId.Subject) == "A").Select(row => row.Index),
            Found(open.Backend.Field(FieldId.Subject, "A", IndexOrder.Oldest, null))
        );
        string last = $"{rows.Count(row => ValueOf(row, FieldId.Event) == "x-test") - 1}";
        Assert.Equal([Size - 1L], Found(open.Backend.Text(["text", last], false, IndexOrder.Newest, null)));
    }

    [Fact]
    public void It_follows_the_writer_and_is_made_again_when_it_is_gone_or_broken()
    {
        home.Rebuild();
        home.Append("followed");
        Assert.Equal(Size + 1, home.Mark().Size);
        Assert.Equal(["g1.db", "index.json"], home.Names());
        File.Delete(home.Database);
        home.Append("made again");
        Assert.Equal(Size + 2, home.Mark().Size);
        File.WriteAllText(home.Database, "this is no database at all, but long enough to look like a page of one");
        home.Append("made again, too");
        Assert.Equal(Size + 3, home.Mark().Size);
        File.WriteAllText(Path.Combine(home.Folder, "index.json"), "{}");
        home.Append("after its pointer was lost");
        Assert.Equal(Size + 4, home.Mark().Size);
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
        Assert.Equal([Path.GetFileName(home.Database), "index.json"], home.Names());
    }

    [Fact]
    public void It_follows_a_writer_at_work_and_tells_how_far_it_is_behind()
    {
        Directory.CreateDirectory(home.Folder);
        using LedgerWriter writer = home.Open();
        Assert.Equal(0, writer.Index!.Behind);
        writer.Append([TestLedger.Own("first")]);
        Assert.Equal(Size + 1, writer.Index.Behind);
        SpinWait.SpinUntil(() => writer.Index.Behind == 0, TimeSpan.FromMinutes(1));
        Assert.Equal(new IndexLag(Size + 1, 0, TimeSpan.Zero, null), writer.Index);
        // A reader beside it sees what was committed, though it is not durable yet.
        Assert.Equal(Size + 1, home.Mark().Size);
    }

    [Fact]
    public void What_is_not_durable_yet_is_left_for_later_by_the_first_index_too()
    {
        Directory.CreateDirectory(home.Folder);
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk, runLength: 100);
        var update = new IndexUpdate(shop, source);
        // A writer is still appending: whoever made the index to the end would never be done.
        long made = update.Run(150, isLast: false)!.Value;
        Assert.InRange(made, 150, 250);
        Assert.Equal(made, home.Mark().Size);
        long followed = update.Run(350, isLast: false)!.Value;
        Assert.InRange(followed, 350, 450);
        Assert.Equal((1L, followed), (home.Mark().Generation, home.Mark().Size));
        Assert.Equal(Size, update.Run(Size, isLast: true));
    }

    [Fact]
    public void A_ledger_without_the_directory_gets_no_index_and_one_that_cannot_be_written_stops_nobody()
    {
        home.Append("without");
        Assert.False(Directory.Exists(home.Folder));
        Assert.Equal(ErrorCodes.NoIndex, Assert.Throws<TessraxException>(() => home.Read()).Code);
        string inTheWay = Path.Combine(home.Folder, "index.json");
        Directory.CreateDirectory(inTheWay);
        home.Append("in the way");
        Assert.True(home.Ledger.Verify().Holds);
        Assert.True(Directory.Exists(inTheWay));
    }

    [Fact]
    public void What_older_programs_made_is_made_anew()
    {
        Directory.CreateDirectory(home.Folder);
        foreach (string name in (string[])["fields.db", "fields.db-wal", "fields.db-journal"])
            File.WriteAllText(Path.Combine(home.Folder, name), "rows of an older form");
        Assert.Contains("older version", Assert.Single(home.Compare().Faults).Says, StringComparison.Ordinal);
        home.Append("by this program");
        Assert.Equal(["g1.db", "index.json"], home.Names());
        Assert.Equal(Size + 1, home.Mark().Size);
    }

    [Fact]
    public void A_new_generation_serves_beside_readers_of_the_old_one()
    {
        home.Rebuild();
        using IndexReading old = home.Read();
        home.Append("more");
        IndexMade made = home.Rebuild(new IndexWish(HasText: false, Threads: 2));
        Assert.Equal((Size + 1, null), (made.Size, made.ResumedFrom));
        Assert.Equal(Size, old.Mark.Size);
        Assert.Equal(Size, old.Backend.Rows(0, Size).Count);
        Assert.Equal(1, old.Behind(Size + 1));
        using IndexReading now = home.Read();
        Assert.Equal((2L, (string?)null), (now.Mark.Generation, now.Mark.Words));
        Assert.Equal(["g2.db", "index.json"], home.Names().Where(n => !n.Contains('-', StringComparison.Ordinal)));
        // As it was asked for the last time.
        home.Rebuild();
        Assert.Null(home.Mark().Words);
        home.Rebuild(new IndexWish(HasText: true));
        Assert.NotNull(home.Mark().Words);
    }

    [Fact]
    public void Whatever_it_is_made_by_it_holds_the_same()
    {
        home.Rebuild(new IndexWish(Threads: 1));
        (IndexRow[] Rows, IndexBlock[] Blocks) one = Content();
        home.Rebuild(new IndexWish(Threads: 4));
        (IndexRow[] Rows, IndexBlock[] Blocks) many = Content();
        File.Delete(home.Database);
        using (LedgerWriter writer = home.Open())
        {
            for (int i = 0; i < 40; i++)
                writer.Append([TestLedger.Own($"more {i}"), TestLedger.Own($"and {i}")]);
        }
        (IndexRow[] Rows, IndexBlock[] Blocks) followed = Content();
        home.Rebuild();
        (IndexRow[] Rows, IndexBlock[] Blocks) anew = Content();
        Assert.Equal(one.Blocks, many.Blocks);
        Assert.Equal(followed.Blocks, anew.Blocks);
        Assert.Equal(IndexEntry.DigestOf(followed.Rows), IndexEntry.DigestOf(anew.Rows));
        Assert.Equal(one.Blocks[..2], anew.Blocks[..2]);
    }

    [Fact]
    public void What_was_erased_is_gone_from_the_index_too()
    {
        long erased = Size;
        using (LedgerWriter writer = home.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("z1", "Zed", 5, "s1"))]);
        home.Rebuild();
        Assert.Equal("Zed", Subject(erased));
        Assert.NotEmpty(Holding("Zed"));
        Assert.Contains("zed", Words());
        using (LedgerWriter writer = home.Open())
            Erase(writer, erased);
        Assert.Null(Subject(erased));
        Assert.Empty(Holding("Zed"));
        Assert.DoesNotContain("zed", Words());
        Assert.True(home.Compare(isThorough: true, withText: true).IsNone);
    }

    [Fact]
    public void What_is_erased_while_an_index_is_being_made_does_not_come_back_with_it()
    {
        long erased = Size;
        using (LedgerWriter writer = home.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("z1", "Zed", 5, "s1"))]);
        home.Rebuild();
        bool done = false;
        var progress = new Told(_ =>
        {
            if (done)
                return;
            done = true;
            // Read from the segments by now, words and all.
            using LedgerWriter writer = home.Open();
            Erase(writer, erased);
        });
        IndexMade made = LedgerIndex.Rebuild(home.Path, home.Environment, null, progress);
        Assert.True(done);
        Assert.Equal(Size + 2, made.Size);
        Assert.Null(Subject(erased));
        Assert.Empty(Holding("Zed"));
        Assert.DoesNotContain("zed", Words());
        Assert.True(home.Compare(isThorough: true, withText: true).IsNone);
        Assert.DoesNotContain("journal.json", home.Names());
    }

    [Fact]
    public void Fields_alone_take_at_most_a_fifth_of_what_they_index_and_with_words_four_fifths()
    {
        using (LedgerWriter writer = home.Open())
            writer.Append([.. Enumerable.Range(0, 4000).Select(i => TestLedger.Own($"text {i} and some more of it"))]);
        using var reader = new SegmentReader(home.Path, home.Environment.Disk, static (_, _) => true);
        long stored = reader.ReadAll().SelectMany(b => b.Entries).Sum(e => (long)e.Entry.Length + e.Payload.Length);
        Assert.InRange(home.Rebuild(new IndexWish(HasText: false)).Bytes, 1, stored / 5);
        Assert.InRange(home.Rebuild(new IndexWish(HasText: true)).Bytes, 1, stored * 4 / 5);
    }

    private static void Erase(LedgerWriter writer, long entry)
    {
        PayloadErased content = new([new ErasedEntry(entry, null)], "asked for");
        writer.Append([new Draft { Event = Events.PayloadErased, Control = content.ToControl() }]);
        Assert.NotNull(writer.CarryOutErasures());
    }

    private static string? ValueOf(IndexRow row, FieldId field) =>
        row.Fields.Where(value => value.Field == field).Select(value => value.Value).SingleOrDefault();

    private static List<long> Found(IPostings postings)
    {
        using (postings)
        {
            var found = new List<long>();
            while (postings.Next())
                found.Add(postings.Current);
            return found;
        }
    }

    private (IndexRow[] Rows, IndexBlock[] Blocks) Content()
    {
        using IndexReading open = home.Read();
        return ([.. open.Backend.Rows(0, open.Mark.Size)], [.. open.Backend.Blocks()]);
    }

    private string? Subject(long index)
    {
        using IndexReading open = home.Read();
        return ValueOf(open.Backend.Rows(index, index + 1)[0], FieldId.Subject);
    }

    // FTS5 keeps terms without what they share with the one before, so that no word stands in a file as such.
    private HashSet<string> Words()
    {
        using IndexReading open = home.Read();
        return [.. open.Backend.Places().Select(place => place.Word)];
    }

    private string[] Holding(string text) =>
        [
            .. Directory
                .EnumerateFiles(home.Folder, "*", SearchOption.AllDirectories)
                .Where(file =>
                    Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(text, StringComparison.Ordinal)
                ),
        ];

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
