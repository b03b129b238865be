using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Appending;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>fraud find|check</c>: what a stranger keeps and shows when a log said two things that cannot both be.</summary>
public sealed class FraudVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void An_honest_ledger_and_its_bundles_show_none()
    {
        Ctl.Must("prove", "ledger", "3", "-o", "three.tessrax.json");
        Ctl.Must("prove", "ledger", "7", "-o", "seven.tessrax.json");
        string text = Ctl.Must("fraud", "find", "ledger", "three.tessrax.json", "seven.tessrax.json").Text;
        Assert.StartsWith("found nothing: ", text, StringComparison.Ordinal);
        Ctl.Must("fraud", "find", "ledger", "-o", "log.fraud.json");
        Assert.False(File.Exists(Ctl.PathOf("log.fraud.json")));
    }

    [Fact]
    public void Two_entries_at_one_index_are_kept_and_convince_a_stranger()
    {
        CtlResult found = Ctl.Run("fraud", "find", "ledger", Fork(), "-o", "log.fraud.json");
        Assert.Equal(1, found.ExitCode);
        Assert.Contains("TSX5035", found.Text, StringComparison.Ordinal);
        Assert.Contains("two entries were recorded at one index, 8", found.Text, StringComparison.Ordinal);

        using var stranger = new Ctl();
        string[] check = ["fraud", "check", Ctl.PathOf("log.fraud.json"), "--key"];
        Assert.StartsWith("proven: ", stranger.Must([.. check, home.LogKey.ToString()]).Text, StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(
            System.Text.Encoding.UTF8.GetBytes(stranger.Must([.. check, home.LogKey.ToString(), "--json"]).Text)
        );
        Assert.Equal(JsonKind.True, json["proves"]!.Kind);
        using PrivateKey other = PrivateKey.FromSeed(Enumerable.Repeat((byte)9, 32).ToArray());
        CtlResult no = stranger.Run([.. check, VerifierKey.Create(home.LogKey.Name, other.PublicKey).ToString()]);
        Assert.Equal(1, no.ExitCode);
        Assert.StartsWith("proves nothing: ", no.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"first":{},"fraud":"tessrax/fraud/v1","hash":"sha256","second":{}}""")]
    public void What_is_no_evidence_proves_nothing(string text)
    {
        CtlResult result = Ctl.Run("fraud", "check", Ctl.Write("bad.json", text), "--key", home.LogKey.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("proves nothing: ", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "TSX3012", "fraud find nowhere")]
    [InlineData(3, "TSX3001", "fraud find .")]
    [InlineData(2, "TSX2002", "fraud find ledger --key a+b")]
    [InlineData(3, "TSX3012", "fraud check nowhere --key nothing")]
    public void Bad_input_has_its_code(int exitCode, string code, string line) =>
        home.MustRefuse(exitCode, code, line.Split(' '));

    // A copy that goes on by itself, while the ledger takes another entry.
    private string Fork()
    {
        string copy = Ctl.PathOf("fork");
        LedgerTree.Copy(home.Path, copy);
        Append(home.Path, "x-here");
        Append(copy, "x-there");
        return copy;
    }

    private void Append(string path, string name)
    {
        var keys = new LedgerKeys(
            PrivateKey.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray()),
            PrivateKey.FromSeed(Enumerable.Repeat((byte)2, 32).ToArray())
        );
        using LedgerWriter writer = LedgerWriter.Open(path, keys, home.Environment with { StateDirectory = null });
        writer.Append([
            new Draft
            {
                Event = name,
                Payload = FrozenPayload.From(new Governance.OwnEvent(JsonValue.Object(("text", name)), null).ToJson()),
            },
        ]);
    }
}
