using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Every rule for a single entry: bent once, it is refused with its code; as it was, it is accepted.</summary>
public sealed class FoldEntryTests
{
    private static readonly Digest Other = HashEngine.Sha256.Hash("another"u8);
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Accepts_each_kind_of_entry_as_it_should_be()
    {
        FoldLedger full = FoldLedger.Full();
        Assert.Equal(20, full.Fold.Size);
        Assert.True(FoldLedger.Verify(full.Receipts, full.Trust).Holds);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Refuses_a_wrong_index(long off) =>
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, Own(entry: e => e with { Index = e.Index + off }));

    [Fact]
    public void Refuses_a_body_for_another_ledger_or_for_its_name() =>
        Assert.All(
            (string[])[Other.ToString(), FoldLedger.Origin],
            name => Refused(Aspect.Entry, ErrorCodes.WrongLedger, Own(b => b with { Ledger = name }))
        );

    [Fact]
    public void Refuses_another_governance_state()
    {
        GovRef now = ledger.Fold.State.Reference;
        Refused(Aspect.Governance, ErrorCodes.StateBroken, Own(entry: e => e with { Gov = now with { Count = 0 } }));
        Refused(Aspect.Governance, ErrorCodes.StateBroken, Own(entry: e => e with { Gov = now with { Count = 2 } }));
        Refused(
            Aspect.Governance,
            ErrorCodes.StateBroken,
            Own(entry: e => e with { Gov = now with { Digest = Other } })
        );
        Refused(Aspect.Governance, ErrorCodes.StateBroken, Own(entry: e => e with { Epoch = 1 }));
    }

    [Fact]
    public void Refuses_a_body_that_another_key_of_the_ledger_signed_again()
    {
        // The body says that Alice vouches for it; Mallory is an author too, but not the one inside.
        Refused(Aspect.Signature, ErrorCodes.SignatureBroken, Own(signer: FoldLedger.SecondAuthor));
        Assert.Null(
            ledger.Judge(
                Own(
                    b => b with { By = b.By with { Key = FoldLedger.SecondAuthor.PublicKey.Id } },
                    signer: FoldLedger.SecondAuthor
                )
            )
        );
    }

    [Fact]
    public void Refuses_an_author_who_is_no_author()
    {
        foreach (PrivateKey key in (PrivateKey[])[FoldLedger.Log, FoldLedger.Approver(1), FoldLedger.Seeded(99)])
            Refused(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                Own(b => b with { By = b.By with { Key = key.PublicKey.Id } }, signer: key)
            );
    }

    [Fact]
    public void Refuses_a_stripped_signature() =>
        Refused(Aspect.Signature, ErrorCodes.SignatureBroken, Own(entry: e => e with { Signature = null }));

    [Fact]
    public void Refuses_a_signature_on_what_the_log_attests()
    {
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 1, "s1"), FoldLedger.Claim("a2", "A", 9, "s2"));
        JsonValue found = ledger.Fold.Claims.Detect(FoldLedger.Key("A"))!.ToJson();
        string signature = Convert.ToBase64String(new byte[64]);
        Receipt signed = ledger.Make(
            Events.ContradictionDetected,
            found,
            VoucherKind.Log,
            entry: e => e with { Signature = signature }
        );
        Refused(Aspect.Signature, ErrorCodes.NotByThatKey, signed);
        Receipt byOther = ledger.Make(
            Events.ContradictionDetected,
            found,
            VoucherKind.Log,
            b => b with { By = b.By with { Key = FoldLedger.Author.PublicKey.Id } }
        );
        Refused(Aspect.Signature, ErrorCodes.NotByThatKey, byOther);
    }

    [Fact]
    public void Refuses_the_logs_word_for_all_that_needs_an_author()
    {
        GroupKey low = ledger.Contradict("A", 9.0, 9.1);
        long open = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        GroupKey high = ledger.Contradict("D", 9, 6.5);
        ledger.Now += TimeSpan.FromDays(2);
        (string Name, JsonValue Payload)[] all =
        [
            (Events.ClaimsRecorded, new ClaimsRecorded([FoldLedger.Claim("z", "Z", 1, "s")]).ToJson()),
            (Events.DecisionRecorded, ledger.Decision(low).ToJson()),
            (Events.DecisionProposed, ledger.Proposal(high).ToJson()),
            (Events.DecisionClosed, new DecisionClosed(open, ClosedAs.Expired).ToJson()),
            (Events.EvidenceAdded, new EvidenceAdded(Other, 1, "a.txt").ToJson()),
            (Events.StateAudited, new StateAudited(Other, "fine").ToJson()),
            (Events.SnapshotTaken, new SnapshotTaken(1, $"sha256:{Other.ToHex()}", Other, 9).ToJson()),
            (Events.FleetRecorded, new FleetRecorded(1, Other, Other).ToJson()),
        ];
        foreach ((string name, JsonValue payload) in all)
        {
            Refused(Aspect.Signature, ErrorCodes.NotByThatKey, ledger.Make(name, payload, VoucherKind.Log));
            Assert.Null(ledger.Judge(ledger.Make(name, payload)));
        }
    }

    [Theory]
    [InlineData("KEY_UNHEARD_OF")]
    [InlineData("APPROVERS_UNHEARD_OF")]
    [InlineData("POLICY_ACTIVATED")]
    [InlineData("SOMETHING_ELSE")]
    [InlineData("x-")]
    [InlineData("x-Own")]
    [InlineData("claims_recorded")]
    public void Refuses_events_that_this_version_does_not_know(string name)
    {
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, ledger.Make(name, FoldLedger.Own("hello")));
        Receipt control = ledger.Make(name, null, body: b => b with { Control = JsonValue.EmptyObject });
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, control);
        // A verifier that is given one all the same folds no further.
        if (Events.IsControl(name))
            Assert.Equal(
                ErrorCodes.UnknownEvent,
                Assert.Throws<TessraxException>(() => ledger.Fold.Apply(control, null)).Code
            );
    }

    [Fact]
    public void Refuses_control_without_control_event_payload_where_none_belongs_and_policy_where_none_is_asked()
    {
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, Own(b => b with { Control = JsonValue.Null }));
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, ledger.Make("x-own", null));
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, Own(b => b with { Policy = FoldLedger.Policy.Pin }));
        GroupKey low = ledger.Contradict("A", 9.0, 9.1);
        Receipt bare = ledger.Make(
            Events.DecisionRecorded,
            ledger.Decision(low).ToJson(),
            body: b => b with { Policy = null }
        );
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, bare);
    }

    [Fact]
    public void Refuses_approvals_on_what_takes_none()
    {
        long open = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        Approval approval = ledger.Approval(open, 1);
        Refused(Aspect.Entry, ErrorCodes.EntryMalformed, Own(entry: e => e with { Approvals = [approval] }));
    }

    [Fact]
    public void Refuses_a_policy_other_than_the_one_in_force()
    {
        GroupKey low = ledger.Contradict("A", 9.0, 9.1);
        JsonValue payload = ledger.Decision(low).ToJson();
        PolicyPin pin = FoldLedger.Policy.Pin;
        PolicyPin[] wrong = [pin with { Digest = Other }, pin with { Version = "1.0.1" }, pin with { Id = "other" }];
        foreach (PolicyPin other in wrong)
            Refused(
                Aspect.Governance,
                ErrorCodes.PolicyDiffers,
                ledger.Make(Events.DecisionRecorded, payload, body: b => b with { Policy = other })
            );
    }

    [Fact]
    public void Refuses_another_payload_another_salt_and_none()
    {
        byte[] salt = ledger.Draw(Receipt.SaltBytes);
        var payload = FrozenPayload.From(FoldLedger.Own("yes"));
        EntryBody body = ledger.Body("x-own", payload, salt);
        Receipt With(FrozenPayload? shown, byte[] with) => ledger.Place(body, FoldLedger.Author, shown, with);
        Assert.Null(ledger.Judge(With(payload, salt)));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(FrozenPayload.From(FoldLedger.Own("no")), salt));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(payload, ledger.Draw(Receipt.SaltBytes)));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(payload, salt[..31]));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(payload, []));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(null, []));
        Refused(Aspect.Commitment, ErrorCodes.CommitmentBroken, With(null, salt));
    }

    [Fact]
    public void Refuses_a_payload_that_does_not_fit_its_event()
    {
        Receipt misfit = ledger.Make(Events.EvidenceAdded, FoldLedger.Own("hello"));
        Assert.Equal(Aspect.Entry, ledger.Judge(misfit)?.Aspect);
        Assert.Equal(Aspect.Entry, ledger.Judge(ledger.Make("x-own", JsonValue.EmptyArray))?.Aspect);
    }

    [Fact]
    public void Refuses_a_claim_id_that_is_taken()
    {
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 1, "s1"));
        foreach (double value in (double[])[1, 2])
        {
            var again = new ClaimsRecorded([
                FoldLedger.Claim("new", "A", 1, "s3"),
                FoldLedger.Claim("a1", "A", value, "s1"),
            ]);
            Refused(Aspect.Decision, ErrorCodes.ClaimIdReused, ledger.Make(Events.ClaimsRecorded, again.ToJson()));
        }
    }

    private Receipt Own(
        Func<EntryBody, EntryBody>? body = null,
        Func<Entry, Entry>? entry = null,
        PrivateKey? signer = null
    ) => ledger.Make("x-own", FoldLedger.Own("hello"), body: body, entry: entry, signer: signer);

    private void Refused(Aspect aspect, ErrorCode code, Receipt receipt)
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.Equal((aspect, code), (refusal?.Aspect, refusal?.Code));
    }
}
