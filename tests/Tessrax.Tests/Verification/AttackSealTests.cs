using System.Numerics;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What a forger, or a log that signs anything, may try with seals.</summary>
public sealed class AttackSealTests
{
    private const int Count = 6;

    private readonly FoldLedger ledger = new();
    private readonly SealedEntries batch;

    public AttackSealTests()
    {
        batch = new SealedEntries(ledger, Count);
        // What held before must not help what does not hold.
        for (int i = 0; i < Count; i++)
            Assert.Null(ledger.Judge(batch.Next(i)));
    }

    [Fact]
    public void A_whole_ledger_with_sealed_entries_verifies_and_counts_them_as_signed()
    {
        for (int i = 0; i < Count; i++)
            ledger.Add(batch.Next(i));
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(Count + 1, verdict.Stages.Single(s => s.Name == "signatures").Checked);
    }

    [Fact]
    public void One_sealed_entry_verifies_in_a_bundle_without_the_rest_of_its_batch()
    {
        ledger.Add(batch.Next(4));
        ledger.Add(batch.Next(1));
        byte[] bundle = ledger.Bundle(2, r => r.Entry.Index is 0 or 2).ToBytes();
        Verdict verdict = BundleVerifier.Verify(bundle, ledger.Trust, StoppedClock.Instance);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void The_path_of_another_body_does_not_hold()
    {
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Count; j++)
            {
                if (i != j)
                    Broken(batch.Next(i, batch.Seals[j]));
            }
        }
    }

    [Fact]
    public void No_other_size_or_position_holds_with_any_path_of_the_batch()
    {
        Seal good = batch.Seals[3];
        for (int size = 1; size <= 12; size++)
        {
            for (int position = 0; position < size; position++)
            {
                if ((size, position) == (Count, 3))
                    continue;
                foreach (Seal source in batch.Seals)
                    Broken(batch.Next(3, new Seal(size, position, source.Path, good.Signature)));
            }
        }
    }

    [Fact]
    public void A_path_too_short_too_long_empty_or_changed_anywhere_does_not_hold()
    {
        Seal good = batch.Seals[0];
        Digest[] path = good.Path.ToArray();
        Broken(batch.Next(0, With(good, [])));
        Broken(batch.Next(0, With(good, path[..^1])));
        Broken(batch.Next(0, With(good, path[1..])));
        Broken(batch.Next(0, With(good, [.. path, path[0]])));
        Broken(batch.Next(0, With(good, [.. path.AsEnumerable().Reverse()])));
        for (int i = 0; i < path.Length; i++)
        {
            Digest[] bent = [.. path];
            bent[i] = HashEngine.Sha256.Hash(path[i].Span);
            Broken(batch.Next(0, With(good, bent)));
        }
    }

    [Fact]
    public void An_inner_node_does_not_pass_for_the_root_of_a_smaller_batch()
    {
        // The first two of the batch are a tree of their own below the root: only its size and root are signed, not this one's.
        Seal good = batch.Seals[0];
        Broken(batch.Next(0, new Seal(2, 0, good.Path[..1], good.Signature)));
        Broken(batch.Next(0, new Seal(4, 0, good.Path[..2], good.Signature)));
    }

    [Fact]
    public void A_batch_hashed_as_a_log_is_no_batch()
    {
        // Leaves without their label: what a signer of plain Merkle roots could be led to sign.
        Digest[] leaves = [.. batch.Bodies.Select(b => TreeHasher.Sha256.Leaf(b.DigestIn(ledger.Id).Span))];
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (Digest leaf in leaves)
            tree.Append(leaf);
        string signature = Sign(ledger.Id, FoldLedger.Author, FoldLedger.Author.PublicKey.Id, Count, tree.Root());
        for (int i = 0; i < Count; i++)
            Broken(
                batch.Next(i, new Seal(Count, i, InclusionProof.Prove(tree, Count, i, TreeHasher.Sha256), signature))
            );
    }

    [Fact]
    public void Seals_of_another_ledger_or_key_do_not_hold()
    {
        var other = new FoldLedger(new Windows(700_000, 300));
        Root(0, out Digest root);
        Digest key = FoldLedger.Author.PublicKey.Id;
        Broken(batch.Next(0, Signed(0, Sign(other.Id, FoldLedger.Author, key, Count, root))));
        foreach (PrivateKey signer in (PrivateKey[])[FoldLedger.SecondAuthor, FoldLedger.Log, FoldLedger.Approver(1)])
        {
            Broken(batch.Next(0, Signed(0, Sign(ledger.Id, signer, key, Count, root))));
            Broken(batch.Next(0, Signed(0, Sign(ledger.Id, signer, signer.PublicKey.Id, Count, root))));
        }
        Broken(batch.Next(0, Signed(0, Sign(ledger.Id, FoldLedger.Author, FoldLedger.Log.PublicKey.Id, Count, root))));
        Broken(batch.Next(0, Signed(0, Sign(ledger.Id, FoldLedger.Author, key, Count + 1, root))));
        Assert.Null(ledger.Judge(batch.Next(0, Signed(0, Sign(ledger.Id, FoldLedger.Author, key, Count, root)))));
    }

    [Fact]
    public void Only_an_authors_key_seals()
    {
        foreach (PrivateKey signer in (PrivateKey[])[FoldLedger.Log, FoldLedger.Approver(1), FoldLedger.Seeded(99)])
        {
            var by = new Voucher(VoucherKind.Seal, signer.PublicKey.Id);
            var sealedBy = new SealedEntries(ledger, 2, body => body with { By = by }, signer);
            Refused(ErrorCodes.NotByThatKey, sealedBy.Next(0));
        }
    }

    [Fact]
    public void A_seal_is_not_stripped_restated_or_turned_into_a_signature()
    {
        EntryBody body = batch.Bodies[0];
        Seal seal = batch.Seals[0];
        EntryBody asLog = body with { By = new Voucher(VoucherKind.Log, FoldLedger.Log.PublicKey.Id) };
        EntryBody asAuthor = body with { By = body.By with { Kind = VoucherKind.Author } };
        Broken(batch.Next(0, change: e => e with { Seal = null }));
        Broken(batch.Next(0, change: e => e with { Seal = null, Signature = seal.Signature }));
        Refused(ErrorCodes.NotByThatKey, batch.Next(0, body: asLog));
        Refused(
            ErrorCodes.NotByThatKey,
            batch.Next(0, body: asLog, change: e => e with { Body = ByLog(body), Seal = null })
        );
        Refused(ErrorCodes.SignatureBroken, batch.Next(0, body: asAuthor));
        Refused(
            ErrorCodes.SignatureBroken,
            batch.Next(0, body: asAuthor, change: e => e with { Seal = null, Signature = seal.Signature })
        );
        // Signed on its own, and shown as a batch of one.
        string own = Convert.ToBase64String(FoldLedger.Author.Sign(body.SignedBytes(ledger.Id)));
        Broken(batch.Next(0, new Seal(1, 0, [], own)));

        static EntryBody ByLog(EntryBody body) => body with { By = body.By with { Kind = VoucherKind.Log } };
    }

    [Fact]
    public void A_control_event_is_never_sealed()
    {
        EntryBody body = ledger.Body(Events.LedgerClosed, null, [], VoucherKind.Seal) with
        {
            Control = ControlEventTests.Next.ToControl(),
        };
        Seal seal = SealedBatch.Sign(ledger.Id, [body], FoldLedger.Author)[0];
        Receipt closing = ledger.Place(body, null, null, [], entry => entry with { Seal = seal });
        Refused(ErrorCodes.NotByThatKey, closing);
    }

    [Fact]
    public void What_waits_for_approvals_is_signed_on_its_own_and_its_proposal_may_be_sealed()
    {
        GroupKey key = ledger.Contradict("B", 1, 9);
        Proposal proposal = ledger.Proposal(key, body => body with { By = body.By with { Kind = VoucherKind.Seal } });
        Refused(ErrorCodes.NotByThatKey, ledger.Make(Events.DecisionProposed, proposal.ToJson()));
        Assert.Null(ledger.Judge(Sealed(Events.DecisionProposed, ledger.Proposal(key).ToJson())));
    }

    [Fact]
    public void A_decision_that_needs_no_approval_may_be_sealed_and_is_decided_again()
    {
        GroupKey key = ledger.Contradict("A", 9.0, 9.1);
        Decision decision = ledger.Decision(key);
        Assert.Null(ledger.Judge(Sealed(Events.DecisionRecorded, decision.ToJson())));
        Refused(
            ErrorCodes.DecisionDiffers,
            Sealed(Events.DecisionRecorded, decision.ToJson().Without("reason").With("reason", "because"))
        );
    }

    [Fact]
    public void A_nonce_is_used_once_by_a_key_whether_it_signs_or_seals()
    {
        ledger.Add(batch.Next(0));
        Refused(ErrorCodes.NonceReused, batch.Next(0));
        string used = batch.Bodies[0].Nonce;
        Refused(
            ErrorCodes.NonceReused,
            ledger.Make("x-own", FoldLedger.Own("other"), body: b => b with { Nonce = used })
        );
        Receipt signed = ledger.Add(ledger.Make("x-own", FoldLedger.Own("signed")));
        var again = new SealedEntries(ledger, 1, body => body with { Nonce = signed.Entry.Body.Nonce });
        Refused(ErrorCodes.NonceReused, again.Next(0));
        // A body in two batches has two good seals, and one place in the ledger.
        Seal second = SealedBatch.Sign(ledger.Id, [batch.Bodies[1]], FoldLedger.Author)[0];
        Assert.Null(ledger.Judge(batch.Next(1, second)));
        ledger.Add(batch.Next(1));
        Refused(ErrorCodes.NonceReused, batch.Next(1, second));
    }

    [Fact]
    public void A_signature_has_one_form()
    {
        byte[] signature = Convert.FromBase64String(batch.Seals[0].Signature);
        // S + L verifies by the equation alone: RFC 8032, section 5.1.7, asks for S < L.
        var order = BigInteger.Parse(
            "7237005577332262213973186563042994240857116359379907606001950938285454250989",
            System.Globalization.CultureInfo.InvariantCulture
        );
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        byte[] bent = [.. signature.AsSpan(0, 32), .. s.ToByteArray(isUnsigned: true)];
        Broken(batch.Next(0, Signed(0, Convert.ToBase64String(bent))));
        for (int i = 0; i < signature.Length; i++)
        {
            byte[] flipped = [.. signature];
            flipped[i] ^= 1;
            Broken(batch.Next(0, Signed(0, Convert.ToBase64String(flipped))));
        }
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_never_answers_for_something_else()
    {
        var seals = new VerifiedSeals();
        PublicKey author = FoldLedger.Author.PublicKey;
        var batches = new List<SealedEntries>();
        for (int i = 0; i < 600; i++)
            batches.Add(new SealedEntries(ledger, 2));
        for (int round = 0; round < 2; round++)
        {
            foreach (SealedEntries each in batches)
            {
                Digest body = each.Bodies[1].DigestIn(ledger.Id);
                Assert.True(seals.Holds(each.Seals[1], ledger.Id, body, author));
                Assert.False(seals.Holds(each.Seals[1], ledger.Id, body, FoldLedger.SecondAuthor.PublicKey));
                Assert.False(seals.Holds(each.Seals[1], body, body, author));
                Assert.False(seals.Holds(each.Seals[0], ledger.Id, body, author));
                Assert.False(seals.Holds(Signed(each.Seals[1], batch.Seals[0].Signature), ledger.Id, body, author));
            }
        }
    }

    [Fact]
    public void What_is_remembered_of_a_batch_of_any_shape_helps_no_other_path()
    {
        foreach (int size in (int[])[1, 2, 3, 5, 8, 11])
        {
            var whole = new SealedEntries(ledger, size);
            var seals = new VerifiedSeals();
            PublicKey author = FoldLedger.Author.PublicKey;
            // In an order that meets known and unknown nodes on the way up; each before and after it was seen.
            foreach (int i in Enumerable.Range(0, size).Concat(Enumerable.Range(0, size)).Select(n => n * 7 % size))
            {
                Digest body = whole.Bodies[i].DigestIn(ledger.Id);
                foreach (Seal wrong in Bent(whole.Seals[i], size))
                    Assert.False(seals.Holds(wrong, ledger.Id, body, author), $"{wrong.ToJson()} of {size} at {i}");
                Assert.False(seals.Holds(whole.Seals[i], ledger.Id, ledger.Id, author));
                Assert.True(seals.Holds(whole.Seals[i], ledger.Id, body, author));
            }
        }
    }

    private static IEnumerable<Seal> Bent(Seal seal, int size)
    {
        Digest[] path = seal.Path.ToArray();
        for (int i = 0; i < path.Length; i++)
        {
            Digest[] bent = [.. path];
            bent[i] = HashEngine.Sha256.Hash(path[i].Span);
            yield return With(seal, bent);
            if (i > 0)
            {
                (bent[i], bent[i - 1]) = (path[i - 1], path[i]);
                yield return With(seal, bent);
            }
        }
        yield return With(seal, [.. path, HashEngine.Sha256.Hash("more"u8)]);
        if (path.Length > 0)
        {
            yield return With(seal, path[1..]);
            yield return With(seal, path[..^1]);
            yield return With(seal, []);
        }
        for (int position = 0; position < size; position++)
        {
            if (position != seal.Position)
                yield return new Seal(size, position, path, seal.Signature);
        }
    }

    private static Seal With(Seal seal, Digest[] path) => new(seal.Size, seal.Position, path, seal.Signature);

    private static Seal Signed(Seal seal, string signature) => new(seal.Size, seal.Position, seal.Path, signature);

    private static string Sign(Digest ledger, PrivateKey signer, Digest key, int size, Digest root) =>
        Convert.ToBase64String(signer.Sign(Seal.SignedBytes(ledger, key, size, root)));

    private Seal Signed(int position, string signature) => Signed(batch.Seals[position], signature);

    private void Root(int position, out Digest root) =>
        Assert.True(batch.Seals[position].TryRoot(batch.Bodies[position].DigestIn(ledger.Id), out root));

    private Receipt Sealed(string name, JsonValue json)
    {
        var payload = FrozenPayload.From(json);
        byte[] salt = ledger.Draw(Receipt.SaltBytes);
        EntryBody body = ledger.Body(name, payload, salt, VoucherKind.Seal);
        Seal seal = SealedBatch.Sign(ledger.Id, [body], FoldLedger.Author)[0];
        return ledger.Place(body, null, payload, salt, entry => entry with { Seal = seal });
    }

    private void Broken(Receipt receipt) => Refused(ErrorCodes.SealBroken, receipt);

    private void Refused(ErrorCode code, Receipt receipt)
    {
        // The verifier has a quicker way for users' own events; it must come to the same end.
        Receipt[] forged = [.. ledger.Receipts, receipt];
        Assert.False(FoldLedger.Verify(forged, ledger.Trust).Holds);
        Refusal? refusal = ledger.Judge(receipt);
        Assert.NotNull(refusal);
        Assert.Equal(code, refusal.Code);
    }
}
