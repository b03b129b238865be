using Tessrax.Node.Files;
using Xunit;

namespace Tessrax.Node.Tests.Files;

public sealed class StreamedFileTests
{
    private const string Name = "/folder/file";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Holds_all_the_new_bytes_or_none_whichever_step_fails(bool overwrite)
    {
        byte[] renewed = [.. Enumerable.Repeat((byte)2, (5 << 18) + 3)];
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            int step = 1;
            for (bool fired = true; fired; step++)
            {
                var disk = new FaultyDisk();
                disk.CreateDirectory("/folder");
                byte[]? old = overwrite ? [1, 1, 1] : null;
                if (old is not null)
                    DurableFile.Write(disk, Name, old, DurableFileOptions.New);
                disk.FailAt(disk.Steps + step, fault);
                bool done = TryWrite(disk, renewed, overwrite);
                fired = disk.Fired;
                foreach (FaultyDisk after in (FaultyDisk[])[disk.AfterKill(), disk.AfterPowerLoss(step)])
                {
                    byte[]? found = after.Exists(Name) ? after[Name] : null;
                    bool isNew = found is not null && found.AsSpan().SequenceEqual(renewed);
                    bool isOld = found is null ? old is null : old is not null && found.AsSpan().SequenceEqual(old);
                    Assert.True(isNew || (!done && isOld), $"{fault} at step {step}: {found?.Length} bytes");
                }
            }
            Assert.True(step > 5);
        }
    }

    [Fact]
    public void Without_a_commit_nothing_stays_and_nothing_is_written_over()
    {
        using var folder = new TemporaryFolder();
        using (StreamedFile file = StreamedFile.Create(SystemDisk.Instance, folder["file"], overwrite: false))
            file.Write(new byte[3 << 20]);
        Assert.Empty(Directory.GetFiles(folder.Path));
        using (StreamedFile file = StreamedFile.Create(SystemDisk.Instance, folder["file"], overwrite: false))
        {
            file.Write("mine"u8);
            File.WriteAllText(folder["file"], "another's");
            Assert.Equal(ErrorCodes.AlreadyExists, Assert.Throws<TessraxException>(file.Commit).Code);
        }
        Assert.Equal("another's", File.ReadAllText(folder["file"]));
        Assert.Equal(
            ErrorCodes.AlreadyExists,
            Assert.Throws<TessraxException>(() => StreamedFile.Create(SystemDisk.Instance, folder["file"], false)).Code
        );
        using (StreamedFile file = StreamedFile.Create(SystemDisk.Instance, folder["file"], overwrite: true))
        {
            file.Write("new"u8);
            file.Commit();
        }
        Assert.Equal("new", File.ReadAllText(folder["file"]));
        Assert.Equal([folder["file"]], Directory.GetFiles(folder.Path));
    }

    private static bool TryWrite(FaultyDisk disk, byte[] content, bool overwrite)
    {
        try
        {
            using StreamedFile file = StreamedFile.Create(disk, Name, overwrite);
            foreach (byte[] piece in content.Chunk(100_000))
                file.Write(piece);
            file.Commit();
            return true;
        }
        catch (Exception e) when (e is TessraxException or SimulatedCrash)
        {
            return false;
        }
    }
}
