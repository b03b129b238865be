using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Fuzz;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Small records are read back as they were written, and refused with a member that nobody knows.</summary>
public sealed class StrictReadingTests
{
    [Fact]
    public void What_a_fleet_recorded_has_no_further_member()
    {
        var recorded = new FleetRecorded(3, HashEngine.Sha256.Hash("root"u8), HashEngine.Sha256.Hash("list"u8));
        Strict(recorded, recorded.ToJson(), value => FleetRecorded.FromJson(value));
    }

    [Fact]
    public void A_retirement_in_the_state_has_no_further_member()
    {
        var retirement = new Retirement(7, "the product was discontinued");
        Strict(retirement, retirement.ToJson(), value => Retirement.Read(new ObjectReader(value)));
    }

    [Fact]
    public void Requests_and_verdicts_have_no_further_member_anywhere()
    {
        JsonValue request = JsonValue.Parse(FuzzSeeds.Request().ToBytes());
        StrictEverywhere(request, bytes => ApprovalRequest.Parse(bytes));
        Assert.Throws<TessraxException>(() =>
            ApprovalRequest.Parse(
                request
                    .With(
                        "approvers",
                        JsonValue.Of(
                            request["approvers"]!.Items.ToArray().Select(one => one.With("roles", JsonValue.Of(1)))
                        )
                    )
                    .ToCanonicalBytes()
            )
        );
        byte[] verdicts = FuzzSeeds.Approvals().ToBytes();
        StrictEverywhere(JsonValue.Parse(verdicts), bytes => SignedApprovals.Parse(bytes));
        Assert.Throws<TessraxException>(() =>
            SignedApprovals.Parse(
                JsonValue.Parse(verdicts).With("approvals", "tessrax/approvals/v2").ToCanonicalBytes()
            )
        );
        // Space behind it is free, and no more of it than is read.
        byte[] full = new byte[ApprovalRequest.MaxBytes];
        full.AsSpan().Fill((byte)' ');
        verdicts.CopyTo(full, 0);
        Assert.Equal(verdicts, SignedApprovals.Parse(full).ToBytes());
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Throws<TessraxException>(() => SignedApprovals.Parse([.. full, (byte)' '])).Code
        );
    }

    [Fact]
    public void A_rule_for_tokens_says_how_long_they_are_good_and_nothing_else()
    {
        JsonValue policy = JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(PolicyExtensionTests.Text));
        JsonValue rule = policy["tokens"]!["x-deploy"]!;
        foreach (JsonValue bad in (JsonValue[])[rule.Without("valid"), rule.With("more", 1)])
            Assert.Throws<TessraxException>(() =>
                Policy.Parse(policy.With("tokens", JsonValue.Object(("x-deploy", bad))).ToCanonicalBytes())
            );
    }

    [Fact]
    public void Keys_are_named_by_their_name_and_by_their_person()
    {
        GovernanceState state = new FoldLedger(found: genesis =>
            genesis with
            {
                Keys = [.. genesis.Keys.Select(key => key.Name == "approver-2" ? key with { Person = "Berta" } : key)],
            }
        )
            .Fold
            .State;
        Assert.Equal([KeyLedger.Id(2)], state.KeysNamed("approver-2"));
        Assert.Equal([KeyLedger.Id(2)], state.KeysNamed("Berta"));
        Assert.Empty(state.KeysNamed("nobody"));
    }

    [Fact]
    public void Whether_something_was_erased_of_a_run_of_entries_is_told_to_the_entry()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long[] all =
        [
            .. Enumerable.Range(0, 6).Select(i => ledger.Add(ledger.Make("x-own", FoldLedger.Own($"{i}"))).Entry.Index),
        ];
        long first = ledger.Govern(Events.PayloadErased, ledger.Plan(all[1]).ToControl()).Entry.Index;
        long second = ledger.Govern(Events.PayloadErased, ledger.Plan(all[4]).ToControl()).Entry.Index;
        Erasures erasures = ledger.Fold.Erasures;
        for (long from = 0; from < second; from++)
        {
            for (long to = from; to <= second; to++)
            {
                foreach (long after in (long[])[0, first - 1, first, second - 1, second])
                    Assert.Equal(
                        Gone(all[1], first, from, to, after) || Gone(all[4], second, from, to, after),
                        erasures.Touches(from, to, after)
                    );
            }
        }
        Assert.Throws<ArgumentNullException>(() => erasures.ErasedAt(null!));

        static bool Gone(long index, long at, long from, long to, long after) =>
            from <= index && index < to && at > after;
    }

    [Fact]
    public void A_snapshot_on_record_has_no_further_member()
    {
        var taken = new SnapshotTaken(3, $"sha256:{new string('0', 64)}", HashEngine.Sha256.Hash("file"u8), 4096);
        Strict(taken, taken.ToJson(), value => SnapshotTaken.FromJson(value));
    }

    [Fact]
    public void Changes_of_a_policy_have_no_further_member()
    {
        foreach (JsonValue body in PolicyLedger.SeedUpgraded().Concat(PolicyLedger.SeedRolledBack()))
        {
            Assert.Equal(body["control"], PolicyLedger.ReadBack(body));
            JsonValue bent = body.With("control", body["control"]!.With("more", 1));
            Assert.Throws<TessraxException>(() => PolicyLedger.ReadBack(bent));
        }
    }

    [Fact]
    public void An_offer_to_a_recovery_names_it_and_is_signed_for_it_alone()
    {
        using PrivateKey key = FoldLedger.Seeded(71);
        Digest ledger = HashEngine.Sha256.Hash("ledger"u8);
        Digest commitment = HashEngine.Sha256.Hash("recovery"u8);
        KeyContent content = KeyLedger.Author("third", key);
        KeyOffer offer = KeyOffer.MakeForRecovery(ledger, content, message => key.Sign(message), commitment);
        Assert.Equal((commitment, null), (offer.Recovery, offer.Replaces));
        Assert.Equal(offer.ToBytes(), KeyOffer.Parse(offer.ToBytes()).ToBytes());
        Assert.Equal(commitment, KeyOffer.Parse(offer.ToBytes()).Recovery);
        Assert.Equal(Convert.ToBase64String(key.Sign(KeyProof.Recovery(ledger, content, commitment))), offer.Proof);
        Assert.NotEqual(KeyOffer.Make(ledger, content, message => key.Sign(message)).Proof, offer.Proof);
    }

    [Fact]
    public void Facts_of_a_state_have_no_further_member_anywhere()
    {
        FoldLedger ledger = SecondForm.Ledger();
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        SecondForm.PassOn(ledger, ledger.Propose(key));
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(ledger.Contradict("B", 9.0, 9.1)).ToJson()));
        long done = ledger.Fold.Size - 1;
        ledger.Add(SecondForm.Execution(ledger, done));
        long rejected = ledger.Propose(key);
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(rejected, approver, approves: false);
        ledger.Add(ledger.Closing(rejected, ClosedAs.Rejected));
        ledger.Govern(Events.HoldPlaced, new HoldPlaced("case", IndexRanges.Between(1, 2), "order").ToControl());
        Fact[] facts =
        [
            .. FactPart.Read(ledger.Fold.ExportState().Blocks.First(part => IsOfFacts(part.ToBytes())).ToBytes(), 0),
        ];
        Assert.Equal(
            [
                typeof(ClaimsFact),
                typeof(ControlFact),
                typeof(DetectionFact),
                typeof(EscalationFact),
                typeof(ExecutedFact),
                typeof(SettlementFact),
            ],
            facts.Select(fact => fact.GetType()).Distinct().OrderBy(type => type.Name)
        );
        foreach (Fact fact in facts)
        {
            JsonValue line = fact.ToJson();
            Assert.Equal(line, Fact.FromJson(line).ToJson());
            // What a control event says is read where it is applied, and the context of a claim is whatever its source says.
            Assert.All(
                WithOneMore(line, "control", "context"),
                bent => Assert.Throws<TessraxException>(() => Fact.FromJson(bent))
            );
        }

        static bool IsOfFacts(byte[] part) =>
            System.Text.Encoding.UTF8.GetString(part).Contains("facts", StringComparison.Ordinal);
    }

    // With one member more in any of its objects it is refused.
    private static void StrictEverywhere(JsonValue document, Action<byte[]> read)
    {
        read(document.ToCanonicalBytes());
        int objects = 0;
        foreach (JsonValue bent in WithOneMore(document))
        {
            objects++;
            Assert.Throws<TessraxException>(() => read(bent.ToCanonicalBytes()));
        }
        Assert.True(objects > 2, $"{objects} objects");
    }

    private static IEnumerable<JsonValue> WithOneMore(JsonValue value, params string[] but)
    {
        if (value.Kind == JsonKind.Object)
        {
            yield return value.With("zz", 1);
            foreach (string name in value.Names.ToArray().Except(but))
            {
                foreach (JsonValue bent in WithOneMore(value[name]!, but))
                    yield return value.With(name, bent);
            }
        }
        if (value.Kind == JsonKind.Array)
        {
            JsonValue[] items = value.Items.ToArray();
            for (int i = 0; i < items.Length; i++)
            {
                foreach (JsonValue bent in WithOneMore(items[i], but))
                    yield return JsonValue.Of(items.Select((item, at) => at == i ? bent : item));
            }
        }
    }

    private static void Strict<T>(T record, JsonValue written, Func<JsonValue, T> read)
    {
        Assert.Equal(record, read(written));
        var error = Assert.Throws<TessraxException>(() => read(written.With("more", "x")));
        Assert.Contains("more", error.Message, StringComparison.Ordinal);
    }
}
