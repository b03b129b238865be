using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary>The ledger of a release: a receipt for each file, held against the files by whoever has them.</summary>
public sealed class ReleaseLedgerTests : IDisposable
{
    private readonly Ctl ctl = new();

    public ReleaseLedgerTests()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        (string program, string[] first) = Ctl.Program();
        ctl.Variables["TESSRAXCTL"] = string.Join(' ', [program, .. first]);
        Directory.CreateDirectory(ctl.PathOf("release"));
        ctl.Write("release/one.tar.gz", "the first");
        ctl.Write("release/two with a space.zip", "the second");
        CtlResult made = ctl.Shell(Script("ledger.sh"), ctl.PathOf("release"));
        Assert.True(made.ExitCode == 0, made.Error);
    }

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void A_release_as_it_was_made_verifies_and_names_no_secret()
    {
        CtlResult verified = Verify();
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Contains("3 of 3 files are as recorded", verified.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ctl.PathOf("release", "release-ledger", "keys")));
        Assert.Equal(2, File.ReadAllLines(ctl.PathOf("release", "SHA256SUMS")).Length);
    }

    [Fact]
    public void A_file_that_was_changed_added_or_renamed_is_named()
    {
        ctl.Write("release/one.tar.gz", "the First");
        ctl.Write("release/three", "new");
        CtlResult refused = Verify();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("one.tar.gz is not the file that was recorded", refused.Error, StringComparison.Ordinal);
        Assert.Contains("three is in no receipt", refused.Error, StringComparison.Ordinal);
        Assert.Contains("2 of 4 files", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_that_were_changed_with_the_file_do_not_help()
    {
        ctl.Write("release/one.tar.gz", "the First");
        string sums = ctl.PathOf("release", "SHA256SUMS");
        CtlResult sum = ctl.Shell("-euc", "cd release; sha256sum one.tar.gz 'two with a space.zip' >SHA256SUMS");
        Assert.True(sum.ExitCode == 0, sum.Error);
        CtlResult refused = Verify();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("SHA256SUMS has one.tar.gz otherwise than the ledger", refused.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(sums));
    }

    [Fact]
    public void A_ledger_that_was_changed_or_is_somebody_elses_is_refused()
    {
        string segment = Directory.GetFiles(ctl.PathOf("release", "release-ledger", "segments")).First();
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("one.tar.gz"u8)] ^= 1;
        File.WriteAllBytes(segment, bytes);
        Assert.Equal(1, Verify().ExitCode);

        string trust = ctl.PathOf("kept.trust.json");
        File.Copy(ctl.PathOf("release", "release-ledger.trust.json"), trust);
        Assert.Equal(0, ctl.Shell(Script("ledger.sh"), ctl.PathOf("release")).ExitCode);
        Assert.Equal(0, Verify().ExitCode);
        Assert.Equal(1, Verify(trust).ExitCode);
    }

    private CtlResult Verify(params string[] trust) =>
        ctl.Shell([Script("verify.sh"), ctl.PathOf("release"), .. trust]);

    private static string Script(string name) => Path.Combine(Spec.Root, "eng", "release", name);
}
