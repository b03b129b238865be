using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Search;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Reading;

/// <summary>Picks out of a ledger what a stranger needs to check one entry: every control event with the proposal and the verdicts that carried it,
/// and for a step from a contradiction to its decision everything before it about the same thing: claims, contradictions, proposals, verdicts, decisions.</summary>
public static class BundleMaker
{
    // What a bundle may need but for what is about its subject. Of a subject tells only what names it, but for these.
    private static readonly string[] ByEvent =
    [
        .. Events.Names.Where(Events.IsControl),
        Events.DecisionProposed,
        Events.ApprovalRecorded,
        Events.DecisionClosed,
        Events.DecisionExecuted,
    ];

    private static readonly string[] Needed =
    [
        .. ByEvent,
        Events.ClaimsRecorded,
        Events.ContradictionDetected,
        Events.DecisionRecorded,
    ];

    /// <summary>The bundle about one entry, proven against the newest checkpoint, or against the one that witnesses cosigned last where they have not seen the newest yet.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="subject">The entry.</param>
    /// <param name="environment">The surroundings, by which what it rests on is found in the ledger's index, if there is one; null to read the whole ledger for it.</param>
    /// <exception cref="TessraxException">TSX3011: no such entry; TSX3003: its payload is lost.</exception>
    public static Bundle Make(LedgerView view, long subject, NodeEnvironment? environment = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        Receipt about = view.Receipt(subject);
        if (about.IsLost)
            throw ErrorCodes.Damaged.Because(
                $"the payload of entry {subject} is lost, so nobody could check a bundle about it",
                "tessraxctl repair DIR --from ANOTHER-COPY puts it back from whoever still has it"
            );
        GroupKey? group = GroupOf(about, view);
        (SignedNote checkpoint, long size) = view.Covering(subject);
        IEnumerable<Receipt> candidates = Candidates(view, about, group, environment)
            .TakeWhile(receipt => receipt.Entry.Index < size);
        HashSet<long> governing = Governing(candidates, ControlProposalOf(about, view));
        Matter? matter = group is { } key ? new Matter(key, view) : null;
        var entries = new List<Receipt>();
        var lacked = new LackedPayloads(view.Fold.Erasures);
        foreach (Receipt receipt in candidates)
        {
            long index = receipt.Entry.Index;
            bool wanted =
                index == subject || governing.Contains(index) || (index < subject && matter?.Concerns(receipt) == true);
            if (wanted)
                entries.Add(receipt);
            else
                lacked.Note(receipt);
        }
        return new Bundle
        {
            Subject = subject,
            Checkpoint = checkpoint.ToString(),
            Entries =
            [
                .. lacked
                    .Complete(view.Fold.State.Ledger, entries)
                    .Select(receipt => new BundleEntry(
                        receipt,
                        InclusionProof.Prove(view.Tree, size, receipt.Entry.Index, view.Hasher)
                    )),
            ],
        };
    }

    // In order, at least all that the bundle is picked from. What was erased names no subject any more, so an index does not know whom it was about.
    private static IEnumerable<Receipt> Candidates(
        LedgerView view,
        Receipt about,
        GroupKey? group,
        NodeEnvironment? environment
    )
    {
        if (environment is null || view.Fold.Erasures.Any)
            return view.Receipts();
        using LedgerGlance glance = LedgerGlance.Open(view.Directory.Path, environment);
        using EntryFinder finder = EntryFinder.Open(glance, environment);
        if (finder.Index is null)
            return view.Receipts();
        Query query = Query.AnyOf([
            .. ByEvent.Select(EntryFinder.Event),
            .. group is { } key ? new[] { new FieldValue(FieldId.Subject, key.Subject) } : [],
        ]);
        SortedDictionary<long, Receipt> found = new() { [about.Entry.Index] = about };
        foreach (Receipt receipt in finder.Newest(query, Needed))
        {
            if (receipt.Entry.Index < view.Size)
                found[receipt.Entry.Index] = receipt;
        }
        foreach (Receipt receipt in view.Receipts(glance.Size))
            found[receipt.Entry.Index] = receipt;
        return found.Values;
    }

    private static HashSet<long> Governing(IEnumerable<Receipt> candidates, long? proposalToo)
    {
        var governing = new GoverningEntries();
        foreach (Receipt receipt in candidates)
            governing.Add(receipt, Record(receipt));
        HashSet<long> wanted = [.. governing.Indexes];
        if (proposalToo is { } other)
            wanted.UnionWith(governing.About(other));
        return wanted;
    }

    // The proposal of a control event that the subject is, votes on or closes.
    private static long? ControlProposalOf(Receipt about, LedgerView view)
    {
        if (!Events.Settles(about.Entry.Body.Event))
            return null;
        long? named = Record(about) switch
        {
            Proposal => about.Entry.Index,
            ApprovalRecorded vote => vote.Proposal,
            DecisionClosed closed => closed.Proposal,
            _ => null,
        };
        return named is { } index && Record(view.Receipt(index)) is Proposal { Decision: null } ? index : null;
    }

    // What the subject settles; null for entries that settle nothing.
    private static GroupKey? GroupOf(Receipt about, LedgerView view) =>
        Events.Settles(about.Entry.Body.Event) ? GroupOf(Record(about), view) : null;

    private static GroupKey? GroupOf(object? record, LedgerView view) =>
        record switch
        {
            Contradiction contradiction => contradiction.Key,
            Proposal proposal => proposal.Decision?.Key,
            Decision decision => decision.Key,
            ApprovalRecorded vote => GroupOf(Record(view.Receipt(vote.Proposal)), view),
            DecisionClosed closed => GroupOf(Record(view.Receipt(closed.Proposal)), view),
            DecisionExecuted executed => GroupOf(Record(view.Receipt(executed.Decision)), view),
            _ => null,
        };

    // Null for control events, and where the payload was erased.
    private static object? Record(Receipt receipt) =>
        receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;

    // Everything about one group, so that the rules judge it as they did in the ledger.
    private sealed class Matter(GroupKey key, LedgerView view)
    {
        private readonly Dictionary<long, EntryBody> proposals = [];
        private readonly HashSet<long> decisions = [];

        // Which claims a group holds is said by the policy that was in force: each had its own units.
        private readonly MetricRules[] rules =
        [
            .. view.Fold.State.AllPolicies.Select(p => PolicyInForce.BroughtBy(view.Receipt(p.At).Entry.Body).Rules),
        ];

        public bool Concerns(Receipt receipt)
        {
            string name = receipt.Entry.Body.Event;
            if (name != Events.ClaimsRecorded && !Events.Settles(name))
                return false;
            switch (Record(receipt))
            {
                case ClaimsRecorded claims:
                    return claims.Claims.Any(claim => rules.Any(of => of.KeyOf(claim) == key));
                case Contradiction contradiction:
                    return contradiction.Key == key;
                case Decision decision:
                    return decision.Key == key && decisions.Add(receipt.Entry.Index);
                case Proposal { Decision: { } decision } proposal when decision.Key == key:
                    return proposals.TryAdd(receipt.Entry.Index, proposal.Body);
                case ApprovalRecorded vote:
                    return proposals.ContainsKey(vote.Proposal);
                case DecisionClosed closed:
                    return proposals.ContainsKey(closed.Proposal);
                case DecisionExecuted executed:
                    return decisions.Contains(executed.Decision);
                // A decision whose payload is gone still ends the proposal of its body.
                case null:
                    return proposals.ContainsValue(receipt.Entry.Body);
                default:
                    return false;
            }
        }
    }
}
