using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary>
/// A package of what is committed, built twice in different surroundings. <c>eng/reproduce.sh</c> does it with a whole release, by another user
/// and under another clock as well.
/// </summary>
public sealed class SamePackageTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void A_package_is_the_same_bytes_in_any_folder_time_zone_and_language_whatever_the_dates_of_its_files()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Spec.Root, ".git")), "no clone of git");
        Dictionary<string, byte[]> one = Pack("here", "UTC", "C.UTF-8", "2001-02-03");
        Dictionary<string, byte[]> other = Pack(
            "a longer name/and deeper",
            "Asia/Kathmandu",
            "tr_TR.UTF-8",
            "2026-05-06"
        );
        Assert.Equal([".nupkg", ".snupkg"], one.Keys.Select(Path.GetExtension).Order());
        Assert.Equal(one.Keys.Order(), other.Keys.Order());
        Assert.All(one, file => Assert.True(file.Value.AsSpan().SequenceEqual(other[file.Key]), file.Key));
    }

    private Dictionary<string, byte[]> Pack(string place, string zone, string language, string date)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        ctl.Variables["NUGET_PACKAGES"] =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages");
        ctl.Variables["TZ"] = zone;
        ctl.Variables["LC_ALL"] = language;
        CtlResult built = ctl.Shell(
            "-euc",
            """
            mkdir -p "$1"
            git clone -q --no-hardlinks "$0" "$1/tree"
            find "$1/tree" -type f -not -path '*/.git/*' -exec touch -d "$2" {} +
            "$1/tree/eng/release/packages.sh" "$PWD/$1/packages" Tessrax
            """,
            Spec.Root,
            place,
            date
        );
        Assert.True(built.ExitCode == 0, built.Text + built.Error);
        return Directory
            .GetFiles(ctl.PathOf(place, "packages"))
            .ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);
    }
}
