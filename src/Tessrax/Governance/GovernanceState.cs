using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>How long bodies and approvals may be valid, in seconds, and how far clocks may differ.</summary>
/// <param name="BodySeconds">The longest time from issued_at to expires_at.</param>
/// <param name="SkewSeconds">How long a nonce is kept after it expired.</param>
public sealed record Windows(long BodySeconds, long SkewSeconds)
{
    /// <summary>A year and a day, so that any deadline of a policy fits; five minutes of skew.</summary>
    public static readonly Windows Default = new(366L * 24 * 3600, 300);

    // A day, unless bodies are not valid for two.
    internal TimeSpan Delay => TimeSpan.FromSeconds(Math.Min(24 * 3600, BodySeconds / 2));

    /// <summary>Whether a moment lies in the window of something signed, and the window is no longer than allowed.</summary>
    internal bool Hold(UtcTime issued, UtcTime expires, UtcTime now) =>
        issued <= now && now <= expires && expires - issued <= TimeSpan.FromSeconds(BodySeconds);

    internal JsonValue ToJson() => JsonValue.Object(("body_seconds", BodySeconds), ("skew_seconds", SkewSeconds));

    internal static Windows Read(ObjectReader reader)
    {
        var windows = new Windows(
            reader.Integer("body_seconds", 60, 3660L * 24 * 3600),
            reader.Integer("skew_seconds", 0, 86_400)
        );
        reader.End();
        return windows;
    }
}

/// <summary>The governance state S: who may do what, under which policy. It folds out of the control events alone.</summary>
/// <remarks>
/// Every entry names the digest of the state it is judged by, and approvals sign it, so that leaving out a control event
/// changes what every later entry says. <c>chain</c> binds the state to the control events one by one. See <c>spec/ledger.md</c>.
/// </remarks>
public sealed partial record GovernanceState
{
    /// <summary>The most earlier states that approvals may name.</summary>
    internal const int MaxEarlier = 4096;

    private const string GovLabel = "tessrax/gov/v1\n";
    private Digest? digest;
    private (IReadOnlyList<LedgerKey> Of, LogKeyChain? Chain) logKeys = ([], null);

    public required Digest Ledger { get; init; }

    public string Origin { get; init; } = "";

    /// <summary>Name of the tree's hash function; empty before genesis.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The ledger's tree; that of SHA-256 before genesis.</summary>
    public TreeHasher Hasher => TreeHasher.ByName(Hash) ?? TreeHasher.Sha256;

    /// <summary>Control events folded in.</summary>
    public long Count { get; init; }

    /// <summary>Sorted by id.</summary>
    public IReadOnlyList<LedgerKey> Keys { get; init; } = [];

    public PolicyPin? Policy { get; init; }

    /// <summary>Every policy that was in force, in order, the present one last; empty as long as it is still that of genesis.</summary>
    public IReadOnlyList<PolicyInForce> Policies { get; init; } = [];

    /// <summary>The same, with the policy of genesis even if no other ever came; empty before genesis.</summary>
    public IReadOnlyList<PolicyInForce> AllPolicies =>
        Policies.Count > 0 || Policy is null ? Policies : [new PolicyInForce(Policy, 0)];

    /// <summary>Who lets whom speak, by <c>from</c>, <c>to</c> and role; those whose time is over may be among them until the next control event.</summary>
    public IReadOnlyList<Delegation> Delegations { get; init; } = [];

    public long Epoch { get; init; }

    public Windows Windows { get; init; } = Windows.Default;

    /// <summary>Nothing that was issued before this moment is accepted: the log's clock was adjusted then. Null if it never was.</summary>
    public UtcTime? TimeFloor { get; init; }

    /// <summary>Who may recover the ledger if its keys are lost or stolen; null if nobody can.</summary>
    public RecoveryCommitment? Recovery { get; init; }

    /// <summary>The ledger that goes on where this one ended; null as long as this one is open. Nothing can be appended after it.</summary>
    public Successor? Successor { get; init; }

    /// <summary>That the ledger was retired; null as long as it was not. Nothing can be appended after it, and no ledger goes on.</summary>
    public Retirement? Retired { get; init; }

    /// <summary>Whether nothing can be appended any more.</summary>
    public bool HasEnded => Successor is not null || Retired is not null;

    /// <summary>SHA-256(previous chain || leaf hash of the control event), from 32 zero bytes.</summary>
    public Digest Chain { get; init; }

    /// <summary>SHA-256(<c>tessrax/gov/v1\n</c> || JCS(S)).</summary>
    public Digest Digest =>
        digest ??= HashEngine.Sha256.Hash(Encoding.ASCII.GetBytes(GovLabel), ToJson().ToCanonicalBytes());

    /// <summary>The digests of the states before this one back to the last control event that changed a rule, oldest first; at most the
    /// newest 4,096. No part of S: it folds out of the same control events.</summary>
    internal IReadOnlyList<Digest> Earlier { get; init; } = [];

    /// <summary>SHA-256 of the canonical list of keys: what an epoch says of them.</summary>
    internal Digest KeysDigest => HashEngine.Sha256.Hash(KeysJson().ToCanonicalBytes());

    /// <summary>What an entry judged by this state carries.</summary>
    public GovRef Reference => new(Count, Digest);

    /// <summary>The state of a ledger before its first entry.</summary>
    public static GovernanceState Before(Digest ledger) => new() { Ledger = ledger };

    /// <summary>Whether an approval that names a state by this digest was given under the rules that hold now: it is this state's, or that
    /// of one before it since when no control event changed a rule.</summary>
    public bool Accepts(Digest seen) => seen == Digest || Earlier.Contains(seen);

    /// <summary>Whether a moment lies in the window of something signed, the window is no longer than allowed, and it was issued since the log's
    /// clock was last adjusted.</summary>
    internal bool IsInWindow(UtcTime issued, UtcTime expires, UtcTime now) =>
        Windows.Hold(issued, expires, now) && (TimeFloor is not { } floor || issued >= floor);

    /// <summary>The name of the key of that id; the id where there is none.</summary>
    public string NameOf(Digest id) => Key(id)?.Name ?? id.ToString();

    /// <summary>The key of that id, or null. It may have ended: whether it may sign now, <see cref="Active"/> says.</summary>
    public LedgerKey? Key(Digest id)
    {
        // Asked for every entry.
        for (int i = 0; i < Keys.Count; i++)
        {
            if (Keys[i].Id == id)
                return Keys[i];
        }
        return null;
    }

    /// <summary>The key of that id if it has that purpose and may sign now; else null.</summary>
    public LedgerKey? Active(Digest id, KeyPurpose purpose) =>
        Key(id) is { IsActive: true } key && key.Purpose == purpose ? key : null;

    /// <summary>Whether two keys are one, or of one person.</summary>
    internal bool IsSamePerson(Digest one, Digest other) =>
        one == other || (Key(one)?.Person is { } person && Key(other)?.Person == person);

    /// <summary>The key of whoever a verdict, judged before, speaks for: the one that let its key speak in a role that it does not hold, or its own.</summary>
    internal Digest PrincipalOf(Approval verdict) =>
        Key(verdict.Key)?.Roles.Contains(verdict.Role) == true
            ? verdict.Key
            : Delegations.FirstOrDefault(d => d.Covers(verdict))?.From ?? verdict.Key;

    /// <summary>The ids of the keys that have a name, or belong to a person of that name; of those that have ended too.</summary>
    public IReadOnlyList<Digest> KeysNamed(string name) =>
        [.. Keys.Where(key => key.Name == name || key.Person == name).Select(key => key.Id)];

    /// <summary>Whether a key, or another one of its person, holds a role itself.</summary>
    internal bool HoldsRole(Digest key, string role) =>
        ActiveKeys(KeyPurpose.Approver).Any(k => k.Roles.Contains(role) && IsSamePerson(k.Id, key));

    /// <summary>The keys of a purpose that may sign now, by id.</summary>
    public IEnumerable<LedgerKey> ActiveKeys(KeyPurpose purpose) => Keys.Where(k => k.IsActive && k.Purpose == purpose);

    /// <summary>The key that signs checkpoints; null before genesis.</summary>
    public LedgerKey? LogKey => ActiveKeys(KeyPurpose.Log).FirstOrDefault();

    /// <summary>All keys that the log has signed checkpoints with, in order; null before genesis. The same object as long as the keys are the same.</summary>
    public LogKeyChain? LogKeys
    {
        get
        {
            if (!ReferenceEquals(logKeys.Of, Keys))
                logKeys = (Keys, ChainOf(Keys));
            return logKeys.Chain;
        }
    }

    /// <summary>The state after a control event.</summary>
    /// <param name="control">An entry with a control event.</param>
    /// <exception cref="TessraxException">TSX1016: a control event that this version does not know; TSX1007 to TSX1015: its content is not what the event asks for.</exception>
    public GovernanceState After(Receipt control)
    {
        Entry entry = control.Entry;
        if ((entry.Body.Event == Events.LedgerCreated) != (entry.Index == 0 && Count == 0))
            throw ErrorCodes.UnknownEvent.Because(
                $"the control event {entry.Body.Event} cannot stand at index {entry.Index}"
            );
        GovernanceState next = ReadControl(entry.Body, new ControlContext(entry.Index, entry.RecordedAt));
        return next with
        {
            Count = Count + 1,
            Delegations = next.Delegations.Count == 0 ? [] : [.. KeptOf(next, entry)],
            Chain = HashEngine.Sha256.Hash(Chain.Span, control.LeafHash(next.Hasher).Span),
            Earlier = Events.ChangesRules(entry.Body.Event) ? [] : [.. Earlier.TakeLast(MaxEarlier - 1), Digest],
            digest = null,
        };
    }

    // A recovery ends them all: nobody knows who signed them. So does another policy, which may allow none, and may mean something else by the names of its actions.
    private static IEnumerable<Delegation> KeptOf(GovernanceState next, Entry entry) =>
        entry.Body.Event == Events.KeyRecovered || Events.IsAboutPolicy(entry.Body.Event)
            ? []
            : next.Delegations.Where(d => d.IsKeptAt(entry.RecordedAt));

    /// <summary>What a control event makes of this state, but for count and chain.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="context">Where it stands, or would stand if it were recorded now.</param>
    /// <exception cref="TessraxException">As <see cref="After"/>.</exception>
    internal GovernanceState ReadControl(EntryBody body, ControlContext context) =>
        body.Event switch
        {
            Events.LedgerCreated => Genesis.Read(body).Establish(this),
            Events.LedgerClosed => this with { Successor = Successor.Read(body, this) },
            Events.LedgerRetired => this with { Retired = new(context.Index, LedgerRetired.Read(body).Reason) },
            Events.EpochOpened => this with { Epoch = EpochOpened.Read(body, Hasher).Epoch },
            Events.KeyAdded => KeyAdded.Read(body).Apply(this, context),
            Events.KeyRotated => KeyRotated.Read(body).Apply(this, context),
            Events.KeyRevoked => KeyRevoked.Read(body).Apply(this, context),
            Events.KeyReaffirmed => KeyReaffirmed.Read(body).Judge(this, context),
            Events.KeyRecovered => KeyRecovered.Read(body).Apply(this, context),
            Events.ApproversChanged => ApproversChanged.Read(body).Apply(this, context),
            Events.ApproversDelegated => ApproversDelegated.Read(body).Apply(this, context),
            Events.PolicyUpgraded => PolicyUpgraded.Read(body).Apply(this, context),
            Events.PolicyRolledBack => PolicyRolledBack.Read(body).Apply(this, context),
            Events.ClockAdjusted => this with { TimeFloor = ClockAdjusted.Read(body).Adjust(context.RecordedAt) },
            _ => ReadWithoutRules(body),
        };

    private static LogKeyChain? ChainOf(IReadOnlyList<LedgerKey> keys)
    {
        LedgerKey[] logs = [.. keys.Where(k => k.Purpose == KeyPurpose.Log).OrderBy(k => k.From)];
        if (logs.Length == 0)
            return null;
        // What its holder agreed to before it was stolen, the thief could have agreed to as well.
        IEnumerable<bool> consented = logs.Take(logs.Length - 1)
            .Select(k => k.Ending?.Cause == KeyEnd.Rotated)
            .Prepend(true);
        return new LogKeyChain([
            .. logs.Zip(consented, (key, agreed) => new LogKeySpan(key.Verifier, key.From, agreed)),
        ]);
    }

    // They change nothing in S but its count and chain; only their form is read here.
    private GovernanceState ReadWithoutRules(EntryBody body)
    {
        object _ = body.Event switch
        {
            Events.HoldPlaced => HoldPlaced.Read(body),
            Events.HoldReleased => HoldReleased.Read(body),
            Events.PayloadErased => PayloadErased.Read(body),
            Events.LedgerCompacted => LedgerCompacted.Read(body),
            Events.LedgerRepaired => LedgerRepaired.Read(body),
            _ => throw ErrorCodes.UnknownEvent.Because($"the control event {body.Event} is not known"),
        };
        return this;
    }
}

/// <summary>Where a control event stands, or would stand if it were recorded now.</summary>
/// <param name="Index">Its index.</param>
/// <param name="RecordedAt">Its recorded_at.</param>
internal readonly record struct ControlContext(long Index, UtcTime RecordedAt);
