using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Simulation;

/// <summary>A log in memory that a simulation may kill: what it has committed stays, what it has not is gone.</summary>
/// <remarks>Judged by the same rules as any ledger (<see cref="LedgerFold"/>), and what is recorded next is what <see cref="Kernel"/> says. When it comes back, it folds
/// what it has committed from its bytes.</remarks>
internal sealed class QuorumLog
{
    private readonly QuorumFounding founding;
    private readonly RandomSource random;
    private readonly bool countsByName;
    private readonly Digest id;
    private readonly BodySigner bodies;
    private readonly List<Receipt> committed = [];
    private readonly List<Receipt> pending = [];
    private readonly Dictionary<long, HashSet<string>> names = [];
    private IntentDrafts drafts;

    /// <param name="founding">Its genesis and its keys.</param>
    /// <param name="random">Where nonces and salts come from.</param>
    /// <param name="now">When it begins.</param>
    /// <param name="countsByName">Whether it has a fault, for the tests of what is to find faults: it counts who says that they approve, by the names that they give.</param>
    public QuorumLog(QuorumFounding founding, RandomSource random, UtcTime now, bool countsByName = false)
    {
        this.founding = founding;
        this.random = random;
        this.countsByName = countsByName;
        byte[] nonce = new byte[EntryBody.NonceBytes];
        random(nonce);
        EntryBody genesis = LedgerWriter.GenesisBody(founding.Genesis, founding.Keys.Author.PublicKey.Id, now, nonce);
        id = SignedBytes.LedgerIdOf(genesis.ToJson());
        bodies = new BodySigner(
            LedgerDirectory.Placeholder("", founding.Genesis, id, LedgerLayout.Default),
            () => founding.Keys,
            random
        );
        Fold = new LedgerFold(id);
        drafts = new IntentDrafts(Fold, Prepare);
        Now = now;
        Place(
            new SignedBody(genesis, bodies.SignAsAuthor(genesis), default),
            new Draft { Event = Events.LedgerCreated }
        );
        Commit();
    }

    public LedgerFold Fold { get; private set; }

    /// <summary>The log's clock, which whoever calls it sets first.</summary>
    public UtcTime Now { get; set; }

    /// <summary>What is durable.</summary>
    public IReadOnlyList<Receipt> Receipts => committed;

    /// <summary>Whether something waits to be committed.</summary>
    public bool IsDirty => pending.Count > 0;

    /// <summary>Records claims, and what follows from them.</summary>
    public void Record(IReadOnlyList<Claim> claims)
    {
        Append([
            new Draft
            {
                Event = Events.ClaimsRecorded,
                Payload = FrozenPayload.From(new ClaimsRecorded(claims).ToJson()),
            },
        ]);
        Append(Kernel.SettleAll(Fold, Now).Select(drafts.Of));
    }

    /// <summary>Takes every step that time has made due.</summary>
    public void TakeDue() => Append(Kernel.Steps(Fold, Now).Select(drafts.Of));

    /// <summary>Records a verdict, and what follows from it.</summary>
    /// <param name="from">The name that came with it.</param>
    /// <param name="verdict">The verdict.</param>
    /// <exception cref="TessraxException">Why it does not count; nothing is recorded.</exception>
    public void Record(string from, ApprovalRecorded verdict)
    {
        if (countsByName)
            CountByName(from, verdict);
        else
            Append(drafts.AfterVerdict(verdict, null, Now, static _ => true));
    }

    /// <summary>The proposals that have their approvals and wait for a token.</summary>
    public IReadOnlyList<OpenProposal> WaitingForToken =>
        Fold.Rules.TokenFor(Events.DecisionRecorded) is null
            ? []
            :
            [
                .. Fold.Proposals.Values.Where(open =>
                    Kernel.Conclude(Fold, open, Now, QuorumTokens.Any) is RecordIntent
                ),
            ];

    /// <summary>Records what waits for a token.</summary>
    /// <exception cref="TessraxException">Why the token does not serve; nothing is recorded.</exception>
    public void Use(long proposal, FreshnessToken token)
    {
        if (
            !Fold.Proposals.TryGetValue(proposal, out OpenProposal? open)
            || Kernel.Conclude(Fold, open, Now, token) is not RecordIntent record
        )
            throw ErrorCodes.Closed.Because($"proposal {proposal} waits for no token");
        Append([drafts.Of(record)]);
    }

    /// <summary>Makes durable what is pending.</summary>
    public void Commit()
    {
        committed.AddRange(pending);
        pending.Clear();
    }

    /// <summary>Loses what is not durable, and folds the rest from its bytes.</summary>
    public void ComeBack()
    {
        pending.Clear();
        names.Clear();
        Fold = new LedgerFold(id);
        drafts = new IntentDrafts(Fold, Prepare);
        foreach (Receipt receipt in committed.Select(Reread))
        {
            if (Fold.Judge(receipt, out object? record) is { } refusal && !countsByName)
                throw refusal.ToException();
            Fold.Apply(receipt, record);
        }
    }

    /// <summary>The checkpoint of all that is durable.</summary>
    public SignedNote Sign()
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (Receipt receipt in committed)
            tree.Append(receipt.LeafHash(TreeHasher.Sha256));
        return new Checkpoint(QuorumFounding.Origin, new TreeHead(tree.Size, tree.Root())).Sign(founding.Keys.Log);
    }

    private static Receipt Reread(Receipt receipt) =>
        Receipt.Parse(receipt.Leaf.Span, receipt.Payload is { } payload ? payload.Bytes : [], receipt.Salt.Span);

    private SignedBody Prepare(Draft draft, TimeSpan validity) => bodies.Sign(draft, Now, validity, Fold.State.Policy);

    private void Append(IEnumerable<Draft> wanted)
    {
        foreach (Draft draft in wanted)
            Place(draft.Prepared ?? Prepare(draft, Draft.DefaultValidity), draft);
    }

    private void Place(SignedBody signed, Draft draft, bool evenIfRefused = false)
    {
        Receipt receipt = signed.PlaceIn(Fold, draft, UtcTime.Max(Now, Fold.LastRecordedAt));
        if (Fold.Judge(receipt, out object? record) is { } refusal && !evenIfRefused)
            throw refusal.ToException();
        Fold.Apply(receipt, record);
        pending.Add(receipt);
    }

    private void CountByName(string from, ApprovalRecorded verdict)
    {
        if (!Fold.Proposals.ContainsKey(verdict.Proposal))
            throw ErrorCodes.Closed.Because($"proposal {verdict.Proposal} is not open");
        if (!names.TryGetValue(verdict.Proposal, out HashSet<string>? said))
            names[verdict.Proposal] = said = new HashSet<string>(StringComparer.Ordinal);
        if (verdict.Approval.Approves)
            said.Add(from);
        try
        {
            Append(drafts.AfterVerdict(verdict, null, Now, static _ => true));
        }
        catch (TessraxException) when (Fold.Proposals.ContainsKey(verdict.Proposal))
        {
            // Counted all the same: that is the fault.
        }
        if (said.Count < founding.Quorum || !Fold.Proposals.TryGetValue(verdict.Proposal, out OpenProposal? open))
            return;
        Draft decided = drafts.Of(new RecordIntent(open, [.. open.VotesAt(Now, Fold.State).Where(v => v.Approves)]));
        Place(decided.Prepared!, decided, evenIfRefused: true);
    }
}
