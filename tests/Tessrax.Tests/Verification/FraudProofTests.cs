using CsCheck;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>Evidence that a log left out or rewrote a change of its rules: what proves it, and what an accuser of an honest log cannot make.</summary>
public sealed class FraudProofTests
{
    private const int Late = 7;
    private static readonly ForgedLog Honest = new();
    private static readonly ForgedLog Uncounted = new((Late, entry => ForgedLog.Counting(entry, 0)));
    private static readonly VerifierKey[] Keys = [ForgedLog.Key];

    [Fact]
    public void An_entry_that_does_not_count_an_earlier_control_event_proves_it() =>
        Proves(Of(Uncounted.Bind(0), Uncounted.Bind(Late)), "LEDGER_CREATED at 0 is a control event");

    [Fact]
    public void An_entry_that_counts_fewer_control_events_than_one_before_it_proves_it()
    {
        var log = new ForgedLog((Late, entry => ForgedLog.Counting(entry, 5)));
        Proves(Of(log.Bind(Late), log.Bind(Late + 1)), "after it, only 1");
    }

    [Fact]
    public void Two_states_for_one_count_prove_it()
    {
        var state = new ForgedLog((Late, entry => entry with { Gov = new GovRef(1, ForgedLog.Honest.Id) }));
        Proves(Of(state.Bind(3), state.Bind(Late)), "name two governance states");
        var epoch = new ForgedLog((Late, entry => entry with { Epoch = 3 }));
        Proves(Of(epoch.Bind(3), epoch.Bind(Late)), "name two governance states");
    }

    [Fact]
    public void Two_entries_at_one_index_prove_it() =>
        Proves(Of(Honest.Bind(Late), Uncounted.Bind(Late)), "two entries were recorded at one index, 7");

    [Fact]
    public void Only_what_is_evidence_to_the_letter_is_read()
    {
        static ErrorCode Of(byte[] bytes) => Assert.Throws<TessraxException>(() => FraudProof.Parse(bytes)).Code;
        byte[] good = FraudProofTests.Of(Uncounted.Bind(0), Uncounted.Bind(Late)).ToBytes();
        Assert.Equal(ErrorCodes.UnknownMember, Of(JsonValue.Parse(good).With("more", 1).ToCanonicalBytes()));
        // Space behind it is free, and no more of it than is read.
        byte[] full = new byte[FraudProof.MaxBytes];
        full.AsSpan().Fill((byte)' ');
        good.CopyTo(full, 0);
        Assert.Equal(good, FraudProof.Parse(full).ToBytes());
        Assert.Equal(ErrorCodes.TooLarge, Of([.. full, (byte)' ']));
    }

    [Fact]
    public void Two_checkpoints_do_as_well_as_one() =>
        Proves(Of(Honest.Bind(0, 3), Uncounted.Bind(Late, 11)), "it was left out");

    [Fact]
    public void Either_key_of_a_rotated_log_may_have_signed()
    {
        using PrivateKey other = PrivateKey.FromSeed(Enumerable.Repeat((byte)77, 32).ToArray());
        VerifierKey[] both = [VerifierKey.Create(SampleLedger.Origin, other.PublicKey), ForgedLog.Key];
        Assert.True(Of(Uncounted.Bind(0), Uncounted.Bind(Late)).Proves(both, out string says), says);
        Refutes(Of(Uncounted.Bind(0), Uncounted.Bind(Late)), "is not signed by", both[..1]);
        Refutes(Of(Uncounted.Bind(0), Uncounted.Bind(Late)), "no key was given", []);
        VerifierKey stranger = VerifierKey.Create("example.com/other", other.PublicKey);
        Refutes(Of(Uncounted.Bind(0), Uncounted.Bind(Late)), "of different logs", [stranger, ForgedLog.Key]);
    }

    [Fact]
    public void An_honest_log_cannot_be_accused_by_any_two_of_its_entries()
    {
        foreach (
            Entry[] entries in (Entry[][])
                [
                    [.. Honest.Entries],
                    .. HonestLedgers(),
                ]
        )
        {
            var search = new FraudSearch();
            foreach (Entry entry in entries)
                search.Add(entry, 0);
            Assert.Null(search.Found);
            for (int i = 0; i < entries.Length; i++)
            {
                for (int j = i; j < entries.Length; j++)
                    Assert.Null(Disagreement.Between(entries[i], entries[j]));
            }
        }
    }

    [Fact]
    public void What_is_not_bound_proves_nothing()
    {
        FraudProof right = Of(Uncounted.Bind(0), Uncounted.Bind(Late));
        Refutes(right with { Second = right.Second with { Checkpoint = Honest.Bind(0).Checkpoint } }, "is not proven");
        Refutes(right with { Second = right.Second with { Proof = [] } }, "is not proven");
        Refutes(right with { Hash = TreeHasher.ByName("blake3")! }, "is not proven");
        Refutes(right with { First = right.Second, Second = right.First }, "is larger than the second's");
        Refutes(right with { Second = right.First }, "can both be true");
        Refutes(Of(Honest.Bind(0), Honest.Bind(Late)), "can both be true");
    }

    [Fact]
    public void No_changed_byte_of_a_proof_accuses_an_honest_log()
    {
        byte[] bytes = Of(Honest.Bind(0), Honest.Bind(Late)).ToBytes();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte)
            .Sample(
                change =>
                {
                    byte[] changed = [.. bytes];
                    changed[change.Item1] = change.Item2;
                    return !IsAccepted(changed);
                },
                iter: 3000
            );
    }

    [Fact]
    public void Evidence_survives_being_written_and_read()
    {
        byte[] bytes = Of(Uncounted.Bind(0), Uncounted.Bind(Late)).ToBytes();
        Assert.True(IsAccepted(bytes));
        Assert.Equal(bytes, FraudProof.Parse(bytes).ToBytes());
    }

    [Fact]
    public void A_search_finds_each_forged_entry_that_two_can_tell()
    {
        // Two bundles of the same log, of which one was made as if genesis did not count.
        var search = new FraudSearch();
        search.Add(Honest.Entries[0], 0);
        search.Add(Uncounted.Entries[Late], 1);
        Assert.Equal((0L, 0, 7L, 1), search.Found);

        var leaves = new FraudSearch();
        leaves.Add(Honest.Entries[Late], 0);
        leaves.Add(Uncounted.Entries[Late], 1);
        Assert.Equal((7L, 0, 7L, 1), leaves.Found);
    }

    // Ledgers whose rules changed on the way.
    private static IEnumerable<Entry[]> HonestLedgers()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        using PrivateKey third = FoldLedger.Seeded(91);
        alone.Add(
            alone.Control(Events.KeyAdded, KeyLedger.Added(alone, KeyLedger.Author("third", third), third).ToControl())
        );
        alone.Add(alone.Make("x-own", FoldLedger.Own("hello")));
        yield return [.. alone.Receipts.Select(receipt => receipt.Entry)];

        var ledger = new FoldLedger();
        KeyContent key = KeyLedger.Author("third", third);
        KeyLedger.Pass(ledger, Events.KeyAdded, KeyLedger.Added(ledger, key, third).ToControl());
        yield return [.. ledger.Receipts.Select(receipt => receipt.Entry)];
    }

    private static bool IsAccepted(byte[] bytes)
    {
        try
        {
            return FraudProof.Parse(bytes).Proves(Keys, out _);
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static FraudProof Of(BoundEntry first, BoundEntry second) => new() { First = first, Second = second };

    private static void Proves(FraudProof proof, string says)
    {
        Assert.True(proof.Proves(Keys, out string said), said);
        Assert.Contains(says, said, StringComparison.Ordinal);
    }

    private static void Refutes(FraudProof proof, string because, VerifierKey[]? keys = null)
    {
        Assert.False(proof.Proves(keys ?? Keys, out string said));
        Assert.Contains(because, said, StringComparison.Ordinal);
    }
}
