using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary><c>eng/release/debian.sh</c>, with an archive that stands in for a built one. <c>eng/install-tests.sh</c> installs the real package.</summary>
public sealed class DebianPackageTests : IDisposable
{
    private static readonly string[] Programs = ["tessraxctl", "tessraxd", "libsodium.so"];

    private static readonly string[] Others =
    [
        "rocksdb/librocksdb.so",
        "verifier/index.html",
        "docs/index.html",
        "licenses/INDEX.tsv",
        "share/man/man1/tessraxctl.1",
        "share/bash-completion/completions/tessraxctl",
        "share/zsh/site-functions/_tessraxctl",
        "share/fish/vendor_completions.d/tessraxctl.fish",
        "README.md",
        "LICENSE",
        "sbom.cdx.json",
    ];

    private readonly Ctl ctl = new();

    public DebianPackageTests() =>
        Assert.SkipUnless(Tool.Run("bash", ["-c", "command -v dpkg-deb"]).ExitCode == 0, "dpkg-deb is not there");

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void What_the_archive_holds_is_where_a_system_looks_for_it()
    {
        string package = Make("made", "UTC");
        string listed = Run("dpkg-deb --contents \"$0\"", package);
        foreach (
            string path in (string[])
                [
                    "-rwxr-xr-x root/root .* ./usr/lib/tessrax/tessraxctl",
                    "-rwxr-xr-x root/root .* ./usr/lib/tessrax/tessraxd",
                    "./usr/lib/tessrax/libsodium.so",
                    "./usr/lib/tessrax/rocksdb/librocksdb.so",
                    "./usr/bin/tessraxctl -> ../lib/tessrax/tessraxctl",
                    "./usr/bin/tessraxd -> ../lib/tessrax/tessraxd",
                    "./usr/lib/systemd/system/tessraxd.service",
                    "./usr/share/man/man1/tessraxctl.1.gz",
                    "./usr/share/bash-completion/completions/tessraxctl",
                    "./usr/share/zsh/vendor-completions/_tessraxctl",
                    "./usr/share/fish/vendor_completions.d/tessraxctl.fish",
                    "./usr/share/doc/tessrax/copyright",
                ]
        )
            Assert.Matches($"(?m){path}$", listed);
        // A preview comes before what it is a preview of.
        Assert.Equal(
            "0.1.0~preview.1-1 amd64\n",
            Run("dpkg-deb --show --showformat '${Version} ${Architecture}\\n' \"$0\"", package)
        );
        // What the service starts is what was installed.
        Assert.Contains(
            "ExecStart=/usr/lib/tessrax/tessraxd ",
            Run("dpkg-deb --fsys-tarfile \"$0\" | tar -xO ./usr/lib/systemd/system/tessraxd.service", package),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_same_archive_gives_the_same_package_in_any_folder_file_system_and_time_zone()
    {
        byte[] one = File.ReadAllBytes(Make("one", "UTC"));
        // Where a folder takes another number of bytes.
        if (Directory.Exists("/dev/shm"))
            ctl.Variables["TMPDIR"] = "/dev/shm";
        byte[] other = File.ReadAllBytes(Make("a longer name", "Asia/Kathmandu"));
        Assert.True(one.AsSpan().SequenceEqual(other));
    }

    private string Make(string place, string zone)
    {
        string name = "tessrax-0.1.0-preview.1-linux-x64";
        foreach (string file in (string[])[.. Programs, .. Others])
        {
            string path = ctl.PathOf(place, name, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"what {file} holds\n");
            if (Programs.Contains(file))
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        ctl.Variables["TZ"] = zone;
        ctl.Variables["SOURCE_DATE_EPOCH"] = "1700000000";
        ctl.Variables["RELEASE_VERSION"] = "0.1.0-preview.1";
        Run(
            "cd \"$0\"; tar -czf \"$1.tar.gz\" \"$1\"; \"$2\" linux-x64 \"$PWD\"",
            place,
            name,
            Path.Combine(Spec.Root, "eng", "release", "debian.sh")
        );
        return ctl.PathOf(place, "tessrax_0.1.0~preview.1-1_amd64.deb");
    }

    private string Run(string script, params string[] arguments)
    {
        CtlResult ran = ctl.Shell(["-euc", script, .. arguments]);
        Assert.True(ran.ExitCode == 0, ran.Text + ran.Error);
        return ran.Text;
    }
}
