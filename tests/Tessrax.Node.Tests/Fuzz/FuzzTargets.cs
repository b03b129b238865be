using System.Buffers.Binary;
using System.Text;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Snapshots;

namespace Tessrax.Tests.Fuzz;

/// <summary>The ways in that lie on disk.</summary>
internal static class FuzzTargets
{
    private const long Position = 64;

    private static readonly byte[] SegmentId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("record", Records, ReadRecord) { IsExact = true },
        new("segment-header", SegmentHeaders, ReadSegmentHeader) { IsExact = true },
        new("claim-file", ClaimFiles, ReadClaims) { RoundTrips = false },
        new("policy-test-file", PolicyTests, RunPolicyTest) { RoundTrips = false },
        new("snapshot", Contents, ReadSnapshot) { IsExact = true },
        new("backups-json", BackupLists, ReadBackups) { RoundTrips = false },
        new("restored-json", Markers, ReadMarker) { RoundTrips = false },
        new("ledger-json", LedgerFiles, ReadLedgerFile) { RoundTrips = false },
        .. ImportTargets.All,
    ];

    public static FuzzTarget ByName(string name) => All.Single(target => target.Name == name);

    private static IEnumerable<byte[]> Records()
    {
        var entry = new StoredEntry("an entry"u8.ToArray(), "a payload"u8.ToArray(), new byte[32]);
        var control = new StoredEntry("a control event"u8.ToArray(), default, default);
        foreach (
            StoredEntry[] entries in (StoredEntry[][])
                [
                    [entry],
                    [control],
                    [entry, control, entry],
                    [control, entry.Erase(), entry],
                ]
        )
        {
            var batch = new Batch(7, entries, "a checkpoint"u8.ToArray());
            var record = new byte[LengthOf(batch)];
            RecordCodec.Write(batch, SegmentId, Position, record);
            yield return record;
        }
    }

    // Checksums are made right first: they keep out accidents, and a stranger can compute them.
    private static byte[]? ReadRecord(byte[] input)
    {
        byte[] bytes = [.. input];
        if (bytes.Length < RecordCodec.MinRecord)
            return null;
        int headerChecksumAt = RecordCodec.HeaderLength - RecordCodec.ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(headerChecksumAt),
            Crc32C.Of(SegmentId, bytes.AsSpan(0, headerChecksumAt))
        );
        if (
            !RecordCodec.TryReadHeader(bytes, SegmentId, Position, out RecordHeader header)
            || header.Length != bytes.Length
            || !header.IsKnown
        )
            return null;
        int at = bytes.Length - RecordCodec.ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc32C.Of(SegmentId, bytes.AsSpan(0, at)));
        if (!RecordCodec.ChecksumHolds(bytes, SegmentId))
            throw new InvalidOperationException("a checksum that was just computed does not hold");
        if (RecordCodec.Parse(bytes, header) is not { } batch)
            return null;
        var written = new byte[LengthOf(batch)];
        RecordCodec.Write(batch, SegmentId, Position, written);
        if (!written.AsSpan().SequenceEqual(bytes))
            throw new InvalidOperationException($"written as {Convert.ToHexStringLower(written)}");
        // The input's own checksums may have been wrong; apart from them it is what would be written.
        return input;
    }

    private static long LengthOf(Batch batch) => SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);

    private static IEnumerable<byte[]> SegmentHeaders()
    {
        yield return new SegmentHeader(65536, SegmentId, 65536 * 3, new byte[16]).ToBytes();
        yield return new SegmentHeader(4, SegmentId, 12, SegmentId).ToBytes();
    }

    private static byte[]? ReadSegmentHeader(byte[] input)
    {
        byte[] bytes = [.. input];
        if (bytes.Length != SegmentHeader.Length)
            return null;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Of([], bytes.AsSpan(0, 60)));
        byte[] written = SegmentHeader.Parse(bytes, 3).ToBytes();
        return written.AsSpan().SequenceEqual(bytes)
            ? input
            : throw new InvalidOperationException($"written as {Convert.ToHexStringLower(written)}");
    }

    private static IEnumerable<byte[]> ClaimFiles() =>
        Directory
            .GetFiles(Path.Combine(Spec.Root, "samples", "claims"), "*.jsonl")
            .Order(StringComparer.Ordinal)
            .Select(file => Encoding.UTF8.GetBytes(string.Join("\r\n", File.ReadLines(file).Take(5)) + "\n\n"));

    private static byte[] ReadClaims(byte[] input)
    {
        ClaimFile file = ClaimFile.Read("claims.jsonl", new MemoryStream(input));
        return Encoding.UTF8.GetBytes(string.Concat(file.Lines.Select(line => $"{line.Number} {line.Claim}\n")));
    }

    private static IEnumerable<byte[]> PolicyTests() =>
        ClaimFiles()
            .Select(claims =>
                (byte[])
                    [
                        .. claims,
                        .. """{"expect":{"subject":"s","metric":"m","severity":"low","outcome":1,"deadline":null}}"""u8,
                    ]
            );

    private static byte[] RunPolicyTest(byte[] input)
    {
        PolicyTestResult result = PolicyTestFile.Read("cases.jsonl", new MemoryStream(input)).Run(Policy.Default);
        return Encoding.UTF8.GetBytes(string.Join('\n', result.Failures));
    }

    private static IEnumerable<byte[]> Contents() =>
        [
            SnapshotSamples.Content(SnapshotSamples.Text(1)),
            SnapshotSamples.Content(SnapshotSamples.Text(2, SnapshotKind.Backup, erased: true)),
            SnapshotSamples.Content(File.ReadAllBytes(Spec.Path("vectors", "snapshot", "ledger.backup"))),
        ];

    // The digests of chunks are made right first: they keep out accidents, and a stranger can compute them.
    private static byte[] ReadSnapshot(byte[] input)
    {
        using SnapshotReader reader = SnapshotSamples.Open(SnapshotSamples.Wrap(SnapshotKind.Backup, input));
        using var written = new MemoryStream();
        var writer = new SnapshotWriter(SnapshotKind.Backup, reader.Facts, written.Write);
        foreach (Batch batch in reader.Batches())
            writer.Add(batch);
        writer.EndLedger();
        foreach (SnapshotFile file in reader.Files())
            writer.AddFile(file.Place, file.Name, file.Length, file.CopyTo);
        reader.Finish();
        writer.Finish();
        return SnapshotSamples.Content(written.ToArray());
    }

    private static IEnumerable<byte[]> BackupLists()
    {
        yield return """{"backups":[]}"""u8.ToArray();
        yield return Encoding.UTF8.GetBytes(
            $$"""{"backups":[{"digest":"sha256:{{new string('0', 64)}}","path":"a","size":3,"time":"2026-01-31T12:00:00.000000Z"}]}"""
        );
    }

    private static byte[] ReadBackups(byte[] input) =>
        Encoding.UTF8.GetBytes(string.Join('\n', BackupList.Read("/ledger", Beside(BackupList.FileName, input))));

    private static IEnumerable<byte[]> Markers() =>
        [
            new RestoreMarker(3, ReadOnlyReason.Unconfirmed, null).ToBytes(),
            new RestoreMarker(3, ReadOnlyReason.Past, 9).ToBytes(),
        ];

    private static byte[] ReadMarker(byte[] input) =>
        RestoreMarker.Find("/ledger", Beside(RestoreMarker.FileName, input))!.ToBytes();

    private static FaultyDisk Beside(string name, byte[] content)
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory("/ledger");
        disk[$"/ledger/{name}"] = content;
        return disk;
    }

    private static IEnumerable<byte[]> LedgerFiles()
    {
        string fixtures = Path.Combine(Spec.Root, "tests", "fixtures");
        return Directory
            .GetDirectories(fixtures)
            .Select(folder => File.ReadAllBytes(Path.Combine(folder, "ledger", LedgerDirectory.FactsFile)));
    }

    private static byte[] ReadLedgerFile(byte[] input)
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory("/ledger");
        disk[LedgerDirectory.FileOf("/ledger")] = input;
        LedgerDirectory directory = LedgerDirectory.Open("/ledger", disk);
        return Encoding.UTF8.GetBytes($"{directory.Origin} {directory.Id}");
    }
}
