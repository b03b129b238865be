using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What a verdict on a bundle leaves open it says, and nothing else; and it has no stage of what does not apply.</summary>
public sealed class BundleNotExcludedTests
{
    private const string Extends = "that this tree is not an extension of the trusted checkpoint: a bundle";

    private readonly FoldLedger ledger = FoldLedger.Full();

    [Fact]
    public void A_fork_unless_witnesses_are_asked_for()
    {
        using PrivateKey witness = FoldLedger.Seeded(77);
        var key = VerifierKey.Create("w", witness.PublicKey, VerifierKey.Ed25519Cosignature);
        var policy = TlogPolicy.Parse($"log {ledger.Fold.State.LogKey!.Verifier}\nwitness W {key}\nquorum W\n");
        Assert.True(Leaves("a fork: ", null));
        Assert.True(Leaves("a fork: ", ledger.Trust));
        Assert.False(Leaves("a fork: ", ledger.Trust with { Policy = policy }));
    }

    [Fact]
    public void How_the_tree_goes_on_from_a_trusted_checkpoint_of_another_size()
    {
        long size = ledger.Fold.Size;
        string isExtended =
            $"that the trusted checkpoint, of {size + 1} entries, is not an extension of this tree, of {size}";
        Assert.False(Leaves(Extends, ledger.Trust) || Leaves(isExtended, ledger.Trust));
        Assert.True(Leaves(Extends, Trusting(size - 1)));
        Assert.True(Leaves(isExtended, Trusting(size + 1)));
        // At one size the roots are compared.
        TrustRoot same = ledger.Trust with
        {
            Accepted = SignedNote.Parse(FoldLedger.Note(ledger.Receipts)),
        };
        Assert.True(Verify(same).Holds);
        Assert.False(Leaves(Extends, same) || Leaves(isExtended, same));
        Assert.False(Verify(Trusting(size)).Holds);
    }

    [Fact]
    public void What_a_retired_key_of_the_log_can_show()
    {
        const string retired = "that who holds a retired log key shows others a history that ends before";
        Assert.False(Leaves(retired, ledger.Trust));
        PrivateKey fresh = FoldLedger.Seeded(61);
        Digest old = FoldLedger.Log.PublicKey.Id;
        var key = new KeyContent(
            FoldLedger.Origin,
            KeyPurpose.Log,
            VerifierKey.Create(FoldLedger.Origin, fresh.PublicKey),
            []
        );
        string consent = Convert.ToBase64String(FoldLedger.Log.Sign(KeyProof.Consent(ledger.Id, key, old)));
        TrustRoot trust = ledger.Trust;
        var rotated = new KeyRotated(old, key, consent, KeyLedger.Proof(ledger.Id, key, fresh, old), "once a year");
        long at = KeyLedger.Pass(ledger, Events.KeyRotated, rotated.ToControl()).Entry.Index;
        byte[] note = FoldLedger.Note(ledger.Receipts, fresh);
        Bundle bundle = ledger.Bundle(1) with { Checkpoint = Encoding.UTF8.GetString(note) };
        foreach (
            Verdict verdict in (Verdict[])
                [
                    BundleVerifier.Verify(bundle.ToBytes(), trust, StoppedClock.Instance),
                    FoldLedger.Verify(ledger.Receipts, trust, note),
                ]
        )
        {
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.Contains(
                verdict.Excludes,
                one => one.StartsWith($"{retired} {at + 1} entries", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("x-own", false, false)]
    [InlineData(Events.ClaimsRecorded, false, false)]
    [InlineData(Events.HoldPlaced, true, false)]
    [InlineData(Events.ContradictionDetected, true, true)]
    [InlineData(Events.DecisionRecorded, true, true)]
    public void It_has_the_stages_that_apply_to_its_entry(string name, bool approvals, bool decisions)
    {
        ledger.Govern(Events.HoldPlaced, new HoldPlaced("case", IndexRanges.Between(1, 1), "order").ToControl());
        long index = ledger.Receipts.Last(r => r.Entry.Body.Event == name).Entry.Index;
        Verdict verdict = Verify(ledger.Trust, index);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(approvals, verdict.Stages.Any(stage => stage.Name == "approvals"));
        Assert.Equal(decisions, verdict.Stages.Any(stage => stage.Name == "decisions"));
    }

    private TrustRoot Trusting(long size) =>
        ledger.Trust with
        {
            Accepted = new Checkpoint(FoldLedger.Origin, new TreeHead(size, HashEngine.Sha256.Hash("other"u8))).Sign(
                FoldLedger.Log
            ),
        };

    private bool Leaves(string what, TrustRoot? trust) =>
        Verify(trust).Excludes.Any(one => one.StartsWith(what, StringComparison.Ordinal));

    private Verdict Verify(TrustRoot? trust, long subject = 1) =>
        BundleVerifier.Verify(ledger.Bundle(subject).ToBytes(), trust, StoppedClock.Instance);
}
