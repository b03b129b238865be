namespace Tessrax.EndToEnd.Tests;

/// <summary><c>verify</c> of a file that it does not check says what the file is, and what to do with it.</summary>
public sealed class VerifyFileTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_file_of_another_kind_is_named_by_its_kind()
    {
        string trust = Directory.GetFiles(home.Ctl.PathOf(".config", "tessrax", "trust"))[0];
        Told(trust, "is a trust root", "--trust");
        Told(LedgerHome.SamplePolicy, "is a policy", "policy test");
        Told(home.Ctl.PathOf("alice.key"), "is a key file", "secret");
        Told(Path.Combine(home.Path, "checkpoint"), "is a signed checkpoint", "note-verify");
        string receipt = new InProcess().Run("show", home.Path, "1", "--json").Text;
        Told(home.Ctl.Write("receipt.json", receipt), "is a receipt", "tessraxctl prove");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("not JSON")]
    public void What_cannot_be_read_at_all_is_refuted_as_the_contract_says(string text)
    {
        CtlResult result = new InProcess().Run("verify", home.Ctl.Write("any", text));
        Assert.Equal(1, result.ExitCode);
        string said = new InProcess().Run("explain", "TSX1001").Text;
        Assert.Contains("1 where it is what a verb such as verify was given to check", said, StringComparison.Ordinal);
        Assert.Contains(
            "exit:   2, wrong usage\n",
            new InProcess().Run("explain", "TSX1012").Text,
            StringComparison.Ordinal
        );
    }

    private static void Told(string file, string what, string use)
    {
        CtlResult result = new InProcess().Run("verify", file);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error TSX5040: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
        Assert.Contains(use, result.Error, StringComparison.Ordinal);
    }
}
