using Tessrax.Keys;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>The files under <c>spec/vectors/merkle/</c>: written by this code to the byte, and checked from the files alone.</summary>
public sealed class MerkleVectorsTests
{
    [Fact]
    public void The_files_are_what_the_code_writes()
    {
        foreach ((string name, byte[] bytes) in MerkleVectors.Make())
            Spec.MustHold(bytes, "vectors", "merkle", name);
    }

    [Theory]
    [InlineData("two-roots.equivocation.json", "two roots for one size, 10: ")]
    [InlineData("another-past.equivocation.json", "the tree signed at size 13 has the root ")]
    public void Evidence_convinces_whoever_has_the_vkey(string file, string says)
    {
        Assert.True(Equivocation.Parse(Read(file)).Proves(Key(), out string said), said);
        Assert.StartsWith(says, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("left-out.fraud.json", "LEDGER_CREATED at 0 is a control event")]
    [InlineData("two-entries.fraud.json", "two entries were recorded at one index, 7")]
    public void Fraud_convinces_whoever_has_the_vkey(string file, string says)
    {
        Assert.True(FraudProof.Parse(Read(file)).Proves([Key()], out string said), said);
        Assert.StartsWith(says, said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_holds() =>
        Assert.True(CheckpointHistory.Parse(Read("log.history.json")).Verify(Key()).Holds);

    private static VerifierKey Key() =>
        VerifierKey.Parse(File.ReadAllText(Spec.Path("vectors", "merkle", "log.vkey")).Trim());

    private static byte[] Read(string file) => File.ReadAllBytes(Spec.Path("vectors", "merkle", file));
}
