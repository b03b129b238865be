using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>Bundles from strangers: whatever was bent in one, it is refuted, and never with an exception.</summary>
public sealed class AttackBundleTests
{
    private static readonly FoldLedger Full = FoldLedger.Full();
    private static readonly Receipt Automatic = Full.Receipts.First(e => e.Entry.Body.Event == Events.DecisionRecorded);
    private static readonly Receipt Approved = Full.Receipts.Last(e => e.Entry.Body.Event == Events.DecisionRecorded);
    private static readonly JsonValue Good = JsonValue.Parse(Minimal(Approved).ToBytes());

    [Theory]
    [InlineData("sha256")]
    [InlineData("blake3")]
    public void A_verdict_tells_size_and_root_of_the_tree_that_genesis_names(string hash)
    {
        var ledger = new FoldLedger(found: genesis => genesis with { Hash = hash });
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        Verdict verdict = BundleVerifier.Verify(ledger.Bundle(index).ToBytes(), ledger.Trust, TimeProvider.System);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(2, verdict.Size);
        Assert.StartsWith($"{hash}:", verdict.RootText, StringComparison.Ordinal);
    }

    [Fact]
    public void Holds_for_every_entry_with_all_others_and_for_decisions_with_what_they_rest_on()
    {
        foreach (Receipt receipt in Full.Receipts)
            Holds(Full.Bundle(receipt.Entry.Index));
        Holds(Minimal(Automatic));
        Holds(Minimal(Approved));
        Verdict verdict = Verify(Minimal(Approved).ToBytes());
        Assert.Equal(6, verdict.Stages.Single(s => s.Name == "approvals").Checked);
        Assert.Equal(3, verdict.Stages.Single(s => s.Name == "decisions").Checked);
        Assert.Contains(verdict.Excludes, e => e.Contains("omission not excluded", StringComparison.Ordinal));
    }

    [Fact]
    public void Holds_still_when_older_claims_came_between_proposal_and_approval()
    {
        var ledger = new FoldLedger();
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        long open = ledger.Propose(key);
        ledger.AddClaims(FoldLedger.Claim("c0", "C", 1, "s1", day: 1).With("2025-12-31T00:00:00.000000Z"));
        Receipt decided = ledger.Add(ledger.Recorded(open, ledger.AddVote(open, 1)));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
        Verdict verdict = BundleVerifier.Verify(
            ledger.Bundle(decided.Entry.Index).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Refutes_a_contradiction_that_did_not_follow_from_the_claims_before_it()
    {
        var ledger = new FoldLedger();
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 9, "s1"), FoldLedger.Claim("a2", "A", 9.1, "s2"));
        JsonValue payload = ledger.Fold.Claims.Detect(FoldLedger.Key("A"))!.ToJson();
        Receipt forged = ledger.Make(
            Events.ContradictionDetected,
            payload.With("explanation", "forged"),
            VoucherKind.Log
        );
        ledger.AddUnjudged(forged, EventPayloads.Read(Events.ContradictionDetected, forged.Payload!.Root));
        Receipt decided = ledger.Add(
            ledger.Make(Events.DecisionRecorded, ledger.Decision(FoldLedger.Key("A")).ToJson())
        );
        Verdict verdict = BundleVerifier.Verify(
            ledger.Bundle(decided.Entry.Index).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Fails(verdict, "decisions", ErrorCodes.DecisionDiffers);
    }

    [Fact]
    public void Refutes_each_entry_left_out_that_the_subject_rests_on()
    {
        Bundle good = Minimal(Approved);
        foreach (BundleEntry entry in good.Entries)
        {
            Bundle without = good with { Entries = [.. good.Entries.Where(e => e != entry)] };
            Assert.False(Verify(without.ToBytes()).Holds, $"without entry {entry.Receipt.Entry.Index}");
        }
    }

    [Fact]
    public void Refutes_every_semantic_change_of_every_member()
    {
        int changes = 0;
        foreach (JsonValue changed in JsonMutations.Of(Good))
        {
            // A sixth of them, spread over all members; all of them take a minute on a busy machine.
            if (changes++ % 6 != 0)
                continue;
            Verdict verdict = Verify(changed.ToCanonicalBytes());
            Assert.False(verdict.Holds, $"change {changes}: {changed}");
        }
        Assert.True(changes > 1000, $"only {changes} changes");
    }

    [Fact]
    public void Refutes_flipped_removed_and_doubled_bytes()
    {
        byte[] good = Good.ToCanonicalBytes();
        var random = new Random(20260301);
        for (int round = 0; round < 100; round++)
        {
            int at = random.Next(good.Length);
            byte[] changed = (round % 4) switch
            {
                0 => good[..at],
                1 => [.. good[..at], .. good[(at + 1)..]],
                2 => [.. good[..at], good[at], .. good[at..]],
                _ => Flipped(good, at, random.Next(8)),
            };
            Assert.False(Verify(changed).Holds, $"round {round}, byte {at}");
        }
    }

    [Fact]
    public void Never_throws_at_noise()
    {
        string[] texts =
        [
            "",
            " ",
            "{",
            "{}",
            "[]",
            "null",
            "\"x\"",
            "1e999",
            "{\"bundle\":\"tessrax/bundle/v1\"}",
            "{\"bundle\":\"tessrax/bundle/v1\",\"checkpoint\":\"x\",\"entries\":[],\"subject\":0}",
            "{\"bundle\":\"tessrax/bundle/v1\",\"checkpoint\":\"x\",\"entries\":[{}],\"subject\":9007199254740991}",
            new string('[', 5000),
            "{\"a\":\"\\ud800\"}",
        ];
        foreach (string text in texts)
        {
            Assert.False(Verify(Encoding.UTF8.GetBytes(text)).Holds);
            Assert.False(BundleVerifier.Verify(Encoding.UTF8.GetBytes(text), null, TimeProvider.System).Holds);
        }
    }

    [Fact]
    public void Refutes_subjects_that_are_not_there()
    {
        long elsewhere = Full.Receipts.First(r => Minimal(Approved).Entries.All(e => e.Receipt != r)).Entry.Index;
        foreach (long subject in (long[])[Full.Receipts.Count, 9007199254740991, elsewhere])
            Fails(Verify((Minimal(Approved) with { Subject = subject }).ToBytes()), "bundle", ErrorCodes.InputsMissing);
        Bundle negative = Minimal(Approved) with { Subject = -1 };
        Fails(Verify(negative.ToBytes()), "bundle");
    }

    [Fact]
    public void Refutes_empty_long_and_foreign_proofs()
    {
        Bundle good = Minimal(Approved);
        Digest[][] wrong =
        [
            [],
            [.. good.Entries[^1].Proof, Full.Id],
            [.. good.Entries[0].Proof],
        ];
        foreach (Digest[] proof in wrong)
        {
            BundleEntry last = good.Entries[^1] with { Proof = proof };
            Bundle bad = good with { Entries = [.. good.Entries.SkipLast(1), last] };
            Fails(Verify(bad.ToBytes()), "inclusion", ErrorCodes.InclusionBroken);
        }
    }

    [Fact]
    public void Refutes_approvals_stripped_doubled_and_turned_into_rejections()
    {
        Approval[] all = [.. Approved.Entry.Approvals];
        // The log itself signs the bent entry, so that nothing but the approvals is wrong.
        Fails(Forged(e => e with { Approvals = all[..2] }), "approvals", ErrorCodes.NeedsApproval);
        Fails(Forged(e => e with { Approvals = [] }), "approvals", ErrorCodes.NeedsApproval);
        Fails(Forged(e => e with { Approvals = [all[0], all[0], all[2]] }), "approvals", ErrorCodes.ApprovalsBroken);
        Fails(Forged(e => e with { Approvals = [.. all, all[0]] }), "approvals", ErrorCodes.ApprovalsBroken);
        Approval rejecting = all[0] with { Approves = false };
        Fails(Forged(e => e with { Approvals = [rejecting, all[1], all[2]] }), "approvals", ErrorCodes.BadSignature);
        // A rejection that its approver did sign does not belong among what carries the decision.
        Approval against = all[0] with
        {
            Key = FoldLedger.Approver(3).PublicKey.Id,
            Approves = false,
        };
        byte[] message = against.SignedBytes(Full.Id, Approved.Entry.Body.DigestIn(Full.Id));
        against = against with { Signature = Convert.ToBase64String(FoldLedger.Approver(3).Sign(message)) };
        Fails(Forged(e => e with { Approvals = [.. all, against] }), "approvals", ErrorCodes.ApprovalsBroken);
        Approval role = all[0] with { Role = "legal" };
        Fails(Forged(e => e with { Approvals = [role, all[1], all[2]] }), "approvals", ErrorCodes.NotAnApprover);
        Assert.True(Forged(e => e).Holds);
    }

    [Fact]
    public void Says_of_a_signature_that_does_not_hold_just_that_and_not_that_a_payload_is_gone()
    {
        Receipt claims = Full.Receipts.First(r => r.Entry.Body.Event == Events.ClaimsRecorded);
        Entry unsigned = claims.Entry with { Signature = Convert.ToBase64String(new byte[64]) };
        var ledger = FoldLedger.Full();
        FoldLedger forged = ledger.Replaced(Receipt.Create(unsigned, claims.Payload, claims.Salt.Span));
        Verdict verdict = Verify(forged.Bundle(claims.Entry.Index).ToBytes(), forged.Trust);
        Fails(verdict, "signatures", ErrorCodes.SignatureBroken);
        Assert.DoesNotContain(
            verdict.Stages.SelectMany(stage => stage.Findings),
            finding => finding.Code == ErrorCodes.PayloadMissing
        );
    }

    [Fact]
    public void Refutes_other_trust_roots_and_holds_nothing_without_one()
    {
        byte[] bundle = Minimal(Approved).ToBytes();
        TrustRoot other = Full.Trust with { Ledger = HashEngine.Sha256.Hash("other"u8) };
        Fails(Verify(bundle, other), "trust", ErrorCodes.WrongLedger);
        var stranger = VerifierKey.Create(FoldLedger.Origin, FoldLedger.Seeded(66).PublicKey);
        Fails(Verify(bundle, Full.Trust with { Policy = TlogPolicy.LogAlone(stranger) }), "trust");
        Receipt[] fork = [.. Full.Receipts.SkipLast(1), Full.Receipts[0]];
        TrustRoot forked = Full.Trust.Accepting(SignedNote.Parse(FoldLedger.Note(fork)));
        Fails(Verify(bundle, forked), "trust", ErrorCodes.Inconsistent);
        Verdict without = Verify(bundle, null);
        Assert.False(without.Holds);
        Assert.Null(without.Stages.Single(s => s.Name == "trust").Holds);
        TrustRoot same = Full.Trust.Accepting(SignedNote.Parse(FoldLedger.Note(Full.Receipts)));
        Assert.True(Verify(bundle, same).Holds);
    }

    // A log key alone attests both of these; neither may hold for anybody who reads only the bundle.
    [Theory]
    [InlineData(Events.ApprovalRecorded)]
    [InlineData(Events.ContradictionDetected)]
    public void Refutes_what_the_log_alone_made_up(string name)
    {
        var ledger = new FoldLedger();
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        long open = ledger.Propose(key);
        JsonValue payload =
            name == Events.ApprovalRecorded
                ? new ApprovalRecorded(
                    open,
                    ledger.AddVote(open, 1) with
                    {
                        Signature = Convert.ToBase64String(new byte[64]),
                    }
                ).ToJson()
                : Full.Receipts.First(r => r.Entry.Body.Event == name).Payload!.Root;
        Receipt forged = ledger.Make(name, payload, VoucherKind.Log);
        ledger.AddUnjudged(forged, null);
        byte[] bundle = ledger.Bundle(forged.Entry.Index).ToBytes();
        Assert.False(BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System).Holds);
        // Nor may it hide in a bundle about an entry that decides nothing.
        bundle = ledger.Bundle(1).ToBytes();
        Assert.False(BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System).Holds);
    }

    [Fact]
    public void Refutes_checkpoints_by_others()
    {
        Bundle good = Minimal(Approved);
        string Text(byte[] note) => Encoding.UTF8.GetString(note);
        Fails(
            Verify((good with { Checkpoint = Text(FoldLedger.Note(Full.Receipts, FoldLedger.Author)) }).ToBytes()),
            "checkpoint"
        );
        Fails(
            Verify((good with { Checkpoint = Text(FoldLedger.Note(Full.Receipts.SkipLast(1))) }).ToBytes()),
            "inclusion"
        );
        Fails(Verify((good with { Checkpoint = "not a note" }).ToBytes()), "checkpoint");
    }

    [Fact]
    public void Does_not_mind_how_the_json_is_laid_out()
    {
        string spaced =
            " " + Good.ToString().Replace("\"entries\":", "\n \"entries\" : ", StringComparison.Ordinal) + "\n";
        Assert.True(Verify(Encoding.UTF8.GetBytes(spaced)).Holds);
    }

    private static Bundle Minimal(Receipt decided)
    {
        Decision decision = Decision.FromJson(decided.Payload!.Root);
        return Full.Bundle(
            decided.Entry.Index,
            r =>
                r.Entry.Index == 0
                || r == decided
                || (
                    r.Entry.Index < decided.Entry.Index
                    && EventPayloads.Read(r.Entry.Body.Event, r.Payload!.Root) switch
                    {
                        ClaimsRecorded claims => claims.Claims.Any(c => c.Subject == decision.Key.Subject),
                        Contradiction contradiction => contradiction.Id == decision.Contradiction,
                        Proposal proposal => proposal.Decision!.Contradiction == decision.Contradiction,
                        ApprovalRecorded vote => Proposal
                            .FromJson(Full.Receipts[(int)vote.Proposal].Payload!.Root)
                            .Decision!.Contradiction == decision.Contradiction,
                        _ => false,
                    }
                )
        );
    }

    private static Verdict Forged(Func<Entry, Entry> change)
    {
        var ledger = FoldLedger.Full();
        Receipt forged = Receipt.Create(change(Approved.Entry), Approved.Payload, Approved.Salt.Span);
        FoldLedger rebuilt = ledger.Replaced(forged);
        return Verify(rebuilt.Bundle(forged.Entry.Index).ToBytes(), rebuilt.Trust);
    }

    private static byte[] Flipped(byte[] good, int at, int bit)
    {
        byte[] changed = (byte[])good.Clone();
        changed[at] ^= (byte)(1 << bit);
        return changed;
    }

    private static Verdict Verify(byte[] bundle) => Verify(bundle, Full.Trust);

    private static Verdict Verify(byte[] bundle, TrustRoot? trust) =>
        BundleVerifier.Verify(bundle, trust, TimeProvider.System);

    private static void Holds(Bundle bundle)
    {
        Verdict verdict = Verify(bundle.ToBytes());
        Assert.True(verdict.Holds, $"{bundle.Subject}: {verdict.ToJson()}");
    }

    private static void Fails(Verdict verdict, string stage, ErrorCode? code = null)
    {
        Assert.False(verdict.Holds);
        Stage found = verdict.Stages.Single(s => s.Name == stage);
        Assert.True(found.Holds == false, $"{stage} should fail: {verdict.ToJson()}");
        if (code is not null)
            Assert.Contains(found.Findings, f => f.Code == code);
    }
}
