using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>A proof of a search shows all that a query finds in a ledger and nothing else, whatever the query and wherever epochs begin.</summary>
public sealed class SearchProverTests : IDisposable
{
    private readonly TestLedger ledger = new(approvers: 3);

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData("subject:A")]
    [InlineData("event:x-test")]
    [InlineData("event:x-test AND NOT subject:A")]
    [InlineData("subject:A OR subject:nobody OR claim:c3")]
    [InlineData("subject:A AND source:two")]
    [InlineData("event:CLAIMS_RECORDED AND (one OR three)")]
    [InlineData("severity:>=low AND event:DECISION_RECORDED")]
    [InlineData("subject:nobody")]
    [InlineData("subject:A AND index:>=12")]
    [InlineData("index:0..3 AND event:x-test")]
    [InlineData("index:2..9 AND NOT event:x-test")]
    [InlineData("index:2..3 OR index:8 OR subject:B")]
    [InlineData("epoch:1 AND metric:score")]
    [InlineData("event:EPOCH_OPENED OR event:LEDGER_CREATED")]
    [InlineData("event:PAYLOAD_ERASED AND request")]
    public void Finds_what_a_scan_finds(string text)
    {
        Fill();
        using LedgerView view = ledger.View();
        var query = Query.Parse(text);
        byte[] bytes = new SearchProver(view).Prove(query).ToBytes();
        Verdict verdict = SearchVerifier.Verify(bytes, ledger.Trust, ledger.Clock);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(view.Receipts().Where(query.Matches).Select(r => r.Entry.Index), verdict.Hits);
        Assert.Equal((view.Size, view.Tree.Root()), (verdict.Size, verdict.Root));
        Assert.Equal(bytes, SearchProof.Parse(bytes).ToBytes());
        Assert.True(SearchProof.IsMeant(bytes));
    }

    private void Fill()
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("c1", "A", 1, "one"), TestLedger.Claim("c2", "A", 5, "two", 2)),
        ]);
        writer.OpenEpoch();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c3", "B", 1, "three"))]);
        writer.Append([TestLedger.Own("three")]);
        writer.OpenEpoch();
        writer.Append([TestLedger.Own("four")]);
        writer.OpenEpoch();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c4", "A", 5, "four", 3))]);
        writer.Append([TestLedger.Own("five")]);
    }
}
