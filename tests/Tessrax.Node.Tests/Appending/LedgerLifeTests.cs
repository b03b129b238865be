using System.Text;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class LedgerLifeTests
{
    [Fact]
    public void A_claim_becomes_a_contradiction_a_decision_and_a_bundle_that_holds()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            IngestResult result = new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("a1", "A", 9.0, "s1"),
                    TestLedger.Claim("a2", "A", 9.1, "s2"),
                    TestLedger.Claim("b1", "B", 1.0, "s1"),
                    TestLedger.Claim("b2", "B", 9.0, "s2"),
                    TestLedger.Claim("c1", "C", 1.0, "s1")
                ),
            ]);
            Assert.Equal((5L, 3L, 1L, 1L), (result.Claims, result.Subjects, result.Decisions, result.Pending));
            long proposal = writer.Fold.Proposals.Keys.Single();
            Assert.Single(new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1)));
            IReadOnlyList<Receipt> final = new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 2));
            Assert.Equal(Events.DecisionRecorded, final[^1].Entry.Body.Event);
        }
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());

        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts())
        {
            byte[] bundle = BundleMaker.Make(view, receipt.Entry.Index).ToBytes();
            Verdict judged = BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System);
            Assert.True(judged.Holds, $"{receipt.Entry.Index} {receipt.Entry.Body.Event}: {judged.ToJson()}");
        }
    }

    [Fact]
    public void A_bundle_with_any_byte_changed_is_refuted_and_never_throws()
    {
        using var ledger = new TestLedger();
        byte[] bundle;
        using (LedgerWriter writer = ledger.Open())
        {
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a1", "A", 9.0, "s1"), TestLedger.Claim("a2", "A", 9.1, "s2")),
            ]);
        }
        using (LedgerView view = ledger.View())
        {
            bundle = BundleMaker.Make(view, view.Size - 1).ToBytes();
        }
        Assert.True(BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System).Holds);
        for (int i = 0; i < bundle.Length; i += 61)
        {
            byte[] changed = (byte[])bundle.Clone();
            changed[i] ^= 1;
            Verdict verdict = BundleVerifier.Verify(changed, ledger.Trust, TimeProvider.System);
            Assert.False(
                verdict.Holds,
                $"byte {i}: {Encoding.UTF8.GetString(bundle, Math.Max(0, i - 20), Math.Min(40, bundle.Length - Math.Max(0, i - 20)))}"
            );
        }
    }

    [Fact]
    public void Ingesting_the_same_file_again_changes_nothing()
    {
        using var ledger = new TestLedger();
        ClaimFile file = TestLedger.File(
            TestLedger.Claim("a1", "A", 9.0, "s1"),
            TestLedger.Claim("a2", "A", 9.1, "s2")
        );
        using LedgerWriter writer = ledger.Open();
        new Ingestor(writer).Ingest([file]);
        long size = writer.Fold.Size;
        IngestResult again = new Ingestor(writer).Ingest([file]);
        Assert.Equal((0L, 2L, size), (again.Claims, again.Known, writer.Fold.Size));
    }
}
