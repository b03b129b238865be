using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class SealedAppendTests
{
    [Fact]
    public void Many_drafts_are_sealed_by_few_signatures_and_each_entry_proves_itself()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            Draft[] drafts = [.. Enumerable.Range(0, 600).Select(i => TestLedger.Own($"{i}"))];
            IReadOnlyList<Receipt> receipts = writer.Append(writer.Seal(drafts));
            Assert.Equal(600, receipts.Count);
            Assert.All(receipts, r => Assert.Equal(VoucherKind.Seal, r.Entry.Body.By.Kind));
            Assert.Equal(3, receipts.Select(r => r.Entry.Seal!.Signature).Distinct().Count());
            Assert.Equal(8, receipts[255].Entry.Seal!.Path.Length);
        }
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(601, verdict.Stages.Single(s => s.Name == "signatures").Checked);
        using LedgerView view = ledger.View();
        foreach (long index in (long[])[1, 256, 600])
        {
            byte[] bundle = BundleMaker.Make(view, index).ToBytes();
            Assert.True(BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System).Holds);
        }
    }

    [Fact]
    public void What_was_sealed_and_appended_is_not_appended_again()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        Draft[] drafts = [.. Enumerable.Range(0, 5).Select(i => TestLedger.Own($"{i}") with { Nonce = Nonce(i) })];
        IReadOnlyList<Draft> once = writer.Seal(drafts);
        long[] indexes = [.. writer.Append(once).Select(r => r.Entry.Index)];
        long size = writer.Tree.Size;
        Assert.Equal(indexes, writer.Append(once).Select(r => r.Entry.Index));
        Assert.Equal(indexes, writer.Append(writer.Seal(drafts)).Select(r => r.Entry.Index));
        Assert.Equal(indexes, writer.Append(drafts).Select(r => r.Entry.Index));
        Assert.Equal(size, writer.Tree.Size);
        // The new one among them is sealed alone.
        Receipt added = writer.Append(writer.Seal([drafts[0], TestLedger.Own("new")]))[1];
        Assert.Equal((size, 1), (added.Entry.Index, added.Entry.Seal!.Size));
        TessraxException error = Assert.Throws<TessraxException>(() =>
            writer.Seal([TestLedger.Own("else") with { Nonce = Nonce(0) }])
        );
        Assert.Equal(ErrorCodes.NonceReused, error.Code);
    }

    [Fact]
    public void A_draft_to_be_sealed_that_nobody_sealed_is_sealed_alone()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        Receipt receipt = writer.Append([TestLedger.Own("alone") with { By = VoucherKind.Seal }])[0];
        Assert.Equal((1, 0), (receipt.Entry.Seal!.Size, receipt.Entry.Seal.Position));
    }

    private static string Nonce(int number)
    {
        var bytes = new byte[EntryBody.NonceBytes];
        bytes[0] = (byte)(number + 1);
        return Convert.ToBase64String(bytes);
    }
}
