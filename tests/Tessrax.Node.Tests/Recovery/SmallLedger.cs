using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>A ledger of several small segments, with claims, a decision, evidence, tiles and a mirror beside it, to break.</summary>
internal sealed class SmallLedger : IDisposable
{
    public const int Capacity = 8;

    private readonly TestLedger ledger;

    public SmallLedger(string hash = "sha256", int approvers = 3, double other = 9)
    {
        ledger = new TestLedger(hash: hash, disk: Disk, approvers: approvers, layout: new LedgerLayout(true, []));
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a1", "A", 5, "s1"), TestLedger.Claim("a2", "A", other, "s2")),
            ]);
            EvidenceAdded added = new EvidenceStore(Path, SystemDisk.Instance).Add(
                "report.txt",
                new MemoryStream("what was seen"u8.ToArray())
            );
            writer.Append([
                new Draft
                {
                    Event = Tessrax.Ledger.Events.EvidenceAdded,
                    Payload = Canonical.FrozenPayload.From(added.ToJson()),
                },
            ]);
            while (writer.Fold.Size < 30)
            {
                int room = Capacity - (int)(writer.Fold.Size % Capacity);
                int count = Math.Min(1 + (int)(writer.Fold.Size % 3), room);
                writer.Append([
                    .. Enumerable.Range(0, count).Select(i => TestLedger.Own($"text {writer.Fold.Size} {i}")),
                ]);
            }
        }
        Split();
        CopyDirectory(Path, Mirror);
    }

    public SteppedDisk Disk { get; } = new();

    public TestLedger Ledger => ledger;

    public string Path => ledger.DirectoryPath;

    public string Mirror => ledger.Beside("mirror");

    public string Segment(long number) => System.IO.Path.Combine(Path, "segments", SegmentFormat.FileName(number));

    /// <summary>Puts the files of the ledger's own keys where a writer of this machine would have them.</summary>
    public void WriteKeyFiles()
    {
        string keys = LedgerDirectory.KeysOf(Path);
        Directory.CreateDirectory(keys);
        foreach ((string name, byte seed) in new[] { ("log.key", (byte)1), ("author.key", (byte)2) })
        {
            string key = System.IO.Path.Combine(keys, name);
            File.WriteAllBytes(key, KeyFileOf(seed));
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>The ledger as it was made.</summary>
    public void Reset()
    {
        Directory.Delete(Path, recursive: true);
        CopyDirectory(Mirror, Path);
    }

    public Diagnosis Examine() => Doctor.Examine(Path, ledger.Environment);

    /// <summary>Every batch of a ledger directory, read by the ordinary reader.</summary>
    public static List<Batch> Batches(string path)
    {
        using var reader = new SegmentReader(path, SystemDisk.Instance, static (_, _) => true);
        return [.. reader.ReadAll().Select(Copy)];
    }

    /// <summary>Writes all segments anew from batches, as somebody who knows the format would.</summary>
    public static void Rewrite(string path, IEnumerable<Batch> batches, int seed = 5)
    {
        Directory.Delete(LedgerDirectory.SegmentsOf(path), recursive: true);
        var random = new Random(seed);
        using SegmentWriter writer = SegmentWriter.Create(
            path,
            SystemDisk.Instance,
            static (_, _) => true,
            bytes => random.NextBytes(bytes),
            Capacity
        );
        foreach (Batch batch in batches)
            writer.Append(batch);
    }

    public static void CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, directory)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file)));
    }

    public void Dispose() => ledger.Dispose();

    private void Split() => Rewrite(Path, Batches(Path));

    private static Batch Copy(Batch batch) =>
        new(
            batch.FirstIndex,
            [
                .. batch.Entries.Select(e =>
                    e with
                    {
                        Entry = e.Entry.ToArray(),
                        Payload = e.Payload.ToArray(),
                        Salt = e.Salt.ToArray(),
                    }
                ),
            ],
            batch.Checkpoint.ToArray()
        );

    private static byte[] KeyFileOf(byte seed)
    {
        byte[] secret = [.. Enumerable.Repeat(seed, 32)];
        return Tessrax.Keys.KeyFile.Encrypt(
            "author",
            Tessrax.Keys.KeyPurpose.Author,
            secret,
            "a passphrase"u8,
            new byte[Tessrax.Keys.KeyFile.SaltSize],
            new byte[Tessrax.Keys.KeyFile.NonceSize],
            new Tessrax.Keys.KdfCost(8 * 1024, 1)
        );
    }
}
