using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What a verdict on a whole ledger leaves open it says, and nothing else: a reader who is not told takes it for checked.</summary>
public sealed class NotExcludedTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void A_fork_unless_witnesses_are_asked_for()
    {
        Assert.True(Leaves("a fork: ", null));
        Assert.True(Leaves("a fork: ", ledger.Trust));
        Assert.False(Leaves("a fork: ", Witnessed()));
    }

    [Fact]
    public void Entries_cut_off_the_end_unless_a_checkpoint_is_trusted()
    {
        Assert.True(Leaves("entries cut off the end", null));
        Assert.True(Leaves("entries cut off the end", ledger.Trust));
        Assert.False(
            Leaves(
                "entries cut off the end",
                ledger.Trust with
                {
                    Accepted = SignedNote.Parse(FoldLedger.Note(ledger.Receipts)),
                }
            )
        );
    }

    [Fact]
    public void A_wrong_clock_and_that_its_time_was_adjusted()
    {
        Assert.Equal("a wrong clock: recorded_at is the log's word", OpenOf()[^1]);
        UtcTime now = ledger.Now;
        ledger.Govern(Events.ClockAdjusted, new ClockAdjusted(now, now + TimeSpan.FromHours(1), "set").ToControl());
        Assert.EndsWith(
            $"whose time was adjusted, last to {ledger.Fold.State.TimeFloor}",
            OpenOf()[^1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_was_erased()
    {
        Assert.DoesNotContain(OpenOf(), Speaks("eras"));
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("secret"))).Entry.Index;
        ledger.Govern(Events.PayloadErased, ledger.Plan(index).ToControl());
        LedgerVerifier verifier = FoldLedger.Read(ledger.Carried(), ledger.Trust);
        Assert.Contains(verifier.Finish().Excludes, Speaks("erased"));
    }

    [Fact]
    public void What_the_reader_of_the_files_remarks()
    {
        LedgerVerifier verifier = FoldLedger.Read(ledger.Receipts, ledger.Trust);
        verifier.Remark("what stands beside it");
        Assert.Contains("what stands beside it", verifier.Finish().Excludes);
    }

    [Fact]
    public void That_a_stolen_key_signed_more_unless_somebody_looked()
    {
        long from = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        Assert.DoesNotContain(OpenOf(), Speaks("compromised"));
        ledger.Govern(
            Events.KeyRevoked,
            new KeyRevoked(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Compromised, from, "stolen").ToControl()
        );
        Assert.Contains(OpenOf(), Speaks($"entries from {from} on with a key that was compromised"));
        LedgerVerifier verifier = FoldLedger.Read(ledger.Receipts, ledger.Trust);
        verifier.ReportSuspects(new SuspectScan(ledger.Fold.State));
        Assert.DoesNotContain(verifier.Finish().Excludes, Speaks("nobody looked"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(true, false)]
    public void That_the_log_went_on_from_a_state_of_the_past(bool? isExtended, bool isSaid)
    {
        LedgerVerifier verifier = FoldLedger.Read(ledger.Receipts, ledger.Trust);
        verifier.Past = new PastState(ledger.Receipts.Count, 40, isExtended);
        Assert.Equal(
            isSaid,
            verifier.Finish().Excludes.Any(one => one.Contains("its 40 entries", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Contradictions_that_the_log_has_not_told_of()
    {
        ledger.Contradict("A", 1, 9);
        Assert.DoesNotContain(OpenOf(), Speaks("contradictions"));
        ledger.AddClaims(FoldLedger.Claim("b1", "B", 1, "s1"), FoldLedger.Claim("b2", "B", 9, "s2"));
        Assert.Contains(OpenOf(), Speaks("1 contradiction among the recorded claims that the log has not told of yet"));
        ledger.Govern(Events.LedgerRetired, new LedgerRetired("discontinued").ToControl());
        Assert.Contains(OpenOf(), Speaks("1 contradiction among the recorded claims that the log never told of"));
    }

    [Fact]
    public void How_many_contradictions_are_untold()
    {
        foreach (string subject in (string[])["A", "B"])
            ledger.AddClaims(
                FoldLedger.Claim($"{subject}1", subject, 1, "s1"),
                FoldLedger.Claim($"{subject}2", subject, 9, "s2")
            );
        Assert.Contains(OpenOf(), Speaks("2 contradictions among the recorded claims"));
    }

    [Fact]
    public void What_epochs_name_of_payloads_that_are_erased()
    {
        long claims = ledger.AddClaims(FoldLedger.Claim("a1", "A", 1, "s1")).Entry.Index;
        ledger.Add(ledger.Epoch());
        ledger.Govern(Events.PayloadErased, ledger.Plan(claims).ToControl());
        Assert.DoesNotContain(OpenOf(), Speaks("the folded state"));
        Assert.Contains(FoldLedger.Verify(ledger.Carried(), ledger.Trust).Excludes, Speaks("that 1 epoch names the"));
        // Nobody counts on what is erased in an epoch after that.
        ledger.Add(ledger.Epoch());
        Assert.Contains(FoldLedger.Verify(ledger.Carried(), ledger.Trust).Excludes, Speaks("that 1 epoch names the"));
        claims = ledger.AddClaims(FoldLedger.Claim("a2", "A", 1, "s1")).Entry.Index;
        ledger.Add(ledger.Epoch());
        ledger.Govern(Events.PayloadErased, ledger.Plan(claims).ToControl());
        Assert.Contains(FoldLedger.Verify(ledger.Carried(), ledger.Trust).Excludes, Speaks("that 2 epochs name the"));
    }

    private TrustRoot Witnessed()
    {
        using PrivateKey witness = FoldLedger.Seeded(77);
        var key = VerifierKey.Create("w", witness.PublicKey, VerifierKey.Ed25519Cosignature);
        return ledger.Trust with
        {
            Policy = TlogPolicy.Parse($"log {ledger.Fold.State.LogKey!.Verifier}\nwitness W {key}\nquorum W\n"),
        };
    }

    private bool Leaves(string what, TrustRoot? trust) =>
        FoldLedger
            .Read(ledger.Receipts, trust)
            .Finish()
            .Excludes.Any(one => one.StartsWith(what, StringComparison.Ordinal));

    private IReadOnlyList<string> OpenOf() => FoldLedger.Read(ledger.Receipts, ledger.Trust).Finish().Excludes;

    private static Predicate<string> Speaks(string text) => one => one.Contains(text, StringComparison.Ordinal);
}
