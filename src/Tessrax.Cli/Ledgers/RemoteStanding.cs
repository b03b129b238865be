using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>What holds for a subject, of a ledger behind a server. The claims, what the ledger tells of their contradiction, and what was decided are verified by their entries, and a decision is
/// worked out anew; that there is nothing else, and that it is so still, is the server's word.</summary>
internal sealed class RemoteStanding(CliContext context, RemoteLedger there, string place)
{
    private readonly RemoteContradictions contradictions = new(there);
    private readonly RemoteDecisions decisions = new(context, there, place);
    private readonly UtcTime now = UtcTime.Now(context.Time);

    /// <summary>Asks the server.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="metric">Only this metric; null for all.</param>
    /// <exception cref="TessraxException">TSX6040: what it says does not hold.</exception>
    public SubjectStanding Of(string subject, string? metric)
    {
        string only = metric is null ? "" : $"&metric={Uri.EscapeDataString(metric)}";
        ServerWord word = there.Tell($"v1/standing?subject={Uri.EscapeDataString(subject)}{only}");
        return word.Read(told =>
        {
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

    private GroupStanding Held(JsonValue given, string path)
    {
        var told = new ObjectReader(given, path);
        var key = new GroupKey(told.String("subject"), told.String("metric"), told.OptionalString("unit"));
        ClaimOnRecord[] claims = Claims(told, key);
        ContradictionStatus? status = told.Optional("contradiction") is { } one ? contradictions.Held(one) : null;
        Contradiction? untold = told.Optional("untold") is { } other ? Contradiction.FromJson(other) : null;
        if ((status?.Contradiction ?? untold) is { } any && any.Key != key)
            throw Broken($"what the server tells of {key} is another group's");
        ToldDecision? decided = Decided(told, key, status);
        var standing = new GroupStanding
        {
            Key = key,
            Claims = claims,
            ClaimsInAll = (int)told.Integer("claims_in_all", claims.Length, int.MaxValue),
            Told = status,
            Untold = untold,
            Waits = Waits(told, key),
            Decided = decided?.Receipt,
            Decision = decided?.Decision,
            DecisionJson = decided is null ? null : DecisionJson.Of(decided.Receipt, null, null),
            IsSettled = told.Boolean("settled"),
        };
        return standing with { IsSettled = standing.IsSettled && IsThereAnything(standing, decided) };
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
        bool isRecorded =
            there.Found(index) is { Payload: { } payload } receipt
            && receipt.Entry.Body.Event == Events.ClaimsRecorded
            && ((ClaimsRecorded)EventPayloads.Read(Events.ClaimsRecorded, payload.Root)).Claims.Contains(claim);
        if (!isRecorded || claim.Subject != key.Subject || claim.Metric != key.Metric)
            throw Broken($"entry {index} does not record the claim {claim.ClaimId} about {key}");
        return new ClaimOnRecord(claim, index);
    }

    private ToldDecision? Decided(ObjectReader told, GroupKey key, ContradictionStatus? status)
    {
        if (told.Optional("decision") is null)
            return null;
        long index = told.Object("decision").Integer("index");
        ToldDecision decided = decisions.Told(index, out _);
        bool isOfIt =
            decided.Receipt.Entry.Body.Event == Events.DecisionRecorded
            && status?.Settled == index
            && (decided.Decision is not { } decision || decision.Key == key);
        return isOfIt ? decided : throw Broken($"entry {index} does not decide what contradicts itself in {key}");
    }

    private StandingProposal? Waits(ObjectReader told, GroupKey key)
    {
        if (told.Optional("proposal") is not { } given)
            return null;
        long index = told.Object("proposal").Integer("id");
        Receipt receipt = there.Found(index);
        bool isOfIt = receipt.Entry.Body.Event == Events.DecisionProposed && receipt.Payload is not null;
        Proposal? proposal = isOfIt ? Proposal.FromJson(receipt.Payload!.Root) : null;
        return proposal?.Decision?.Key == key
            ? new StandingProposal(index, SubjectStanding.Needs(proposal!), given)
            : throw Broken($"entry {index} does not propose what is to hold in {key}");
    }

    // What the server says is settled is so only where what it shows for it holds.
    private bool IsThereAnything(GroupStanding group, ToldDecision? decided) =>
        group switch
        {
            { Waits: not null } or { Untold: not null } => false,
            { Told: null } => group.Claims.Any(one => one.Claim.HoldsAt(now)),
            { Decision: { } decision } => SubjectStanding.IsHeld(
                decision,
                group.Claims.Select(one => one.Claim).Concat(decided?.Claims?.All ?? []),
                now
            ),
            _ => false,
        };

    private static TessraxException Broken(string what) => ErrorCodes.AnswerBroken.Because(what);
}
