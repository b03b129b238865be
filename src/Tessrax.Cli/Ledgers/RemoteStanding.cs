using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>What holds for a subject, of a ledger behind a server. The claims, what the ledger tells of their contradiction, and what was decided are verified by their entries; whether the claims
/// contradict each other is found anew, by the policy's rules, and a decision is worked out anew. That there is nothing else, and that it is so still, is the server's word.</summary>
internal sealed class RemoteStanding
{
    /// <summary>What whoever is told of it is to know.</summary>
    public const string Word = "that there are no other claims, decisions and proposals, and that it is so still";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CliContext context;
    private readonly RemoteLedger there;
    private readonly RemoteDecisions decisions;
    private readonly UtcTime now;
    private readonly Lazy<Policy> policy;
    private readonly Dictionary<long, HashSet<Claim>> recorded = [];

    /// <param name="context">Time and patience.</param>
    /// <param name="there">The ledger.</param>
    /// <param name="place">How commands name it.</param>
    public RemoteStanding(CliContext context, RemoteLedger there, string place)
    {
        (this.context, this.there) = (context, there);
        decisions = new RemoteDecisions(context, there, place);
        now = UtcTime.Now(context.Time);
        policy = new Lazy<Policy>(() => new RemotePolicies(there).InForce());
    }

    /// <summary>Asks the server.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="metric">Only this metric; null for all.</param>
    /// <exception cref="TessraxException">TSX6040: what it says does not hold; TSX6032: witnesses have not cosigned yet what it is about.</exception>
    public SubjectStanding Of(string subject, string? metric)
    {
        string only = metric is null ? "" : $"&metric={Uri.EscapeDataString(metric)}";
        ServerWord word = there.Tell($"v1/standing?subject={Uri.EscapeDataString(subject)}{only}");
        return word.Read(told =>
        {
            Await(told.Integer("size"));
            GroupStanding[] groups =
            [
                .. told.Array("standing", SubjectStanding.MostGroups).Select(one => Held(one.Value, one.Path)),
            ];
            if (groups.Any(one => one.Key.Subject != subject || (metric is not null && one.Key.Metric != metric)))
                throw Broken($"the server tells of other groups than those of {subject}");
            if (groups.Zip(groups.Skip(1)).Any(pair => pair.First.Key.CompareTo(pair.Second.Key) >= 0))
                throw Broken("the server's groups are out of order, or repeat themselves");
            return new SubjectStanding(subject, groups)
            {
                HasMore = told.Boolean("more"),
                Successor = told.OptionalString("successor"),
                LacksPayloads = told.Boolean("lacks_payloads"),
            };
        });
    }

    // Witnesses cosign what was appended a moment later.
    private void Await(long size)
    {
        long began = context.Time.GetTimestamp();
        while (there.Checkpoint().Head.Size < size)
        {
            if (there.Client.Trust.Policy.LogOnly)
                throw Broken($"the server tells of {size} entries, and its checkpoint covers fewer");
            if (context.Time.GetElapsedTime(began) > Patience)
                throw ErrorCodes.NoQuorumYet.Because(
                    $"the trust root demands witnesses, and they have not cosigned the {size} entries yet that the server tells of"
                );
            context.Cancellation.WaitHandle.WaitOne(Pause);
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }

    private GroupStanding Held(JsonValue given, string path)
    {
        var told = new ObjectReader(given, path);
        var key = new GroupKey(told.String("subject"), told.String("metric"), told.OptionalString("unit"));
        ClaimOnRecord[] claims = Claims(told, key);
        ContradictionStatus? status = told.Optional("contradiction") is { } one
            ? new RemoteContradictions(there).Held(one)
            : null;
        Contradiction? untold = told.Optional("untold") is { } other ? Contradiction.FromJson(other) : null;
        Contradiction? found = Found(key, claims);
        int all = (int)told.Integer("claims_in_all", claims.Length, int.MaxValue);
        Contradiction? said = status?.Contradiction ?? untold;
        if ((said is not null && said.Key != key) || (all == claims.Length && said?.Id != found?.Id))
            throw Broken($"what the server tells of {key} is not what its claims are");
        ToldDecision? decided = Decided(told, key, status);
        var standing = new GroupStanding
        {
            Key = key,
            Claims = claims,
            ClaimsInAll = all,
            Told = status,
            Untold = untold,
            Waits = Waits(told, key),
            Decided = decided?.Receipt,
            Decision = decided?.Decision,
            DecisionJson = decided is null ? null : DecisionJson.Of(decided.Receipt, null, null),
            IsSettled = told.Boolean("settled"),
        };
        return standing with { IsSettled = standing.IsSettled && IsThereAnything(standing, found, decided) };
    }

    private ClaimOnRecord[] Claims(ObjectReader told, GroupKey key)
    {
        (JsonValue Value, string Path)[] given = [.. told.Array("claims", GroupStanding.MostClaims)];
        (JsonValue Value, string Path)[] entries = [.. told.Array("entries", GroupStanding.MostClaims)];
        if (given.Length != entries.Length)
            throw told.Fault("entries", "must name an entry for each claim");
        return
        [
            .. given.Zip(entries, (one, entry) => OnRecord(Claim.FromJson(one.Value, one.Path), Index(entry), key)),
        ];
    }

    private static long Index((JsonValue Value, string Path) given) =>
        new ObjectReader(JsonValue.Object(("entry", given.Value)), given.Path).Integer("entry");

    private ClaimOnRecord OnRecord(Claim claim, long index, GroupKey key)
    {
        if (!RecordedIn(index).Contains(claim) || policy.Value.Rules.KeyOf(claim) != key)
            throw Broken($"entry {index} does not record the claim {claim.ClaimId} about {key}");
        return new ClaimOnRecord(claim, index);
    }

    // Claims of one subject often come together.
    private HashSet<Claim> RecordedIn(long index)
    {
        if (!recorded.TryGetValue(index, out HashSet<Claim>? claims))
        {
            Receipt receipt = there.Found(index);
            bool isOne = receipt.Entry.Body.Event == Events.ClaimsRecorded && receipt.Payload is not null;
            claims = isOne
                ? [.. ((ClaimsRecorded)EventPayloads.Read(Events.ClaimsRecorded, receipt.Payload!.Root)).Claims]
                : [];
            recorded.Add(index, claims);
        }
        return claims;
    }

    // Among those that are shown, which are the newest.
    private Contradiction? Found(GroupKey key, ClaimOnRecord[] claims) =>
        ContradictionDetector.Detect(policy.Value.Rules.For(key.Metric), key, claims.Select(one => one.Claim));

    private ToldDecision? Decided(ObjectReader told, GroupKey key, ContradictionStatus? status)
    {
        if (told.Optional("decision") is null)
            return null;
        long index = told.Object("decision").Integer("index");
        ToldDecision decided = decisions.Told(index, out _);
        bool isOfIt =
            decided.Receipt.Entry.Body.Event == Events.DecisionRecorded
            && status is { State: ContradictionState.Resolved, Proposal: null }
            && status.Settled == index
            && (decided.Decision is not { } decision || Settles(decision, status.Contradiction));
        return isOfIt ? decided : throw Broken($"entry {index} does not decide what contradicts itself in {key}");
    }

    // A patient policy lets what was decided stand for what would be decided alike.
    private bool Settles(Decision decision, Contradiction contradiction)
    {
        if (decision.Key != contradiction.Key)
            return false;
        if (decision.Contradiction == contradiction.Id)
            return true;
        if (policy.Value.Reopen != Reopening.Material)
            return false;
        var alike = Decider.Decide(policy.Value, contradiction);
        return alike.Outcome.Value.Equals(decision.Outcome.Value)
            && alike.Severity == decision.Severity
            && alike.Rule == decision.Rule;
    }

    private StandingProposal? Waits(ObjectReader told, GroupKey key)
    {
        if (told.Optional("proposal") is null)
            return null;
        long index = told.Object("proposal").Integer("id");
        Receipt receipt = there.Found(index);
        bool isOfIt = receipt.Entry.Body.Event == Events.DecisionProposed && receipt.Payload is not null;
        Proposal? proposal = isOfIt ? Proposal.FromJson(receipt.Payload!.Root) : null;
        return proposal?.Decision?.Key == key
            ? new StandingProposal(index, SubjectStanding.Needs(proposal!), RemoteLedger.ToJson(index, proposal!))
            : throw Broken($"entry {index} does not propose what is to hold in {key}");
    }

    // What the server says is settled is so only where what it shows for it holds.
    private bool IsThereAnything(GroupStanding group, Contradiction? found, ToldDecision? decided)
    {
        Claim[] claims = [.. group.Claims.Select(one => one.Claim)];
        if (!SubjectStanding.IsSoAt(now, policy.Value.Rules, group.Key, claims, group.Told?.Contradiction))
            return false;
        return group switch
        {
            { Waits: not null } or { Untold: not null } => false,
            { Told: null } => found is null && claims.Any(claim => claim.HoldsAt(now)),
            { Decision: { } decision } => SubjectStanding.IsHeld(
                decision,
                claims.Concat(decided?.Claims?.All ?? []),
                now
            ),
            _ => false,
        };
    }

    private static TessraxException Broken(string what) => ErrorCodes.AnswerBroken.Because(what);
}
