using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary>The archives of a release: the same files give the same bytes. <c>eng/reproduce.sh</c> shows it of a whole release.</summary>
public sealed class ArchiveTests
{
    [Theory]
    [InlineData("tar_gz")]
    [InlineData("zipped")]
    public void The_same_files_give_the_same_bytes_whenever_and_wherever_they_are_packed(string how)
    {
        Assert.SkipUnless(
            Tool.Run("bash", ["-c", "command -v zip || [ $0 != zipped ]", how]).ExitCode == 0,
            "zip is not there"
        );
        using var ctl = new Ctl();
        byte[] one = Pack(ctl, how, "one", ["b", "a", "sub/c"], new DateTime(2001, 2, 3), "UTC", UnixFileMode.UserRead);
        byte[] other = Pack(
            ctl,
            how,
            "other",
            ["sub/c", "a", "b"],
            new DateTime(2026, 5, 6),
            "Asia/Kathmandu",
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite
        );
        Assert.True(one.Length > 100);
        Assert.Equal(one, other);

        byte[] changed = Pack(
            ctl,
            how,
            "changed",
            ["a", "b", "sub/d"],
            new DateTime(2001, 2, 3),
            "UTC",
            UnixFileMode.UserRead
        );
        Assert.NotEqual(one, changed);
    }

    private static byte[] Pack(
        Ctl ctl,
        string how,
        string place,
        string[] files,
        DateTime time,
        string zone,
        UnixFileMode mode
    )
    {
        string folder = ctl.PathOf(place, "tessrax");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        foreach (string file in files)
        {
            string path = Path.Combine(folder, file);
            File.WriteAllText(path, $"what {file} holds");
            File.SetUnixFileMode(path, mode);
            File.SetLastWriteTimeUtc(path, time);
        }
        ctl.Variables["SOURCE_DATE_EPOCH"] = "1700000000";
        ctl.Variables["TZ"] = zone;
        CtlResult packed = ctl.Shell(
            "-euc",
            "source \"$0\"; \"$1\" \"$2\" \"$3\"",
            Path.Combine(Spec.Root, "eng", "release", "common.sh"),
            how,
            folder,
            ctl.PathOf($"{place}.packed")
        );
        Assert.True(packed.ExitCode == 0, packed.Error);
        string archive = ctl.PathOf($"{place}.packed");
        return File.ReadAllBytes(archive);
    }
}
