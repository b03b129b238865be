using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>What the fold refuses as the next entry, each case a rule of <c>spec/ledger.md</c>.</summary>
public sealed class FoldTests
{
    private static readonly JsonValue Payload = new OwnEvent("x", null).ToJson();

    private readonly SampleLedger ledger = new();

    [Fact]
    public void Accepts_the_entry_that_the_cases_below_break()
    {
        Assert.Null(Judge(ledger.Make("x-test", Payload)));
    }

    [Fact]
    public void Refuses_another_index_than_the_next()
    {
        Refuses(ErrorCodes.EntryMalformed, e => e with { Index = 2 });
    }

    [Fact]
    public void Refuses_a_time_before_the_entry_in_front()
    {
        Refuses(ErrorCodes.TimeBroken, e => e with { RecordedAt = e.RecordedAt + TimeSpan.FromSeconds(-2) });
    }

    [Fact]
    public void Refuses_another_governance_state_or_epoch()
    {
        Refuses(ErrorCodes.StateBroken, e => e with { Gov = e.Gov with { Count = 2 } });
        Refuses(ErrorCodes.StateBroken, e => e with { Gov = e.Gov with { Digest = ledger.Id } });
        Refuses(ErrorCodes.StateBroken, e => e with { Epoch = 1 });
    }

    [Fact]
    public void Refuses_a_signature_by_another_and_no_signature()
    {
        Refuses(ErrorCodes.SignatureBroken, e => e with { Signature = null });
        Refuses(ErrorCodes.SignatureBroken, e => e with { Signature = Convert.ToBase64String(new byte[64]) });
        Refuses(ErrorCodes.NotByThatKey, e => Resigned(e, e.Body with { By = new(VoucherKind.Author, Some()) }));
    }

    [Fact]
    public void Refuses_an_approver_as_author()
    {
        Digest approver = SampleLedger.IdOf(SampleLedger.ApproverSeeds[0]);
        Refuses(ErrorCodes.NotByThatKey, e => Resigned(e, e.Body with { By = new(VoucherKind.Author, approver) }));
    }

    [Fact]
    public void Refuses_a_stripped_signature_that_calls_the_body_attested()
    {
        Digest log = SampleLedger.IdOf(SampleLedger.LogSeed);
        // The body still says that an author vouches.
        Refuses(ErrorCodes.SignatureBroken, e => e with { Signature = null });
        // Kind and key are part of the body, so the body is another one; and the author's signature is not asked for.
        Refuses(ErrorCodes.NotByThatKey, e => e with { Body = e.Body with { By = new(VoucherKind.Log, log) } });
    }

    [Theory]
    [InlineData(Events.ClaimsRecorded)]
    [InlineData(Events.DecisionProposed)]
    [InlineData(Events.DecisionRecorded)]
    [InlineData(Events.DecisionClosed)]
    [InlineData(Events.EvidenceAdded)]
    [InlineData(Events.StateAudited)]
    [InlineData(Events.SnapshotTaken)]
    [InlineData(Events.FleetRecorded)]
    public void The_log_alone_may_attest_nothing_that_anything_is_decided_on(string name)
    {
        Assert.Equal(ErrorCodes.NotByThatKey, Judge(ledger.Make(name, Payload, VoucherKind.Log))?.Code);
    }

    [Fact]
    public void The_log_alone_may_attest_an_own_event_by_its_own_key_and_unsigned()
    {
        Receipt attested = ledger.Make("x-test", Payload, VoucherKind.Log);
        Assert.Null(Judge(attested));
        Entry signed = attested.Entry with { Signature = Convert.ToBase64String(new byte[64]) };
        Assert.Equal(
            ErrorCodes.NotByThatKey,
            Judge(Receipt.Create(signed, attested.Payload, attested.Salt.Span))?.Code
        );
        foreach (Digest other in (Digest[])[Some(), SampleLedger.IdOf(SampleLedger.ApproverSeeds[0])])
        {
            Entry byOther = attested.Entry with
            {
                Body = attested.Entry.Body with { By = new(VoucherKind.Log, other) },
            };
            Assert.Equal(
                ErrorCodes.NotByThatKey,
                Judge(Receipt.Create(byOther, attested.Payload, attested.Salt.Span))?.Code
            );
        }
    }

    [Fact]
    public void Refuses_a_signature_on_what_the_log_attests()
    {
        ledger.Append(Events.ClaimsRecorded, Claims());
        JsonValue contradiction = ledger.Fold.Claims.DetectAll().Single().ToJson();
        Receipt attested = ledger.Make(Events.ContradictionDetected, contradiction, VoucherKind.Log);
        Assert.Null(Judge(attested));
        Entry signed = attested.Entry with { Signature = Convert.ToBase64String(new byte[64]) };
        Assert.Equal(
            ErrorCodes.NotByThatKey,
            Judge(Receipt.Create(signed, attested.Payload, attested.Salt.Span))?.Code
        );
    }

    [Fact]
    public void Refuses_a_body_outside_its_window()
    {
        Refuses(ErrorCodes.OutsideWindow, e => e with { RecordedAt = e.Body.ExpiresAt + TimeSpan.FromMicroseconds(1) });
        Refuses(
            ErrorCodes.OutsideWindow,
            e => Resigned(e, e.Body with { IssuedAt = e.RecordedAt + TimeSpan.FromMicroseconds(1) })
        );
        Refuses(
            ErrorCodes.OutsideWindow,
            e =>
                Resigned(
                    e,
                    e.Body with
                    {
                        ExpiresAt = e.Body.IssuedAt + TimeSpan.FromDays(366) + TimeSpan.FromMicroseconds(1),
                    }
                )
        );
        Refuses(
            ErrorCodes.OutsideWindow,
            e => Resigned(e, e.Body with { ExpiresAt = e.Body.IssuedAt + TimeSpan.FromMicroseconds(-1) })
        );
    }

    [Fact]
    public void Accepts_a_body_at_both_ends_of_its_window()
    {
        Receipt receipt = ledger.Make("x-test", Payload);
        Assert.Equal(receipt.Entry.Body.IssuedAt, receipt.Entry.RecordedAt);
        Entry last = receipt.Entry with { RecordedAt = receipt.Entry.Body.ExpiresAt };
        Assert.Null(Judge(Receipt.Create(last, receipt.Payload, receipt.Salt.Span)));
    }

    [Fact]
    public void Refuses_a_nonce_that_was_used_and_accepts_it_from_another_kind_of_voucher()
    {
        Receipt first = ledger.Append("x-test", Payload);
        Refuses(ErrorCodes.NonceReused, e => Resigned(e, e.Body with { Nonce = first.Entry.Body.Nonce }));
        ledger.Append(Events.ClaimsRecorded, Claims());
        Receipt attested = ledger.Make(
            Events.ContradictionDetected,
            ledger.Fold.Claims.DetectAll().Single().ToJson(),
            VoucherKind.Log
        );
        Entry same = attested.Entry with { Body = attested.Entry.Body with { Nonce = first.Entry.Body.Nonce } };
        Assert.Null(Judge(Receipt.Create(same, attested.Payload, attested.Salt.Span)));
    }

    [Fact]
    public void Refuses_a_body_that_was_made_for_another_ledger()
    {
        Refuses(ErrorCodes.WrongLedger, e => Resigned(e, e.Body with { Ledger = Some().ToString() }));
        Refuses(ErrorCodes.WrongLedger, e => Resigned(e, e.Body with { Ledger = SampleLedger.Origin }));
    }

    [Theory]
    [InlineData("POLICY_CHANGED")]
    [InlineData("KEY_UNHEARD_OF")]
    [InlineData("APPROVERS_UNHEARD_OF")]
    [InlineData("x-")]
    [InlineData("x-Big")]
    [InlineData("decision_recorded")]
    public void Refuses_events_that_this_version_does_not_know(string name)
    {
        Assert.Equal(ErrorCodes.EntryMalformed, Judge(ledger.Make(name, Payload))?.Code);
        Refuses(
            ErrorCodes.EntryMalformed,
            e => Resigned(e, e.Body with { Event = name, Payload = null, Control = JsonValue.EmptyObject })
        );
    }

    [Fact]
    public void Refuses_a_second_genesis()
    {
        Entry genesis = ledger.Receipts[0].Entry;
        Entry again = genesis with { Index = 1, RecordedAt = ledger.Now, Gov = ledger.Fold.State.Reference };
        Assert.Equal(ErrorCodes.NonceReused, Judge(Receipt.Create(again, null, []))?.Code);
        Assert.Throws<TessraxException>(() => ledger.Fold.State.After(Receipt.Create(again, null, [])));
    }

    [Fact]
    public void Refuses_control_beside_a_payload_approvals_and_policies_where_they_do_not_belong()
    {
        Refuses(ErrorCodes.EntryMalformed, e => Resigned(e, e.Body with { Control = JsonValue.Null }));
        Refuses(ErrorCodes.EntryMalformed, e => Resigned(e, e.Body with { Payload = null }));
        Refuses(ErrorCodes.EntryMalformed, e => Resigned(e, e.Body with { Policy = ledger.Fold.State.Policy }));
        Approval approval = SampleLedger.Whole().Receipts[9].Entry.Approvals[0];
        Refuses(ErrorCodes.EntryMalformed, e => e with { Approvals = [approval] });
    }

    [Fact]
    public void Refuses_a_payload_that_does_not_fit_its_event()
    {
        JsonValue wrong = JsonValue.Object(("text", "x"));
        foreach (string name in (string[])["x-test", Events.EvidenceAdded, Events.StateAudited, Events.ClaimsRecorded])
            Assert.NotNull(Judge(ledger.Make(name, wrong)));
    }

    [Fact]
    public void Refuses_a_snapshot_of_a_state_that_is_not_there_yet_or_has_another_tree()
    {
        string hex = Some().ToHex();
        Assert.Null(Judge(Taken(ledger.Fold.Size, $"sha256:{hex}")));
        Assert.Equal(ErrorCodes.EntryMalformed, Judge(Taken(ledger.Fold.Size + 1, $"sha256:{hex}"))?.Code);
        Assert.Equal(ErrorCodes.EntryMalformed, Judge(Taken(ledger.Fold.Size, $"blake3:{hex}"))?.Code);
        Assert.NotNull(Judge(Taken(ledger.Fold.Size, $"md5:{hex}")));

        Receipt Taken(long size, string root) =>
            ledger.Make(Events.SnapshotTaken, new SnapshotTaken(size, root, Some(), 9).ToJson());
    }

    [Fact]
    public void Refuses_a_payload_other_than_the_one_committed_to()
    {
        Receipt receipt = ledger.Make("x-test", Payload);
        FrozenPayload other = FrozenPayload.From(new OwnEvent("y", null).ToJson());
        Assert.Equal(ErrorCodes.CommitmentBroken, Judge(Receipt.Create(receipt.Entry, other, receipt.Salt.Span))?.Code);
    }

    private static Digest Some() => HashEngine.Sha256.Hash("some"u8);

    private static JsonValue Claims() => SampleLedger.Whole().Receipts[1].Payload!.Root;

    private Entry Resigned(Entry entry, EntryBody body) => entry with { Body = body, Signature = ledger.Sign(body) };

    private Refusal? Judge(Receipt receipt) => ledger.Fold.Judge(receipt, out _);

    private void Refuses(ErrorCode code, Func<Entry, Entry> change)
    {
        Receipt good = ledger.Make("x-test", Payload);
        Receipt bad = Receipt.Create(change(good.Entry), good.Payload, good.Salt.Span);
        Assert.Equal(code, Judge(bad)?.Code);
    }
}
