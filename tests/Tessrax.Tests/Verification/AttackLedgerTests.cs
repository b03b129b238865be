using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>A whole ledger that somebody tampered with: refuted, with the stage that says where, and never an exception.</summary>
public sealed class AttackLedgerTests
{
    private static readonly FoldLedger Full = FoldLedger.Full();
    private static readonly IReadOnlyList<Receipt> Entries = Full.Receipts;

    [Fact]
    public void Holds_as_it_was()
    {
        Verdict verdict = FoldLedger.Verify(Entries, Full.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal((Full.Id, (long)Entries.Count), (verdict.Ledger, verdict.Size));
        Assert.All(verdict.Stages.Where(s => s.Name != "framing"), s => Assert.True(s.Holds));
        Assert.All(
            (string[])["entries", "commitments", "signatures", "governance", "time"],
            name => Assert.True(Stage(verdict, name).Checked >= Entries.Count - 10, name)
        );
    }

    [Fact]
    public void Refutes_any_entry_left_out_under_the_old_checkpoint_and_under_a_new_one()
    {
        for (int i = 0; i < Entries.Count; i++)
        {
            Receipt[] without = [.. Entries.Where(e => e.Entry.Index != i)];
            Fails(FoldLedger.Verify(without, Full.Trust, FoldLedger.Note(Entries)), i == 0 ? "checkpoints" : "merkle");
            // A log that signs the shorter tree itself is told by what its entries say.
            Verdict resigned = FoldLedger.Verify(without, Full.Trust);
            if (i < Entries.Count - 1)
                Fails(resigned, i == 0 ? "trust" : "entries");
            else
                Assert.True(resigned.Holds);
        }
    }

    [Fact]
    public void Refutes_any_two_neighbours_exchanged()
    {
        for (int i = 0; i + 1 < Entries.Count; i++)
        {
            List<Receipt> swapped = [.. Entries];
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
            Fails(FoldLedger.Verify(swapped, Full.Trust, FoldLedger.Note(Entries)), "merkle");
            Fails(FoldLedger.Verify(swapped, Full.Trust), i == 0 ? "trust" : "entries");
        }
    }

    [Fact]
    public void Refutes_an_entry_twice_and_one_put_in()
    {
        Fails(FoldLedger.Verify([.. Entries, Entries[^1]], Full.Trust), "entries");
        var other = new FoldLedger(new Windows(700_000, 300));
        Receipt foreign = other.Add(other.Make("x-own", FoldLedger.Own("foreign")));
        Receipt fitted = Receipt.Create(
            foreign.Entry with
            {
                Index = Entries.Count,
                Gov = Full.Fold.State.Reference,
            },
            foreign.Payload,
            foreign.Salt.Span
        );
        Fails(FoldLedger.Verify([.. Entries, fitted], Full.Trust), "entries");
    }

    [Theory]
    [InlineData("payload", "commitments")]
    [InlineData("salt", "commitments")]
    [InlineData("withheld", "commitments")]
    [InlineData("time", "time")]
    [InlineData("gov", "governance")]
    [InlineData("stripped", "signatures")]
    [InlineData("nonce", "signatures")]
    [InlineData("index", "entries")]
    public void Names_the_stage_that_a_change_breaks_even_if_the_log_signs_it(string what, string stage)
    {
        Receipt last = Entries[^1];
        Entry entry = last.Entry;
        byte[] salt = last.Salt.ToArray();
        Receipt changed = what switch
        {
            "payload" => Receipt.Create(entry, FrozenPayload.From(FoldLedger.Own("else")), salt),
            "salt" => Receipt.Create(entry, last.Payload, new byte[32]),
            "withheld" => Receipt.Create(entry, null, []),
            "time" => Receipt.Create(
                entry with
                {
                    RecordedAt = Full.Now + TimeSpan.FromSeconds(-1),
                },
                last.Payload,
                salt
            ),
            "gov" => Receipt.Create(entry with { Gov = entry.Gov with { Count = 2 } }, last.Payload, salt),
            "stripped" => Receipt.Create(entry with { Signature = null }, last.Payload, salt),
            "nonce" => Receipt.Create(
                entry with
                {
                    Body = entry.Body with { Nonce = Full.Nonce() },
                },
                last.Payload,
                salt
            ),
            _ => Receipt.Create(entry with { Index = 7 }, last.Payload, salt),
        };
        Receipt[] forged = [.. Entries.SkipLast(1), changed];
        Fails(FoldLedger.Verify(forged, Full.Trust), stage);
        if (what is not ("payload" or "salt" or "withheld"))
            Fails(FoldLedger.Verify(forged, Full.Trust, FoldLedger.Note(Entries)), "merkle");
    }

    [Fact]
    public void Refutes_a_decision_without_its_approvals_and_one_that_does_not_follow()
    {
        Receipt decided = Entries.Last(e => e.Entry.Body.Event == Events.DecisionRecorded);
        Assert.Equal(3, decided.Entry.Approvals.Count);
        Receipt bare = Receipt.Create(decided.Entry with { Approvals = [] }, decided.Payload, decided.Salt.Span);
        Fails(FoldLedger.Verify(Replaced(bare), Full.Trust), "approvals");
        Receipt twice = Receipt.Create(
            decided.Entry with
            {
                Approvals = [decided.Entry.Approvals[0], decided.Entry.Approvals[0], decided.Entry.Approvals[2]],
            },
            decided.Payload,
            decided.Salt.Span
        );
        Fails(FoldLedger.Verify(Replaced(twice), Full.Trust), "approvals");

        var forger = new FoldLedger();
        JsonValue decision = forger.Decision(forger.Contradict("A", 9.0, 9.1)).ToJson();
        Receipt other = forger.Make(Events.DecisionRecorded, decision.With("explanation", "because I say so"));
        forger.AddUnjudged(other);
        Fails(FoldLedger.Verify(forger.Receipts, forger.Trust), "decisions");
    }

    [Fact]
    public void Refutes_control_events_that_this_version_does_not_know_and_goes_no_further()
    {
        var forger = new FoldLedger();
        Receipt rotated = forger.Make("KEY_UNHEARD_OF", null, body: b => b with { Control = JsonValue.EmptyObject });
        Receipt after = forger.Make("x-own", FoldLedger.Own("after"), entry: e => e with { Index = 2 });
        Verdict verdict = FoldLedger.Verify([.. forger.Receipts, rotated, after], forger.Trust);
        Fails(verdict, "entries");
        Fails(verdict, "governance");
    }

    [Fact]
    public void Refutes_under_the_trust_root_of_another_ledger_and_of_another_log()
    {
        Digest other = HashEngine.Sha256.Hash("other"u8);
        Fails(FoldLedger.Verify(Entries, Full.Trust with { Ledger = other }), "trust", ErrorCodes.WrongLedger);
        var stranger = VerifierKey.Create(FoldLedger.Origin, FoldLedger.Seeded(66).PublicKey);
        TrustRoot key = Full.Trust with { Policy = TlogPolicy.LogAlone(stranger) };
        Fails(FoldLedger.Verify(Entries, key), "trust", ErrorCodes.CheckpointRefused);
        // A log whose own genesis names the stranger's key is not made believable by the stranger's signature.
        byte[] signed = FoldLedger.Note(Entries, FoldLedger.Seeded(66));
        Fails(FoldLedger.Verify(Entries, key, signed), "checkpoints", ErrorCodes.CheckpointRefused);
        Assert.True(FoldLedger.Verify(Entries, Full.Trust with { Ledger = null }).Holds);
    }

    [Fact]
    public void Refutes_a_copy_older_than_the_trusted_checkpoint_and_a_fork()
    {
        TrustRoot At(IEnumerable<Receipt> entries) => Full.Trust.Accepting(SignedNote.Parse(FoldLedger.Note(entries)));
        for (int size = 1; size <= Entries.Count; size++)
            Assert.True(FoldLedger.Verify(Entries, At(Entries.Take(size))).Holds);
        Fails(FoldLedger.Verify([.. Entries.SkipLast(1)], At(Entries)), "trust", ErrorCodes.Inconsistent);
        Receipt[] fork = [.. Entries.SkipLast(1), Entries[0]];
        Fails(FoldLedger.Verify(Entries, At(fork)), "trust", ErrorCodes.Inconsistent);
        Fails(FoldLedger.Verify(Entries, At(fork.Skip(1))), "trust", ErrorCodes.Inconsistent);
    }

    [Fact]
    public void Does_not_hold_without_a_trust_root_and_says_what_to_pin()
    {
        Verdict verdict = FoldLedger.Verify(Entries, null);
        Assert.False(verdict.Holds);
        Assert.Null(Stage(verdict, "trust").Holds);
        Assert.Contains(Full.Id.ToString(), Stage(verdict, "trust").Findings[0].Message, StringComparison.Ordinal);
        Assert.All(verdict.Stages.Where(s => s.Name != "trust"), s => Assert.True(s.Holds));
    }

    [Fact]
    public void Refutes_checkpoints_of_other_sizes_keys_and_origins_and_none()
    {
        Fails(
            FoldLedger.Verify(Entries, Full.Trust, FoldLedger.Note(Entries.SkipLast(1))),
            "merkle",
            ErrorCodes.RootMismatch
        );
        Fails(FoldLedger.Verify(Entries, Full.Trust, FoldLedger.Note(Entries, FoldLedger.Author)), "checkpoints");
        Fails(
            FoldLedger.Verify(Entries, Full.Trust, FoldLedger.Note(Entries, origin: "example.com/other")),
            "checkpoints"
        );
        Fails(FoldLedger.Verify(Entries, Full.Trust, []), "checkpoints");
        Fails(FoldLedger.Verify([], Full.Trust), "entries");
        var verifier = new LedgerVerifier(TimeProvider.System, Full.Trust);
        foreach (Receipt entry in Entries)
            verifier.Add(entry.Leaf.Span, entry.Payload is null ? [] : entry.Payload.Bytes, entry.Salt.Span);
        Fails(verifier.Finish(), "checkpoints");
    }

    [Fact]
    public void Refutes_every_flipped_bit_sampled_over_leaves_payloads_salts_and_checkpoint()
    {
        var random = new Random(20260301);
        byte[] note = FoldLedger.Note(Entries);
        for (int round = 0; round < 60; round++)
        {
            var verifier = new LedgerVerifier(TimeProvider.System, Full.Trust);
            int victim = random.Next(Entries.Count + 1);
            int part = random.Next(3);
            for (int i = 0; i < Entries.Count; i++)
            {
                byte[][] parts = Parts(Entries[i]);
                if (i == victim)
                    Damage(random, parts, part);
                verifier.Add(parts[0], parts[1], parts[2]);
            }
            byte[][] last = [(byte[])note.Clone()];
            if (victim == Entries.Count)
                Damage(random, last, 0);
            verifier.AddCheckpoint(last[0]);
            Verdict verdict = verifier.Finish();
            Assert.False(verdict.Holds, $"round {round}, entry {victim}, part {part}");
        }
    }

    [Fact]
    public void Never_throws_at_noise()
    {
        var random = new Random(7);
        for (int round = 0; round < 60; round++)
        {
            var verifier = new LedgerVerifier(TimeProvider.System, round % 2 == 0 ? null : Full.Trust);
            for (int i = 0; i < 3; i++)
            {
                byte[][] noise = [Noise(random), Noise(random), Noise(random)];
                byte[][] real = Parts(Entries[random.Next(Entries.Count)]);
                verifier.Add(Pick(0), Pick(1), Pick(2));
                verifier.AddCheckpoint(random.Next(2) == 0 ? Noise(random) : FoldLedger.Note(Entries.Take(i)));
                byte[] Pick(int part) => random.Next(3) == 0 ? noise[part] : real[part];
            }
            Assert.False(verifier.Finish().Holds);
            Assert.False(verifier.Finish().ToJson()["holds"]!.Equals(JsonValue.True));
        }
    }

    private static byte[][] Parts(Receipt receipt) =>
        [
            receipt.Leaf.ToArray(),
            receipt.Payload is null ? [] : receipt.Payload.Bytes.ToArray(),
            receipt.Salt.ToArray(),
        ];

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(80)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? bytes : Encoding.ASCII.GetBytes("{\"body\":{\"v\":1}}");
    }

    private static void Damage(Random random, byte[][] parts, int part)
    {
        part = parts.Length == 1 || parts[part].Length == 0 ? 0 : part;
        byte[] bytes = parts[part];
        int at = random.Next(bytes.Length);
        parts[part] = random.Next(4) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => Flipped(bytes, at, random.Next(8)),
        };
    }

    private static byte[] Flipped(byte[] bytes, int at, int bit)
    {
        bytes[at] ^= (byte)(1 << bit);
        return bytes;
    }

    private static Receipt[] Replaced(Receipt forged) =>
        [.. Entries.Select(e => e.Entry.Index == forged.Entry.Index ? forged : e)];

    private static Stage Stage(Verdict verdict, string name) => verdict.Stages.Single(s => s.Name == name);

    private static void Fails(Verdict verdict, string stage, ErrorCode? code = null)
    {
        Assert.False(verdict.Holds);
        Stage found = Stage(verdict, stage);
        Assert.True(found.Holds == false, $"{stage} should fail: {verdict.ToJson()}");
        if (code is not null)
            Assert.Contains(found.Findings, f => f.Code == code);
    }
}
