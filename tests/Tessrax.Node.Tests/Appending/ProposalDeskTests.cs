using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class ProposalDeskTests
{
    private static readonly ClaimFile Critical = TestLedger.File(
        TestLedger.Claim("b1", "B", 1, "s1"),
        TestLedger.Claim("b2", "B", 9, "s2")
    );

    private readonly FakeClock clock = new();

    [Fact]
    public void Keeps_several_proposals_apart()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            Claim[] claims =
            [
                .. Enumerable
                    .Range(0, 4)
                    .SelectMany(i =>
                        (Claim[])
                            [TestLedger.Claim($"{i}a", $"S{i}", 1, "s1"), TestLedger.Claim($"{i}b", $"S{i}", 9, "s2")]
                    ),
            ];
            Assert.Equal(4, new Ingestor(writer).Ingest([TestLedger.File(claims)]).Proposed);
            long[] open = [.. writer.Fold.Proposals.Keys];
            var desk = new ProposalDesk(writer);
            Assert.Single(desk.Record(ledger.Vote(writer, open[2], 1)));
            Assert.Single(desk.Record(ledger.Vote(writer, open[0], 1)));
            Assert.Equal(Events.DecisionRecorded, desk.Record(ledger.Vote(writer, open[2], 3))[^1].Entry.Body.Event);
            Assert.Single(desk.Record(ledger.Vote(writer, open[1], 1, approves: false)));
            Assert.Equal(
                Events.DecisionClosed,
                desk.Record(ledger.Vote(writer, open[1], 2, approves: false))[^1].Entry.Body.Event
            );
            Assert.Equal([open[0], open[3]], writer.Fold.Proposals.Keys);
            Refuses(ErrorCodes.AlreadyVoted, () => desk.Record(ledger.Vote(writer, open[0], 1)));
            Assert.Equal(2, desk.Record(ledger.Vote(writer, open[0], 2)).Count);
        }
        Holds(ledger);
    }

    [Fact]
    public void Closes_what_expired_and_does_not_propose_it_again()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            clock.Pass(TimeSpan.FromDays(7));
            Assert.Equal(0, new ProposalDesk(writer).CloseExpired(writer.Now()));
            ApprovalRecorded late = ledger.Vote(writer, open, 1);
            clock.Pass(TimeSpan.FromTicks(10));
            Refuses(ErrorCodes.OutsideWindow, () => new ProposalDesk(writer).Record(late));
            Assert.Equal(1, new ProposalDesk(writer).CloseExpired(writer.Now()));
            Assert.Equal(ClosedAs.Expired, LastClosed(ledger));
            IngestResult again = new Ingestor(writer).Ingest([Critical]);
            Assert.Equal((0L, 0L, 0L), (again.Claims, again.Proposed, again.Pending));
        }
        Holds(ledger);
    }

    [Fact]
    public void Closes_what_was_rejected_and_does_not_propose_it_again()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            var desk = new ProposalDesk(writer);
            desk.Record(ledger.Vote(writer, open, 1, approves: false));
            desk.Record(ledger.Vote(writer, open, 2, approves: false));
            Assert.Equal(ClosedAs.Rejected, LastClosed(ledger));
            Assert.Equal(0, new Ingestor(writer).Ingest([Critical]).Proposed);
            // A newer claim makes it another question.
            Claim newer = TestLedger.Claim("b3", "B", 8, "s2", day: 2);
            Assert.Equal(1, new Ingestor(writer).Ingest([TestLedger.File(newer)]).Proposed);
        }
        using (LedgerWriter writer = ledger.Open())
            Assert.Equal(0, new Ingestor(writer).Ingest([Critical]).Proposed);
        Holds(ledger);
    }

    [Fact]
    public void Closes_what_newer_claims_overtook_and_proposes_what_they_give()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            ApprovalRecorded early = ledger.Vote(writer, open, 1);
            Claim newer = TestLedger.Claim("b3", "B", 8, "s2", day: 2);
            IngestResult result = new Ingestor(writer).Ingest([TestLedger.File(newer)]);
            Assert.Equal((1L, 1L), (result.Proposed, result.Pending));
            Assert.Equal(ClosedAs.Superseded, LastClosed(ledger));
            Refuses(ErrorCodes.Closed, () => new ProposalDesk(writer).Record(early));
            Claim agreeing = TestLedger.Claim("b4", "B", 1, "s2", day: 3);
            Assert.Equal(0, new Ingestor(writer).Ingest([TestLedger.File(agreeing)]).Pending);
        }
        Holds(ledger);
    }

    [Fact]
    public void Refuses_a_verdict_on_what_claims_of_a_cut_off_ingest_overtook_and_settles_them()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            var desk = new ProposalDesk(writer);
            desk.Record(ledger.Vote(writer, open, 1));
            var claims = new ClaimsRecorded([TestLedger.Claim("b3", "B", 8, "s2", day: 2)]);
            writer.Append([new Draft { Event = Events.ClaimsRecorded, Payload = FrozenPayload.From(claims.ToJson()) }]);
            Refuses(ErrorCodes.Closed, () => desk.Record(ledger.Vote(writer, open, 2)));
            Assert.NotEqual(open, Assert.Single(writer.Fold.Proposals).Key);
            writer.Append([TestLedger.Own("still writing")]);
        }
        Holds(ledger);
    }

    [Fact]
    public void Concludes_what_was_cut_off_between_the_last_verdict_and_what_follows()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            foreach (int approver in (int[])[1, 2])
            {
                FrozenPayload vote = FrozenPayload.From(ledger.Vote(writer, open, approver).ToJson());
                writer.Append([
                    new Draft
                    {
                        Event = Events.ApprovalRecorded,
                        Payload = vote,
                        By = VoucherKind.Log,
                    },
                ]);
            }
            Assert.Single(writer.Fold.Proposals);
        }
        using (LedgerWriter writer = ledger.Open())
        {
            IngestResult result = new Ingestor(writer).Ingest([Critical]);
            Assert.Equal((1L, 0L), (result.Decisions, result.Pending));
        }
        Holds(ledger);
    }

    [Fact]
    public void Does_not_count_a_verdict_that_has_lapsed()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            var desk = new ProposalDesk(writer);
            desk.Record(Brief(writer, open, 1));
            clock.Pass(TimeSpan.FromHours(1));
            Assert.Single(desk.Record(ledger.Vote(writer, open, 2)));
            Assert.Equal(2, desk.Record(ledger.Vote(writer, open, 1)).Count);
        }
        Holds(ledger);
    }

    [Fact]
    public void Bundles_every_entry_of_such_a_life()
    {
        using TestLedger ledger = Ledger();
        using (LedgerWriter writer = ledger.Open())
        {
            long open = Propose(writer);
            // Older than what is there: set aside at once, and no reason to ask again.
            Claim older = Claim.FromJson(
                TestLedger.Claim("b0", "B", 5, "s1").ToJson().With("timestamp", "2025-12-01T00:00:00.000000Z")
            );
            Assert.Equal(0, new Ingestor(writer).Ingest([TestLedger.File(older)]).Proposed);
            new ProposalDesk(writer).Record(ledger.Vote(writer, open, 1));
            Assert.Equal(2, new ProposalDesk(writer).Record(ledger.Vote(writer, open, 2)).Count);
        }
        Holds(ledger);
        using LedgerView view = ledger.View();
        for (long i = 0; i < view.Size; i++)
        {
            Verdict verdict = BundleVerifier.Verify(BundleMaker.Make(view, i).ToBytes(), ledger.Trust, clock);
            Assert.True(verdict.Holds, $"{i}: {verdict.ToJson()}");
        }
    }

    private static long Propose(LedgerWriter writer)
    {
        Assert.Equal(1, new Ingestor(writer).Ingest([Critical]).Proposed);
        return writer.Fold.Proposals.Keys.Single();
    }

    private static ClosedAs LastClosed(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        Receipt closed = view.Receipts().Last(r => r.Entry.Body.Event == Events.DecisionClosed);
        return DecisionClosed.FromJson(closed.Payload!.Root).Outcome;
    }

    private static ApprovalRecorded Brief(LedgerWriter writer, long proposal, int approver)
    {
        using PrivateKey key = TestLedger.Approver(approver);
        UtcTime now = writer.Now();
        var approval = new Approval
        {
            Key = key.PublicKey.Id,
            Role = "approver",
            Approves = true,
            Gov = writer.Fold.State.Digest,
            IssuedAt = now,
            ExpiresAt = now + TimeSpan.FromMinutes(5),
            Nonce = Convert.ToBase64String(new byte[16]),
        };
        byte[] message = approval.SignedBytes(writer.Fold.State.Ledger, writer.Fold.Proposals[proposal].BodyDigest);
        return new ApprovalRecorded(proposal, approval with { Signature = Convert.ToBase64String(key.Sign(message)) });
    }

    private static void Holds(TestLedger ledger)
    {
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private static void Refuses(ErrorCode code, Func<object> step) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(step).Code);

    private TestLedger Ledger() => new(clock: clock);
}
