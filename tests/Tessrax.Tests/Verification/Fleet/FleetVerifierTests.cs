using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Tests.Verification.Fleet;

/// <summary>Proofs out of a fleet: what holds, and whatever else a stranger may give, which is refuted and never throws.</summary>
public sealed class FleetVerifierTests
{
    private static readonly FleetProof Good = FleetSample.Composed();
    private static readonly TrustRoot FleetTrust = FleetSample.FleetTrust;

    [Fact]
    public void Holds_with_a_bundle_by_the_fleets_word_and_by_a_trust_root_of_the_ledger()
    {
        FleetVerdict verdict = Verify(Good);
        Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
        Stage word = StageOf(verdict, "ledger/trust");
        Assert.Equal((null, false), (word.Holds, word.Claimed));
        Assert.Equal((true, 1L), (StageOf(verdict, "signature").Holds, StageOf(verdict, "signature").Checked));
        Assert.Contains(
            verdict.Verdict.Excludes,
            e => e.Contains($"the fleet calls {SampleLedger.Origin} is the one that you mean", StringComparison.Ordinal)
        );
        verdict = Verify(Good, FleetSample.LedgerTrust);
        Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
        Assert.True(StageOf(verdict, "ledger/trust").Holds);
        Assert.Equal((true, 1L), (StageOf(verdict, "signature").Holds, StageOf(verdict, "signature").Checked));
        Assert.Equal((SampleLedger.Origin, 8L, 1L, FleetSample.Subject), About(verdict));
    }

    [Fact]
    public void Without_a_bundle_says_that_only_the_root_is_proven()
    {
        FleetProof bare = Good with { Bundle = null };
        FleetVerdict verdict = Verify(bare);
        Assert.True(verdict.Verdict.Holds);
        Assert.Equal((null, false), (StageOf(verdict, "signature").Holds, StageOf(verdict, "signature").Claimed));
        Assert.Contains(
            verdict.Verdict.Excludes,
            e => e.Contains("only origin, size and root", StringComparison.Ordinal)
        );
        verdict = Verify(bare, FleetSample.LedgerTrust);
        Assert.True(verdict.Verdict.Holds);
        Assert.Equal((true, 1L), (StageOf(verdict, "signature").Holds, StageOf(verdict, "signature").Checked));
        Assert.Contains(
            verdict.Verdict.Excludes,
            e => e.Contains("its id is shown by a bundle", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Does_not_hold_without_trust_in_the_fleet_or_with_trust_in_another()
    {
        FleetVerdict verdict = FleetVerifier.Verify(Good.ToBytes(), null, null, StoppedClock.Instance);
        Assert.Null(StageOf(verdict, "fleet/trust").Holds);
        Assert.False(verdict.Verdict.Holds);
        verdict = FleetVerifier.Verify(Good.ToBytes(), FleetSample.LedgerTrust, null, StoppedClock.Instance);
        Assert.False(StageOf(verdict, "fleet/trust").Holds);
        Refuted(Good, "ledger/trust", FleetTrust);
        Refuted(Good with { Bundle = null }, "signature", FleetTrust);
        Bundle keyless = Good.Bundle! with { Entries = [.. Good.Bundle.Entries.Where(e => e.Receipt.Entry.Index > 0)] };
        Refuted(Good with { Bundle = keyless }, "signature");
    }

    [Fact]
    public void Without_a_bundle_the_checkpoint_is_held_to_what_is_trusted_of_the_ledger()
    {
        FleetProof bare = Good with { Bundle = null };
        Checkpoint round = Checkpoint.ParseBody(SignedNote.Parse(Encoding.UTF8.GetBytes(bare.Checkpoint)).Text);
        using PrivateKey log = SampleLedger.KeyOf(SampleLedger.LogSeed);
        TrustRoot Trusting(long size) =>
            FleetSample.LedgerTrust with
            {
                Accepted = (round with { Head = round.Head with { Size = size } }).Sign(log),
            };
        Assert.True(Verify(bare, Trusting(round.Head.Size)).Verdict.Holds);
        // Of another size, nobody can tell; of the same, the roots are the same.
        Assert.True(Verify(bare, Trusting(round.Head.Size + 1)).Verdict.Holds);
        TrustRoot other = FleetSample.LedgerTrust with
        {
            Accepted = (round with { Head = round.Head with { Root = default } }).Sign(log),
        };
        Stage signature = StageOf(Verify(bare, other), "signature");
        Assert.Equal((false, ErrorCodes.Inconsistent), (signature.Holds, Assert.Single(signature.Findings).Code));
        // Trust in a key and a name alone says nothing of an id.
        FleetVerdict verdict = Verify(bare, FleetSample.LedgerTrust with { Ledger = null });
        Assert.True(verdict.Verdict.Holds);
        Assert.DoesNotContain(
            verdict.Verdict.Excludes,
            e => e.Contains("its id is shown by a bundle", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_joins_the_bundles_is_counted_as_checked_once()
    {
        FleetVerdict verdict = Verify(Good, FleetSample.LedgerTrust);
        foreach (string name in (string[])["proof", "round", "member", "consistency", "signature"])
            Assert.Equal((true, 1L), (StageOf(verdict, name).Holds, StageOf(verdict, name).Checked));
    }

    [Fact]
    public void Refutes_a_round_whose_record_is_of_another_form()
    {
        JsonValue record = FleetSample.Round(FleetSample.WithLedger(7)).ToJson().With("more", 1);
        var fleet = new FoldLedger();
        fleet.AddUnjudged(fleet.Make(Events.FleetRecorded, record));
        FleetVerdict verdict = Verify(Good with { Round = fleet.Bundle(1) });
        Assert.False(StageOf(verdict, "round").Holds);
        Assert.Equal(ErrorCodes.UnknownMember, Assert.Single(StageOf(verdict, "round").Findings).Code);
        Assert.Null(verdict.About);
    }

    [Fact]
    public void Finds_pinned_trust_by_the_ids_of_both_ledgers()
    {
        var asked = new List<Digest>();
        FleetVerdict verdict = FleetVerifier.Verify(
            Good.ToBytes(),
            null,
            null,
            StoppedClock.Instance,
            id =>
            {
                asked.Add(id);
                return id == FleetTrust.Ledger ? FleetTrust : FleetSample.LedgerTrust;
            }
        );
        Assert.True(verdict.Verdict.Holds);
        Assert.True(StageOf(verdict, "ledger/trust").Holds);
        Assert.Equal([FleetTrust.Ledger!.Value, FleetSample.Ledger.Id], asked);
    }

    [Fact]
    public void A_quorum_of_witnesses_is_asked_for_as_everywhere()
    {
        PrivateKey witness = FoldLedger.Seeded(70);
        var vkey = VerifierKey.Create("witness", witness.PublicKey, VerifierKey.Ed25519Cosignature);
        var policy = TlogPolicy.Parse($"log {FleetTrust.Policy.Logs[0]}\nwitness w {vkey}\nquorum w\n");
        var strict = new TrustRoot(FleetTrust.Ledger, policy);
        Assert.False(FleetVerifier.Verify(Good.ToBytes(), strict, null, StoppedClock.Instance).Verdict.Holds);
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(Good.Round.Checkpoint));
        SignedNote cosigned = note.With(
            Cosignature.Sign(
                Checkpoint.ParseBody(note.Text),
                "witness",
                witness,
                FoldLedger.Time("2026-03-01T00:00:01.000000Z")
            )
        );
        FleetProof seen = Good with { Round = Good.Round with { Checkpoint = cosigned.ToString() } };
        FleetVerdict verdict = FleetVerifier.Verify(seen.ToBytes(), strict, null, StoppedClock.Instance);
        Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
        Assert.DoesNotContain(verdict.Verdict.Excludes, e => e.StartsWith("fleet: a fork", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bundle_of_a_larger_or_a_smaller_tree_is_joined_by_a_consistency_proof()
    {
        // The sizes are 1, 4, 10, 13 and 19.
        Assert.Equal([1, 4, 10, 13, 19], FleetSample.Ledger.Checkpoints.Select(c => c.Size));
        foreach ((int round, int bundle) in ((int, int)[])[(2, 4), (4, 2), (3, 3)])
        {
            (long one, long other) = (
                FleetSample.Ledger.Checkpoints[round].Size,
                FleetSample.Ledger.Checkpoints[bundle].Size
            );
            FleetProof proof = FleetSample.Proof(
                FleetSample.WithLedger(3, round),
                3,
                FleetSample.LedgerBundle(bundle)
            ) with
            {
                Consistency = ConsistencyProof.Prove(
                    FleetSample.Ledger.Tree,
                    Math.Min(one, other),
                    Math.Max(one, other),
                    TreeHasher.Sha256
                ),
            };
            FleetVerdict verdict = Verify(proof, FleetSample.LedgerTrust);
            Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
            Assert.True(StageOf(verdict, "consistency").Holds);
            if (one != other)
                Refuted(proof with { Consistency = [] }, "consistency");
            Refuted(proof with { Consistency = [.. proof.Consistency, default] }, "consistency");
        }
    }

    [Fact]
    public void An_entry_that_came_after_the_round_is_not_covered_by_it()
    {
        FleetProof proof = FleetSample.Proof(FleetSample.WithLedger(3, 1), 3, FleetSample.LedgerBundle()) with
        {
            Consistency = ConsistencyProof.Prove(FleetSample.Ledger.Tree, 4, 19, TreeHasher.Sha256),
        };
        Refuted(proof, "consistency", FleetSample.LedgerTrust);
    }

    [Fact]
    public void Refutes_another_ledgers_checkpoint_an_older_round_and_a_place_that_is_not_its_own()
    {
        FleetMember[] members = FleetSample.WithLedger(7);
        FleetMember[] older = FleetSample.WithLedger(7, 2);
        FleetProof bare = Good with { Bundle = null };
        Refuted(bare with { Checkpoint = members[0].Note.ToString() }, "member");
        Refuted(bare with { Checkpoint = older[7].Note.ToString() }, "member");
        Refuted(bare with { Round = FleetSample.Fleet(FleetSample.Round(older)).Bundle(1) }, "member");
        Refuted(bare with { Index = 6 }, "member");
        Refuted(bare with { Index = 8 }, "member");
        Refuted(bare with { Index = (1L << 53) - 1 }, "member");
        Refuted(bare with { Path = [] }, "member");
        Refuted(bare with { Path = [.. bare.Path, default] }, "member");
        Refuted(bare with { Path = [.. bare.Path.Reverse()] }, "member");
        Refuted(bare with { Checkpoint = "example.com/vectors\n" }, "member");
        // A bundle of one ledger beside the checkpoint of another.
        FleetProof other = FleetSample.Proof(members, 0, FleetSample.LedgerBundle());
        Refuted(other, "consistency");
    }

    [Fact]
    public void Refutes_a_checkpoint_of_equal_origin_and_root_that_another_key_signed()
    {
        var stranger = FleetMember.Of(
            FleetMember.Of(FleetSample.Ledger.Checkpoints[^1].Note).Says.Sign(FoldLedger.Seeded(77))
        );
        // The leaf is the same: who signed is told by the ledger's keys alone.
        FleetProof signed = Good with
        {
            Checkpoint = stranger.Note.ToString(),
        };
        Refuted(signed, "signature");
        Refuted(signed with { Bundle = null }, "signature", FleetSample.LedgerTrust);
    }

    [Fact]
    public void Refutes_a_round_that_is_none()
    {
        FoldLedger fleet = FleetSample.Fleet(FleetSample.Round(FleetSample.WithLedger(7)));
        fleet.Add(fleet.Make("x-note", FoldLedger.Own("no round")));
        Refuted(Good with { Round = fleet.Bundle(2) }, "round");
        Refuted(Good with { Round = fleet.Bundle(7) }, "round");
        Refuted(Good with { Round = fleet.Bundle(0) }, "round");
        // Said by the log alone, and with counts that no tree has.
        Receipt attested = fleet.Make(
            Events.FleetRecorded,
            FleetSample.Round(FleetSample.WithLedger(7)).ToJson(),
            VoucherKind.Log
        );
        fleet.AddUnjudged(attested);
        Assert.False(Verify(Good with { Round = fleet.Bundle(3) }).Verdict.Holds);
        foreach (long count in (long[])[1, 7, 9, (1L << 53) - 1])
            Refuted(
                Good with
                {
                    Round = FleetSample
                        .Fleet(FleetSample.Round(FleetSample.WithLedger(7)) with { Ledgers = count })
                        .Bundle(1),
                },
                "member"
            );
    }

    [Fact]
    public void Five_hundred_mutations_are_refuted_without_an_exception()
    {
        // Whoever leaves out the bundle has a proof of less, and the verdict on that says so.
        JsonValue[] all =
        [
            .. JsonMutations.Of(JsonValue.Parse(Good.ToBytes())).Where(bent => bent["ledger"] is not null),
        ];
        Assert.True(all.Length > 500, $"only {all.Length}");
        int step = all.Length / 500;
        for (int i = 0; i < all.Length; i += step)
        {
            FleetVerdict verdict = FleetVerifier.Verify(
                Encoding.UTF8.GetBytes(all[i].ToString()),
                FleetTrust,
                FleetSample.LedgerTrust,
                StoppedClock.Instance
            );
            Assert.False(verdict.Verdict.Holds, all[i].ToString());
        }
    }

    [Fact]
    public void Bytes_that_are_no_proof_are_refuted_without_an_exception()
    {
        byte[] good = Good.ToBytes();
        foreach (
            byte[] bent in (byte[][])
                [
                    [],
                    [0],
                    good[..^1],
                    [.. good, (byte)' ', (byte)'x'],
                    "{}"u8.ToArray(),
                    "[]"u8.ToArray(),
                ]
        )
        {
            FleetVerdict verdict = FleetVerifier.Verify(bent, FleetTrust, null, StoppedClock.Instance);
            Assert.False(verdict.Verdict.Holds);
            Assert.Equal("proof", Assert.Single(verdict.Verdict.Stages).Name);
        }
        Assert.True(FleetVerifier.IsMeant(good));
        Assert.False(FleetVerifier.IsMeant(FleetSample.LedgerBundle().ToBytes()));
    }

    [Fact]
    public void Is_written_in_one_form_and_read_as_that()
    {
        Assert.Equal(Good.ToBytes(), FleetProof.Parse(Good.ToBytes()).ToBytes());
        JsonValue json = JsonValue.Parse(Good.ToBytes());
        Refuses(json.With("ledger", json["ledger"]!.Without("consistency")));
        Refuses(json.With("ledger", json["ledger"]!.With("trust", "mine")));
        Refuses(json.With("fleet", "tessrax/fleet-proof/v2"));

        static void Refuses(JsonValue bent) =>
            Assert.Throws<TessraxException>(() => FleetProof.Parse(Encoding.UTF8.GetBytes(bent.ToString())));
    }

    private static void Refuted(FleetProof proof, string stage, TrustRoot? ledger = null)
    {
        FleetVerdict verdict = Verify(proof, ledger);
        Assert.False(verdict.Verdict.Holds);
        Assert.NotEqual(true, StageOf(verdict, stage).Holds);
        Assert.NotEmpty(StageOf(verdict, stage).Findings);
    }

    private static FleetVerdict Verify(FleetProof proof, TrustRoot? ledger = null) =>
        FleetVerifier.Verify(proof.ToBytes(), FleetTrust, ledger, StoppedClock.Instance);

    private static Stage StageOf(FleetVerdict verdict, string name) =>
        verdict.Verdict.Stages.Single(s => s.Name == name);

    private static (string, long, long, long?) About(FleetVerdict verdict) =>
        (verdict.About!.Ledger.Origin, verdict.About.Ledgers, verdict.About.Round, verdict.About.Entry);
}
