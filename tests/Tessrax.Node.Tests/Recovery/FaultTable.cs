using System.Text;
using Tessrax.Keys;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>One way to break a ledger, and what the doctor must say of it.</summary>
internal sealed record BreakCase(string Name, Action<SmallLedger> Break, string File, FaultCause Cause)
{
    /// <summary>Whether the ledger alone has what it takes to mend it.</summary>
    public bool IsMendedAlone { get; init; }
}

/// <summary>The ways in which files and parts of files break: flipped, zeroed, cut, deleted, duplicated, exchanged, edited, signed by others.</summary>
internal static class FaultTable
{
    private const string First = "segments/0000000000.seg";
    private const string Second = "segments/0000000001.seg";
    private const string Third = "segments/0000000002.seg";
    private const string Last = "segments/0000000003.seg";

    public static IReadOnlyList<BreakCase> Cases { get; } =
    [
        new("a bit of a record", l => Flip(l.Segment(1), 500), Second, FaultCause.BitRot) { IsMendedAlone = true },
        new("a bit of a record's header", l => Flip(l.Segment(1), RecordAt(l, 1, 1) + 20), Second, FaultCause.BitRot)
        {
            IsMendedAlone = true,
        },
        new("a bit of a segment's header", l => Flip(l.Segment(2), 20), Third, FaultCause.BitRot)
        {
            IsMendedAlone = true,
        },
        new("a bit of the last record", l => Flip(l.Segment(3), RecordAt(l, 3, -1) + 100), Last, FaultCause.BitRot)
        {
            IsMendedAlone = true,
        },
        new("a sector of zeros in a record", l => Zero(l.Segment(1), 1024, 1536), Second, FaultCause.LostWrite)
        {
            IsMendedAlone = true,
        },
        new(
            "zeros from a record's middle to the next sector",
            l => ZeroToSector(l.Segment(1), RecordAt(l, 1, 1) + 700),
            Second,
            FaultCause.LostWrite
        ),
        new(
            "zeros that are no sector",
            l => Zero(l.Segment(1), RecordAt(l, 1, 1) + 101, RecordAt(l, 1, 1) + 301),
            Second,
            FaultCause.EditedByHand
        )
        {
            IsMendedAlone = true,
        },
        new(
            "the last record never written",
            l => Zero(l.Segment(3), RecordAt(l, 3, -1), Length(l, 3)),
            Last,
            FaultCause.LostWrite
        ),
        new("all of a segment zero", l => Zero(l.Segment(1), 0, Length(l, 1)), Second, FaultCause.LostWrite),
        new("a segment's header zero", l => Zero(l.Segment(1), 0, 64), Second, FaultCause.LostWrite)
        {
            IsMendedAlone = true,
        },
        new("the last segment's header zero", l => Zero(l.Segment(3), 0, 64), Last, FaultCause.LostWrite)
        {
            IsMendedAlone = true,
        },
        new(
            "a segment cut in a record",
            l => Cut(l.Segment(1), RecordAt(l, 1, 1) + 333),
            Second,
            FaultCause.Truncation
        ),
        new(
            "a segment cut at the end of a record",
            l => Cut(l.Segment(1), RecordAt(l, 1, 2)),
            Second,
            FaultCause.Truncation
        ),
        new(
            "the last segment cut at the end of a record",
            l => Cut(l.Segment(3), RecordAt(l, 3, 1)),
            Last,
            FaultCause.Truncation
        ),
        new(
            "the last segment cut in a record",
            l => Cut(l.Segment(3), RecordAt(l, 3, 1) + 211),
            Last,
            FaultCause.Truncation
        ),
        new("an empty segment", l => Cut(l.Segment(1), 0), Second, FaultCause.Truncation),
        new("a segment deleted", l => File.Delete(l.Segment(1)), Second, FaultCause.Missing),
        new("the first segment deleted", l => File.Delete(l.Segment(0)), First, FaultCause.Missing),
        new("the last segment deleted", l => File.Delete(l.Segment(3)), Last, FaultCause.Missing),
        new(
            "a segment in the place of another",
            l => File.Copy(l.Segment(2), l.Segment(1), true),
            Second,
            FaultCause.Misplaced
        ),
        new("two segments exchanged", l => Swap(l.Segment(1), l.Segment(2)), Second, FaultCause.Misplaced)
        {
            IsMendedAlone = true,
        },
        new("a segment of another ledger", Foreign, Second, FaultCause.ForeignFile),
        new(
            "a picture in the place of a segment",
            l => File.WriteAllBytes(l.Segment(1), Noise(9000)),
            Second,
            FaultCause.ForeignFile
        ),
        new("a record copied over another", CopyRecord, Second, FaultCause.Misplaced),
        new(
            "bytes cut out of a segment",
            l => CutOut(l.Segment(1), RecordAt(l, 1, 1), 64),
            Second,
            FaultCause.Misplaced
        ),
        new(
            "noise over a record",
            l => Overwrite(l.Segment(1), RecordAt(l, 1, 1) + 16, Noise(400)),
            Second,
            FaultCause.Unknown
        ),
        new("a payload edited, the checksum left", l => EditText(l.Segment(2)), Third, FaultCause.EditedByHand),
        new(
            "a payload edited, and the checksum made to hold",
            l => Edit(l, EditPayload),
            Last,
            FaultCause.EditedByHand
        ),
        new("an entry edited, and the checksum made to hold", l => Edit(l, EditEntry), Third, FaultCause.EditedByHand)
        {
            IsMendedAlone = true,
        },
        new("a checkpoint by another key", l => Edit(l, ResignByStranger), Third, FaultCause.WrongKey),
        new("an older copy of the segments and of all that lies beside them", RollBack, Last, FaultCause.Rollback),
        new("ledger.json deleted", l => File.Delete(At(l, "ledger.json")), "ledger.json", FaultCause.Missing)
        {
            IsMendedAlone = true,
        },
        new("ledger.json of another ledger", ForeignFacts, "ledger.json", FaultCause.ForeignFile)
        {
            IsMendedAlone = true,
        },
        new("the checkpoint deleted", l => File.Delete(At(l, "checkpoint")), "checkpoint", FaultCause.Missing)
        {
            IsMendedAlone = true,
        },
        new(
            "the checkpoint edited",
            l => EditFile(At(l, "checkpoint"), "\n30\n", "\n28\n"),
            "checkpoint",
            FaultCause.EditedByHand
        )
        {
            IsMendedAlone = true,
        },
        new("the checkpoint empty", l => Cut(At(l, "checkpoint"), 0), "checkpoint", FaultCause.Truncation)
        {
            IsMendedAlone = true,
        },
        new("the checkpoint cut", l => Cut(At(l, "checkpoint"), 60), "checkpoint", FaultCause.Truncation)
        {
            IsMendedAlone = true,
        },
        new("ledger.json cut", l => Cut(At(l, "ledger.json"), 60), "ledger.json", FaultCause.Truncation)
        {
            IsMendedAlone = true,
        },
        new("a tile cut", l => Cut(At(l, "tiles/tile/0/000.p/30"), 40), "tiles/tile/0/000.p/30", FaultCause.Truncation)
        {
            IsMendedAlone = true,
        },
        new(
            "a bundle of entries cut",
            l => Cut(At(l, "tiles/tile/entries/000.p/30"), 999),
            "tiles/tile/entries/000.p/30",
            FaultCause.Truncation
        )
        {
            IsMendedAlone = true,
        },
        new("a tile flipped", l => Flip(At(l, "tiles/tile/0/000.p/30"), 40), "tiles/tile/0/000.p/30", FaultCause.BitRot)
        {
            IsMendedAlone = true,
        },
        new(
            "a tile deleted",
            l => File.Delete(At(l, "tiles/tile/0/000.p/30")),
            "tiles/tile/0/000.p/30",
            FaultCause.Missing
        )
        {
            IsMendedAlone = true,
        },
        new("evidence flipped", l => Flip(Evidence(l), 3), "evidence/", FaultCause.BitRot),
        new("evidence cut", l => Cut(Evidence(l), 5), "evidence/", FaultCause.Truncation),
        new("evidence deleted", l => File.Delete(Evidence(l)), "evidence/", FaultCause.Missing),
    ];

    public static string At(SmallLedger ledger, string name) => Path.Combine(ledger.Path, name);

    public static void Flip(string file, long at) => Change(file, bytes => bytes[at] ^= 4);

    public static void Zero(string file, long from, long to) =>
        Change(file, bytes => bytes.AsSpan((int)from..(int)to).Clear());

    public static void Cut(string file, long length)
    {
        using FileStream open = File.Open(file, FileMode.Open);
        open.SetLength(length);
    }

    /// <summary>Where a record of a segment begins; -1 is the last one, and its number of records the end of them.</summary>
    public static int RecordAt(SmallLedger ledger, long segment, int record)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(ledger.Mirror, "segments", SegmentFormat.FileName(segment)));
        var starts = new List<int> { SegmentHeader.Length };
        byte[] id = bytes[16..32];
        while (RecordCodec.TryReadHeader(bytes.AsSpan(starts[^1]), id, starts[^1], out RecordHeader header))
            starts.Add(starts[^1] + header.Length);
        return record < 0 ? starts[^2] : starts[Math.Min(record, starts.Count - 1)];
    }

    private static long Length(SmallLedger ledger, long segment) => new FileInfo(ledger.Segment(segment)).Length;

    private static void ZeroToSector(string file, long from) => Zero(file, from, (from + 512) / 512 * 512);

    private static void Overwrite(string file, long at, byte[] by) => Change(file, bytes => by.CopyTo(bytes, at));

    private static void Change(string file, Action<byte[]> change)
    {
        byte[] bytes = File.ReadAllBytes(file);
        change(bytes);
        File.WriteAllBytes(file, bytes);
    }

    private static void Swap(string one, string other)
    {
        byte[] first = File.ReadAllBytes(one);
        File.Copy(other, one, overwrite: true);
        File.WriteAllBytes(other, first);
    }

    private static void CutOut(string file, int at, int count)
    {
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. bytes[..at], .. bytes[(at + count)..]]);
    }

    private static void CopyRecord(SmallLedger ledger) =>
        Change(
            ledger.Segment(1),
            bytes =>
            {
                int from = RecordAt(ledger, 1, 0);
                int to = RecordAt(ledger, 1, 1);
                bytes[from..Math.Min(to, from + (RecordAt(ledger, 1, 2) - to))].CopyTo(bytes, to);
            }
        );

    private static void Foreign(SmallLedger ledger)
    {
        using var other = new SmallLedger();
        File.Copy(other.Segment(1), ledger.Segment(1), overwrite: true);
    }

    private static void ForeignFacts(SmallLedger ledger) =>
        File.WriteAllText(
            At(ledger, "ledger.json"),
            $$"""{"format":1,"hash":"sha256","id":"sha256:{{new string('a', 64)}}","origin":"example.com/other"}"""
        );

    private static void EditText(string file) =>
        Change(
            file,
            bytes =>
            {
                int at = bytes.AsSpan().IndexOf("\"text\":\"text"u8);
                "\"text\":\"TAXT"u8.CopyTo(bytes.AsSpan(at));
            }
        );

    private static void EditFile(string file, string from, string to) =>
        File.WriteAllText(file, File.ReadAllText(file).Replace(from, to, StringComparison.Ordinal));

    private static string Evidence(SmallLedger ledger) => Directory.GetFiles(At(ledger, "evidence")).Single();

    private static void Edit(SmallLedger ledger, Func<Batch, Batch> edit) =>
        SmallLedger.Rewrite(ledger.Path, SmallLedger.Batches(ledger.Path).Select(edit));

    private static Batch EditPayload(Batch batch) =>
        batch.FirstIndex < 24
            ? batch
            : With(batch, e => e with { Payload = Replace(e.Payload, "\"text 2", "\"next 2") });

    private static Batch EditEntry(Batch batch) =>
        batch.FirstIndex != 16 ? batch : With(batch, e => e with { Entry = Replace(e.Entry, "x-test", "x-tist") });

    private static Batch ResignByStranger(Batch batch)
    {
        if (batch.FirstIndex != 16)
            return batch;
        using PrivateKey stranger = TestLedger.Seeded(77);
        var head = Checkpoint.ParseBody(SignedNote.Parse(batch.Checkpoint.Span).Text);
        return batch with { Checkpoint = head.Sign(stranger).ToBytes() };
    }

    private static Batch With(Batch batch, Func<StoredEntry, StoredEntry> edit) =>
        batch with
        {
            Entries = [edit(batch.Entries[0]), .. batch.Entries.Skip(1)],
        };

    public static byte[] Replace(ReadOnlyMemory<byte> bytes, string from, string to) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes.Span).Replace(from, to, StringComparison.Ordinal));

    private static void RollBack(SmallLedger ledger)
    {
        List<Batch> batches = SmallLedger.Batches(ledger.Path);
        batches.RemoveAt(batches.Count - 1);
        SmallLedger.Rewrite(ledger.Path, batches);
        File.WriteAllBytes(At(ledger, "checkpoint"), batches[^1].Checkpoint.ToArray());
        Directory.Delete(At(ledger, "tiles"), recursive: true);
    }

    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        new Random(3).NextBytes(bytes);
        return bytes;
    }
}
