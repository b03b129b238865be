using Tessrax.Hashing;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What <c>$TESSRAX_HASH</c> does to a command.</summary>
public sealed class CliHashVariableTests : IDisposable
{
    private static readonly string[] Command = ["plumbing", "root", "--alg", "sha256"];

    // The wish holds for a whole process, and these tests are one.
    public void Dispose() => HashBackends.Prefer(null);

    [Fact]
    public void Managed_hashing_gives_the_same_root()
    {
        CtlResult usual = Run(null);
        Assert.Equal(0, usual.ExitCode);
        Assert.Equal(usual.Text, Run("managed").Text);
    }

    [Fact]
    public void Another_wish_is_a_usage_error()
    {
        CtlResult refused = Run("fast");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("TESSRAX_HASH is 'fast'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("it may be managed or native", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_library_that_is_not_there_is_a_storage_error()
    {
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, "libtessrax_hash.so")))
            Assert.Skip("the library lies beside these tests");
        CtlResult refused = Run("native");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("TSX3015", refused.Error, StringComparison.Ordinal);
        Assert.Contains("eng/native-hash.sh", refused.Error, StringComparison.Ordinal);
    }

    private static CtlResult Run(string? wish)
    {
        var host = new InProcess { Input = "00\n0102\n03\n" };
        if (wish is not null)
            host.Variables["TESSRAX_HASH"] = wish;
        return host.Run(Command);
    }
}
