using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Fuzz;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Tests.Verification;
using Tessrax.Tests.Verification.Fleet;
using Tessrax.Tests.Verification.Search;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;
using Tessrax.Verification.Search;

namespace Tessrax.Tests.Schemas;

/// <summary>One good document for each schema, made by the code, and the reader that must agree with the schema.</summary>
internal sealed record Document(string Schema, JsonValue Json, Action<JsonValue> Read)
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    public static IReadOnlyList<Document> All { get; } =
    [
        Entry(0),
        Entry(1),
        Entry(2),
        Entry(VectorSubject),
        Entry(11),
        new("entry", Sealed.ToJson(), ReadEntry),
        new("control-ledger-created", Of(0).Entry.Body.Control!, ReadControl),
        new("control-ledger-closed", Closing.Control!, json => Successor.Read(Closing with { Control = json })),
        new(
            "control-ledger-closed",
            (Governance.ControlEventTests.Next with { Recovery = RecoveryLedger.Commitment(0) }).ToControl(),
            json => Successor.Read(Closing with { Control = json })
        ),
        new("control-ledger-retired", Retiring.Control!, json => LedgerRetired.Read(Retiring with { Control = json })),
        new("control-hold-placed", Placed.Control!, json => HoldPlaced.Read(Placed with { Control = json })),
        new("control-hold-released", Released.Control!, json => HoldReleased.Read(Released with { Control = json })),
        new("control-payload-erased", Erased.Control!, json => PayloadErased.Read(Erased with { Control = json })),
        new(
            "control-ledger-compacted",
            Compacted.Control!,
            json => LedgerCompacted.Read(Compacted with { Control = json })
        ),
        new("control-ledger-repaired", Mended.Control!, json => LedgerRepaired.Read(Mended with { Control = json })),
        new("control-key-added", Adding.Control!, json => KeyAdded.Read(Adding with { Control = json })),
        new("control-key-rotated", Rotating.Control!, json => KeyRotated.Read(Rotating with { Control = json })),
        new("control-key-revoked", Revoking.Control!, json => KeyRevoked.Read(Revoking with { Control = json })),
        new(
            "control-key-reaffirmed",
            Reaffirming.Control!,
            json => KeyReaffirmed.Read(Reaffirming with { Control = json })
        ),
        new(
            "control-key-recovered",
            Recovering.Control!,
            json => KeyRecovered.Read(Recovering with { Control = json })
        ),
        new(
            "recovery-request",
            JsonValue.Parse(RecoveryLedger.Sample.Request.ToBytes()),
            json => RecoveryRequest.Parse(json.ToCanonicalBytes())
        ),
        new(
            "recovery-answer",
            JsonValue.Parse(RecoveryLedger.Sample.Answer.ToBytes()),
            json => RecoveryAnswer.Parse(json.ToCanonicalBytes())
        ),
        new("control-ledger-created", Founding.Control!, json => Genesis.Read(Founding with { Control = json })),
        new(
            "control-approvers-changed",
            Appointing.Control!,
            json => ApproversChanged.Read(Appointing with { Control = json })
        ),
        new("entry-body", Delegating.ToJson(), json => ReadBody(json)),
        new(
            "control-approvers-delegated",
            Delegating.Control!,
            json => ApproversDelegated.Read(Delegating with { Control = json })
        ),
        new(
            "control-policy-upgraded",
            Upgrading.Control!,
            json => PolicyUpgraded.Read(Upgrading with { Control = json })
        ),
        new(
            "control-policy-rolled-back",
            RollingBack.Control!,
            json => PolicyRolledBack.Read(RollingBack with { Control = json })
        ),
        new(
            "control-epoch-opened",
            Epoch.Control!,
            json => EpochOpened.Read(Epoch with { Control = json }, Ledger.Fold.State.Hasher)
        ),
        Payload("decision-proposed", 6, ReadProposal),
        new("decision-proposed", ClosingProposal.ToJson(), ReadProposal),
        Payload("approval-recorded", 7, json => ApprovalRecorded.FromJson(json)),
        Payload("decision", VectorSubject, json => Decision.FromJson(json)),
        new("decision-v2", SecondForm.Decision().ToJson(), json => Decision.FromJson(json)),
        new("decision-v2", SecondForm.PassedOn().ToJson(), json => Decision.FromJson(json)),
        new("decision-executed", SecondForm.Executed.ToJson(), json => DecisionExecuted.FromJson(json)),
        Payload("decision-closed", 18, json => DecisionClosed.FromJson(json)),
        Payload("evidence-added", 10, json => EvidenceAdded.FromJson(json)),
        Payload("own-event", 11, json => OwnEvent.FromJson(json)),
        Payload("state-audited", 12, json => StateAudited.FromJson(json)),
        new("snapshot-taken", Taken.ToJson(), json => SnapshotTaken.FromJson(json)),
        new("fleet-recorded", FleetSample.Round(FleetSample.Others(3)).ToJson(), json => FleetRecorded.FromJson(json)),
        new("fleet-proof", JsonValue.Parse((FleetSample.Composed() with { Bundle = null }).ToBytes()), ReadFleetProof),
        new(
            "fleet-proof",
            JsonValue.Parse(
                (FleetSample.Composed() with { Bundle = Ledger.BundleOf(11), Consistency = [default] }).ToBytes()
            ),
            ReadFleetProof
        ),
        new("approval", Of(VectorSubject).Entry.Approvals[0].ToJson(), json => Approval.FromJson(json, "$")),
        new("token", Token.ToJson(), json => FreshnessToken.FromJson(json)),
        new("entry", (Of(VectorSubject).Entry with { Token = Token }).ToJson(), ReadEntry),
        new("entry-body", Of(VectorSubject).Entry.Body.ToJson(), json => ReadBody(json)),
        new("entry-body", Closing.ToJson(), json => ReadBody(json)),
        new("entry-body", Epoch.ToJson(), json => ReadBody(json)),
        new("entry-body", Adjusting.ToJson(), json => ReadBody(json)),
        new(
            "control-clock-adjusted",
            Adjusting.Control!,
            json => ClockAdjusted.Read(Adjusting with { Control = json })
        ),
        new("entry-body", Placed.ToJson(), json => ReadBody(json)),
        new("entry-body", Released.ToJson(), json => ReadBody(json)),
        new("entry-body", Erased.ToJson(), json => ReadBody(json)),
        new("entry-body", Compacted.ToJson(), json => ReadBody(json)),
        new("entry-body", Mended.ToJson(), json => ReadBody(json)),
        new("entry-body", Adding.ToJson(), json => ReadBody(json)),
        new("entry-body", Rotating.ToJson(), json => ReadBody(json)),
        new("entry-body", Revoking.ToJson(), json => ReadBody(json)),
        new("entry-body", Reaffirming.ToJson(), json => ReadBody(json)),
        new("entry-body", Recovering.ToJson(), json => ReadBody(json)),
        new("entry-body", Appointing.ToJson(), json => ReadBody(json)),
        new("entry-body", Upgrading.ToJson(), json => ReadBody(json)),
        new("entry-body", RollingBack.ToJson(), json => ReadBody(json)),
        new("bundle", JsonValue.Parse(Ledger.BundleOf(VectorSubject, 4, 5, 6).ToBytes()), ReadBundle),
        new("bundle", JsonValue.Parse(ErasedBundle().ToBytes()), ReadBundle),
        new("search", SmallSearch(1), ReadSearch),
        new("search", SmallSearch(4), ReadSearch),
        new("approval-request", Request(), ReadRequest),
        new("approval-request", ControlRequest(), ReadRequest),
        new("approvals", Approvals(), json => SignedApprovals.Parse(json.ToCanonicalBytes())),
        new("trust-root", Trust(), json => TrustRoot.Parse(json.ToCanonicalBytes())),
        new(
            "history",
            JsonValue.Parse(MerkleVectors.History().ToBytes()),
            json => CheckpointHistory.Parse(json.ToCanonicalBytes())
        ),
        new("equivocation", JsonValue.Parse(MerkleVectors.TwoRoots().ToBytes()), ReadEquivocation),
        new("equivocation", JsonValue.Parse(MerkleVectors.AnotherPast().ToBytes()), ReadEquivocation),
        new("fraud", JsonValue.Parse(MerkleVectors.LeftOut().ToBytes()), ReadFraud),
        new("transaction", TransactionRecord.Of(Prepared).ToJson(), ReadTransaction),
        Decided(TransactionState.Committed, 7),
        Decided(TransactionState.Aborted, null),
        Decided(TransactionState.Expired, null),
        new("key-offer", KeySamples.Json(KeySamples.Offer), json => KeyOffer.Parse(json.ToCanonicalBytes())),
        new("key-offer", KeySamples.Json(KeySamples.ForRecovery), json => KeyOffer.Parse(json.ToCanonicalBytes())),
        new("key-offer", KeySamples.Json(KeySamples.Replacing), json => KeyOffer.Parse(json.ToCanonicalBytes())),
        new(
            "policy-case",
            JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(FuzzSeeds.PolicyCases[0])),
            json => PolicyCase.FromJson(json)
        ),
        new(
            "policy-case",
            JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(FuzzSeeds.PolicyCases[1])),
            json => PolicyCase.FromJson(json)
        ),
        KeyFileOf(KeyPurpose.Author),
        KeyFileOf(KeyPurpose.Witness),
    ];

    private static Entry Sealed =>
        Of(2).Entry with
        {
            Body = Of(2).Entry.Body with { By = Of(2).Entry.Body.By with { Kind = VoucherKind.Seal } },
            Signature = null,
            Seal = new Seal(3, 1, [Ledger.Id, Ledger.Id], Convert.ToBase64String(new byte[64])),
        };

    private static PreparedReceipt Prepared
    {
        get
        {
            Receipt own = Of(11);
            return new PreparedReceipt(
                own.Entry.Body,
                own.Entry.Signature,
                null,
                own.Payload!,
                own.Salt,
                own.Entry.RecordedAt,
                own.Entry.Index
            );
        }
    }

    private static FreshnessToken Token
    {
        get
        {
            Governance.FoldLedger ledger = Governance.TokenLedger.New();
            return Governance.TokenLedger.Issue(ledger, Governance.TokenLedger.Pay(ledger).Entry.Body);
        }
    }

    private static EntryBody Closing =>
        Of(1).Entry.Body with
        {
            Event = Events.LedgerClosed,
            Payload = null,
            Control = Governance.ControlEventTests.Next.ToControl(),
        };

    private static Bundle ErasedBundle()
    {
        Bundle whole = Ledger.BundleOf(VectorSubject, 4, 5, 6);
        return whole with
        {
            Entries =
            [
                .. whole.Entries.Select(e => e.Receipt.Payload is null ? e : e with { Receipt = e.Receipt.Erase() }),
            ],
        };
    }

    private static EntryBody Retiring => Control(Events.LedgerRetired, new LedgerRetired("discontinued").ToControl());

    private static EntryBody Placed =>
        Control(Events.HoldPlaced, new HoldPlaced("case-17", Some, "a court's order").ToControl());

    private static EntryBody Released =>
        Control(Events.HoldReleased, new HoldReleased("case-17", "closed").ToControl());

    private static EntryBody Erased =>
        Control(
            Events.PayloadErased,
            new PayloadErased([new ErasedEntry(2, null), new ErasedEntry(3, true)], "a request").ToControl()
        );

    private static EntryBody Compacted =>
        Control(Events.LedgerCompacted, new LedgerCompacted(0, 100, Some, 2, "retention").ToControl());

    private static EntryBody Mended =>
        Control(
            Events.LedgerRepaired,
            new LedgerRepaired(
                ["checkpoint", "segments/0000000000.seg"],
                Some,
                IndexRanges.None,
                ["mirror", "tiles"],
                ["bit-rot"]
            ).ToControl()
        );

    private static EntryBody Adding => Control(Events.KeyAdded, KeySamples.Added.ToControl());

    private static EntryBody Rotating => Control(Events.KeyRotated, KeySamples.Rotated.ToControl());

    private static EntryBody Revoking => Control(Events.KeyRevoked, KeySamples.Revoked.ToControl());

    private static EntryBody Reaffirming => Control(Events.KeyReaffirmed, KeySamples.Reaffirmed.ToControl());

    // With a recovery key.
    private static EntryBody Founding => RecoveryLedger.Make().Receipts[0].Entry.Body;

    private static EntryBody Recovering => Control(Events.KeyRecovered, RecoveryLedger.Sample.Whole.ToControl());

    private static EntryBody Appointing => Control(Events.ApproversChanged, KeySamples.Changed.ToControl());

    private static EntryBody Delegating => Control(Events.ApproversDelegated, KeySamples.Delegated.ToControl());

    private static EntryBody Upgrading => Control(Events.PolicyUpgraded, PolicyLedger.Upgraded.ToControl());

    private static EntryBody RollingBack => Control(Events.PolicyRolledBack, PolicyLedger.RolledBack.ToControl());

    private static IndexRanges Some => IndexRanges.Of([3, 7, 8, 9]);

    private static EntryBody Control(string name, JsonValue control) =>
        Closing with
        {
            Event = name,
            Control = control,
        };

    private static EntryBody Adjusting =>
        Of(1).Entry.Body with
        {
            Event = Events.ClockAdjusted,
            Payload = null,
            Control = new ClockAdjusted(
                Of(1).Entry.Body.IssuedAt,
                Of(1).Entry.Body.IssuedAt + TimeSpan.FromHours(1),
                "the machine slept"
            ).ToControl(),
        };

    private static EntryBody Epoch => Ledger.Fold.NextEpoch(default).ToBody(Ledger.Fold.State, Of(1).Entry.RecordedAt);

    private static SnapshotTaken Taken => new(12, TreeHasher.Sha256.Text(Ledger.Tree.RootAt(12)), Ledger.Id, 4096);

    private static Proposal ClosingProposal => new(Closing, Convert.ToBase64String(new byte[64]), null, null);

    private const int VectorSubject = Verification.VectorFiles.Subject;

    public override string ToString() => Schema;

    private static Receipt Of(int index) => Ledger.Receipts[index];

    private static Document Entry(int index) => new("entry", Of(index).Entry.ToJson(), ReadEntry);

    private static Document Payload(string schema, int index, Action<JsonValue> read) =>
        new(schema, Of(index).Payload!.Root, read);

    private static JsonValue Request()
    {
        var ledger = new SampleLedger();
        ledger.Settle("B", 1.0, 9.0);
        return JsonValue.Parse(ApprovalRequest.From(ledger.Fold).ToBytes());
    }

    private static JsonValue ControlRequest()
    {
        var needed = new RequestedProposal(1, ClosingProposal, [new RequiredApproval("approver", 2)]);
        ApprovalRequest request = ApprovalRequest.From(Ledger.Fold) with { Proposals = [needed] };
        return JsonValue.Parse(request.ToBytes());
    }

    private static JsonValue Approvals() =>
        JsonValue.Parse(new SignedApprovals(Ledger.Id, [ApprovalRecorded.FromJson(Of(7).Payload!.Root)]).ToBytes());

    private static JsonValue Trust() =>
        JsonValue.Parse(SampleLedger.TrustIn(Ledger.Id).Accepting(Ledger.Checkpoints[^1].Note).ToJson());

    private static Document KeyFileOf(KeyPurpose purpose)
    {
        byte[] file = KeyFile.Encrypt(
            "alice",
            purpose,
            new byte[32],
            "p"u8,
            new byte[16],
            new byte[24],
            new KdfCost(8, 1)
        );
        return new Document("key-file", JsonValue.Parse(file), json => KeyFile.ReadPublic(json.ToCanonicalBytes()));
    }

    private static Document Decided(TransactionState state, long? index) =>
        new(
            "transaction",
            new TransactionRecord(Prepared.Token, state, null, index, Prepared.PreparedAt).ToJson(),
            ReadTransaction
        );

    private static void ReadTransaction(JsonValue json)
    {
        try
        {
            TransactionRecord.Parse(json.ToCanonicalBytes());
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.CommitmentBroken)
        {
            // Which payload a body commits to, no schema can know.
        }
        if (json["body"] is { } body)
            ReadBody(body);
    }

    private static void ReadEntry(JsonValue json) => Require(Tessrax.Ledger.Entry.FromJson(json));

    private static EntryBody ReadBody(JsonValue json)
    {
        var body = EntryBody.FromJson(json);
        Require(Of(1).Entry with { Body = body });
        return body;
    }

    private static void ReadProposal(JsonValue json)
    {
        var proposal = Proposal.FromJson(json);
        Require(Of(1).Entry with { Body = proposal.Body });
    }

    private static void ReadControl(JsonValue json) => Genesis.Read(Of(0).Entry.Body with { Control = json });

    // A proof with one entry of each kind, and what is shown of one epoch: it is read, though it does not hold.
    private static JsonValue SmallSearch(int number)
    {
        var proof = SearchProof.Parse(FieldVectors.Holding[number]);
        SearchProof small = proof with
        {
            Entries = [proof.Entries[0], proof.Entries[^1]],
            Epochs = [proof.Epochs[^1], new SearchedEpoch(1, [], IsErased: true)],
            Open = proof.Open! with { Entries = [.. proof.Open.Entries.Take(2)] },
        };
        return JsonValue.Parse(small.ToBytes());
    }

    private static void ReadSearch(JsonValue json)
    {
        foreach (BundleEntry entry in SearchProof.Parse(json.ToCanonicalBytes()).All)
            RequireBeside(entry, FieldVectors.Ledger.Fold.State);
    }

    private static void ReadBundle(JsonValue json)
    {
        foreach (BundleEntry entry in Bundle.Parse(json.ToCanonicalBytes()).Entries)
            RequireBeside(entry, Ledger.Fold.State);
    }

    private static void ReadFleetProof(JsonValue json)
    {
        var proof = FleetProof.Parse(json.ToCanonicalBytes());
        GovernanceState fleet = FleetSample.Fleet(FleetSample.Round(FleetSample.Others(1))).Fold.State;
        foreach (BundleEntry entry in proof.Round.Entries)
            RequireBeside(entry, fleet);
        foreach (BundleEntry entry in proof.Bundle?.Entries ?? [])
            RequireBeside(entry, Ledger.Fold.State);
    }

    private static void RequireBeside(BundleEntry entry, GovernanceState state)
    {
        Require(entry.Receipt.Entry, state);
        bool there = entry.Receipt.Payload is not null || entry.Receipt.IsErased;
        if (there != entry.Receipt.Entry.Body.Payload is not null)
            throw ErrorCodes.CommitmentBroken.Because("the payload is withheld");
    }

    private static void ReadFraud(JsonValue json)
    {
        var proof = FraudProof.Parse(json.ToCanonicalBytes());
        Require(proof.First.Entry);
        Require(proof.Second.Entry);
    }

    private static void ReadEquivocation(JsonValue json) => Equivocation.Parse(json.ToCanonicalBytes());

    private static void ReadRequest(JsonValue json)
    {
        foreach (RequestedProposal requested in ApprovalRequest.Parse(json.ToCanonicalBytes()).Proposals)
            Require(Of(1).Entry with { Body = requested.Proposal.Body });
    }

    // What the schemas say of bodies is judged by the entry's rules, of which only the form matters here.
    private static void Require(Entry entry, GovernanceState? of = null)
    {
        GovernanceState state = of ?? Ledger.Fold.State;
        if (entry.Body.Event == Events.LedgerCreated)
            Genesis.Read(entry.Body);
        if (entry.Body.Event == Events.LedgerClosed)
            Successor.Read(entry.Body);
        if (entry.Body.Event == Events.ClockAdjusted)
            ClockAdjusted.Read(entry.Body);
        if (entry.Body.Event == Events.EpochOpened)
            EpochOpened.Read(entry.Body, state.Hasher);
        KeySamples.Read(entry.Body);
        PolicyLedger.ReadBack(entry.Body.ToJson());
        if (Events.IsAboutPayloads(entry.Body.Event) || entry.Body.Event == Events.LedgerRepaired)
            state.ReadControl(entry.Body, new ControlContext(entry.Index, entry.RecordedAt));
        if (EntryRules.Judge(Receipt.Create(entry, null, []), state) is { Aspect: Aspect.Entry } refusal)
        {
            // A changed genesis has another ledger id, which no schema can know.
            if (entry.Body.Event != Events.LedgerCreated || refusal.Code != ErrorCodes.WrongLedger)
                throw refusal.ToException();
        }
    }
}
