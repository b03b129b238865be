using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Keys that come and go in a ledger on disk: proposed, approved, waited for, recorded, and then what the next writer may do.</summary>
public sealed class KeyDeskTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromHours(24);
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;

    public KeyDeskTests() => ledger = new TestLedger(clock: clock);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void An_approver_joins_when_the_delay_is_over_whoever_opened_the_ledger_meanwhile()
    {
        long proposal;
        using (LedgerWriter writer = ledger.Open())
        {
            GovernOutcome wish = Appoint(writer);
            Assert.False(wish.IsRecorded);
            proposal = wish.Entry;
            var desk = new ProposalDesk(writer);
            Assert.Single(desk.Record(ledger.Vote(writer, proposal, 1)));
            Assert.Single(desk.Record(ledger.Vote(writer, proposal, 2)));
            Assert.Single(desk.Record(ledger.Vote(writer, proposal, 3)));
            Assert.Empty(desk.TakeDue());
            // The same wish finds the proposal that waits for it.
            Assert.Equal(wish, Appoint(writer));
            writer.OpenEpoch();
        }
        clock.Pass(Delay + TimeSpan.FromSeconds(-1));
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.Empty(new ProposalDesk(writer).TakeDue());
            clock.Pass(TimeSpan.FromSeconds(1));
            GovernOutcome done = Appoint(writer);
            Assert.True(done.IsRecorded);
            Assert.Empty(writer.Fold.Proposals);
            Assert.NotNull(writer.Fold.State.Active(TestLedger.Approver(4).PublicKey.Id, KeyPurpose.Approver));
        }
        Holds();
    }

    [Fact]
    public void An_ingest_takes_what_is_due_first()
    {
        using LedgerWriter writer = ledger.Open();
        long proposal = Appoint(writer).Entry;
        Approve(writer, proposal);
        clock.Pass(Delay);
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"))]);
        Assert.Equal(4, writer.Fold.State.ActiveKeys(KeyPurpose.Approver).Count());
    }

    [Fact]
    public void What_is_due_and_refused_keeps_no_ingest_out()
    {
        using LedgerWriter writer = ledger.Open();
        long proposal = Appoint(writer).Entry;
        Approve(writer, proposal);
        // Its window ends between the moment that it is found due and the one that it would be recorded at.
        clock.Pass(writer.Fold.Proposals[proposal].Proposal.Body.ExpiresAt - writer.Now());
        clock.PassesAtEachReading = TimeSpan.FromMicroseconds(1);
        IngestResult done = new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"))]);
        Assert.Equal(1, done.Claims);
        Assert.Equal(3, writer.Fold.State.ActiveKeys(KeyPurpose.Approver).Count());
        Holds();
    }

    [Fact]
    public void Whoever_leaves_leaves_at_once_and_another_wish_is_not_lost_in_the_first()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new KeyDesk(writer);
            long proposal = Remove(1).Entry;
            TessraxException other = Assert.Throws<TessraxException>(() => Remove(2));
            Assert.Equal(ErrorCodes.ProposalWaits, other.Code);
            Approve(writer, proposal, 2, 3);
            Assert.Equal(2, writer.Fold.State.ActiveKeys(KeyPurpose.Approver).Count());
            TessraxException again = Assert.Throws<TessraxException>(() => Remove(1));
            Assert.Equal(ErrorCodes.KeyEnded, again.Code);

            GovernOutcome Remove(int approver) =>
                desk.Change([], [TestLedger.Approver(approver).PublicKey.Id], [], "left");
        }
        Holds();
    }

    [Fact]
    public void An_epoch_begins_with_what_is_appended_first_after_a_key_has_come_or_gone()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            long proposal = new KeyDesk(writer).Change([], [TestLedger.Approver(1).PublicKey.Id], [], "left").Entry;
            Approve(writer, proposal, 2, 3);
            Assert.Equal(0, writer.Fold.State.Epoch);
            Assert.Equal(writer.Fold.Size + 1, writer.Append([TestLedger.Own("first")])[0].Entry.Index);
            Assert.Equal(1, writer.Fold.State.Epoch);
            Assert.Equal(writer.Fold.Size, writer.Append([TestLedger.Own("second")])[0].Entry.Index);
        }
        using (LedgerWriter writer = ledger.Open())
            Assert.False(writer.Fold.HasNewKeys);
        Holds();
    }

    [Fact]
    public void After_a_rotation_only_the_new_author_key_opens_the_ledger()
    {
        long waiting;
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new KeyDesk(writer);
            waiting = desk.RotateAuthor(TestLedger.Seeded(9), "author", "once a year").Entry;
            Assert.Equal(waiting, desk.WaitingRotation(desk.AuthorKey)?.Index);
            long claims = Claims(writer);
            Approve(writer, waiting, 1, 2);
            Assert.NotEqual(claims, writer.Fold.Size);
            TessraxException ended = Assert.Throws<TessraxException>(() => writer.Append([TestLedger.Own("late")]));
            Assert.Equal(ErrorCodes.KeyEnded, ended.Code);
        }
        TessraxException wrong = Assert.Throws<TessraxException>(() => ledger.Open());
        Assert.Equal(ErrorCodes.WrongKey, wrong.Code);
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, Rotated(), ledger.Environment))
        {
            writer.Append([TestLedger.Own("by the new key")]);
            // The decision that the old key had proposed is closed, and proposed again by the new one.
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c", "A", 5, "s3"))]);
            OpenProposal again = Assert.Single(writer.Fold.Proposals.Values);
            Assert.Equal(TestLedger.Seeded(9).PublicKey.Id, again.Proposal.Body.By.Key);
        }
        Holds();
        EveryEntryProvesItself();
    }

    [Fact]
    public async Task What_is_tried_again_after_a_rotation_is_not_appended_twice()
    {
        string nonce = Convert.ToBase64String(new byte[EntryBody.NonceBytes]);
        Draft draft = TestLedger.Own("once") with { Nonce = nonce };
        long index;
        using (LedgerWriter writer = ledger.Open())
        {
            index = writer.Append([draft])[0].Entry.Index;
            Approve(writer, new KeyDesk(writer).RotateAuthor(TestLedger.Seeded(9), "author", "r").Entry, 1, 2);
        }
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, Rotated(), ledger.Environment))
        {
            long size = writer.Fold.Size;
            Assert.Equal(index, writer.Append([draft])[0].Entry.Index);
            Draft other = TestLedger.Own("something else") with { Nonce = nonce };
            Assert.Equal(ErrorCodes.NonceReused, Assert.Throws<TessraxException>(() => writer.Append([other])).Code);
            Assert.Equal(size, writer.Fold.Size);
        }
        LedgerWriter last = LedgerWriter.Open(ledger.DirectoryPath, Rotated(), ledger.Environment);
        await using var pipeline = new LedgerPipeline(last);
        AppendReceipt again = await pipeline.AppendAsync(draft, TestContext.Current.CancellationToken);
        Assert.Equal((index, true), (again.Index, again.IsRepeat));
    }

    [Fact]
    public async Task A_pipeline_refuses_bodies_by_a_key_that_ended()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        LedgerWriter writer = alone.Open();
        Assert.True(new KeyDesk(writer).RotateAuthor(TestLedger.Seeded(9), "author", "a reason").IsRecorded);
        await using var pipeline = new LedgerPipeline(writer);
        TessraxException ended = await Assert.ThrowsAsync<TessraxException>(async () =>
            await pipeline.AppendAsync(TestLedger.Own("late"), TestContext.Current.CancellationToken)
        );
        Assert.Equal(ErrorCodes.KeyEnded, ended.Code);
    }

    [Fact]
    public void Control_events_that_the_old_author_had_proposed_are_closed()
    {
        using LedgerWriter writer = ledger.Open();
        long parked = Appoint(writer).Entry;
        var desk = new KeyDesk(writer);
        Approve(writer, desk.RotateAuthor(TestLedger.Seeded(9), "author", "a reason").Entry, 1, 2);
        writer.Dispose();
        using LedgerWriter next = LedgerWriter.Open(ledger.DirectoryPath, Rotated(), ledger.Environment);
        Assert.Equal(1, new ProposalDesk(next).CloseExpired(next.Now()));
        Assert.DoesNotContain(parked, next.Fold.Proposals.Keys);
        Holds();
    }

    [Fact]
    public void Verify_tells_what_a_compromised_key_signed_until_it_is_reaffirmed()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        long first;
        using (LedgerWriter writer = alone.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            first = writer.Fold.Size;
            writer.Append([TestLedger.Own("two"), TestLedger.Own("three")]);
            Assert.True(new KeyDesk(writer).RotateAuthor(TestLedger.Seeded(9), "author", "r").IsRecorded);
        }
        Assert.DoesNotContain(alone.Verify().Stages, s => s.Name == SuspectScan.StageName);
        Digest stolen = TestLedger.Seeded(2).PublicKey.Id;
        using (LedgerWriter writer = LedgerWriter.Open(alone.DirectoryPath, Rotated(), alone.Environment))
            new KeyDesk(writer).Revoke(new KeyRevoked(stolen, KeyEnd.Compromised, first, "a copy was found"));
        Verdict verdict = alone.Verify();
        Stage stage = verdict.Stages.Single(s => s.Name == SuspectScan.StageName);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Null(stage.Holds);
        Assert.Equal(ErrorCodes.Suspect, stage.Findings.Single().Code);
        // Two entries of its author's, and the rotation that it signed.
        Assert.Contains($"entries {first}-{first + 2} ", stage.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains(verdict.Excludes, e => e.Contains("3 entries", StringComparison.Ordinal));
        using (LedgerWriter writer = LedgerWriter.Open(alone.DirectoryPath, Rotated(), alone.Environment))
            new KeyDesk(writer).Reaffirm(new KeyReaffirmed(stolen, IndexRanges.Between(first, first + 2), "checked"));
        verdict = alone.Verify();
        Assert.True(verdict.Holds);
        Assert.True(verdict.Stages.Single(s => s.Name == SuspectScan.StageName).Holds);
    }

    [Fact]
    public void An_offer_serves_for_what_it_was_made_for_alone()
    {
        using LedgerWriter writer = ledger.Open();
        var desk = new KeyDesk(writer);
        PrivateKey key = TestLedger.Seeded(9);
        var author = new KeyContent("second", KeyPurpose.Author, VerifierKey.Create("second", key.PublicKey), []);
        KeyOffer elsewhere = KeyOffer.Make(HashEngine.Sha256.Hash("x"u8), author, m => key.Sign(m));
        Assert.Equal(ErrorCodes.WrongLedger, Assert.Throws<TessraxException>(() => desk.Add(elsewhere, "r")).Code);
        KeyOffer plain = KeyOffer.Parse(KeyOffer.Make(ledger.Id, author, m => key.Sign(m)).ToBytes());
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => desk.Rotate(plain, "r")).Code);
        long size = writer.Fold.Size;
        Assert.Equal(
            ErrorCodes.PossessionNotProven,
            Assert
                .Throws<TessraxException>(() => desk.Add(plain with { Key = author with { Name = "else" } }, "r"))
                .Code
        );
        Assert.Equal(size, writer.Fold.Size);
        Approve(writer, desk.Add(plain, "r").Entry, 1, 2);
        Assert.NotNull(writer.Fold.State.Active(key.PublicKey.Id, KeyPurpose.Author));
    }

    [Fact]
    public async Task No_way_into_a_ledger_takes_a_revocation_without_its_approvals()
    {
        var revoked = new KeyRevoked(TestLedger.Approver(1).PublicKey.Id, KeyEnd.Lost, null, "r");
        var draft = new Draft { Event = Events.KeyRevoked, Control = revoked.ToControl() };
        LedgerWriter writer = ledger.Open();
        long size = writer.Fold.Size;
        Refuses(ErrorCodes.NeedsApproval, () => writer.Append([draft]));
        Refuses(ErrorCodes.NotByThatKey, () => writer.Append([draft with { By = VoucherKind.Log }]));
        Refuses(ErrorCodes.NotByThatKey, () => writer.Append(writer.Seal([draft])));
        SignedBody signed = writer.Prepare(draft, TimeSpan.FromHours(1));
        Refuses(ErrorCodes.NeedsApproval, () => writer.Append([draft with { Prepared = signed }]));
        await using var pipeline = new LedgerPipeline(writer);
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(async () =>
            await pipeline.AppendAsync(draft, TestContext.Current.CancellationToken)
        );
        Assert.Equal(ErrorCodes.NotAppendable, refused.Code);
        Assert.Equal(size, writer.Fold.Size);
    }

    private static void Refuses(ErrorCode code, Action action) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(action).Code);

    private static LedgerKeys Rotated() => new(TestLedger.Seeded(1), TestLedger.Seeded(9));

    private GovernOutcome Appoint(LedgerWriter writer)
    {
        PrivateKey key = TestLedger.Approver(4);
        var content = new KeyContent(
            "approver-4",
            KeyPurpose.Approver,
            VerifierKey.Create("approver-4", key.PublicKey),
            ["approver"]
        );
        return new KeyDesk(writer).Change([KeyOffer.Make(ledger.Id, content, m => key.Sign(m))], [], [], "joins");
    }

    private static long Claims(LedgerWriter writer)
    {
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
        ]);
        return writer.Fold.Size;
    }

    private void Approve(LedgerWriter writer, long proposal, params int[] approvers)
    {
        foreach (int approver in approvers.Length > 0 ? approvers : [1, 2, 3])
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, approver));
    }

    private void Holds()
    {
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private void EveryEntryProvesItself()
    {
        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts())
        {
            Bundle bundle = BundleMaker.Make(view, receipt.Entry.Index);
            Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, $"{receipt.Entry.Index}: {verdict.ToJson()}");
        }
    }
}
