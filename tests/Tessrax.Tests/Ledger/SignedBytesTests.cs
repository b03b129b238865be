using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class SignedBytesTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    private static readonly Entry Decision = Ledger.Receipts[9].Entry;

    [Fact]
    public void Each_kind_of_signed_bytes_begins_with_its_label_and_the_ledger_id()
    {
        byte[] entry = Decision.Body.SignedBytes(Ledger.Id);
        byte[] approval = Decision.Approvals[0].SignedBytes(Ledger.Id, Decision.Body.DigestIn(Ledger.Id));
        Assert.True(entry.AsSpan().StartsWith([.. "tessrax/entry/v1\n"u8, .. Ledger.Id.Span, (byte)'{']));
        Assert.True(approval.AsSpan().StartsWith([.. "tessrax/approval/v1\n"u8, .. Ledger.Id.Span, (byte)'{']));
    }

    [Fact]
    public void No_label_is_a_prefix_of_another()
    {
        string[] labels =
        [
            SignedBytes.EntryLabel,
            SignedBytes.ApprovalLabel,
            SignedBytes.PayloadLabel,
            "tessrax/ledger/v1\n",
            "tessrax/gov/v1\n",
            "tessrax/key/v1\n",
        ];
        foreach (string label in labels)
            Assert.Single(labels, other => other.StartsWith(label, StringComparison.Ordinal));
    }

    [Fact]
    public void A_signature_under_one_label_does_not_serve_under_another()
    {
        // One object, one key, one ledger: only the label differs.
        JsonValue value = Decision.Body.ToJson();
        using Tessrax.Keys.PrivateKey key = SampleLedger.KeyOf(SampleLedger.AuthorSeed);
        byte[] asEntry = key.Sign(SignedBytes.Of(SignedBytes.EntryLabel, Ledger.Id, value));
        Assert.True(key.PublicKey.Verify(SignedBytes.Of(SignedBytes.EntryLabel, Ledger.Id, value), asEntry));
        Assert.False(key.PublicKey.Verify(SignedBytes.Of(SignedBytes.ApprovalLabel, Ledger.Id, value), asEntry));
        Assert.False(key.PublicKey.Verify(value.ToCanonicalBytes(), asEntry));
    }

    [Fact]
    public void An_approval_is_for_one_body_in_one_ledger()
    {
        Approval approval = Decision.Approvals[0];
        var key = SampleLedger.KeyOf(SampleLedger.ApproverSeeds[0]).PublicKey;
        Digest body = Decision.Body.DigestIn(Ledger.Id);
        Assert.True(approval.IsSignedBy(key, Ledger.Id, body));
        Assert.False(approval.IsSignedBy(key, Ledger.Id, HashEngine.Sha256.Hash("another body"u8)));
        Assert.False(approval.IsSignedBy(key, HashEngine.Sha256.Hash("another ledger"u8), body));
        Assert.False(approval.IsSignedBy(SampleLedger.KeyOf(12).PublicKey, Ledger.Id, body));
    }

    [Fact]
    public void Every_member_of_an_approval_is_signed()
    {
        Approval approval = Decision.Approvals[0];
        var key = SampleLedger.KeyOf(SampleLedger.ApproverSeeds[0]).PublicKey;
        Digest body = Decision.Body.DigestIn(Ledger.Id);
        Approval[] changed =
        [
            approval with
            {
                Key = SampleLedger.IdOf(12),
            },
            approval with
            {
                Role = "other",
            },
            approval with
            {
                Approves = false,
            },
            approval with
            {
                Gov = body,
            },
            approval with
            {
                IssuedAt = approval.IssuedAt + TimeSpan.FromMicroseconds(1),
            },
            approval with
            {
                ExpiresAt = approval.ExpiresAt + TimeSpan.FromMicroseconds(1),
            },
            approval with
            {
                Nonce = Convert.ToBase64String(new byte[16]),
            },
        ];
        Assert.All(changed, a => Assert.False(a.IsSignedBy(key, Ledger.Id, body)));
        Assert.False((approval with { Signature = "" }).IsSignedBy(key, Ledger.Id, body));
    }

    [Fact]
    public void Two_ledgers_that_differ_in_a_nonce_have_different_ids()
    {
        EntryBody genesis = Ledger.Receipts[0].Entry.Body;
        EntryBody again = genesis with { Nonce = Convert.ToBase64String(new byte[16]) };
        Assert.NotEqual(SignedBytes.LedgerIdOf(genesis.ToJson()), SignedBytes.LedgerIdOf(again.ToJson()));
    }

    [Fact]
    public void The_state_digest_covers_the_whole_state()
    {
        GovernanceState state = Ledger.Fold.State;
        Assert.Equal(
            state.Digest,
            HashEngine.Sha256.Hash([
                .. Encoding.ASCII.GetBytes("tessrax/gov/v1\n"),
                .. state.ToJson().ToCanonicalBytes(),
            ])
        );
        Assert.Equal(state.Reference, Decision.Gov);
    }
}
