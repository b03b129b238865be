using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>A receipt as a server hands it out: it holds as it is, whatever is changed in it is refuted, and the verdict says what it leaves open.</summary>
public sealed class ReceiptVerifierTests
{
    private static readonly FoldLedger Ledger = FoldLedger.Full();
    private static readonly JsonValue Good = Document(1);

    [Fact]
    public void Each_entry_holds_by_its_own()
    {
        foreach (Receipt receipt in Ledger.Receipts)
        {
            Verdict verdict = Verify(Document(receipt.Entry.Index));
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.Equal(
                [("receipt", true, 1L), ("commitments", true, 1L), ("merkle", true, 1L), ("trust", true, 1L)],
                verdict.Stages.Select(s => (s.Name, s.Holds == true, s.Checked))
            );
            Assert.Equal((Ledger.Id, Ledger.Fold.Size), (verdict.Ledger, verdict.Size));
        }
    }

    [Theory]
    [InlineData("size", "2")]
    [InlineData("index", "2")]
    [InlineData("extra", "1")]
    [InlineData("checkpoint", "\"nothing\"")]
    [InlineData("leaf_hash", "\"md5:00\"")]
    [InlineData("leaf_hash", "\"sha256:00\"")]
    [InlineData("proof", "[1]")]
    [InlineData("proof", "[\"AA==\"]")]
    [InlineData("proof", "{}")]
    [InlineData("salt", "\"AA==\"")]
    [InlineData("payload", "{\"claims\":[]}")]
    public void What_is_no_receipt_is_not_judged(string member, string value)
    {
        Verdict verdict = Verify(Good.With(member, JsonValue.Parse(Encoding.UTF8.GetBytes(value))));
        if (member == "payload")
        {
            Fails(verdict, "commitments", ErrorCodes.CommitmentBroken);
            return;
        }
        Stage only = Assert.Single(verdict.Stages);
        Assert.Equal(("receipt", false), (only.Name, only.Holds));
        Assert.Empty(verdict.Excludes);
    }

    [Fact]
    public void Whatever_is_exchanged_for_that_of_another_entry_is_refuted()
    {
        JsonValue other = Document(4);
        Fails(Verify(Good.With("salt", other["salt"]!)), "commitments", ErrorCodes.CommitmentBroken);
        Fails(Verify(Good.With("payload", other["payload"]!)), "commitments", ErrorCodes.CommitmentBroken);
        Fails(Verify(Good.With("proof", other["proof"]!)), "merkle", ErrorCodes.InclusionBroken, "path");
        Fails(Verify(Good.With("leaf_hash", other["leaf_hash"]!)), "merkle", ErrorCodes.InclusionBroken, "hash");
        foreach (string missing in Good.Names.ToArray().Except(["payload"]))
            Assert.False(Verify(Good.Without(missing)).Holds, missing);
        // What is shown beside it is not checked, and does no harm.
        Assert.True(Verify(Good.With("summary", "claims were recorded").With("lost", JsonValue.True)).Holds);
    }

    [Fact]
    public void Without_its_payload_it_says_that_nobody_held_that_against_its_commitment()
    {
        // Erased, or withheld.
        foreach (
            JsonValue bare in (JsonValue[])
                [
                    Good.Without("payload").Without("salt").With("erased", JsonValue.True),
                    Good.Without("payload").Without("salt"),
                    Good.Without("payload"),
                ]
        )
        {
            Verdict verdict = Verify(bare);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Stage commitments = verdict.Stages.Single(s => s.Name == "commitments");
            Assert.Equal((null, false), (commitments.Holds, commitments.Claimed));
            Assert.Equal(ErrorCodes.NotReExecutable, Assert.Single(commitments.Findings).Code);
            Assert.True(Says(verdict, "that the payload was taken away with right"));
        }
        Assert.False(Says(Verify(Good), "that the payload was taken away with right"));
        // An entry that has none has nothing to take away.
        Assert.False(Says(Verify(Document(0)), "that the payload was taken away with right"));
    }

    [Fact]
    public void It_is_held_to_the_trust_root()
    {
        byte[] bytes = Good.ToCanonicalBytes();
        Verdict blind = ReceiptVerifier.Verify(bytes, null, StoppedClock.Instance);
        Assert.False(blind.Holds);
        Assert.Null(blind.Stages.Single(s => s.Name == "trust").Holds);
        Fails(Verify(Good, new TrustRoot(default(Digest), Ledger.Trust.Policy)), "trust", ErrorCodes.WrongLedger);
        Fails(Verify(Good, new TrustRoot(null, Stranger().Policy)), "trust", ErrorCodes.CheckpointRefused);
        Assert.True(Verify(Good, new TrustRoot(null, Ledger.Trust.Policy)).Holds);
        // At the same size the log signed another root; at another size nobody can tell.
        Fails(Verify(Good, Trusting(Ledger.Fold.Size)), "trust", ErrorCodes.Inconsistent);
        Assert.True(Verify(Good, Trusting(Ledger.Fold.Size + 1)).Holds);
        Assert.True(
            Verify(Good, Ledger.Trust with { Accepted = SignedNote.Parse(FoldLedger.Note(Ledger.Receipts)) }).Holds
        );
    }

    [Fact]
    public void A_fork_is_left_open_unless_witnesses_are_asked_for()
    {
        using PrivateKey witness = FoldLedger.Seeded(77);
        var key = VerifierKey.Create("w", witness.PublicKey, VerifierKey.Ed25519Cosignature);
        var policy = TlogPolicy.Parse($"log {Ledger.Fold.State.LogKey!.Verifier}\nwitness W {key}\nquorum W\n");
        Assert.True(Says(ReceiptVerifier.Verify(Good.ToCanonicalBytes(), null, StoppedClock.Instance), "a fork: "));
        Assert.True(Says(Verify(Good), "a fork: "));
        Assert.False(Says(Verify(Good, Ledger.Trust with { Policy = policy }), "a fork: "));
    }

    [Fact]
    public void It_is_told_from_a_bundle()
    {
        Assert.True(ReceiptVerifier.IsMeant(Good.ToCanonicalBytes()));
        Assert.False(ReceiptVerifier.IsMeant(Ledger.Bundle(1).ToBytes()));
        Assert.False(ReceiptVerifier.IsMeant("{\"entry\":1}"u8));
    }

    private static TrustRoot Stranger() =>
        TrustRoot.FromVerifierKey(VerifierKey.Create(FoldLedger.Origin, FoldLedger.Seeded(99).PublicKey));

    private static TrustRoot Trusting(long size) =>
        Ledger.Trust with
        {
            Accepted = new Checkpoint(FoldLedger.Origin, new TreeHead(size, HashEngine.Sha256.Hash("other"u8))).Sign(
                FoldLedger.Log
            ),
        };

    private static JsonValue Document(long index)
    {
        Receipt receipt = Ledger.Receipts[(int)index];
        var tree = new MerkleTree(Ledger.Hasher);
        foreach (Receipt one in Ledger.Receipts)
            tree.Append(one.LeafHash(Ledger.Hasher));
        return JsonValue.Object(
            ("entry", JsonValue.Parse(receipt.Leaf.Span)),
            ("payload", receipt.Payload?.Root),
            ("salt", receipt.Payload is null ? null : JsonValue.String(Convert.ToBase64String(receipt.Salt.Span))),
            ("leaf_hash", Ledger.Hasher.Text(receipt.LeafHash(Ledger.Hasher))),
            ("index", index),
            ("proof", HashList.ToJson(InclusionProof.Prove(tree, tree.Size, index, Ledger.Hasher))),
            ("checkpoint", Encoding.UTF8.GetString(FoldLedger.Note(Ledger.Receipts))),
            ("size", tree.Size)
        );
    }

    private static Verdict Verify(JsonValue document, TrustRoot? trust = null) =>
        ReceiptVerifier.Verify(document.ToCanonicalBytes(), trust ?? Ledger.Trust, StoppedClock.Instance);

    private static bool Says(Verdict verdict, string what) =>
        verdict.Excludes.Any(one => one.StartsWith(what, StringComparison.Ordinal));

    private static void Fails(Verdict verdict, string stage, ErrorCode code, string text = "")
    {
        Assert.False(verdict.Holds);
        Finding finding = Assert.Single(verdict.Stages.Single(s => s.Name == stage).Findings);
        Assert.Equal(code, finding.Code);
        Assert.Contains(text, finding.Message, StringComparison.Ordinal);
    }
}
