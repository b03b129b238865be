using Tessrax.Node.Files;
using Xunit;

namespace Tessrax.Node.Tests.Files;

public sealed class DurableFileTests
{
    private const string Name = "/folder/file";

    [Fact]
    public void Holds_the_old_bytes_or_the_new_whichever_step_fails()
    {
        byte[] old = [.. Enumerable.Repeat((byte)1, 2000)];
        byte[] renewed = [.. Enumerable.Repeat((byte)2, 3000)];
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            for (int step = 1; ; step++)
            {
                FaultyDisk disk = With(old);
                disk.FailAt(disk.Steps + step, fault);
                bool done = TryWrite(disk, renewed);
                foreach (FaultyDisk after in (FaultyDisk[])[disk.AfterKill(), disk.AfterPowerLoss(step)])
                {
                    byte[] found = DurableFile.Read(after, Name, 10_000);
                    Assert.True(found.AsSpan().SequenceEqual(renewed) || (!done && found.AsSpan().SequenceEqual(old)));
                }
                if (!disk.Fired)
                {
                    break;
                }
            }
        }
    }

    [Fact]
    public void Never_overwrites_unless_told_to()
    {
        using var folder = new TemporaryFolder();
        string path = folder["key"];
        DurableFile.Write(SystemDisk.Instance, path, "one"u8, DurableFileOptions.Secret);
        TessraxException error = Assert.Throws<TessraxException>(() =>
            DurableFile.Write(SystemDisk.Instance, path, "two"u8, DurableFileOptions.New)
        );
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.Equal("one", File.ReadAllText(path));
        DurableFile.Write(SystemDisk.Instance, path, "three"u8, DurableFileOptions.Derived);
        Assert.Equal("three", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Makes_secrets_readable_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes");
        using var folder = new TemporaryFolder();
        DurableFile.Write(SystemDisk.Instance, folder["key"], "one"u8, DurableFileOptions.Secret);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["key"]));
        }
    }

    [Fact]
    public void Says_what_is_wrong()
    {
        using var folder = new TemporaryFolder();
        SystemDisk disk = SystemDisk.Instance;
        Assert.Equal(3012, Code(() => DurableFile.Read(disk, folder["none"], 10)));
        Assert.Equal(3007, Code(() => DurableFile.Read(disk, folder.Path, 10)));
        Assert.Equal(3008, Code(() => DurableFile.Write(disk, folder["none/file"], "x"u8, DurableFileOptions.New)));
        File.WriteAllText(folder["file"], "0123456789");
        Assert.Equal(1006, Code(() => DurableFile.Read(disk, folder["file"], 9)));
        Assert.Equal(10, DurableFile.Read(disk, folder["file"], 10).Length);
    }

    [Theory]
    [InlineData(28, 3005)]
    [InlineData(13, 3006)]
    [InlineData(1, 3006)]
    [InlineData(30, 3008)]
    [InlineData(36, 3008)]
    [InlineData(5, 3009)]
    [InlineData(17, 3010)]
    public void Gives_failures_of_writing_their_codes(int error, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the numbers are those of Linux");
        var exception = new IOException("failed", error);
        Assert.Equal(code, DiskErrors.WhileWriting(exception, "/folder/file").Code.Number);
    }

    private static FaultyDisk With(byte[] content)
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory("/folder");
        DurableFile.Write(disk, Name, content, DurableFileOptions.New);
        return disk;
    }

    private static bool TryWrite(FaultyDisk disk, byte[] content)
    {
        try
        {
            DurableFile.Write(disk, Name, content, DurableFileOptions.Replace);
            return true;
        }
        catch (Exception e) when (e is TessraxException or SimulatedCrash)
        {
            return false;
        }
    }

    private static int Code(Action action) => Assert.Throws<TessraxException>(action).Code.Number;

    [Fact]
    public void Neither_a_device_nor_a_pipe_is_replaced_by_a_file_wherever_it_lies()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the type of a file is asked of Linux");
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "x");
        // No device itself: if this test fails it must harm nobody.
        string[] places = [.. new[] { "pipe", "null", "out" }.Select(name => Path.Combine(folder.Path, name))];
        using (var made = System.Diagnostics.Process.Start("mkfifo", [places[0]]))
            made.WaitForExit();
        File.CreateSymbolicLink(places[1], "/dev/null");
        File.CreateSymbolicLink(places[2], "/proc/self/fd/1");
        foreach (string place in places)
        {
            FileAttributes before = File.GetAttributes(place);
            Assert.Throws<IOException>(() => SystemDisk.Instance.Rename(file, place, overwrite: true));
            Assert.Equal(before, File.GetAttributes(place));
        }
        string free = Path.Combine(folder.Path, "free");
        SystemDisk.Instance.Rename(file, free, overwrite: true);
        File.WriteAllText(file, "y");
        SystemDisk.Instance.Rename(file, free, overwrite: true);
        Assert.Equal("y", File.ReadAllText(free));
    }
}
