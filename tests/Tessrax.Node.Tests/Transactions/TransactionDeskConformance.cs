using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Transactions;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Receipts in two phases, wherever a ledger keeps them: one class of tests, run once for each place.</summary>
public abstract class TransactionDeskConformance : IDisposable
{
    private readonly FakeClock clock = new();
    private protected readonly TestLedger ledger;
    private readonly IPreparedPlace place;
    private LedgerWriter writer;
    private protected TransactionDesk desk;

    private protected TransactionDeskConformance(Func<TestLedger, IPreparedPlace> choose)
    {
        ledger = new TestLedger(clock: clock);
        place = choose(ledger);
        writer = ledger.Open();
        desk = new TransactionDesk(writer);
    }

    public void Dispose()
    {
        writer.Dispose();
        ledger.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void What_is_prepared_takes_no_index_until_it_is_committed_and_then_one()
    {
        TransactionStatus first = desk.Prepare(TestLedger.Own("first"));
        TransactionStatus second = desk.Prepare(TestLedger.Own("second"));
        Assert.Equal(1, writer.Tree.Size);
        Assert.Equal(TransactionState.Prepared, desk.Ask(first.Token).State);
        writer.Append([TestLedger.Own("meanwhile")]);
        Assert.Equal(2, desk.Commit(second.Token));
        Assert.Equal(3, desk.Commit(first.Token));
        Assert.Equal(2, desk.Commit(second.Token));
        Assert.Equal(4, writer.Tree.Size);
        Assert.Equal(first.Token.Nonce, writer.Read(3).Entry.Body.Nonce);
        Assert.Equal((TransactionState.Committed, 3L), (desk.Ask(first.Token).State, desk.Ask(first.Token).Index));
        Assert.Empty(desk.Undecided());
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void What_is_aborted_is_never_committed_and_the_reverse()
    {
        TransactionToken aborted = desk.Prepare(TestLedger.Own("no")).Token;
        desk.Abort(aborted);
        desk.Abort(aborted);
        Fails(ErrorCodes.TransactionAborted, () => desk.Commit(aborted));
        TransactionToken committed = desk.Prepare(TestLedger.Own("yes")).Token;
        desk.Commit(committed);
        Fails(ErrorCodes.TransactionCommitted, () => desk.Abort(committed));
        TransactionToken none = TransactionToken.OfNonce(Convert.ToBase64String(new byte[16]));
        Fails(ErrorCodes.NoSuchTransaction, () => desk.Commit(none));
        Fails(ErrorCodes.NoSuchTransaction, () => desk.Abort(none));
        Assert.Equal("unknown", desk.Ask(none).StateText);
        Reopen();
        Fails(ErrorCodes.TransactionAborted, () => desk.Commit(aborted));
        Assert.Equal(1, desk.Commit(committed));
    }

    [Fact]
    public void What_waits_survives_a_restart_and_is_listed_the_oldest_first()
    {
        TransactionStatus first = desk.Prepare(TestLedger.Own("first"), TimeSpan.FromHours(2));
        clock.Pass(TimeSpan.FromMinutes(1));
        TransactionStatus second = desk.Prepare(TestLedger.Own("second"));
        Reopen();
        Assert.Equal([first, second], desk.Undecided());
        Assert.Equal(TimeSpan.FromHours(2), first.ExpiresAt - first.PreparedAt);
        Assert.Equal(TimeSpan.FromHours(1), second.ExpiresAt - second.PreparedAt);
        Assert.Equal(1, desk.Commit(second.Token));
        writer.Dispose();
        using LedgerView view = ledger.View();
        var reader = new TransactionView(view, ledger.Environment);
        Assert.Equal([first], reader.Undecided());
        Assert.Equal(1, reader.Ask(second.Token).Index);
        Assert.Equal(first, reader.Ask(first.Token));
    }

    [Fact]
    public void What_expired_is_not_committed_by_any_clock_and_its_payload_is_gone()
    {
        TransactionStatus waits = desk.Prepare(TestLedger.Own("secret text"), TimeSpan.FromMinutes(10));
        clock.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(TransactionState.Prepared, desk.Ask(waits.Token).State);
        clock.Pass(TimeSpan.FromSeconds(1));
        Fails(ErrorCodes.TransactionExpired, () => desk.Commit(waits.Token));
        Assert.Equal(TransactionState.Expired, desk.Ask(waits.Token).State);
        desk.Abort(waits.Token);
        Assert.Empty(desk.Undecided());
        Assert.DoesNotContain(
            place.All().Values,
            bytes => Encoding.UTF8.GetString(bytes).Contains("secret text", StringComparison.Ordinal)
        );
        // Told once that it expired, a coordinator relies on it, even if the clock is set back.
        clock.Step(-TimeSpan.FromHours(1));
        Reopen();
        Fails(ErrorCodes.TransactionExpired, () => desk.Commit(waits.Token));
    }

    [Fact]
    public void A_reader_sees_what_expired_before_a_writer_closes_it_and_the_next_writer_does()
    {
        TransactionStatus waits = desk.Prepare(TestLedger.Own("late"));
        writer.Dispose();
        clock.Pass(TimeSpan.FromHours(2));
        using (LedgerView view = ledger.View())
        {
            Assert.Equal(TransactionState.Expired, new TransactionView(view, ledger.Environment).Undecided()[0].State);
        }
        Assert.Equal([$"{waits.Token}.prepared"], place.All().Keys);
        Reopen();
        Assert.Equal([$"{waits.Token}.expired"], place.All().Keys);
        Assert.Equal(TransactionState.Expired, desk.Ask(waits.Token).State);
    }

    [Fact]
    public void A_retry_by_nonce_prepares_nothing_twice()
    {
        Draft draft = TestLedger.Own("once") with { Nonce = Nonce(1) };
        TransactionStatus once = desk.Prepare(draft);
        Assert.Equal(once, desk.Prepare(draft));
        Reopen();
        Assert.Equal(once, desk.Prepare(draft));
        Fails(ErrorCodes.NonceReused, () => desk.Prepare(TestLedger.Own("other") with { Nonce = Nonce(1) }));
        long index = desk.Commit(once.Token);
        Assert.Equal(index, desk.Prepare(draft).Index);
        Fails(ErrorCodes.NonceReused, () => desk.Prepare(TestLedger.Own("other") with { Nonce = Nonce(1) }));
        desk.Abort(desk.Prepare(draft with { Nonce = Nonce(2) }).Token);
        Fails(ErrorCodes.NonceReused, () => desk.Prepare(draft with { Nonce = Nonce(2) }));
    }

    [Fact]
    public void What_was_appended_with_that_nonce_in_one_step_is_committed()
    {
        Draft draft = TestLedger.Own("plain") with { Nonce = Nonce(3) };
        long index = writer.Append([draft])[0].Entry.Index;
        Assert.Equal(index, desk.Ask(TransactionToken.OfNonce(Nonce(3))).Index);
        Assert.Equal(index, desk.Prepare(draft).Index);
        Assert.Equal(index, desk.Commit(TransactionToken.OfNonce(Nonce(3))));
    }

    [Fact]
    public void Nothing_is_prepared_that_would_be_refused_now()
    {
        Fails(ErrorCodes.NotAppendable, () => desk.Prepare(new Draft { Event = Events.LedgerClosed }));
        Fails(ErrorCodes.NotByThatKey, () => desk.Prepare(Claims("a", 1) with { By = VoucherKind.Log }));
        Fails(
            ErrorCodes.UnknownMember,
            () =>
                desk.Prepare(
                    new Draft { Event = "x-bad", Payload = FrozenPayload.From(JsonValue.Object(("data", 1), ("x", 1))) }
                )
        );
        Assert.Empty(place.All());
    }

    [Fact]
    public void What_no_longer_fits_is_refused_at_commit_with_the_reason_and_stays_undecided()
    {
        TransactionToken one = desk.Prepare(Claims("a", 1)).Token;
        TransactionToken other = desk.Prepare(Claims("a", 2)).Token;
        Assert.Equal(1, desk.Commit(one));
        Fails(ErrorCodes.ClaimIdReused, () => desk.Commit(other));
        Assert.Equal(TransactionState.Prepared, desk.Ask(other).State);
        // Nothing is broken by it.
        Assert.Equal(2, writer.Append([TestLedger.Own("after")])[0].Entry.Index);
        desk.Abort(other);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_decision_is_decided_again_at_commit()
    {
        writer.Append([Claims("a", 9.0, "s1"), Claims("b", 9.1, "s2")]);
        var key = new GroupKey("A", "score", null);
        Contradiction contradiction = writer.Fold.Claims.Detect(key)!;
        writer.Append([
            new Draft
            {
                Event = Events.ContradictionDetected,
                By = VoucherKind.Log,
                Payload = FrozenPayload.From(contradiction.ToJson()),
            },
        ]);
        Draft decision = new()
        {
            Event = Events.DecisionRecorded,
            Payload = FrozenPayload.From(Governance.Decider.Decide(writer.Fold.Policy!, contradiction).ToJson()),
        };
        TransactionToken stale = desk.Prepare(decision).Token;
        TransactionToken good = desk.Prepare(decision).Token;
        long index = desk.Commit(good);
        Assert.Equal(Events.DecisionRecorded, writer.Read(index).Entry.Body.Event);
        // The contradiction is settled now.
        Fails(ErrorCodes.DecisionDiffers, () => desk.Commit(stale));
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Sealed_and_attested_receipts_go_the_same_way()
    {
        TransactionToken seal = desk.Prepare(TestLedger.Own("sealed") with { By = VoucherKind.Seal }).Token;
        TransactionToken log = desk.Prepare(TestLedger.Own("attested") with { By = VoucherKind.Log }).Token;
        Reopen();
        Assert.Equal(VoucherKind.Seal, writer.Read(desk.Commit(seal)).Entry.Body.By.Kind);
        Assert.Equal(VoucherKind.Log, writer.Read(desk.Commit(log)).Entry.Body.By.Kind);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_limit_holds_what_waits()
    {
        desk = new TransactionDesk(writer, new TransactionOptions { MaxUndecided = 2 });
        TransactionToken first = desk.Prepare(TestLedger.Own("1")).Token;
        desk.Prepare(TestLedger.Own("2"));
        Fails(ErrorCodes.TooManyPrepared, () => desk.Prepare(TestLedger.Own("3")));
        desk.Commit(first);
        desk.Prepare(TestLedger.Own("3"));
    }

    [Fact]
    public void A_committed_receipt_is_found_in_the_log_long_after_its_nonce_was_forgotten()
    {
        TransactionStatus waits = desk.Prepare(TestLedger.Own("old"), TimeSpan.FromMinutes(1));
        byte[] bytes = place.All()[$"{waits.Token}.prepared"];
        long index = desk.Commit(waits.Token);
        // The crash came before the commit was written down, and nobody looked for a day.
        place.Replace(waits.Token, "prepared", bytes);
        clock.Pass(TimeSpan.FromDays(1));
        writer.Append([TestLedger.Own("much later")]);
        Reopen();
        Assert.Equal((TransactionState.Committed, index), (desk.Ask(waits.Token).State, desk.Ask(waits.Token).Index));
        Assert.Equal(index, desk.Commit(waits.Token));
        Assert.Equal([$"{waits.Token}.committed"], place.All().Keys);
    }

    [Fact]
    public void Decisions_are_forgotten_after_their_time()
    {
        TransactionToken aborted = desk.Prepare(TestLedger.Own("a")).Token;
        desk.Abort(aborted);
        TransactionToken committed = desk.Prepare(TestLedger.Own("b")).Token;
        desk.Commit(committed);
        clock.Pass(TimeSpan.FromDays(29));
        Reopen();
        Assert.Equal(TransactionState.Aborted, desk.Ask(aborted).State);
        clock.Pass(TimeSpan.FromDays(2));
        Reopen();
        Assert.Empty(place.All());
        Assert.Null(desk.Ask(aborted).State);
    }

    [Theory]
    [InlineData("\"state\":\"prepared\"", "\"state\":\"committed\"")]
    [InlineData("\"text\":\"victim\"", "\"text\":\"forger\"")]
    [InlineData("\"token\":\"", "\"token\":\"0")]
    [InlineData("\"salt\"", "\"sal\"")]
    [InlineData("{", "")]
    public void A_damaged_record_is_named_and_hinders_nobody_else(string part, string becomes)
    {
        TransactionToken victim = desk.Prepare(TestLedger.Own("victim")).Token;
        TransactionToken other = desk.Prepare(TestLedger.Own("other")).Token;
        string text = Encoding.UTF8.GetString(place.All()[$"{victim}.prepared"]);
        Assert.Contains(part, text, StringComparison.Ordinal);
        place.Replace(
            victim,
            "prepared",
            Encoding.UTF8.GetBytes(text.Replace(part, becomes, StringComparison.Ordinal))
        );
        Reopen();
        Assert.Contains(
            place.NameOf(victim),
            Fails(ErrorCodes.Damaged, () => desk.Commit(victim)).Message,
            StringComparison.Ordinal
        );
        Fails(ErrorCodes.Damaged, () => desk.Abort(victim));
        Fails(ErrorCodes.Damaged, () => desk.Ask(victim));
        Assert.Equal(["prepared", "damaged"], desk.Undecided().Select(s => s.StateText));
        Assert.Equal(1, desk.Commit(other));
    }

    [Fact]
    public void A_forged_signature_is_found_at_commit()
    {
        TransactionToken token = desk.Prepare(TestLedger.Own("forged")).Token;
        TransactionRecord record = TransactionRecord.Parse(place.All().Single().Value);
        PreparedReceipt forged = record.Prepared! with { Signature = Convert.ToBase64String(new byte[64]) };
        place.Replace(token, "prepared", TransactionRecord.Of(forged).ToBytes());
        Fails(ErrorCodes.SignatureBroken, () => desk.Commit(token));
        Assert.Equal(1, writer.Tree.Size);
    }

    private protected static TessraxException Fails(ErrorCode code, Action action)
    {
        TessraxException error = Assert.Throws<TessraxException>(action);
        Assert.Equal(code, error.Code);
        return error;
    }

    private static Draft Claims(string id, double value, string source = "s1") =>
        new()
        {
            Event = Events.ClaimsRecorded,
            Payload = FrozenPayload.From(new ClaimsRecorded([TestLedger.Claim(id, "A", value, source)]).ToJson()),
        };

    private static string Nonce(byte number) => Convert.ToBase64String([.. Enumerable.Repeat(number, 16)]);

    private protected void Reopen()
    {
        writer.Dispose();
        writer = ledger.Open();
        desk = new TransactionDesk(writer);
    }

    private protected void Close() => writer.Dispose();
}

/// <summary>Where a ledger keeps its prepared receipts, as somebody sees it who goes past the ledger.</summary>
internal interface IPreparedPlace
{
    /// <summary>What is kept, each as <c>TOKEN.STATE</c>.</summary>
    SortedDictionary<string, byte[]> All();

    /// <summary>Puts something in the place of all that is kept of a receipt.</summary>
    void Replace(TransactionToken token, string state, byte[] bytes);

    /// <summary>How messages name what waits.</summary>
    string NameOf(TransactionToken token);
}
