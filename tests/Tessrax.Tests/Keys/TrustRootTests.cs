using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class TrustRootTests
{
    private static readonly Digest Ledger = HashEngine.Sha256.Hash("ledger"u8);

    private static readonly TrustRoot Root = new(Ledger, TlogPolicy.LogAlone(Samples.Log));

    [Fact]
    public void Reads_back_what_it_writes()
    {
        var read = TrustRoot.Parse(Root.ToJson());
        Assert.Equal(Ledger, read.Ledger);
        Assert.Equal(Root.Policy.Text, read.Policy.Text);
        Assert.Null(read.Accepted);
        Assert.Null(read.Checkpoint);
        Assert.Equal(Root.ToJson(), read.ToJson());

        TrustRoot accepted = Root.Accepting(Samples.Checkpoint.Sign(Samples.LogKey));
        read = TrustRoot.Parse(accepted.ToJson());
        Assert.Equal(Samples.Checkpoint, read.Checkpoint);
        Assert.Equal(accepted.ToJson(), read.ToJson());
    }

    // The literal example of spec/keys.md.
    [Fact]
    public void The_example_of_the_specification_holds()
    {
        string page = File.ReadAllText(Spec.Path("keys.md"));
        string line = page.Split('\n').Single(l => l.StartsWith("{\"checkpoint\"", StringComparison.Ordinal));
        var root = TrustRoot.Parse(Encoding.UTF8.GetBytes(line));
        Assert.Equal(0, root.Checkpoint!.Head.Size);
        Assert.True(root.Policy.Evaluate(root.Accepted!).Holds);
        Assert.Equal(line, Encoding.UTF8.GetString(root.ToJson()));
    }

    [Fact]
    public void A_vkey_alone_is_trust_in_the_log_alone()
    {
        var root = TrustRoot.FromVerifierKey(Samples.Log);
        Assert.Null(root.Ledger);
        Assert.True(root.Policy.LogOnly);
        Assert.True(root.Policy.Evaluate(Samples.Checkpoint.Sign(Samples.LogKey)).Holds);
        Assert.Throws<InvalidOperationException>(() => root.ToJson());
    }

    [Theory]
    [InlineData("trust", "\"tessrax/trust/v2\"")]
    [InlineData("trust", null)]
    [InlineData("ledger", "\"sha256:00\"")]
    [InlineData("ledger", null)]
    [InlineData("policy", "\"quorum W\\n\"")]
    [InlineData("policy", "1")]
    [InlineData("policy", null)]
    [InlineData("checkpoint", "null")]
    [InlineData("checkpoint", "\"noise\"")]
    [InlineData("checkpoint", "\"\"")]
    [InlineData("more", "1")]
    public void Refuses_other_documents(string member, string? value)
    {
        JsonValue document = JsonValue.Parse(Root.ToJson());
        document = value is null
            ? document.Without(member)
            : document.With(member, JsonValue.Parse(Encoding.UTF8.GetBytes(value)));
        var error = Assert.Throws<TessraxException>(() => TrustRoot.Parse(document.ToCanonicalBytes()));
        Assert.Equal(ErrorCodes.BadTrustRoot, error.Code);
    }

    [Fact]
    public void Refuses_noise()
    {
        var error = Assert.Throws<TessraxException>(() => TrustRoot.Parse("not JSON"u8));
        Assert.Equal(ErrorCodes.BadTrustRoot, error.Code);
        Assert.Equal(ErrorCodes.NotJson, Assert.IsType<TessraxException>(error.InnerException).Code);
    }

    [Fact]
    public void Refuses_a_checkpoint_that_no_log_of_its_policy_signed()
    {
        using PrivateKey other = Samples.Key(2);
        SignedNote note = Samples.Checkpoint.Sign(other);
        Assert.Equal(ErrorCodes.BadTrustRoot, Assert.Throws<TessraxException>(() => Root.Accepting(note)).Code);
        JsonValue document = JsonValue.Parse(Root.ToJson()).With("checkpoint", note.ToString());
        var error = Assert.Throws<TessraxException>(() => TrustRoot.Parse(document.ToCanonicalBytes()));
        Assert.Equal(ErrorCodes.BadTrustRoot, error.Code);
    }
}
