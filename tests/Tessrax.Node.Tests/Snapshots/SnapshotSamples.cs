using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>Snapshots to look at and to break: of real ledgers, and of entries that are no more than text, on a disk in memory.</summary>
internal static class SnapshotSamples
{
    public const string File = "/folder/file";

    private static readonly SnapshotFacts Facts = new(TestLedger.Origin, HashEngine.Sha256.Hash([]), TreeHasher.Sha256);

    /// <summary>A ledger's snapshot or backup.</summary>
    public static byte[] Of(TestLedger ledger, SnapshotKind kind = SnapshotKind.Snapshot, long? size = null) =>
        Of(ledger.DirectoryPath, ledger.Environment, kind, size);

    public static byte[] Of(string path, NodeEnvironment environment, SnapshotKind kind, long? size = null)
    {
        using var bytes = new MemoryStream();
        SnapshotMade made = new LedgerExport(environment, path, kind) { Size = size }.Write(bytes.Write);
        Assert.Equal(bytes.Length, made.Bytes);
        Assert.Equal(HashEngine.Sha256.Hash(bytes.ToArray()), made.Digest);
        return bytes.ToArray();
    }

    /// <summary>A file of so many batches of three entries each, whose checkpoints are signed, and of evidence if it is a backup.</summary>
    public static byte[] Text(
        int batches,
        SnapshotKind kind = SnapshotKind.Snapshot,
        int payload = 40,
        bool erased = false
    ) => Text(Batches(batches, payload, erased), kind);

    /// <summary>A file of these batches.</summary>
    public static byte[] Text(IEnumerable<Batch> batches, SnapshotKind kind = SnapshotKind.Snapshot)
    {
        using var bytes = new MemoryStream();
        var writer = new SnapshotWriter(kind, Facts, bytes.Write);
        foreach (Batch batch in batches)
            writer.Add(batch);
        writer.EndLedger();
        if (kind == SnapshotKind.Backup)
        {
            byte[] evidence = Store.Bytes(100, 5);
            writer.AddFile(
                SnapshotPlace.Evidence,
                HashEngine.Sha256.Hash(evidence).ToHex(),
                100,
                sink => sink(evidence)
            );
        }
        writer.Finish();
        return bytes.ToArray();
    }

    public static List<Batch> Batches(int count, int payload = 40, bool erased = false, int entriesEach = 3)
    {
        using PrivateKey key = TestLedger.Seeded(1);
        var frontier = new Frontier(TreeHasher.Sha256);
        var batches = new List<Batch>();
        for (int i = 0; i < count; i++)
        {
            long first = frontier.Size;
            List<StoredEntry> entries =
            [
                .. Enumerable.Range(0, entriesEach).Select(n => Store.Entry(first + n, payload)),
            ];
            if (erased)
                entries[0] = entries[0].Erase();
            foreach (StoredEntry entry in entries)
                frontier.Append(TreeHasher.Sha256.Leaf(entry.Entry.Span));
            byte[] note = new Checkpoint(TestLedger.Origin, frontier.Head).Sign(key).ToBytes();
            batches.Add(new Batch(first, entries, note));
        }
        return batches;
    }

    /// <summary>Reads a file from beginning to end; every file's bytes too.</summary>
    public static List<Batch> Read(byte[] bytes, out List<(string Name, byte[] Bytes)> files)
    {
        using SnapshotReader reader = Open(bytes);
        List<Batch> batches = [.. reader.Batches()];
        files = [.. reader.Files().Select(file => (file.ShownName, file.ReadAll()))];
        reader.Finish();
        Assert.Equal(HashEngine.Sha256.Hash(bytes), reader.Digest);
        return batches;
    }

    public static TessraxException Refused(byte[] bytes) => Assert.Throws<TessraxException>(() => Read(bytes, out _));

    /// <summary>A file with this content, whose digests all hold: what a stranger can make.</summary>
    public static byte[] Wrap(SnapshotKind kind, ReadOnlySpan<byte> content)
    {
        using var bytes = new MemoryStream();
        var chunks = new ChunkWriter(kind, bytes.Write);
        chunks.Write(content);
        chunks.Finish();
        return bytes.ToArray();
    }

    /// <summary>The content of a file.</summary>
    public static byte[] Content(byte[] file)
    {
        using ChunkReader reader = ChunkReader.Open(With(file), File);
        using var content = new MemoryStream();
        while (!reader.IsAtEnd)
            content.WriteByte(reader.ReadByte());
        return content.ToArray();
    }

    public static SnapshotReader Open(byte[] bytes) => SnapshotReader.Open(With(bytes), File);

    public static FaultyDisk With(byte[] bytes)
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory(Path.GetDirectoryName(File)!);
        disk[File] = bytes;
        return disk;
    }

    public static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    public static void Append(TestLedger ledger, params string[] texts)
    {
        using LedgerWriter writer = ledger.Open();
        foreach (string text in texts)
            writer.Append([TestLedger.Own(text)]);
    }
}
