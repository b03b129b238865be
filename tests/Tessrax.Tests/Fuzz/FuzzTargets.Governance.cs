using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Contradictions;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Verification.Fleet;
using Samples = Tessrax.Tests.Keys.Samples;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static readonly Lazy<Policy> SampledPolicy = new(Governance.Samples.Policy);

    private static readonly Lazy<ClaimBook> Sampled = new(() =>
        Governance.Samples.Book(SampledPolicy.Value, "cve-cvss3.jsonl")
    );

    private static IEnumerable<FuzzTarget> OfGovernance() =>
        [
            new("policy", FuzzSeeds.Policies, input => Policy.Parse(input).Document.ToCanonicalBytes())
            {
                Covers =
                [
                    "Policy.Parse",
                    "PolicyReader.Read",
                    "PolicyMetrics.Read",
                    "PolicyExtension.Read",
                    "PolicyEscalations.Read",
                ],
            },
            Json(
                "policy-json",
                "Policy.FromJson",
                () => FuzzSeeds.Policies().Select(policy => Policy.Parse(policy).Document),
                value => Policy.FromJson(value).Document
            ),
            Json(
                "policy-case",
                "PolicyCase.FromJson",
                () => FuzzSeeds.PolicyCases.Select(Some.Json),
                value => PolicyCase.FromJson(value).Judge(SampledPolicy.Value, Sampled.Value)?.Was ?? JsonValue.Null
            ) with
            {
                RoundTrips = false,
            },
            Text(
                "duration",
                "IsoDuration.TryParse",
                ["P7D", "PT1H30M", "P1DT2S", "PT0S"],
                text => IsoDuration.TryParse(text, out TimeSpan duration) ? IsoDuration.Format(duration) : null
            ),
            Text(
                "duration-to-seconds",
                "IsoDuration.TryParseToSeconds",
                ["PT90S", "PT1M30S", "P1DT2S"],
                text => IsoDuration.TryParseToSeconds(text, out TimeSpan duration) ? $"{duration.TotalSeconds}" : null
            ) with
            {
                RoundTrips = false,
            },
            Text(
                "strategy",
                "Strategies.TryParse",
                Strategies.All.ToArray(),
                text => Strategies.TryParse(text, out Strategy strategy) ? strategy.Text() : null
            ),
            Json(
                "genesis",
                "Genesis.Read",
                () => FuzzSeeds.Bodies().Take(1),
                value => Genesis.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json("successor", "Successor.Read", Closings, ReadSuccessor) with
            {
                RoundTrips = false,
            },
            Json(
                "hold-placed",
                "HoldPlaced.Read",
                () => Controls(0),
                value => HoldPlaced.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "hold-released",
                "HoldReleased.Read",
                () => Controls(1),
                value => HoldReleased.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "ledger-retired",
                "LedgerRetired.Read",
                () => Controls(5),
                value => LedgerRetired.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "payload-erased",
                "PayloadErased.Read",
                () => Controls(2),
                value => PayloadErased.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "ledger-compacted",
                "LedgerCompacted.Read",
                () => Controls(3),
                value => LedgerCompacted.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "ledger-repaired",
                "LedgerRepaired.Read",
                () => Controls(4),
                value => LedgerRepaired.Read(EntryBody.FromJson(value)).ToControl()
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "key-content",
                "KeyContent.FromJson",
                KeySamples.Contents,
                value => KeyContent.FromJson(value).ToJson()
            ),
            Json("key-added", "KeyAdded.Read", () => KeySamples.Seed(Events.KeyAdded), KeySamples.ReadBack) with
            {
                RoundTrips = false,
            },
            Json("key-rotated", "KeyRotated.Read", () => KeySamples.Seed(Events.KeyRotated), KeySamples.ReadBack) with
            {
                RoundTrips = false,
            },
            Json("key-revoked", "KeyRevoked.Read", () => KeySamples.Seed(Events.KeyRevoked), KeySamples.ReadBack) with
            {
                RoundTrips = false,
            },
            Json(
                "key-reaffirmed",
                "KeyReaffirmed.Read",
                () => KeySamples.Seed(Events.KeyReaffirmed),
                KeySamples.ReadBack
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "approvers-changed",
                "ApproversChanged.Read",
                () => KeySamples.Seed(Events.ApproversChanged),
                KeySamples.ReadBack
            ) with
            {
                RoundTrips = false,
            },
            Json(
                "approvers-delegated",
                "ApproversDelegated.Read",
                () => KeySamples.Seed(Events.ApproversDelegated),
                KeySamples.ReadBack
            ) with
            {
                RoundTrips = false,
            },
            Json("policy-upgraded", "PolicyUpgraded.Read", PolicyLedger.SeedUpgraded, PolicyLedger.ReadBack) with
            {
                RoundTrips = false,
            },
            Json("policy-rolled-back", "PolicyRolledBack.Read", PolicyLedger.SeedRolledBack, PolicyLedger.ReadBack) with
            {
                RoundTrips = false,
            },
            Json(
                "key-recovered",
                "KeyRecovered.Read",
                () => KeySamples.Seed(Events.KeyRecovered),
                KeySamples.ReadBack
            ) with
            {
                RoundTrips = false,
            },
            new(
                "recovery-request",
                () => [RecoveryLedger.Sample.Request.ToBytes()],
                input => RecoveryRequest.Parse(input).ToBytes()
            )
            {
                Covers = ["RecoveryRequest.Parse"],
            },
            new(
                "recovery-answer",
                () => [RecoveryLedger.Sample.Answer.ToBytes()],
                input => RecoveryAnswer.Parse(input).ToBytes()
            )
            {
                Covers = ["RecoveryAnswer.Parse"],
            },
            new(
                "key-offer",
                () => [KeySamples.Offer.ToBytes(), KeySamples.Replacing.ToBytes(), KeySamples.ForRecovery.ToBytes()],
                input => KeyOffer.Parse(input).ToBytes()
            )
            {
                Covers = ["KeyOffer.Parse"],
            },
            Json(
                "decision-v2",
                "DecisionGrounds.Read",
                () => [Governance.SecondForm.Decision().ToJson(), Governance.SecondForm.PassedOn().ToJson()],
                value => Decision.FromJson(value).ToJson()
            ) with
            {
                Covers = ["DecisionGrounds.Read", "OtherRule.Read"],
            },
            Json(
                "executed",
                "DecisionExecuted.FromJson",
                () => [Governance.SecondForm.Executed.ToJson()],
                value => DecisionExecuted.FromJson(value).ToJson()
            ),
            Payload("decision", "Decision", Events.DecisionRecorded, value => Decision.FromJson(value).ToJson()),
            Payload("proposal", "Proposal", Events.DecisionProposed, value => Proposal.FromJson(value).ToJson()),
            Payload(
                "approval-recorded",
                "ApprovalRecorded",
                Events.ApprovalRecorded,
                value => ApprovalRecorded.FromJson(value).ToJson()
            ),
            Payload(
                "closed",
                "DecisionClosed",
                Events.DecisionClosed,
                value => DecisionClosed.FromJson(value).ToJson()
            ),
            Payload("evidence", "EvidenceAdded", Events.EvidenceAdded, value => EvidenceAdded.FromJson(value).ToJson()),
            Payload("audited", "StateAudited", Events.StateAudited, value => StateAudited.FromJson(value).ToJson()),
            Json(
                "snapshot-taken",
                "SnapshotTaken.FromJson",
                () => [FuzzSeeds.Taken.ToJson()],
                value => SnapshotTaken.FromJson(value).ToJson()
            ),
            Json(
                "fleet-recorded",
                "FleetRecorded.FromJson",
                () => [FleetSample.Round(FleetSample.Others(3)).ToJson()],
                value => FleetRecorded.FromJson(value).ToJson()
            ),
            Payload("own-event", "OwnEvent", "x-vectors", value => OwnEvent.FromJson(value).ToJson()),
            // {"event": name, "payload": any of them}
            Json("any-payload", "EventPayloads.Read", AnyPayloads, ReadPayload),
            new(
                "approval-request",
                () => [FuzzSeeds.Request().ToBytes()],
                input => ApprovalRequest.Parse(input).ToBytes()
            )
            {
                Covers = ["ApprovalRequest.Parse"],
            },
            new(
                "signed-approvals",
                () => [FuzzSeeds.Approvals().ToBytes()],
                input => SignedApprovals.Parse(input).ToBytes()
            )
            {
                Covers = ["SignedApprovals.Parse"],
            },
        ];

    private static FuzzTarget Payload(string name, string type, string @event, Func<JsonValue, JsonValue> read) =>
        Json(name, $"{type}.FromJson", () => FuzzSeeds.Payloads(@event), read);

    private static IEnumerable<JsonValue> AnyPayloads() =>
        FuzzSeeds
            .Ledger.Receipts.Where(receipt => receipt.Payload is not null)
            .Select(receipt =>
                JsonValue.Object(
                    ("event", receipt.Entry.Body.Event),
                    ("payload", JsonValue.Parse(receipt.Payload!.Bytes))
                )
            );

    private static JsonValue ReadPayload(JsonValue value)
    {
        var reader = new ObjectReader(value);
        string name = reader.String("event");
        JsonValue payload = reader.Required("payload");
        reader.End();
        _ = EventPayloads.Read(name, payload);
        return value;
    }

    private static IEnumerable<JsonValue> Closings()
    {
        var successor = new Successor(
            "example.com/next",
            "blake3",
            VerifierKey.Create("example.com/next", Samples.Key(77).PublicKey)
        );
        EntryBody body = EntryBody.FromJson(FuzzSeeds.Bodies().First()) with
        {
            Event = Events.LedgerClosed,
            Control = successor.ToControl(),
        };
        yield return body.ToJson();
    }

    // One seed for each control event about payloads.
    private static IEnumerable<JsonValue> Controls(int which)
    {
        var some = IndexRanges.Of([3, 7, 8, 9]);
        (string Event, JsonValue Control) seed = which switch
        {
            0 => (Events.HoldPlaced, new HoldPlaced("case-17", some, "an order").ToControl()),
            1 => (Events.HoldReleased, new HoldReleased("case-17", "closed").ToControl()),
            2 => (
                Events.PayloadErased,
                new PayloadErased([new ErasedEntry(2, null), new ErasedEntry(3, true)], "a request").ToControl()
            ),
            3 => (Events.LedgerCompacted, new LedgerCompacted(0, 100, some, 2, "retention").ToControl()),
            5 => (Events.LedgerRetired, new LedgerRetired("discontinued").ToControl()),
            _ => (
                Events.LedgerRepaired,
                new LedgerRepaired(["checkpoint"], some, IndexRanges.None, ["mirror"], ["bit-rot"]).ToControl()
            ),
        };
        EntryBody body = EntryBody.FromJson(FuzzSeeds.Bodies().First()) with
        {
            Event = seed.Event,
            Control = seed.Control,
        };
        yield return body.ToJson();
    }

    private static JsonValue ReadSuccessor(JsonValue value) =>
        Successor.Read(EntryBody.FromJson(value), FuzzSeeds.Ledger.Fold.State).ToControl();
}
