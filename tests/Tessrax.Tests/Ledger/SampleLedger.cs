using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Tests.Ledger;

/// <summary>A ledger built by the pure core alone, the same to the byte in every run: fixed seeds, a clock that gains one second an entry,
/// and draws of randomness that are filled with their own number.</summary>
internal sealed class SampleLedger
{
    public const string Origin = "example.com/vectors";
    public const byte LogSeed = 1;
    public const byte AuthorSeed = 2;

    private const string PolicyText = """
        {"policy":"tessrax/policy/v1","id":"vectors","version":"1.0.0",
        "metrics":{"*":{"tolerance":0,"bands":[{"severity":"low","above":0},{"severity":"critical","above":0.5}],"severity":"low"}},
        "resolution":{"low":{"strategy":"newest"},"moderate":{"strategy":"newest"},"high":{"strategy":"newest"},
        "critical":{"strategy":"escalate","propose":"most-severe","action":"two"}},
        "actions":{"two":{"approvals":[{"role":"approver","k":2}],"deadline":"P7D"}}}
        """;

    public static readonly byte[] ApproverSeeds = [11, 12, 13];

    public static readonly Policy Policy = Policy.Parse(System.Text.Encoding.UTF8.GetBytes(PolicyText));

    private static readonly UtcTime Start = UtcTime.From(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private byte draws;

    public SampleLedger()
    {
        EntryBody body = new()
        {
            Ledger = Origin,
            Event = Events.LedgerCreated,
            By = new Voucher(VoucherKind.Author, IdOf(AuthorSeed)),
            IssuedAt = Now,
            ExpiresAt = Now + TimeSpan.FromMinutes(10),
            Nonce = Draw(EntryBody.NonceBytes),
            Control = Genesis().ToControl(),
        };
        Fold = new LedgerFold(SignedBytes.LedgerIdOf(body.ToJson()));
        Add(Place(body, Sign(body)), null, []);
        SignHead();
    }

    public LedgerFold Fold { get; }

    public Digest Id => Fold.State.Ledger;

    public MerkleTree Tree { get; } = new(TreeHasher.Sha256);

    public List<Receipt> Receipts { get; } = [];

    /// <summary>One at the end of each batch.</summary>
    public List<(long Size, SignedNote Note)> Checkpoints { get; } = [];

    public UtcTime Now => Start + TimeSpan.FromSeconds(Receipts.Count);

    public static TrustRoot TrustIn(Digest ledger) =>
        new(ledger, TlogPolicy.LogAlone(VerifierKey.Create(Origin, KeyOf(LogSeed).PublicKey)));

    public static PrivateKey KeyOf(byte seed) => PrivateKey.FromSeed(Enumerable.Repeat(seed, 32).ToArray());

    public static Digest IdOf(byte seed) => KeyOf(seed).PublicKey.Id;

    public static Genesis Genesis() =>
        new()
        {
            Origin = Origin,
            Hash = HashEngine.Sha256.Name,
            Policy = Policy,
            Keys =
            [
                Known(Origin, KeyPurpose.Log, LogSeed),
                Known("author", KeyPurpose.Author, AuthorSeed),
                .. ApproverSeeds.Select(seed => Known($"approver-{seed}", KeyPurpose.Approver, seed, "approver")),
            ],
        };

    /// <summary>A ledger that holds each event at least once: A is decided by the policy, B is approved, C is rejected.</summary>
    public static SampleLedger Whole()
    {
        var ledger = new SampleLedger();
        ledger.Settle("A", 9.0, 9.1);
        ledger.SignHead();
        long proposal = ledger.Settle("B", 1.0, 9.0);
        ledger.Vote(proposal, ApproverSeeds[0], true);
        ledger.Vote(proposal, ApproverSeeds[1], true);
        ledger.Record(proposal);
        ledger.SignHead();
        Digest evidence = HashEngine.Sha256.Hash("evidence"u8);
        ledger.Append(Events.EvidenceAdded, new EvidenceAdded(evidence, 8, "evidence.txt").ToJson());
        ledger.Append("x-vectors", new OwnEvent(JsonValue.Object(("note", "any JSON")), evidence).ToJson());
        ledger.Append(Events.StateAudited, new StateAudited(evidence, "as expected").ToJson());
        ledger.SignHead();
        proposal = ledger.Settle("C", 2.0, 8.0);
        ledger.Vote(proposal, ApproverSeeds[0], false);
        ledger.Vote(proposal, ApproverSeeds[2], false);
        ledger.Append(Events.DecisionClosed, new DecisionClosed(proposal, ClosedAs.Rejected).ToJson());
        ledger.SignHead();
        return ledger;
    }

    /// <summary>The n-th draw of randomness, each byte of which is n.</summary>
    public string Draw(int length)
    {
        draws++;
        return Convert.ToBase64String(Enumerable.Repeat(draws, length).ToArray());
    }

    public static string Sign(EntryBody body, Digest ledger) =>
        Convert.ToBase64String(KeyOf(AuthorSeed).Sign(body.SignedBytes(ledger)));

    /// <summary>Two claims about one subject and what follows from them.</summary>
    /// <returns>The index of the last entry: the decision, or the proposal.</returns>
    public long Settle(string subject, double first, double second)
    {
        Claim[] claims = [Claim(subject, 1, first), Claim(subject, 2, second)];
        Append(Events.ClaimsRecorded, new ClaimsRecorded(claims).ToJson());
        Contradiction contradiction = Fold.Claims.Detect(Fold.Claims.KeyOf(claims[0]))!;
        Append(Events.ContradictionDetected, contradiction.ToJson(), VoucherKind.Log);
        Decision decision = Decider.Decide(Policy, contradiction);
        if (decision.IsAutomatic)
            return Append(Events.DecisionRecorded, decision.ToJson()).Entry.Index;
        return Append(Events.DecisionProposed, Propose(decision).ToJson()).Entry.Index;
    }

    public Proposal Propose(Decision decision)
    {
        FrozenPayload payload = FrozenPayload.From(decision.ToJson());
        (EntryBody body, string salt) = Body(Events.DecisionRecorded, payload, VoucherKind.Author, decision.Deadline);
        return new Proposal(body, Sign(body), decision, salt);
    }

    public ApprovalRecorded Verdict(long proposal, byte seed, bool approves) =>
        ApprovalRequest
            .From(Fold)
            .Sign(
                proposal,
                IdOf(seed),
                approves,
                Now,
                Convert.FromBase64String(Draw(EntryBody.NonceBytes)),
                message => KeyOf(seed).Sign(message)
            );

    public Receipt Vote(long proposal, byte seed, bool approves) =>
        Append(Events.ApprovalRecorded, Verdict(proposal, seed, approves).ToJson(), VoucherKind.Log);

    /// <summary>Records the decision that was proposed, with the approvals it got.</summary>
    public Receipt Record(long index)
    {
        OpenProposal open = Fold.Proposals[index];
        Entry entry = Place(open.Proposal.Body, open.Proposal.Signature) with
        {
            Approvals = [.. open.Votes.Where(v => v.Approves)],
        };
        FrozenPayload payload = FrozenPayload.From(open.Proposal.Decision!.ToJson());
        return Add(entry, payload, Convert.FromBase64String(open.Proposal.Salt!));
    }

    public Receipt Append(string name, JsonValue json, VoucherKind by = VoucherKind.Author)
    {
        Receipt receipt = Make(name, json, by);
        return Add(receipt.Entry, receipt.Payload, receipt.Salt.Span);
    }

    /// <summary>The next entry, not yet judged.</summary>
    public Receipt Make(string name, JsonValue json, VoucherKind by = VoucherKind.Author)
    {
        FrozenPayload payload = FrozenPayload.From(json);
        (EntryBody body, string salt) = Body(name, payload, by, null);
        Entry entry = Place(body, by == VoucherKind.Author ? Sign(body) : null);
        return Receipt.Create(entry, payload, Convert.FromBase64String(salt));
    }

    /// <summary>Gives a body its place.</summary>
    public Entry Place(EntryBody body, string? signature) =>
        new()
        {
            Body = body,
            Signature = signature,
            Index = Fold.Size,
            Epoch = Fold.State.Epoch,
            RecordedAt = Now,
            Gov = Fold.State.Reference,
        };

    /// <summary>The bundle about one decision, proven against the newest checkpoint.</summary>
    public Bundle BundleOf(long subject, params long[] others) =>
        new()
        {
            Subject = subject,
            Checkpoint = Checkpoints[^1].Note.ToString(),
            Entries =
            [
                .. ((long[])[0, .. others, subject]).Select(i => new BundleEntry(
                    Receipts[(int)i],
                    InclusionProof.Prove(Tree, Checkpoints[^1].Size, i, TreeHasher.Sha256)
                )),
            ],
        };

    public string Sign(EntryBody body) => Sign(body, Id);

    private static LedgerKey Known(string name, KeyPurpose purpose, byte seed, params string[] roles) =>
        new(name, purpose, VerifierKey.Create(name, KeyOf(seed).PublicKey), roles, 0);

    private static Claim Claim(string subject, int number, double value) =>
        Tessrax.Contradictions.Claim.FromJson(
            JsonValue.Object(
                ("claim_id", $"{subject}-{number}"),
                ("subject", subject),
                ("metric", "score"),
                ("value", JsonValue.Number(value)),
                ("timestamp", $"2026-01-0{number}T00:00:00.000000Z"),
                ("source", $"source-{number}"),
                ("evidence", JsonValue.EmptyArray),
                ("context", JsonValue.EmptyObject)
            )
        );

    private (EntryBody Body, string Salt) Body(string name, FrozenPayload payload, VoucherKind by, TimeSpan? validity)
    {
        string salt = Draw(Receipt.SaltBytes);
        bool decides = name is Events.ContradictionDetected or Events.DecisionProposed or Events.DecisionRecorded;
        var body = new EntryBody
        {
            Ledger = Id.ToString(),
            Event = name,
            By = new Voucher(by, IdOf(by == VoucherKind.Author ? AuthorSeed : LogSeed)),
            IssuedAt = Now,
            ExpiresAt = Now + (validity ?? TimeSpan.FromMinutes(10)),
            Nonce = Draw(EntryBody.NonceBytes),
            Payload = SignedBytes.CommitmentOf(Id, Convert.FromBase64String(salt), payload.Bytes),
            Policy = decides ? Fold.State.Policy : null,
        };
        return (body, salt);
    }

    private Receipt Add(Entry entry, FrozenPayload? payload, ReadOnlySpan<byte> salt)
    {
        Receipt receipt = Receipt.Create(entry, payload, salt);
        if (Fold.Judge(receipt, out object? record) is { } refusal)
            throw refusal.ToException();
        Fold.Apply(receipt, record);
        Tree.Append(receipt.LeafHash(TreeHasher.Sha256));
        Receipts.Add(receipt);
        return receipt;
    }

    private void SignHead()
    {
        var head = new TreeHead(Tree.Size, Tree.Root());
        Checkpoints.Add((head.Size, new Checkpoint(Origin, head).Sign(KeyOf(LogSeed))));
    }
}
