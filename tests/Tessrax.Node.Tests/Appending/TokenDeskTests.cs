using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Transactions;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Tokens in a ledger on disk: whatever way an entry comes, it is not recorded without the token that its policy asks for, and that is burned for good.</summary>
public sealed class TokenDeskTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;

    public TokenDeskTests() => ledger = new TestLedger(WithTokens(), clock);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void A_prepared_receipt_is_committed_with_its_token_and_no_second_one()
    {
        TransactionToken first;
        FreshnessToken token;
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            first = desk.Prepare(TestLedger.Own("first")).Token;
            Refused(ErrorCodes.TokenMissing, () => desk.Commit(first));
            Assert.Equal(TransactionState.Prepared, desk.Ask(first).State);
            token = Issue(first);
            Refused(ErrorCodes.TokenMissing, () => writer.Append([TestLedger.Own("past it")]));
        }
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            long index = desk.Commit(first, token);
            Assert.Equal(index, desk.Commit(first, token));
            Assert.Equal(token, writer.Read(index).Entry.Token);
            writer.OpenEpoch();
        }
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            TransactionToken second = desk.Prepare(TestLedger.Own("second")).Token;
            // The same nonce again: it was burned, before the restart and before the epoch.
            Refused(
                ErrorCodes.NonceReused,
                () => desk.Commit(second, Issue(second, Convert.FromBase64String(token.Nonce)))
            );
            Refused(ErrorCodes.TokenOtherBody, () => desk.Commit(second, token));
            FreshnessToken late = Issue(second);
            clock.Pass(TimeSpan.FromMinutes(10) + TimeSpan.FromMicroseconds(1));
            Refused(ErrorCodes.TokenOutsideTime, () => desk.Commit(second, late));
            desk.Commit(second, Issue(second));
        }
        Holds();
    }

    [Fact]
    public void A_decision_waits_for_its_token_and_an_ingest_goes_on_meanwhile()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            var ingestor = new Ingestor(writer);
            ingestor.Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
            ]);
            OpenProposal open = Assert.Single(writer.Fold.Proposals.Values);
            var desk = new ProposalDesk(writer);
            EntryBody body = open.Proposal.Body;
            Refused(ErrorCodes.NeedsApproval, () => desk.Use(open.Index, Issue(writer, body)));
            desk.Record(ledger.Vote(writer, open.Index, 1));
            Assert.Equal(Events.ApprovalRecorded, desk.Record(ledger.Vote(writer, open.Index, 2))[^1].Entry.Body.Event);
            ingestor.Ingest([
                TestLedger.File(TestLedger.Claim("c", "C", 1, "s1"), TestLedger.Claim("d", "C", 9, "s2")),
            ]);
            Assert.Empty(desk.TakeDue());
            Assert.Contains(open.Index, writer.Fold.Proposals.Keys);
            FreshnessToken token = Issue(writer, body);
            Assert.Equal(token, desk.Use(open.Index, token)[0].Entry.Token);
            Refused(ErrorCodes.NoSuchProposal, () => desk.Use(open.Index, token));
            // With the last vote at once.
            OpenProposal other = Assert.Single(writer.Fold.Proposals.Values);
            desk.Record(ledger.Vote(writer, other.Index, 1));
            FreshnessToken next = Issue(writer, other.Proposal.Body);
            Assert.Equal(
                Events.DecisionRecorded,
                desk.Record(ledger.Vote(writer, other.Index, 2), next)[^1].Entry.Body.Event
            );
        }
        Holds();
        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts().Where(r => r.Entry.Token is not null).ToArray())
        {
            Bundle bundle = BundleMaker.Make(view, receipt.Entry.Index);
            Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
        }
    }

    [Fact]
    public async Task No_pipeline_lets_an_own_event_past()
    {
        await using var pipeline = new LedgerPipeline(ledger.Open());
        var draft = new OwnDraft("x-test", Encoding.UTF8.GetBytes("""{"text":"past it"}"""));
        await RefusedAsync(async () => await pipeline.AppendAsync(draft));
        await RefusedAsync(async () => await pipeline.AppendAsync(TestLedger.Own("past it")));
        await RefusedAsync(() => pipeline.RunAsync("appending", writer => writer.Append([TestLedger.Own("past it")])));
        var other = new OwnDraft("x-other", Encoding.UTF8.GetBytes("1"));
        Assert.Equal(1, (await pipeline.AppendAsync(other)).Index);

        static async Task RefusedAsync(Func<Task> append) =>
            Assert.Equal(ErrorCodes.TokenMissing, (await Assert.ThrowsAsync<TessraxException>(append)).Code);
    }

    private static Policy WithTokens()
    {
        string text = Policy
            .Default.Document.ToString()
            .Replace("tessrax/policy/v1", "tessrax/policy/v2", StringComparison.Ordinal)
            .Replace(
                "\"version\":",
                "\"tokens\":{\"*\":{\"role\":\"approver\",\"valid\":\"PT10M\",\"entries\":100},\"x-test\":{\"role\":\"approver\",\"valid\":\"PT10M\",\"entries\":100}},\"version\":",
                StringComparison.Ordinal
            );
        return Policy.Parse(Encoding.UTF8.GetBytes(text));
    }

    private FreshnessToken Issue(TransactionToken receipt, byte[]? nonce = null)
    {
        using LedgerView view = ledger.View();
        return Issue(view.Fold, new TransactionView(view, ledger.Environment).BodyOf(receipt), nonce);
    }

    private FreshnessToken Issue(LedgerWriter writer, EntryBody body) => Issue(writer.Fold, body, null);

    private FreshnessToken Issue(LedgerFold fold, EntryBody body, byte[]? nonce)
    {
        using PrivateKey key = TestLedger.Approver(3);
        return new TokenIssuer(fold, key.PublicKey.Id, message => key.Sign(message)).Issue(
            body,
            UtcTime.Now(clock),
            null,
            null,
            nonce ?? ledger.Environment.RandomBytes(EntryBody.NonceBytes)
        );
    }

    private void Holds()
    {
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private static void Refused(ErrorCode code, Action action) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(action).Code);
}
