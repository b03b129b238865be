using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>However many segments a ledger has, readers keep few files open.</summary>
public sealed class ManySegmentsTests
{
    private const int Segments = 200;

    // What may be open beside the pool: a scan's own file and the directory.
    private const int Allowed = PooledFiles.Usual + 4;

    [Fact]
    public void Every_entry_is_read_by_many_threads_through_few_open_files()
    {
        using var folder = new TemporaryFolder();
        var disk = new OpenCount();
        using (SegmentWriter writer = SegmentWriter.Create(folder.Path, disk, Store.IsSigned, Store.Drawn(3), 1))
        {
            for (int i = 0; i < Segments; i++)
                writer.Append(Store.Batch(i, 1));
        }
        disk.Most = 0;
        using (var reader = new SegmentReader(folder.Path, disk, Store.IsSigned))
        {
            Assert.Equal(Segments, reader.ReadAll().Count());
            Parallel.For(
                0,
                4,
                thread =>
                {
                    for (int i = 0; i < 2 * Segments; i++)
                    {
                        long index = (i * 7 + thread * 31) % Segments;
                        Assert.Equal(Store.Entry(index).Entry.ToArray(), reader.Read(index).Entry.ToArray());
                    }
                }
            );
            Assert.InRange(disk.Most, PooledFiles.Usual, Allowed + 4);
        }
        Assert.Equal(0, disk.Now);
    }

    [Fact]
    public void A_ledger_of_many_segments_is_opened_examined_and_verified_with_few_open_files()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            for (int i = 1; i < Segments; i++)
                writer.Append([TestLedger.Own("x")]);
        }
        Split(ledger.DirectoryPath);
        var disk = new OpenCount();
        NodeEnvironment environment = ledger.Environment with { Disk = disk };
        using (LedgerView view = LedgerView.Open(ledger.DirectoryPath, disk))
            Assert.Equal(Segments, view.Receipts().Count());
        Assert.True(new LedgerCheck(environment, ledger.Trust).Run(ledger.DirectoryPath, withEvidence: false).Holds);
        Assert.True(Doctor.Examine(ledger.DirectoryPath, environment).IsHealthy);
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), environment))
            writer.Append([TestLedger.Own("goes on")]);
        // The doctor holds the files as a shelf and as a source of the first entry.
        Assert.InRange(disk.Most, PooledFiles.Usual, 2 * PooledFiles.Usual + 8);
        Assert.Equal(0, disk.Now);
    }

    // The same batches, one a segment.
    private static void Split(string path)
    {
        List<Batch> batches;
        using (var reader = new SegmentReader(path, SystemDisk.Instance, static (_, _) => true))
            batches = [.. reader.ReadAll()];
        Directory.Delete(LedgerDirectory.SegmentsOf(path), recursive: true);
        using SegmentWriter writer = SegmentWriter.Create(
            path,
            SystemDisk.Instance,
            static (_, _) => true,
            Store.Drawn(4),
            1
        );
        foreach (Batch batch in batches)
            writer.Append(batch);
    }

    /// <summary>The real disk, which counts the files that are open.</summary>
    private sealed class OpenCount : IDisk
    {
        private readonly Lock gate = new();

        public int Now { get; private set; }

        public int Most { get; set; }

        public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
        {
            IDiskFile file = SystemDisk.Instance.Open(path, access, mode);
            lock (gate)
                Most = Math.Max(Most, ++Now);
            return new Counted(file, this);
        }

        public bool Exists(string path) => SystemDisk.Instance.Exists(path);

        public long Allocated(string path) => SystemDisk.Instance.Allocated(path);

        public IReadOnlyList<string> List(string directory) => SystemDisk.Instance.List(directory);

        public void CreateDirectory(string path) => SystemDisk.Instance.CreateDirectory(path);

        public void Rename(string from, string to, bool overwrite) => SystemDisk.Instance.Rename(from, to, overwrite);

        public void RenameDirectory(string from, string to) => SystemDisk.Instance.RenameDirectory(from, to);

        public void Delete(string path) => SystemDisk.Instance.Delete(path);

        public void DeleteDirectory(string path) => SystemDisk.Instance.DeleteDirectory(path);

        public void SyncDirectory(string path) => SystemDisk.Instance.SyncDirectory(path);

        public void SyncTree(string directory) => SystemDisk.Instance.SyncTree(directory);

        private sealed class Counted(IDiskFile file, OpenCount count) : IDiskFile
        {
            private bool done;

            public long Length => file.Length;

            public int Read(Span<byte> destination, long position) => file.Read(destination, position);

            public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

            public void Truncate(long length) => file.Truncate(length);

            public void SyncData() => file.SyncData();

            public void SyncAll() => file.SyncAll();

            public void Dispose()
            {
                file.Dispose();
                lock (count.gate)
                {
                    if (!done)
                        count.Now--;
                    done = true;
                }
            }
        }
    }
}
