using System.IO.Compression;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary><c>eng/release/compare.sh</c>, by which <c>eng/reproduce.sh</c> tells two builds of a release apart.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly Ctl ctl = new();

    public CompareTests()
    {
        foreach (string build in (string[])["one", "other"])
        {
            Directory.CreateDirectory(ctl.PathOf(build, "release-ledger"));
            ctl.Write($"{build}/a.tar.gz", "the same");
            ctl.Write($"{build}/b with a space", "the same too");
            // What has a fresh key in it and a time.
            ctl.Write($"{build}/SHA256SUMS", build);
            ctl.Write($"{build}/release-ledger.trust.json", build);
        }
    }

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void The_same_files_are_the_same_whatever_their_ledgers_are()
    {
        CtlResult compared = Compare();
        Assert.True(compared.ExitCode == 0, compared.Text + compared.Error);
        Assert.Contains("2 of 2 files are the same", compared.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_differs_or_is_missing_is_named_and_explained()
    {
        ctl.Write("one/b with a space", "built at noon\n");
        ctl.Write("other/b with a space", "built at dawn\n");
        ctl.Write("other/c", "more");
        CtlResult compared = Compare();
        Assert.Equal(1, compared.ExitCode);
        Assert.Contains("1 of 3 files are the same", compared.Text, StringComparison.Ordinal);
        Assert.Contains("c is in one build alone", compared.Text, StringComparison.Ordinal);
        Assert.NotEmpty(File.ReadAllText(ctl.PathOf("reports", "b with a space.txt")));
        Assert.False(File.Exists(ctl.PathOf("reports", "a.tar.gz.txt")));
    }

    [Fact]
    public void Packages_are_looked_into()
    {
        foreach ((string build, string text) in (IEnumerable<(string, string)>)[("one", "noon"), ("other", "dawn")])
        {
            using ZipArchive package = ZipFile.Open(ctl.PathOf(build, "p.nupkg"), ZipArchiveMode.Create);
            using var entry = new StreamWriter(package.CreateEntry("README.md").Open());
            entry.WriteLine($"built at {text}");
        }
        CtlResult compared = Compare();
        Assert.Equal(1, compared.ExitCode);
        string report = File.ReadAllText(ctl.PathOf("reports", "p.nupkg.txt"));
        Assert.Contains("-built at noon", report, StringComparison.Ordinal);
        Assert.Contains("+built at dawn", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_empty_folders_are_no_release()
    {
        Directory.CreateDirectory(ctl.PathOf("nothing"));
        Assert.Equal(1, Compare("nothing", "nothing").ExitCode);
    }

    private CtlResult Compare(string one = "one", string other = "other") =>
        ctl.Shell(Path.Combine(Spec.Root, "eng", "release", "compare.sh"), one, other, "reports");
}
