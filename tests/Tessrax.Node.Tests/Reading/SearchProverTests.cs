using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>A proof of a search shows all that a query finds in a ledger and nothing else, whatever the query and wherever epochs begin.</summary>
public sealed class SearchProverTests : IDisposable
{
    private TestLedger ledger = new(approvers: 3);

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
        ProvesWhatAScanFinds(text);
    }

    [Fact]
    public void Finds_it_in_a_tree_by_another_hash_function_too()
    {
        ledger.Dispose();
        ledger = new TestLedger(approvers: 3, hash: "blake3");
        Fill();
        ProvesWhatAScanFinds("subject:A OR event:x-test");
    }

    [Fact]
    public void Control_events_that_were_voted_on_are_shown_with_their_verdicts_and_still_hold()
    {
        Fill();
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new PayloadDesk(writer, SystemDisk.Instance);
            long proposal = desk.Erase(1, "a request").Entry;
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 2));
            desk.Finish();
            writer.OpenEpoch();
            writer.Append([TestLedger.Own("six")]);
        }
        ProvesWhatAScanFinds("event:PAYLOAD_ERASED AND request");
        // Entry 1 was erased after its epoch, and is found by what stands in its leaf; nobody asks for its payload.
        Verdict verdict = ProvesWhatAScanFinds("event:x-test");
        Assert.Contains(1, verdict.Hits!);
        Assert.NotEqual(0, verdict.Stages.Single(stage => stage.Name == "approvals").Checked);
    }

    [Fact]
    public void Entries_and_the_open_epoch_share_the_room_of_one_file()
    {
        Fill();
        using LedgerView view = ledger.View();
        var query = Query.Parse("subject:A");
        SearchProof whole = new SearchProver(view).Prove(query);
        int bytes = whole.ToBytes().Length;
        // The open epoch goes first, and it is said; then there is no proof.
        var small = new SearchProver(view) { MostBytes = bytes - 1 };
        SearchProof less = small.Prove(query);
        Assert.Null(less.Open);
        Assert.Contains("there is room for", small.Notice, StringComparison.Ordinal);
        Assert.InRange(less.ToBytes().Length, 1, bytes - 1);
        Verdict verdict = SearchVerifier.Verify(less.ToBytes(), ledger.Trust, ledger.Clock);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        var none = new SearchProver(view) { MostBytes = 2000 };
        TessraxException refused = Assert.Throws<TessraxException>(() => none.Prove(query));
        Assert.Equal(ErrorCodes.NotProvable, refused.Code);
        Assert.Contains("at most 2000 are read", refused.Message, StringComparison.Ordinal);
    }

    private Verdict ProvesWhatAScanFinds(string text)
    {
        using LedgerView view = ledger.View();
        var query = Query.Parse(text);
        byte[] bytes = new SearchProver(view).Prove(query).ToBytes();
        Verdict verdict = SearchVerifier.Verify(bytes, ledger.Trust, ledger.Clock);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(view.Receipts().Where(query.Matches).Select(r => r.Entry.Index), verdict.Hits);
        Assert.Equal((view.Size, view.Tree.Root()), (verdict.Size, verdict.Root));
        Assert.Equal(bytes, SearchProof.Parse(bytes).ToBytes());
        Assert.True(SearchProof.IsMeant(bytes));
        return verdict;
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
