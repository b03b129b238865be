using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What a verdict tells of payloads that were erased: which, at what entry, by whom and why, what is still here, and what cannot be worked out again.</summary>
public sealed class ErasureReportTests
{
    [Fact]
    public void By_the_author_alone()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long index = Own(ledger);
        Receipt erasing = ledger.Govern(Events.PayloadErased, ledger.Plan(index).ToControl());
        string by = $"by author, recorded {erasing.Entry.RecordedAt}: {ErasureLedger.Reason}";
        long at = erasing.Entry.Index;
        Assert.Contains($"what the payload of entry {index} said: erased at {at} {by}", Excludes(ledger.Carried()));
        Assert.Contains(
            $"what the payload of entry {index} said: erased at {at} (1 still present here) {by}",
            Excludes(ledger.Receipts)
        );

        IReadOnlyList<string> Excludes(IReadOnlyList<Receipt> entries) =>
            FoldLedger.Verify(entries, ledger.Trust).Excludes;
    }

    [Fact]
    public void With_all_who_approved_and_in_what_role()
    {
        var ledger = new FoldLedger();
        long[] indexes = [Own(ledger), Own(ledger), Own(ledger)];
        Receipt erasing = ledger.Govern(Events.PayloadErased, ledger.Plan(indexes[0], indexes[2]).ToControl());
        List<Receipt> carried = ledger.Carried();
        carried[(int)indexes[2]] = ledger.Receipts[(int)indexes[2]];
        Assert.Contains(
            $"what the payloads of entries {indexes[0]}, {indexes[2]} said: erased at {erasing.Entry.Index} (1 still present here) by author, "
                + "approved by approver-1 (approver), approver-2 (approver), approver-3 (approver), approver-5 (legal), "
                + $"recorded {erasing.Entry.RecordedAt}: {ErasureLedger.Reason}",
            FoldLedger.Verify(carried, ledger.Trust).Excludes
        );
    }

    [Fact]
    public void By_a_compaction_with_how_many()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long[] indexes = [Own(ledger), Own(ledger), Own(ledger)];
        Receipt compacting = ledger.Govern(
            Events.LedgerCompacted,
            new LedgerCompacted(indexes[0], indexes[2] + 1, IndexRanges.Of([indexes[1]]), 1, "retention").ToControl()
        );
        Assert.Contains(
            $"what 2 payloads of entries {indexes[0]} to {indexes[2]} said: compacted at {compacting.Entry.Index} by author, recorded {compacting.Entry.RecordedAt}: retention",
            FoldLedger.Verify(ledger.Carried(), ledger.Trust).Excludes
        );
    }

    [Theory]
    [InlineData(1, "that entry 2 follows from those before: not re-executable: erased at")]
    [InlineData(2, "that entries 2-3 follow from those before: not re-executable: erased at")]
    [InlineData(20, "that entries 2-21 follow from those before: not re-executable: erased at")]
    [InlineData(21, "that entries 2-21 and 1 more follow from those before: not re-executable: erased at")]
    public void What_cannot_be_worked_out_again_because_of_it(int contradictions, string told)
    {
        FoldLedger ledger = ErasureLedger.Alone();
        string[] subjects = [.. Enumerable.Range(0, contradictions).Select(i => $"S{i}")];
        long claims = ledger
            .AddClaims([
                .. subjects.SelectMany(s =>
                    new[] { FoldLedger.Claim($"{s}-1", s, 1, "s1"), FoldLedger.Claim($"{s}-2", s, 9, "s2") }
                ),
            ])
            .Entry.Index;
        foreach (string subject in subjects)
            ledger.Add(ledger.Detection(subject));
        long at = ledger
            .Govern(
                Events.PayloadErased,
                new PayloadErased([new ErasedEntry(claims, null)], ErasureLedger.Reason).ToControl()
            )
            .Entry.Index;
        Assert.Contains($"{told} {at}", FoldLedger.Verify(ledger.Carried(), ledger.Trust).Excludes);
        Assert.DoesNotContain(
            FoldLedger.Verify(ledger.Receipts, ledger.Trust).Excludes,
            line => line.Contains("not re-executable", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_bundle_tells_only_of_what_is_gone_from_it()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long index = Own(ledger);
        long other = Own(ledger);
        ledger.Govern(Events.PayloadErased, ledger.Plan(index).ToControl());
        Assert.DoesNotContain(Excludes(), line => line.Contains("erased", StringComparison.Ordinal));
        foreach (Receipt receipt in ledger.Carried())
            ledger.Replaced(receipt);
        string line = Assert.Single(Excludes(), one => one.Contains("erased at", StringComparison.Ordinal));
        Assert.DoesNotContain("still present", line, StringComparison.Ordinal);

        IReadOnlyList<string> Excludes() =>
            BundleVerifier.Verify(ledger.Bundle(other).ToBytes(), ledger.Trust, StoppedClock.Instance).Excludes;
    }

    private static long Own(FoldLedger ledger) => ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
}
