using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Tests.Verification.Fleet;

/// <summary>The files under <c>spec/vectors/fleet/</c>: written by this code to the byte, and checked from the files alone.</summary>
public sealed class FleetVectorsTests
{
    private const string ListFile = "round.list";
    private const string ProofFile = "ledger.fleet.json";
    private const string TrustFile = "trust.json";

    [Fact]
    public void The_files_are_what_the_code_writes()
    {
        FleetMember[] members = FleetSample.WithLedger(7);
        Spec.MustHold(FleetSample.List(members), "vectors", "fleet", ListFile);
        Spec.MustHold(FleetSample.Composed().ToBytes(), "vectors", "fleet", ProofFile);
        Spec.MustHold([.. FleetSample.FleetTrust.ToJson(), (byte)'\n'], "vectors", "fleet", TrustFile);
    }

    [Fact]
    public void The_list_gives_the_root_that_the_round_records()
    {
        byte[] list = Read(ListFile);
        var reader = new FleetListReader();
        IReadOnlyList<FleetMember> members = reader.Read(list);
        reader.End();
        var proof = FleetProof.Parse(Read(ProofFile));
        Receipt round = proof.Round.Entries[^1].Receipt;
        Assert.Equal(Events.FleetRecorded, round.Entry.Body.Event);
        var recorded = FleetRecorded.FromJson(round.Payload!.Root);
        Assert.Equal(
            new FleetRecorded(
                members.Count,
                MerkleRoot.Of(
                    members.Select(m => TreeHasher.Sha256.Leaf(Encoding.UTF8.GetBytes(m.Note.Text))).ToArray(),
                    TreeHasher.Sha256
                ),
                HashEngine.Sha256.Hash(list)
            ),
            recorded
        );
    }

    [Fact]
    public void The_proof_holds_for_whoever_trusts_the_fleet()
    {
        var trust = TrustRoot.Parse(Read(TrustFile));
        FleetVerdict verdict = FleetVerifier.Verify(Read(ProofFile), trust, null, StoppedClock.Instance);
        Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
        JsonValue about = verdict.About!.ToJson();
        Assert.Equal("example.com/vectors", about["origin"]!.AsString());
        Assert.Equal("9", about["entry"]!.AsNumberText());
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Spec.Path("vectors", "fleet", file));
}
