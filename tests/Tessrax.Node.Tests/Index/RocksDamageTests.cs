using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Tessrax.Node.RocksDb;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Directories of RocksDB that are damaged, exchanged or tampered with: each is told, with its cause, and none makes the program fall.</summary>
public sealed class RocksDamageTests : IDisposable
{
    private const int Size = 400;
    private readonly TemporaryFolder folder = new();
    private readonly RocksIndexStore store = new(SystemDisk.Instance, TimeProvider.System);
    private readonly RandomDocuments random = new(21);
    private readonly ModelIndex model = new();
    private readonly string place;

    public RocksDamageTests()
    {
        place = folder["g1.rocks"];
        using IIndexBackend index = store.Create(place, RandomDocuments.Mark(0), new IndexOptions());
        IndexConformance.Grow(index, model, random, Size);
        index.Compact(TimeSpan.FromMinutes(1));
    }

    private string Table => Directory.GetFiles(place, "*.sst").Order(StringComparer.Ordinal).First();

    private string Manifest => Directory.GetFiles(place, "MANIFEST-*")[0];

    private string Current => Path.Combine(place, "CURRENT");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_wrong_with_a_directory_is_told_apart()
    {
        (Action Damage, FaultCause Cause)[] damages =
        [
            (() => File.WriteAllBytes(Current, []), FaultCause.Truncation),
            (() => File.WriteAllBytes(Current, new byte[16]), FaultCause.LostWrite),
            (() => File.WriteAllText(Current, "a letter"), FaultCause.ForeignFile),
            (() => File.WriteAllText(Current, "MANIFEST-999999\n"), FaultCause.Missing),
            (() => File.Delete(Current), FaultCause.Missing),
            (() => File.Delete(Manifest), FaultCause.Missing),
            (() => File.Delete(Table), FaultCause.Missing),
            (() => Cut(Table, 100), FaultCause.Truncation),
            (() => Cut(Table, 0), FaultCause.Truncation),
            (() => Flip(Manifest, 20), FaultCause.BitRot),
        ];
        string whole = folder["whole"];
        Copy(place, whole);
        foreach ((Action damage, FaultCause cause) in damages)
        {
            Directory.Delete(place, recursive: true);
            Copy(whole, place);
            damage();
            foreach (IndexAccess access in Enum.GetValues<IndexAccess>())
                Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(access));
            Assert.Equal(cause, store.Diagnose(place));
        }
        Directory.Delete(place, recursive: true);
        Assert.Equal(ErrorCodes.NoSuchFile, CodeOf(IndexAccess.Read));
        Assert.Equal(FaultCause.Missing, store.Diagnose(place));
    }

    [Fact]
    public void A_library_that_is_missing_or_none_is_not_loaded()
    {
        Assert.Equal(0, RocksLibrary.Load(folder.Path));
        File.WriteAllText(folder["librocksdb.so"], "no library");
        Assert.Equal(0, RocksLibrary.Load(folder.Path));
    }

    [Fact]
    public void A_database_of_something_else_is_none_of_ours()
    {
        string foreign = Foreign();
        Directory.Delete(place, recursive: true);
        Copy(foreign, place);
        Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(IndexAccess.Read));
        Assert.Equal(FaultCause.ForeignFile, store.Diagnose(place));
    }

    [Fact]
    public void A_database_of_a_newer_program_is_left_as_it_is()
    {
        using (RocksFile file = RocksFile.Open(place, RocksOpening.Write, 1 << 20))
        using (var batch = new RocksBatch())
        {
            byte[] mark = RocksRecords.Write(RandomDocuments.Mark(Size));
            mark[3]++;
            batch.Put(RocksKeys.OfMark, mark);
            file.Write(batch);
        }
        string[] before = Files();
        foreach (IndexAccess access in Enum.GetValues<IndexAccess>())
            Assert.Equal(ErrorCodes.IndexNewer, CodeOf(access));
        Assert.Equal(before, Files());
    }

    [Fact]
    public void Keys_and_values_that_were_put_there_are_told()
    {
        (byte[] Key, byte[]? Value)[] edits =
        [
            ([9], [1]),
            (RocksKeys.Of(RocksKeys.Row, 7), null),
            (RocksKeys.Of(RocksKeys.Row, 7), [1, 2, 3]),
            (
                RocksKeys.Of(RocksKeys.Row, 7),
                [1, 2, 3, 4, 5, 6, 7, 8, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
            ),
            (RocksKeys.Of(RocksKeys.Row, Size), RocksRecords.Write(model.Rows[0])),
            (RocksKeys.Of(RocksKeys.Tail, Size - 1), null),
            (RocksKeys.WithBlock(RocksKeys.WordStart("straße"), 0), [0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
            (RocksKeys.WithBlock(RocksKeys.WordStart("straße"), 0), [9, 1, 1, 9, 1, 1]),
            (RocksKeys.WithBlock(RocksKeys.WordStart("straße"), 900), [1, 1, 1]),
            ([RocksKeys.Word, 0, 5, 0, 0, 0, 0], [1, 1, 1]),
            (RocksKeys.WithBlock(RocksKeys.ValueStart(Governance.FieldId.Event, "x-log"), 0), [5, 4]),
            (RocksKeys.Of(RocksKeys.Block, 0), [1]),
            (RocksKeys.Of(RocksKeys.Run, -4), []),
        ];
        foreach ((byte[] key, byte[]? value) in edits)
        {
            string copy = folder["edited"];
            Copy(place, copy);
            using (RocksFile file = RocksFile.Open(copy, RocksOpening.Write, 1 << 20))
            using (var batch = new RocksBatch())
            {
                if (value is null)
                    batch.Delete(key);
                else
                    batch.Put(key, value);
                file.Write(batch);
            }
            Assert.True(IsTold(copy), Convert.ToHexString(key));
            store.Delete(copy);
        }
    }

    [Fact]
    public void Whatever_byte_of_it_is_spoilt_it_is_told_or_changes_nothing()
    {
        string[] names = [.. Directory.GetFiles(place).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        int told = 0;
        const int Rounds = 32;
        for (int round = 0; round < Rounds; round++)
        {
            string copy = folder["spoilt"];
            Copy(place, copy);
            string file = Path.Combine(copy, names[round % names.Length]);
            byte[] bytes = File.ReadAllBytes(file);
            if (bytes.Length > 0)
            {
                int at = random.Next(bytes.Length);
                if (round % 3 == 0)
                    bytes = bytes[..at];
                else
                    bytes.AsSpan(at, Math.Min(1 + random.Next(8), bytes.Length - at)).Fill((byte)random.Next(256));
                File.WriteAllBytes(file, bytes);
            }
            told += IsTold(copy) ? 1 : 0;
            store.Delete(copy);
        }
        Assert.InRange(told, Rounds / 4, Rounds);
    }

    [Fact]
    public void A_log_that_is_cut_short_loses_its_last_commits_alone()
    {
        string writing = folder["w.rocks"];
        string killed = folder["killed.rocks"];
        var sizes = new Dictionary<long, ModelIndex>();
        var documents = new RandomDocuments(22);
        var grown = new ModelIndex();
        using (IIndexBackend index = store.Create(writing, RandomDocuments.Mark(0), new IndexOptions()))
        {
            sizes[0] = new ModelIndex();
            for (int commit = 0; commit < 6; commit++)
            {
                IndexConformance.Grow(index, grown, documents, 100);
                sizes[grown.Size] = grown.Copy();
            }
            Copy(writing, killed);
        }
        var seen = new HashSet<long>();
        string log = Path.GetFileName(Assert.Single(Directory.GetFiles(killed, "*.log")));
        long length = new FileInfo(Path.Combine(killed, log)).Length;
        string copy = folder["c.rocks"];
        for (int step = 1; step <= 12; step++)
        {
            Copy(killed, copy);
            Cut(Path.Combine(copy, log), length * step / 12);
            foreach (IndexAccess access in (IndexAccess[])[IndexAccess.Read, IndexAccess.Write])
            {
                try
                {
                    using IIndexBackend index = store.Open(copy, access);
                    IndexConformance.CompareWhole(index, sizes[index.Mark.Size]);
                    seen.Add(index.Mark.Size);
                }
                // Cut within the first record, there is not even a mark.
                catch (TessraxException e) when (step == 1)
                {
                    Assert.Equal(ErrorCodes.IndexUnusable, e.Code);
                }
            }
            store.Delete(copy);
        }
        Assert.InRange(seen.Count, 5, sizes.Count);
    }

    [Fact]
    public void A_second_writer_is_told_that_it_is_busy_and_readers_are_not()
    {
        using IIndexBackend writer = store.Open(place, IndexAccess.Write);
        Assert.Equal(ErrorCodes.IndexBusy, CodeOf(IndexAccess.Write));
        Assert.Equal(ErrorCodes.IndexBusy, Assert.Throws<TessraxException>(() => store.SetMode(place, true)).Code);
        Assert.Null(CodeOf(IndexAccess.Read));
    }

    [Fact]
    public void A_reader_keeps_what_it_looks_at_while_files_are_joined_and_deleted()
    {
        using IIndexBackend writer = store.Open(place, IndexAccess.Write);
        using IIndexBackend reader = store.Open(place, IndexAccess.Read);
        ModelIndex before = model.Copy();
        for (int commit = 0; commit < 4; commit++)
        {
            IndexConformance.Grow(writer, model, random, 300);
            writer.Compact(TimeSpan.FromMinutes(1));
        }
        IndexConformance.CompareWhole(reader, before);
        using IPostings open = reader.All(IndexOrder.Newest, null);
        reader.Refresh();
        IndexConformance.CompareWhole(reader, model);
        Assert.True(open.Next());
    }

    private bool IsTold(string copy) => IndexConformance.IsTold(store, copy, model);

    private ErrorCode? CodeOf(IndexAccess access) => IndexConformance.CodeOf(store, place, access);

    private string Foreign()
    {
        string foreign = folder["foreign"];
        Directory.CreateDirectory(foreign);
        using RocksFile file = RocksFile.Open(foreign, RocksOpening.Create, 1 << 20);
        using var batch = new RocksBatch();
        batch.Put("a key"u8, "a value"u8);
        file.Write(batch);
        return foreign;
    }

    private string[] Files() =>
        [
            .. Directory
                .GetFiles(place)
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {new FileInfo(f).Length}"),
        ];

    private static void Cut(string file, long length)
    {
        using FileStream open = File.OpenWrite(file);
        open.SetLength(length);
    }

    private static void Flip(string file, int at)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
