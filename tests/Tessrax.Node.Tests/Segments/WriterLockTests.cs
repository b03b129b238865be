using System.Diagnostics;
using System.Globalization;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

public sealed class WriterLockTests
{
    [Fact]
    public void Names_the_process_that_holds_it()
    {
        using var folder = new TemporaryFolder();
        string me = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using (WriterLock.Acquire(folder.Path))
        {
            TessraxException error = Assert.Throws<TessraxException>(() => WriterLock.Acquire(folder.Path));
            Assert.Equal(ErrorCodes.Locked, error.Code);
            Assert.Contains($"process {me} ", error.Message, StringComparison.Ordinal);
        }
        WriterLock.Acquire(folder.Path).Dispose();
    }

    [Fact]
    public async Task Is_waited_for_as_long_as_somebody_has_patience()
    {
        using var folder = new TemporaryFolder();
        Task<WriterLock> waiting;
        using (WriterLock.Acquire(folder.Path))
        {
            TessraxException error = Assert.Throws<TessraxException>(() =>
                Acquire(folder, TimeSpan.FromMilliseconds(50))
            );
            Assert.Equal(ErrorCodes.Locked, error.Code);
            waiting = Task.Run(() => Acquire(folder, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
            Assert.Throws<TessraxException>(() => Acquire(folder, TimeSpan.Zero));
            Assert.False(waiting.IsCompleted);
        }
        (await waiting).Dispose();
    }

    private static WriterLock Acquire(TemporaryFolder folder, TimeSpan patience) =>
        WriterLock.Acquire(folder.Path, "is tried", patience, TimeProvider.System);

    [Fact]
    public void Is_not_taken_in_by_what_a_dead_process_left()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["lock"], "1\nand more text than any process id has");
        using (WriterLock.Acquire(folder.Path))
        {
            using var file = new StreamReader(Shared(folder["lock"]));
            Assert.Equal($"{Environment.ProcessId}\n", file.ReadToEnd());
        }
    }

    [Fact]
    public void Excludes_another_process_and_is_free_when_that_is_killed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock(1)");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["lock"], "4242\n");
        var start = new ProcessStartInfo("/usr/bin/flock") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["--no-fork", folder["lock"], "sh", "-c", "echo held; exec sleep 60"])
        {
            start.ArgumentList.Add(argument);
        }
        using Process other = Process.Start(start)!;
        try
        {
            Assert.Equal("held", other.StandardOutput.ReadLine());
            TessraxException error = Assert.Throws<TessraxException>(() => WriterLock.Acquire(folder.Path));
            Assert.Contains("process 4242 ", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
        WriterLock.Acquire(folder.Path).Dispose();
    }

    [Fact]
    public async Task Is_free_at_once_though_other_threads_start_programs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "uses true(1)");
        using var folder = new TemporaryFolder();
        Task starting = Task.Run(
            () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    using Process child = Process.Start("true");
                    child.WaitForExit();
                }
            },
            TestContext.Current.CancellationToken
        );
        while (!starting.IsCompleted)
        {
            WriterLock.Acquire(folder.Path).Dispose();
        }
        await starting;
    }

    [Fact]
    public void Keeps_a_started_program_from_inheriting_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "uses sleep(1)");
        using var folder = new TemporaryFolder();
        Process child;
        using (WriterLock.Acquire(folder.Path))
        {
            child = Process.Start("sleep", "60");
        }
        using (child)
        {
            try
            {
                WriterLock.Acquire(folder.Path).Dispose();
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }
        }
    }

    [Fact]
    public void Says_that_there_is_no_directory()
    {
        using var folder = new TemporaryFolder();
        TessraxException error = Assert.Throws<TessraxException>(() => WriterLock.Acquire(folder["none"]));
        Assert.Equal(ErrorCodes.CannotWrite, error.Code);
    }

    // As cat(1) reads it: without a lock of the framework's own.
    private static MemoryStream Shared(string path)
    {
        using var cat = Process.Start(new ProcessStartInfo("cat", path) { RedirectStandardOutput = true })!;
        var copy = new MemoryStream();
        cat.StandardOutput.BaseStream.CopyTo(copy);
        cat.WaitForExit();
        copy.Position = 0;
        return copy;
    }
}
