using System.Diagnostics;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>The same on the real file system.</summary>
public sealed class RealDiskTests
{
    [Fact]
    public async Task Readers_beside_a_writer_see_whole_batches_only()
    {
        using var folder = new TemporaryFolder();
        const int batches = 2500;
        using SegmentWriter writer = Create(folder.Path, perSegment: 1000);
        using var finished = new CancellationTokenSource();
        Task<long>[] readers =
        [
            .. Enumerable.Range(0, 2).Select(i => Task.Run(() => Follow(folder.Path, i == 0, finished.Token))),
        ];
        try
        {
            for (int i = 0; i < batches; i++)
            {
                writer.Append(
                    Store.Batch(writer.Size, Math.Min(writer.Room, 1 + (i % 3)), payload: 100 + (i % 50 * 40))
                );
            }
        }
        finally
        {
            await finished.CancelAsync();
        }
        long[] seen = await Task.WhenAll(readers);
        Assert.All(seen, size => Assert.Equal(writer.Size, size));
    }

    [Fact]
    public void Opens_again_and_appends()
    {
        using var folder = new TemporaryFolder();
        using (SegmentWriter writer = Create(folder.Path, perSegment: 2))
        {
            writer.Append(Store.Batch(0, 2));
            writer.Append(Store.Batch(2, 1));
        }
        for (int i = 3; i < 6; i++)
        {
            using SegmentWriter writer = Open(folder.Path, out ScanEnd end);
            Assert.Equal(i, end.Size);
            writer.Append(Store.Batch(i, 1));
            Assert.True(writer.Reader.Read(i).Entry.Span.SequenceEqual(Store.Entry(i).Entry.Span));
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "segments"), "*.tmp"));
    }

    [Fact]
    public void A_full_disk_leaves_nothing_half_written()
    {
        using var folder = new TemporaryFolder();
        Mount(folder.Path, "size=1m");
        try
        {
            using (SegmentWriter writer = Create(folder.Path, perSegment: 8))
            {
                TessraxException? full = null;
                while (full is null)
                {
                    try
                    {
                        writer.Append(Store.Batch(writer.Size, 1, payload: 20_000));
                    }
                    catch (TessraxException e)
                    {
                        full = e;
                    }
                }
                Assert.Equal(ErrorCodes.DiskFull, full.Code);
                Run("mount", "-o", "remount,size=8m", folder.Path);
                writer.Append(Store.Batch(writer.Size, 1, payload: 20_000));
            }
            Open(folder.Path, out ScanEnd end).Dispose();
            Assert.True(end.Size > 8);
            Assert.Equal(0, end.TornBytes);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    [Fact]
    public void A_read_only_mount_can_be_read_and_not_opened_to_write()
    {
        using var folder = new TemporaryFolder();
        Mount(folder.Path, "size=2m");
        try
        {
            using (SegmentWriter writer = Create(folder.Path, perSegment: 8))
            {
                writer.Append(Store.Batch(0, 3));
            }
            Run("mount", "-o", "remount,ro", folder.Path);
            using var reader = new SegmentReader(folder.Path, SystemDisk.Instance, Store.IsSigned);
            Assert.Equal(3, reader.ReadAll().Single().Entries.Count);
            TessraxException error = Assert.Throws<TessraxException>(() => Open(folder.Path, out _));
            Assert.Equal(ErrorCodes.CannotWrite, error.Code);
            error = Assert.Throws<TessraxException>(() => WriterLock.Acquire(folder.Path));
            Assert.Equal(ErrorCodes.CannotWrite, error.Code);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static SegmentWriter Create(string directory, int perSegment) =>
        SegmentWriter.Create(directory, SystemDisk.Instance, Store.IsSigned, SystemRandom.Fill, perSegment);

    private static SegmentWriter Open(string directory, out ScanEnd end) =>
        SegmentWriter.Open(directory, SystemDisk.Instance, Store.IsSigned, SystemRandom.Fill, _ => { }, out end);

    // Reads on where it stopped, or all from the start, until the writer is done and once more.
    private static long Follow(string directory, bool fromStart, CancellationToken finished)
    {
        using var reader = new SegmentReader(directory, SystemDisk.Instance, Store.IsSigned);
        long size = 0;
        bool last;
        do
        {
            last = finished.IsCancellationRequested;
            long next = fromStart ? 0 : size;
            foreach (Batch batch in reader.ReadAll(next))
            {
                Assert.Equal(next, batch.FirstIndex);
                Assert.True(Store.IsSigned(batch.Checkpoint, batch.NextIndex));
                next = batch.NextIndex;
            }
            Assert.True(next >= size);
            size = next;
        } while (!last);
        return size;
    }

    private static void Mount(string path, string options)
    {
        bool root = OperatingSystem.IsLinux() && Environment.UserName == "root";
        Assert.SkipUnless(root && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path), "needs a right to mount");
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
