using System.Text;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Witnessing;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Trust that asks for witnesses, and what a witness is started with.</summary>
public sealed class WitnessVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_a_quorum_cosigned_counts_for_verify_and_prove()
    {
        using PrivateKey key = PrivateKey.FromSeed(new byte[32]);
        var verifier = VerifierKey.Create("w.example", key.PublicKey, VerifierKey.Ed25519Cosignature);
        Ctl.Write("witnesses.txt", $"log {home.LogKey}\nwitness w {verifier} http://127.0.0.1:9/\nquorum w\n");
        Ctl.Must("trust", "export", "ledger", "--policy", "witnesses.txt", "-o", "trust.json");
        CtlResult alone = Ctl.Run("verify", "ledger", "--trust", "trust.json");
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("0 of 1 witnesses cosigned", alone.Text, StringComparison.Ordinal);
        byte[] note = File.ReadAllBytes(Path.Combine(home.Path, "checkpoint"));
        File.WriteAllBytes(Path.Combine(home.Path, CosignedNote.FileName), Cosigned(note, key));
        Ctl.Must("verify", "ledger", "--trust", "trust.json");
        Ctl.Must("prove", "ledger", "3", "-o", "three.json");
        CtlResult bundle = Ctl.Must("verify", "three.json", "--trust", "trust.json");
        Assert.DoesNotContain("no witness quorum", bundle.Text, StringComparison.Ordinal);
        Assert.Contains("w.example", Ctl.Must("checkpoint", "ledger").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_another_log_makes_no_trust_in_this_one()
    {
        using PrivateKey key = PrivateKey.FromSeed(new byte[32]);
        Ctl.Write("other.txt", $"log {VerifierKey.Create(LedgerHome.Origin, key.PublicKey)}\nquorum none\n");
        CtlResult refused = Ctl.Run("trust", "export", "ledger", "--policy", "other.txt", "-o", "trust.json");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("TSX2008", refused.Error, StringComparison.Ordinal);
        Assert.Contains(home.LogKey.ToString(), refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Ctl.PathOf("trust.json")));
    }

    [Fact]
    public void A_witness_needs_logs_that_it_can_tell_apart()
    {
        Ctl.Must("keys", "new", "w.example", "--purpose", "witness", "-o", "w.key");
        CtlResult refused = Ctl.Run(
            "witness",
            "serve",
            "--key",
            "w.key",
            "--log",
            "example.com/log",
            "--state",
            "state"
        );
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("TSX2002", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Ctl.PathOf("state")));
    }

    // As a witness does, with the checkpoint that the ledger published.
    private byte[] Cosigned(byte[] checkpoint, PrivateKey key)
    {
        var environment = new NodeEnvironment(TimeProvider.System, SystemRandom.Fill, SystemDisk.Instance, null, null);
        var log = new WitnessedLog(LedgerHome.Origin, home.LogKey);
        using Witness witness = Witness.Open(Ctl.PathOf("witness"), "w.example", key, [log], environment);
        SignedNote note = SignedNote.Parse(checkpoint);
        WitnessAnswer answer = witness.AddCheckpoint(AddCheckpointRequest.Create(0, [], note).ToBytes());
        Assert.True(WitnessAnswer.TryReadLines(Encoding.UTF8.GetBytes(answer.Body), out var lines), answer.Body);
        return note.With(lines.Single()).ToBytes();
    }
}
