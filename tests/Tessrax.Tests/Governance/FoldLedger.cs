using System.Buffers.Binary;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>A ledger in memory, made by hand entry by entry, so that a test can bend any part of one before or after it is signed.</summary>
/// <remarks>Approvers 1 to 3 hold the role approver, 4 both approver and legal, 5 legal. Every draw of "random" bytes is a counter.</remarks>
internal sealed class FoldLedger
{
    public const string Origin = "example.com/fold";
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);
    public static readonly PrivateKey Log = Seeded(1);
    public static readonly PrivateKey Author = Seeded(2);
    public static readonly PrivateKey SecondAuthor = Seeded(3);
    private static readonly string[][] Roles =
    [
        ["approver"],
        ["approver"],
        ["approver"],
        ["approver", "legal"],
        ["legal"],
    ];
    private readonly List<Receipt> receipts = [];
    private long drawn;

    public FoldLedger(
        Windows? windows = null,
        Func<Genesis, Genesis>? found = null,
        UtcTime? now = null,
        string? nonce = null
    )
    {
        Now = now ?? Now;
        Genesis = MakeGenesis(windows ?? Windows.Default);
        Genesis = found?.Invoke(Genesis) ?? Genesis;
        var body = new EntryBody
        {
            Ledger = Genesis.Origin,
            Event = Events.LedgerCreated,
            By = new Voucher(VoucherKind.Author, Author.PublicKey.Id),
            IssuedAt = Now,
            ExpiresAt = Now + Validity,
            Nonce = nonce ?? Nonce(),
            Control = Genesis.ToControl(),
        };
        Id = SignedBytes.LedgerIdOf(body.ToJson());
        Fold = new LedgerFold(Id);
        Add(Place(body, Author, null, []));
    }

    public static Policy Policy { get; } = ReadPolicy();

    public Genesis Genesis { get; }

    public Digest Id { get; }

    public LedgerFold Fold { get; }

    public UtcTime Now { get; set; } = Time("2026-03-01T00:00:00.000000Z");

    public IReadOnlyList<Receipt> Receipts => receipts;

    public TreeHasher Hasher => Fold.State.Hasher;

    public TrustRoot Trust => new(Id, TlogPolicy.LogAlone(Fold.State.LogKey!.Verifier));

    public static PrivateKey Seeded(byte seed) => PrivateKey.FromSeed(Enumerable.Repeat(seed, 32).ToArray());

    public static PrivateKey Approver(int number) => Seeded((byte)(10 + number));

    public static UtcTime Time(string text) =>
        UtcTime.TryParse(text, out UtcTime time) ? time : throw new ArgumentException(text);

    public static GroupKey Key(string subject) => new(subject, "score", null);

    public static Claim Claim(string id, string subject, double value, string source, int day = 1) =>
        Tessrax.Contradictions.Claim.FromJson(
            JsonValue.Object(
                ("claim_id", id),
                ("subject", subject),
                ("metric", "score"),
                ("value", JsonValue.Number(value)),
                ("timestamp", $"2026-01-{day:D2}T00:00:00.000000Z"),
                ("source", source),
                ("evidence", JsonValue.EmptyArray),
                ("context", JsonValue.EmptyObject)
            )
        );

    public static JsonValue Own(string text) => new OwnEvent(JsonValue.Object(("text", text)), null).ToJson();

    public static Genesis MakeGenesis(Windows windows)
    {
        var keys = new List<LedgerKey>
        {
            new(Origin, KeyPurpose.Log, VerifierKey.Create(Origin, Log.PublicKey), [], 0),
            new("author", KeyPurpose.Author, VerifierKey.Create("author", Author.PublicKey), [], 0),
            new("second", KeyPurpose.Author, VerifierKey.Create("second", SecondAuthor.PublicKey), [], 0),
        };
        for (int i = 0; i < Roles.Length; i++)
        {
            string name = $"approver-{i + 1}";
            var vkey = VerifierKey.Create(name, Approver(i + 1).PublicKey);
            keys.Add(new LedgerKey(name, KeyPurpose.Approver, vkey, Roles[i], 0));
        }
        return new Genesis
        {
            Origin = Origin,
            Hash = "sha256",
            Keys = keys,
            Policy = Policy,
            Windows = windows,
        };
    }

    public string Nonce() => Convert.ToBase64String(Draw(EntryBody.NonceBytes));

    public byte[] Draw(int count)
    {
        var bytes = new byte[count];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ++drawn);
        return bytes;
    }

    /// <summary>An entry as it should be, but for what <paramref name="body"/> changes before signing and <paramref name="entry"/> after.</summary>
    public Receipt Make(
        string name,
        JsonValue? payload,
        VoucherKind by = VoucherKind.Author,
        Func<EntryBody, EntryBody>? body = null,
        Func<Entry, Entry>? entry = null,
        PrivateKey? signer = null
    )
    {
        FrozenPayload? frozen = payload is null ? null : FrozenPayload.From(payload);
        byte[] salt = frozen is null ? [] : Draw(Receipt.SaltBytes);
        EntryBody made = Body(name, frozen, salt, by);
        made = body?.Invoke(made) ?? made;
        PrivateKey? key = made.By.Kind == VoucherKind.Log ? null : signer ?? Author;
        return Place(made, key, frozen, salt, entry);
    }

    public EntryBody Body(string name, FrozenPayload? payload, byte[] salt, VoucherKind by = VoucherKind.Author) =>
        new()
        {
            Ledger = Id.ToString(),
            Event = name,
            By = new Voucher(by, (by == VoucherKind.Log ? Log : Author).PublicKey.Id),
            IssuedAt = Now,
            ExpiresAt = Now + Validity,
            Nonce = Nonce(),
            Payload = payload is null ? null : SignedBytes.CommitmentOf(Id, salt, payload.Bytes),
            Policy = name is Events.ContradictionDetected or Events.DecisionProposed or Events.DecisionRecorded
                ? Fold.State.Policy
                : null,
        };

    public Receipt Place(
        EntryBody body,
        PrivateKey? signer,
        FrozenPayload? payload,
        byte[] salt,
        Func<Entry, Entry>? change = null
    )
    {
        var entry = new Entry
        {
            Body = body,
            Signature = signer is null ? null : Convert.ToBase64String(signer.Sign(body.SignedBytes(Id))),
            Index = Fold.Size,
            Epoch = Fold.State.Epoch,
            RecordedAt = Now,
            Gov = Fold.State.Reference,
        };
        return Receipt.Create(change?.Invoke(entry) ?? entry, payload, salt);
    }

    public Refusal? Judge(Receipt receipt) => Fold.Judge(receipt, out _);

    /// <summary>Appends what must be acceptable.</summary>
    public Receipt Add(Receipt receipt)
    {
        Refusal? refusal = Fold.Judge(receipt, out object? payload);
        Assert.True(refusal is null, refusal?.Message);
        return AddUnjudged(receipt, payload);
    }

    /// <summary>Appends as a log would that does not keep its own rules.</summary>
    public Receipt AddUnjudged(Receipt receipt, object? payload = null)
    {
        Fold.Apply(receipt, payload);
        receipts.Add(receipt);
        return receipt;
    }

    public Receipt AddClaims(params Claim[] claims) =>
        Add(Make(Events.ClaimsRecorded, new ClaimsRecorded(claims).ToJson()));

    /// <summary>Claims of two sources, and the contradiction between them.</summary>
    public GroupKey Contradict(string subject, double one, double other)
    {
        AddClaims(Claim($"{subject}-1", subject, one, "s1"), Claim($"{subject}-2", subject, other, "s2"));
        Add(Detection(subject));
        return Key(subject);
    }

    public Receipt Detection(string subject, Func<JsonValue, JsonValue>? change = null)
    {
        JsonValue payload = Fold.Claims.Detect(Key(subject))!.ToJson();
        return Make(Events.ContradictionDetected, change?.Invoke(payload) ?? payload, VoucherKind.Log);
    }

    public Decision Decision(GroupKey key) => Fold.Decide(Fold.Claims.Detect(key)!);

    public Proposal Proposal(GroupKey key, Func<EntryBody, EntryBody>? change = null, PrivateKey? signer = null)
    {
        Decision decision = Decision(key);
        byte[] salt = Draw(Receipt.SaltBytes);
        EntryBody body = Body(Events.DecisionRecorded, FrozenPayload.From(decision.ToJson()), salt);
        body = body with { ExpiresAt = Now + (decision.Deadline ?? Validity) };
        body = change?.Invoke(body) ?? body;
        string signature = Convert.ToBase64String((signer ?? Author).Sign(body.SignedBytes(Id)));
        return new Proposal(body, signature, decision, Convert.ToBase64String(salt));
    }

    /// <summary>Proposes, and gives the proposal's id.</summary>
    public long Propose(GroupKey key) => Add(Make(Events.DecisionProposed, Proposal(key).ToJson())).Entry.Index;

    public Approval Approval(
        long proposal,
        int approver,
        string role = "approver",
        bool approves = true,
        Func<Approval, Approval>? change = null,
        Func<Approval, byte[]>? signed = null
    )
    {
        OpenProposal open = Fold.Proposals[proposal];
        PrivateKey key = Approver(approver);
        var approval = new Approval
        {
            Key = key.PublicKey.Id,
            Role = role,
            Approves = approves,
            Gov = Fold.State.Digest,
            IssuedAt = Now,
            ExpiresAt = open.Proposal.Body.ExpiresAt,
            Nonce = Nonce(),
        };
        approval = change?.Invoke(approval) ?? approval;
        byte[] message = signed?.Invoke(approval) ?? approval.SignedBytes(Id, open.BodyDigest);
        return approval with { Signature = Convert.ToBase64String(key.Sign(message)) };
    }

    public Receipt Vote(long proposal, Approval approval) =>
        Make(Events.ApprovalRecorded, new ApprovalRecorded(proposal, approval).ToJson(), VoucherKind.Log);

    public Approval AddVote(long proposal, int approver, string role = "approver", bool approves = true)
    {
        Approval approval = Approval(proposal, approver, role, approves);
        Add(Vote(proposal, approval));
        return approval;
    }

    /// <summary>The decision that was proposed, with the given approvals.</summary>
    public Receipt Recorded(long proposal, params Approval[] approvals)
    {
        Proposal proposed = Fold.Proposals[proposal].Proposal;
        return Place(
            proposed.Body,
            Author,
            FrozenPayload.From(proposed.Decision!.ToJson()),
            Convert.FromBase64String(proposed.Salt!),
            entry => entry with { Signature = proposed.Signature, Approvals = approvals }
        );
    }

    /// <summary>A control event, as it should be but for what the changes bend; approvals are the caller's.</summary>
    public Receipt Control(string name, JsonValue control, params Approval[] approvals) =>
        Make(
            name,
            null,
            body: body => body with { Control = control },
            entry: entry => entry with { Approvals = approvals }
        );

    /// <summary>Puts a control event up for approval.</summary>
    public Receipt ProposeControl(
        string name,
        JsonValue control,
        Func<EntryBody, EntryBody>? change = null,
        PrivateKey? signer = null
    )
    {
        EntryBody body = Body(name, null, []) with { Control = control };
        body = change?.Invoke(body) ?? body;
        string signature = Convert.ToBase64String((signer ?? Author).Sign(body.SignedBytes(Id)));
        return Make(Events.DecisionProposed, new Proposal(body, signature, null, null).ToJson());
    }

    /// <summary>The control event that was proposed, with the given approvals.</summary>
    public Receipt RecordedControl(long proposal, params Approval[] approvals)
    {
        Proposal proposed = Fold.Proposals[proposal].Proposal;
        return Place(
            proposed.Body,
            Author,
            null,
            [],
            entry => entry with { Signature = proposed.Signature, Approvals = approvals }
        );
    }

    public Receipt Closing(long proposal, ClosedAs outcome) =>
        Make(Events.DecisionClosed, new DecisionClosed(proposal, outcome).ToJson());

    /// <summary>An EPOCH_OPENED as it should be, but for what the changes bend.</summary>
    public Receipt Epoch(
        Func<EpochOpened, EpochOpened>? change = null,
        Func<EntryBody, EntryBody>? body = null,
        Func<Entry, Entry>? entry = null
    )
    {
        var frontier = new Frontier(Hasher);
        foreach (Receipt receipt in receipts)
            frontier.Append(receipt.LeafHash(Hasher));
        EpochOpened opened = Fold.NextEpoch(frontier.Root());
        EntryBody made = (change?.Invoke(opened) ?? opened).ToBody(Fold.State, Now);
        return Place(body?.Invoke(made) ?? made, null, null, [], entry);
    }

    /// <summary>The signed checkpoint over entries.</summary>
    public static byte[] Note(
        IEnumerable<Receipt> entries,
        PrivateKey? log = null,
        string origin = Origin,
        TreeHasher? hasher = null
    )
    {
        hasher ??= TreeHasher.Sha256;
        var frontier = new Frontier(hasher);
        foreach (Receipt receipt in entries)
            frontier.Append(receipt.LeafHash(hasher));
        return new Checkpoint(origin, frontier.Head).Sign(log ?? Log).ToBytes();
    }

    /// <summary>What the verifier of whole ledgers says, with one checkpoint at the end.</summary>
    public static Verdict Verify(IReadOnlyList<Receipt> entries, TrustRoot? trust, byte[]? note = null) =>
        Read(entries, trust, note).Finish();

    /// <summary>The same verifier, before it is asked for its verdict.</summary>
    public static LedgerVerifier Read(IReadOnlyList<Receipt> entries, TrustRoot? trust, byte[]? note = null)
    {
        var verifier = new LedgerVerifier(TimeProvider.System, trust);
        foreach (Receipt receipt in entries)
            verifier.Add(
                receipt.Leaf.Span,
                receipt.Payload is null ? [] : receipt.Payload.Bytes,
                receipt.Salt.Span,
                receipt.IsErased
            );
        verifier.AddCheckpoint(note ?? Note(entries));
        return verifier;
    }

    /// <summary>A bundle of chosen entries, proven in the tree of all.</summary>
    public Bundle Bundle(long subject, Func<Receipt, bool>? choose = null)
    {
        var tree = new MerkleTree(Hasher);
        foreach (Receipt receipt in receipts)
            tree.Append(receipt.LeafHash(Hasher));
        return new Bundle
        {
            Subject = subject,
            Checkpoint = Encoding.UTF8.GetString(Note(receipts, hasher: Hasher)),
            Entries =
            [
                .. receipts
                    .Where(choose ?? (_ => true))
                    .Select(r => new BundleEntry(r, InclusionProof.Prove(tree, tree.Size, r.Entry.Index, Hasher))),
            ],
        };
    }

    /// <summary>The same ledger with one entry exchanged, as a log would show it that signs whatever it likes.</summary>
    public FoldLedger Replaced(Receipt forged)
    {
        receipts[(int)forged.Entry.Index] = forged;
        return this;
    }

    /// <summary>A ledger with every kind of entry that this version makes, but for control events after genesis.</summary>
    public static FoldLedger Full()
    {
        var ledger = new FoldLedger();
        GroupKey low = ledger.Contradict("A", 9.0, 9.1);
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(low).ToJson()));
        GroupKey critical = ledger.Contradict("B", 1, 9);
        long proposal = ledger.Propose(critical);
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.Recorded(proposal, votes));
        long rejected = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(rejected, approver, approves: false);
        ledger.Add(ledger.Closing(rejected, ClosedAs.Rejected));
        ledger.Add(ledger.Make("x-own", Own("hello")));
        return ledger;
    }

    private static Policy ReadPolicy() =>
        Policy.Parse(
            """
            {
              "policy": "tessrax/policy/v1", "id": "fold", "version": "1.0.0",
              "metrics": { "*": { "tolerance": 0, "severity": "moderate", "bands": [
                { "severity": "low", "above": 0 }, { "severity": "moderate", "above": 0.05 },
                { "severity": "high", "above": 0.2 }, { "severity": "critical", "above": 0.5 } ] } },
              "resolution": {
                "low": { "strategy": "newest" },
                "moderate": { "strategy": "most-severe" },
                "high": { "strategy": "most-severe", "action": "one" },
                "critical": { "strategy": "escalate", "propose": "most-severe", "action": "both" } },
              "actions": {
                "one": { "approvals": [{ "role": "approver", "k": 1 }], "deadline": "P1D" },
                "both": { "approvals": [{ "role": "approver", "k": 2 }, { "role": "legal", "k": 1 }], "deadline": "P7D" } }
            }
            """u8
        );
}
